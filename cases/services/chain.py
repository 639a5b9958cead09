"""The stations of a submission as rows: made, reached one by one, made anew when facts change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import Count
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holders_of
from authority.rulings import Holder, Matter, Rules
from cases.chains import AS_NEEDED, Plan, SigningTerms, Station, away_from, plan_chain
from cases.consultations import to_consult
from cases.matters import matter_of
from cases.models import (
    ChainStep,
    ClaimCase,
    ClockAlert,
    JointSigning,
    OnRefusal,
    Outcome,
    SigningRule,
    Submission,
)
from cases.services.consulting import open_consultations
from cases.services.escalating import HeadOfficeRequest, escalation_change, open_escalation
from cases.services.packs import pack_of
from cases.services.transition import apply, tell
from cases.signatures import agreeing, decision_at, signatures
from departments.models import Staff
from departments.models.people import AdminRole

_STANDING = (ChainStep.Status.NOW, ChainStep.Status.WAITING, ChainStep.Status.DONE)
NOBODY_HERE = "本机构无有权人，直接报总公司审批"


def plan_for(submission: Submission, *, above: int = 0) -> Plan:
    """The stations as they would be made now; a constant number of queries, for a saved submission or not.

    `above`: only with people of a higher level.
    """
    holders = holders_of(submission.item.code, loads=loads())
    matter, rules = matter_of(submission), rules_for(submission.item.code)
    plan = planned(matter, holders, rules, above)
    return replace(plan, consults=tuple(to_consult(matter, rules)), away=away_from(matter, holders, rules))


def planned(matter: Matter, holders: Sequence[Holder], rules: Rules, above: int = 0) -> Plan:
    """The plan with as many co-signers as the rules of today ask at once; no query where nobody co-signs."""
    plan = plan_chain(matter, holders, rules, above)
    if not any(one.kind == ChainStep.Kind.COSIGN for one in plan.stations):
        return plan
    return plan_chain(matter, holders, rules, above, terms_for(matter.item))


def terms_for(item_code: str) -> SigningTerms:
    """The item's own rule, else the general one; without any, exactly the needed are asked."""
    rows = SigningRule.objects.on(timezone.localdate()).filter(item__in=["", item_code])
    found = {row.item: row for row in rows.order_by("valid_from")}
    row = found.get(item_code) or found.get("")
    return SigningTerms(row.spare, row.on_refusal) if row else AS_NEEDED


def loads() -> dict[int, int]:
    waiting = ChainStep.objects.filter(status=ChainStep.Status.NOW, staff__isnull=False)
    return dict(waiting.order_by().values_list("staff").annotate(Count("pk")))


def make_chain(submission: Submission, stations: Iterable[Station], *, after: int = 0) -> list[ChainStep]:
    """The stations as rows, none reached yet; numbered on from `after`. Co-signers are one joint signing."""
    stations = list(stations)
    signing = _open_signing(submission, stations)
    return ChainStep.objects.bulk_create(
        ChainStep(
            submission=submission,
            number=number,
            kind=station.kind,
            staff_id=station.person_id,
            acting_for_id=station.via_id,
            level=station.level,
            post_name=station.post_name,
            signing=signing if station.kind == ChainStep.Kind.COSIGN else None,
        )
        for number, station in enumerate(stations, start=after + 1)
    )


