"""The stations of a submission as rows: made, reached one by one, made anew when facts change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import Count
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holders_of
from cases.chains import Plan, Station, away_from, plan_chain
from cases.consultations import to_consult
from cases.matters import matter_of
from cases.models import ChainStep, ClaimCase, Decision, Submission
from cases.services.consulting import open_consultations
from cases.services.escalating import HeadOfficeRequest, escalation_change, open_escalation
from cases.services.packs import pack_of
from cases.services.transition import apply, tell
from departments.models import Staff
from departments.models.people import AdminRole

NOBODY_HERE = "本机构无有权人，直接报总公司审批"


def plan_for(submission: Submission, *, above: int = 0) -> Plan:
    """The stations as they would be made now; a constant number of queries, for a saved submission or not.

    `above`: only with people of a higher level.
    """
    holders = holders_of(submission.item.code, loads=_loads())
    matter, rules = matter_of(submission), rules_for(submission.item.code)
    plan = plan_chain(matter, holders, rules, above)
    return replace(plan, consults=tuple(to_consult(matter, rules)), away=away_from(matter, holders, rules))


def _loads() -> dict[int, int]:
    waiting = ChainStep.objects.filter(status=ChainStep.Status.NOW, staff__isnull=False)
    return dict(waiting.order_by().values_list("staff").annotate(Count("pk")))


def make_chain(submission: Submission, stations: Iterable[Station], *, after: int = 0) -> list[ChainStep]:
    """The stations as rows, none reached yet; numbered on from `after`."""
    return ChainStep.objects.bulk_create(
        ChainStep(
            submission=submission,
            number=number,
            kind=station.kind,
            staff_id=station.person_id,
            acting_for_id=station.via_id,
            level=station.level,
            post_name=station.post_name,
        )
        for number, station in enumerate(stations, start=after + 1)
    )


def start_chain(submission: Submission, plan: Plan, *, by: Staff) -> None:
    """The first station not yet passed begins. A case that nobody here may even look at goes straight up."""
    waiting = submission.chain.filter(status=ChainStep.Status.WAITING).select_related("staff")
    first = waiting.earliest("number")
    reach(first, submission.case)
    if first.kind == ChainStep.Kind.HEAD_OFFICE:
        pack = pack_of(submission, missing_papers=NOBODY_HERE)
        request = HeadOfficeRequest(submission.opinion or NOBODY_HERE, pack)
        apply(submission.case, escalation_change(open_escalation(submission, request, by=by)), by)
    open_consultations(submission, plan.consults, by=by)
    if plan.alert:
        _alert(submission)


def reach(step: ChainStep, case: ClaimCase) -> None:
    """It is this station's turn now; its person is told."""
    step.status, step.arrived_at = ChainStep.Status.NOW, timezone.now()
    step.save(update_fields=["status", "arrived_at"])
    tell(step.staff, case, "to_decide", "待您审批")


def _alert(submission: Submission) -> None:
    for admin in Staff.objects.filter(admin_role=AdminRole.SECURITY, is_active=True):
        tell(admin, submission.case, "no_holder", f"{submission.item.name}在本机构无人有权")


def leave(step: ChainStep, status: str, others: Sequence[ChainStep] = ()) -> None:
    """This station is over, and `others` will not be passed any more; one statement."""
    now = timezone.now()
    step.status, step.left_at = status, now
    for other in others:
        other.status, other.left_at = ChainStep.Status.SKIPPED, now
    ChainStep.objects.bulk_update([step, *others], ["status", "left_at"])


def make_chain_anew(submission: Submission, plan: Plan, *, by: Staff) -> None:
    """Signatures that the new chain asks for too stay good; the others stay visible and lose their force."""
    steps = list(submission.chain.select_related("decision").order_by("number"))
    kept, asked = split(steps, submission, plan)
    _invalidate([step for step in steps if step not in kept])
    make_chain(submission, asked, after=max((step.number for step in steps), default=0))
    start_chain(submission, plan, by=by)


def split(
    steps: Sequence[ChainStep], submission: Submission, plan: Plan
) -> tuple[list[ChainStep], list[Station]]:
    """What stays good of the chain as it is, and the stations of the plan that are still to be passed."""
    kept = [step for step in steps if _still_holds(step, submission) and _is_asked(step, plan)]
    return kept, [one for one in plan.stations if not any(_is_same(step, one) for step in kept)]


def _still_holds(step: ChainStep, submission: Submission) -> bool:
    """Passed already; and a co-signature holds up to the amount that was signed."""
    if step.status != ChainStep.Status.DONE:
        return False
    decision: Decision | None = getattr(step, "decision", None)
    is_signature = step.kind == ChainStep.Kind.COSIGN
    return not is_signature or (decision is not None and decision.amount >= submission.amount)


def _is_asked(step: ChainStep, plan: Plan) -> bool:
    return any(_is_same(step, station) for station in plan.stations)


def _is_same(step: ChainStep, station: Station) -> bool:
    return (step.kind, step.staff_id, step.acting_for_id) == (
        station.kind,
        station.person_id,
        station.via_id,
    )


def _invalidate(steps: Sequence[ChainStep]) -> None:
    now = timezone.now()
    for step in steps:
        step.status, step.left_at = ChainStep.Status.INVALID, step.left_at or now
    ChainStep.objects.bulk_update(steps, ["status", "left_at"])
