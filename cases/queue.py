"""What waits for a person, and what the ruling says of each: the rows of the workbench.

Every list is one query for its rows; the rulings of a whole page add eight, however many rows there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.rulings import Matter, Rules, Ruling
from cases.clocks import Clocks
from cases.consultations import may_need_opinion, opinions_on
from cases.items import BESIDE
from cases.lifecycle import Stage
from cases.matters import matters_of
from cases.models import (
    ChainStep,
    ClaimCase,
    CoverageLine,
    Decision,
    Escalation,
    Outcome,
    Submission,
)
from cases.models.decisions import DEPARTMENT_LEVEL
from cases.rulings import HEAD_OFFICE_POSTS, SENDING_BACK, Docket, docket_of, may_decide_submission
from departments.access import SEE_CASES
from departments.models import Staff

HANDLED_STAGES = (
    Stage.REPORTED,
    Stage.REGISTERED,
    Stage.SURVEYED,
    Stage.ASSESSED,
    Stage.REVIEWED,
    Stage.ADJUSTED,
    Stage.APPROVED,
    Stage.PAID,
)  # fmt: skip
_FEN_PER_YUAN = 100
_LINES = dict(CoverageLine.choices)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many, since when the oldest of them, and how many have waited too long."""

    count: int
    oldest: datetime | None = None
    late: int = 0


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A station that waits for somebody, with the answer to whether he may decide there. Money in yuan."""

    step: ChainStep
    ruling: Ruling
    amount: Decimal
    limit: Decimal | None
    refer_to: str

    @property
    def acting(self) -> str:
        """For whom the station is this person's."""
        return f"代岗：代{self.step.acting_for.name}" if self.step.acting_for else ""

    @property
    def submission(self) -> Submission:
        return self.step.submission

    @property
    def case(self) -> ClaimCase:
        return self.step.submission.case

    @property
    def lines(self) -> str:
        return " ".join(str(_LINES.get(line, line)).removesuffix("险") for line in self.case.lines)

    @property
    def ticket(self) -> str:
        """What a bulk form sends: the station, and the version of the case that was shown."""
        return f"{self.step.pk}:{self.case.version}"


def stations_of(staff: Staff) -> QuerySet[ChainStep]:
    """The stations whose turn it is and whose person this is."""
    return ChainStep.objects.filter(staff=staff, status=ChainStep.Status.NOW)


def over_authority_stations(staff: Staff) -> QuerySet[ChainStep]:
    """What lies with the department's head and deputies, for those of them who review it in the admin."""
    levels = {held.post.post_type.level for held in staff.posts_today}
    if not staff.is_staff or staff.admin_role or DEPARTMENT_LEVEL not in levels:
        return ChainStep.objects.none()
    now = ChainStep.objects.filter(status=ChainStep.Status.NOW, level=DEPARTMENT_LEVEL)
    seen = now.filter(submission__case__unit__in=staff.unit_scope.ids(SEE_CASES))
    return seen.exclude(kind=ChainStep.Kind.HEAD_OFFICE)


def unanswered(staff: Staff) -> QuerySet[Escalation]:
    """What waits for head office's answer, for those who answer there."""
    if not HEAD_OFFICE_POSTS & {held.post.post_type.code for held in staff.posts_today}:
        return Escalation.objects.none()
    sent = Escalation.objects.filter(status=Escalation.Status.SENT)
    return sent.filter(case__unit__in=staff.unit_scope.ids(SEE_CASES))


def waiting_rows(rows: QuerySet[Any], since: str) -> Waiting:
    """How many there are, and since when the oldest; `since` names its field."""
    return Waiting(**rows.order_by().aggregate(count=Count("pk"), oldest=Min(since)))


def with_case(steps: QuerySet[ChainStep]) -> QuerySet[ChainStep]:
    return steps.select_related(
        "staff", "acting_for", "submission__case__unit", "submission__item", "submission__submitted_by"
    )


def handled_by(staff: Staff) -> QuerySet[ClaimCase]:
    """Cases whose next piece of work is the handler's."""
    return ClaimCase.objects.filter(handler=staff, stage__in=HANDLED_STAGES)


def returned_to(staff: Staff) -> QuerySet[ClaimCase]:
    return ClaimCase.objects.filter(handler=staff, stage=Stage.RETURNED)


def started_by(staff: Staff) -> QuerySet[Submission]:
    return Submission.objects.filter(submitted_by=staff, status=Submission.Status.OPEN)