def _open_signing(submission: Submission, stations: Iterable[Station]) -> JointSigning | None:
    first = next((one for one in stations if one.kind == ChainStep.Kind.COSIGN), None)
    if first is None:
        return None
    return JointSigning.objects.create(
        submission=submission,
        kind=JointSigning.Kind.COSIGN,
        needed=max(first.needed, 1),
        on_refusal=first.on_refusal or OnRefusal.COUNTS_NOT,
        called_at=timezone.now(),
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


_ASKS = {ChainStep.Kind.COSIGN: "待您会签", ChainStep.Kind.ADDED: "请您加签"}


def reach(step: ChainStep, case: ClaimCase) -> None:
    """It is this station's turn now, and that of those who sign beside it; their people are told.

    Who waited here before, while others signed at his request, has not begun to wait anew.
    """
    for one in (step, *_beside(step)):
        one.status, one.arrived_at = ChainStep.Status.NOW, one.arrived_at or timezone.now()
        one.save(update_fields=["status", "arrived_at"])
        tell(one.staff, case, "to_decide", _ASKS.get(ChainStep.Kind(one.kind), "待您审批"))


def _beside(step: ChainStep) -> Iterable[ChainStep]:
    if step.signing_id is None:
        return ()
    others = ChainStep.objects.filter(signing=step.signing_id, status=ChainStep.Status.WAITING)
    return others.exclude(pk=step.pk).select_related("staff")


def _alert(submission: Submission) -> None:
    for admin in Staff.objects.filter(admin_role=AdminRole.SECURITY, is_active=True):
        tell(admin, submission.case, "no_holder", f"{submission.item.name}在本机构无人有权")


def keep_told(before: int, after: ChainStep, *, but: int | None = None) -> None:
    """Who was told that a station is late is not told again because another row took its place.

    `but`: a person who has no part in it any more.
    """
    ClockAlert.objects.filter(station=before).exclude(told=but).update(station=after)


def leave(step: ChainStep, status: str, others: Sequence[ChainStep] = ()) -> None:
    """This station is over, and `others` will not be passed any more; one statement."""
    now = timezone.now()
    step.status, step.left_at = status, now
    for other in others:
        other.status, other.left_at = ChainStep.Status.SKIPPED, now
    ChainStep.objects.bulk_update([step, *others], ["status", "left_at"])
    if signings := {other.signing_id for other in others if other.signing_id}:
        call_off(signings)


def call_off(signings: Iterable[int]) -> None:
    """What was not signed by now is not asked for any more."""
    standing = JointSigning.objects.filter(pk__in=list(signings), ended_at=None)
    standing.update(result=JointSigning.Result.CALLED_OFF, ended_at=timezone.now())


def make_chain_anew(submission: Submission, plan: Plan, *, by: Staff) -> None:
    """Signatures that the new chain asks for too stay good; the others stay visible and lose their force."""
    steps = list(submission.chain.select_related("decision").order_by("number"))
    kept, asked = split(steps, submission, plan)
    _invalidate([step for step in steps if step not in kept and step.status in _STANDING], submission)
    make_chain(submission, asked, after=max((step.number for step in steps), default=0))
    start_chain(submission, plan, by=by)


def split(
    steps: Sequence[ChainStep], submission: Submission, plan: Plan
) -> tuple[list[ChainStep], list[Station]]:
    """What stays good of the chain as it is, and the stations of the plan that are still to be passed."""
    kept = [step for step in steps if _still_holds(step, submission) and _is_asked(step, plan)]
    asked = [one for one in plan.stations if not any(_is_same(step, one) for step in kept)]
    return kept, _to_sign(asked, agreeing(signatures(kept)))


def _to_sign(stations: Iterable[Station], given: int) -> list[Station]:
    """Co-signers only for as many signatures as are missing."""
    wanted = [replace(one, needed=one.needed - given) if one.kind == "cosign" else one for one in stations]
    return [one for one in wanted if one.kind != "cosign" or one.needed > 0]


def _still_holds(step: ChainStep, submission: Submission) -> bool:
    """Passed already; a co-signature holds up to the amount that was signed, a refusal from it upwards."""
    if step.status != ChainStep.Status.DONE:
        return False
    decision = decision_at(step)
    if step.kind != ChainStep.Kind.COSIGN:
        return True
    if decision is None:
        return False
    is_refusal = decision.outcome == Outcome.REFUSE
    return decision.amount <= submission.amount if is_refusal else decision.amount >= submission.amount


def _is_asked(step: ChainStep, plan: Plan) -> bool:
    return any(_is_same(step, station) for station in plan.stations)


def _is_same(step: ChainStep, station: Station) -> bool:
    return (step.kind, step.staff_id, step.acting_for_id) == (
        station.kind,
        station.person_id,
        station.via_id,
    )


def _invalidate(steps: Sequence[ChainStep], submission: Submission) -> None:
    """Each with why, for whoever reads the chain afterwards."""
    now = timezone.now()
    for step in steps:
        step.remark = _why_invalid(step, submission)
        step.status, step.left_at = ChainStep.Status.INVALID, step.left_at or now
    ChainStep.objects.bulk_update(steps, ["status", "left_at", "remark"])
    if signings := {step.signing_id for step in steps if step.signing_id}:
        call_off(signings)


def _why_invalid(step: ChainStep, submission: Submission) -> str:
    decision = decision_at(step)
    if decision is None:
        return "审批链重新计算，未及办理"
    if decision.amount != submission.amount:
        return f"所签 {decision.amount:,.2f} 元，报批金额已改为 {submission.amount:,.2f} 元"
    return "审批链重新计算，不再需要该环节"
