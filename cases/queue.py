"""What waits for a person, and what the ruling says of each: the rows of the workbench.

Every list is one query for its rows; the rulings of a whole page add eight, however many rows there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.rulings import Holder, Matter, Rules, Ruling
from cases.lifecycle import Stage
from cases.matters import matters_of
from cases.models import ChainStep, ClaimCase, CoverageLine, Decision, Outcome, Submission
from cases.rulings import Docket, may_decide_submission
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
# Company practice until the clock rules of the department say otherwise.
LATE_AFTER = timedelta(days=1)
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
    def is_late(self) -> bool:
        return self.step.arrived_at is not None and timezone.now() - self.step.arrived_at > LATE_AFTER

    @property
    def ticket(self) -> str:
        """What a bulk form sends: the station, and the version of the case that was shown."""
        return f"{self.step.pk}:{self.case.version}"


def stations_of(staff: Staff) -> QuerySet[ChainStep]:
    """The stations whose turn it is and whose person this is."""
    return ChainStep.objects.filter(staff=staff, status=ChainStep.Status.NOW)


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


def waiting_stations(staff: Staff) -> Waiting:
    is_late = Q(arrived_at__lt=timezone.now() - LATE_AFTER)
    found = stations_of(staff).aggregate(
        count=Count("pk"), oldest=Min("arrived_at"), late=Count("pk", filter=is_late)
    )
    return Waiting(**found)


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


def ruled(steps: Sequence[ChainStep], staff: Staff) -> list[QueueRow]:
    """Each station with the ruling on agreeing there. Needs the relations of `with_case`."""
    if not steps:
        return []
    holder, rules = holder_for(staff), rules_for()
    matters = matters_of([step.submission for step in steps])
    signed = cosigned(step.submission_id for step in steps)
    return [
        _row(docket_at(step, matter, tuple(signed[step.submission_id])), step, holder, rules)
        for step, matter in zip(steps, matters, strict=True)
    ]


def cosigned(submission_ids: Iterable[int]) -> defaultdict[int, list[frozenset[int]]]:
    """Who has co-signed and for whom, by submission; one statement."""
    done = ChainStep.objects.filter(kind=ChainStep.Kind.COSIGN, status=ChainStep.Status.DONE)
    found = done.filter(submission__in=list(submission_ids)).order_by()
    signed: defaultdict[int, list[frozenset[int]]] = defaultdict(list)
    people = ("staff", "acting_for", "decision__decided_by", "decision__acted_for")
    for submission_id, *signers in found.values_list("submission", *people):
        signed[submission_id].append(frozenset(pk for pk in signers if pk))
    return signed


def docket_at(step: ChainStep, matter: Matter, signed: tuple[frozenset[int], ...]) -> Docket:
    submission = step.submission
    return Docket(
        matter=matter,
        stage=Stage(submission.case.stage),
        is_open=submission.status == Submission.Status.OPEN,
        step_kind=step.kind,
        step_status=step.status,
        step_level=step.level,
        step_person_id=step.staff_id,
        step_person_name=step.staff.name if step.staff else "",
        cosigned=signed,
    )


def _row(docket: Docket, step: ChainStep, holder: Holder, rules: Rules) -> QueueRow:
    ruling = may_decide_submission(docket, holder, rules, Outcome.AGREE)
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
