"""Agreeing to a case: chain, ruling, locks, ledger, history and outbox, alone and by eight people at once."""

import itertools
import threading
import time
from collections.abc import Iterator
from queue import Empty, Queue

from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from benchmarks.clock import Figure, milliseconds
from benchmarks.people import holder_of
from cases import services
from cases.lifecycle import Stage
from cases.models import ChainStep, ClaimCase, Submission
from cases.services.desk import Verdict
from cases.services.submitting import Request

ONE_BY_ONE = 40
AT_ONCE = 8
TOGETHER = 400
_FLOOR = (
    "select id, version from cases_claimcase where id = %s for update",
    "update cases_claimcase set version = version + 1 where id = %s",
    "insert into departments_outboxmessage (topic, payload, created_at, attempts, last_error) "
    "values ('bench', to_jsonb(%s::bigint), now(), 0, '')",
)


def measure() -> Iterator[Figure]:
    steps = _waiting(ONE_BY_ONE + TOGETHER + 10)
    floor = _floor([step.submission.case_id for step in steps[:ONE_BY_ONE]])
    yield Figure("decision: floor (lock, update, insert)", floor, "ms")
    with CaptureQueriesContext(connection) as queries:
        _agree(steps.pop())
    ours = _one_by_one([steps.pop() for _ in range(ONE_BY_ONE)])
    yield Figure("decision, statements", len(queries), "", goal="≤ 18")
    yield Figure("decision", ours, "ms", "floor", ours / floor, "≤ 20 ms")
    rate = _together([steps.pop() for _ in range(TOGETHER)])
    yield Figure(f"decisions a second, {AT_ONCE} people", rate, "/s", goal="≥ 150 /s")


def _waiting(wanted: int) -> list[ChainStep]:
    """Adjusted cases of small amount, each submitted by its handler through the service."""
    ready = ClaimCase.objects.filter(stage=Stage.CLOSED, adjusted__gt=0, adjusted__lt=5000, is_injury=False)
    for case in ready.order_by("pk")[:wanted]:
        _make_adjusted(case)
        services.submit(case, Request("adjudication", case.version), by=case.handler)
    now = ChainStep.objects.filter(status=ChainStep.Status.NOW, staff__isnull=False)
    return list(now.select_related("submission__case", "staff").order_by("-pk")[:wanted])


def _make_adjusted(case: ClaimCase) -> None:
    """A closed case of the made-up year begins its adjudication again: measurements need hundreds of them."""
    case.stage, case.closed_at, case.closing_kind = Stage.ADJUSTED, None, ""
    case.paid = case.approved = 0
    case.paid_at = None
    case.handler = case.handler or holder_of("UNIT_HEAD")
    case.save()
    case.payments.all().delete()


def _agree(step: ChainStep) -> None:
    verdict = Verdict("agree", step.submission.case.version, opinion="同意")
    services.decide(step, verdict, by=step.staff)


def _one_by_one(steps: list[ChainStep]) -> float:
    waiting = iter(steps)
    return milliseconds(lambda: _agree(next(waiting)), runs=len(steps) - 3)


def _floor(case_ids: list[int]) -> float:
    waiting = itertools.cycle(case_ids)

    def act() -> None:
        case_id = next(waiting)
        with connection.cursor() as cursor:
            cursor.execute("begin")
            [cursor.execute(statement, [case_id]) for statement in _FLOOR]
            cursor.execute("rollback")

    return milliseconds(act)


def _together(steps: list[ChainStep]) -> float:
    queue: Queue[ChainStep] = Queue()
    [queue.put(step) for step in steps]
    threads = [threading.Thread(target=_work, args=(queue,)) for _ in range(AT_ONCE)]
    start = time.perf_counter()
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return len(steps) / (time.perf_counter() - start)


def _work(queue: "Queue[ChainStep]") -> None:
    try:
        while True:
            _agree(queue.get_nowait())
    except Empty:
        connections.close_all()


def open_submissions() -> int:
    return Submission.objects.filter(status="open").count()