def decided_by(staff: Staff) -> QuerySet[Decision]:
    """This week's, from Monday."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Decision.objects.filter(decided_by=staff, decided_at__gte=today - timedelta(days=today.weekday()))


def waiting_stations(staff: Staff, clocks: Clocks) -> Waiting:
    """Late by the clock of its item; one statement, one short row per station."""
    waiting = list(stations_of(staff).values_list("submission__item__code", "arrived_at"))
    readings = [clocks.of_item(item, arrived_at) for item, arrived_at in waiting]
    return Waiting(
        count=len(waiting),
        oldest=min((arrived_at for _, arrived_at in waiting if arrived_at), default=None),
        late=sum(one is not None and one.is_late for one in readings),
    )


def waiting_cases(staff: Staff) -> tuple[Waiting, Waiting]:
    """To handle, and returned; one statement."""
    is_returned = Q(stage=Stage.RETURNED)
    found = (
        ClaimCase.objects.filter(handler=staff, stage__in=(*HANDLED_STAGES, Stage.RETURNED))
        .order_by()
        .aggregate(
            handled=Count("pk", filter=~is_returned),
            handled_since=Min("stage_entered_at", filter=~is_returned),
            returned=Count("pk", filter=is_returned),
            returned_since=Min("stage_entered_at", filter=is_returned),
        )
    )
    return (
        Waiting(found["handled"], found["handled_since"]),
        Waiting(found["returned"], found["returned_since"]),
    )


def ruled(
    steps: Sequence[ChainStep],
    staff: Staff,
    outcome: str = Outcome.AGREE,
    *,
    is_straight_up: bool = False,
) -> list[QueueRow]:
    """Each station with the ruling on that outcome there. Needs the relations of `with_case`."""
    if not steps:
        return []
    holder, rules = holder_for(staff), rules_for()
    matters = matters_of([step.submission for step in steps])
    chains = chains_by_submission(step.submission_id for step in steps)
    others = _with_other_sent(steps) if outcome in SENDING_BACK else frozenset()
    given = _opinions(steps, matters, rules)
    rows = []
    for step, matter in zip(steps, matters, strict=True):
        docket = docket_of(step, matter, chains[step.submission_id], is_other_sent=step.pk in others)
        docket = replace(docket, consulted=given.get(step.submission_id, ()))
        ruling = may_decide_submission(docket, holder, rules, outcome, is_straight_up=is_straight_up)
        rows.append(_row(docket, step, ruling, rules))
    return rows


def _opinions(
    steps: Sequence[ChainStep], matters: Sequence[Matter], rules: Rules
) -> dict[int, tuple[tuple[str, int], ...]]:
    """The opinions given where a rule may demand one; one statement at most."""
    pairs = zip(steps, matters, strict=True)
    concerned = [step.submission_id for step, matter in pairs if may_need_opinion(matter, rules)]
    return opinions_on(concerned) if concerned else {}


def chains_by_submission(submission_ids: Iterable[int]) -> defaultdict[int, list[ChainStep]]:
    """The stations with what a docket reads of them and of their decisions; one statement."""
    found = ChainStep.objects.filter(submission__in=list(submission_ids)).select_related(
        "decision", "signing"
    )
    shown = found.only(
        "submission_id", "kind", "status", "staff_id", "acting_for_id", "signing", "signing__on_refusal",
        "decision__outcome", "decision__decided_by_id", "decision__acted_for_id",
    )  # fmt: skip
    chains: defaultdict[int, list[ChainStep]] = defaultdict(list)
    for step in shown.order_by("submission", "number"):
        chains[step.submission_id].append(step)
    return chains


def _with_other_sent(steps: Sequence[ChainStep]) -> frozenset[int]:
    """The stations on whose case head office is deciding on another submission; one statement."""
    cases = {step.submission.case_id for step in steps}
    sent: defaultdict[int, set[int]] = defaultdict(set)
    rows = Escalation.objects.filter(case__in=cases, status=Escalation.Status.SENT).order_by()
    rows = rows.exclude(submission__item__code__in=BESIDE)
    for case_id, submission_id in rows.values_list("case", "submission"):
        sent[case_id].add(submission_id)
    return frozenset(
        step.pk
        for step in steps
        if step.submission.item.code not in BESIDE and sent[step.submission.case_id] - {step.submission_id}
    )


def _row(docket: Docket, step: ChainStep, ruling: Ruling, rules: Rules) -> QueueRow:
    basis = ruling.basis
    measure = basis.measure if basis else docket.matter.measure
    return QueueRow(
        step,
        ruling,
        yuan(docket.matter.amounts.get(measure, 0)),
        yuan(basis.limit) if basis else None,
        rules.level_names.get(ruling.refer_to_level or 0, ""),
    )


def yuan(fen: int) -> Decimal:
    return Decimal(fen) / _FEN_PER_YUAN
