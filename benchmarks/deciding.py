"""Agreeing to a case: chain, ruling, locks, ledger, history and outbox, alone and by eight people at once."""

import itertools
import time
from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext

from authority.ledger import filling
from benchmarks.clock import Figure, milliseconds
from benchmarks.crowd import together
from benchmarks.people import holder_of
from cases import services
from cases.lifecycle import Stage
from cases.models import ChainStep, ClaimCase
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
    start = time.process_time()
    ours = _one_by_one([steps.pop() for _ in range(ONE_BY_ONE)])
    cpu = (time.process_time() - start) / ONE_BY_ONE * 1000
    yield Figure("decision, statements from begin to commit", len(queries), "", goal="≤ 18")
    yield Figure("decision", ours, "ms", "floor", ours / floor, "≤ 20 ms")
    yield Figure("decision, CPU of the application", cpu, "ms")
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


@filling()
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
    """A second, with as many processes as people; the first decision of each is its warm-up."""
    numbers = [step.pk for step in steps]
    shares = [numbers[place::AT_ONCE] for place in range(AT_ONCE)]
    return (len(numbers) - AT_ONCE) / together("benchmarks.deciding:agree_to", shares)


def agree_to(step_id: int) -> None:
    _agree(ChainStep.objects.select_related("submission__case", "staff").get(pk=step_id))
