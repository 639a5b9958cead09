"""Cases, stand-ins and what waits for a decision among the things somebody holds.

Imported once, when the app is ready.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from authority.holdings import stand_ins_of
from authority.models import Substitution
from authority.models.stand_ins import InFlight
from authority.refusals import Refused
from authority.rulings import Objection
from cases.conflicts import Stale
from cases.injuries.holdings import schemes_under_way
from cases.models import ChainStep, ClaimCase, Escalation, Submission
from cases.rulings import refused_for
from cases.services import hand_escalation, hand_over, recall_stand_in, reroute
from departments.holdings import Changed, Handing, Holding, HoldingKind, register_holding
from departments.models import Staff


def open_cases(person: Staff) -> QuerySet[ClaimCase]:
    return ClaimCase.objects.outstanding().filter(handler=person)


def cases_of(person: Staff) -> list[Holding]:
    rows = open_cases(person).select_related("unit").order_by("stage_entered_at", "pk")
    return [
        Holding(
            str(case.pk),
            f"赔案 {case.report_no}",
            f"{case.unit.short_name}，{case.get_stage_display()}，估损 {case.estimate:,.2f} 元",
            str(case.version),
        )
        for case in rows
    ]


def give_case(handing: Handing, receiver: Staff) -> str:
    case = ClaimCase.objects.get(pk=handing.holding.thing)
    reason = f"工作交接：{handing.reason}"
    try:
        hand_over(case, receiver, reason, by=handing.by, seen=int(handing.holding.state))
    except Stale as stale:
        raise Changed([handing.holding.title]) from stale
    return f"移交 {receiver.name}"


def stations_of(person: Staff) -> QuerySet[ChainStep]:
    """Where an open submission waits for his decision."""
    return ChainStep.objects.filter(
        staff=person, status=ChainStep.Status.NOW, submission__status=Submission.Status.OPEN
    )


def submissions_of(person: Staff) -> list[Holding]:
    rows = (
        stations_of(person)
        .select_related("submission__case", "submission__item")
        .order_by("arrived_at", "pk")
    )
    return [
        Holding(
            str(step.submission_id),
            f"{step.submission.item.name} {step.submission.case.report_no}",
            f"报批 {step.submission.amount:,.2f} 元",
            f"{step.pk} {step.submission.case.version}",
        )
        for step in rows.order_by("arrived_at", "pk")
    ]


def reroute_submission(handing: Handing) -> str:
    """By the grants of this moment, which the giver may have lost a moment ago."""
    submission = Submission.objects.select_related("case").get(pk=handing.holding.thing)
    submission = reroute(submission, by=handing.by, seen=submission.case.version)
    waiting = submission.chain.filter(status=ChainStep.Status.NOW).select_related("staff").order_by("number")
    now = waiting.first()
    if waiting.filter(staff=handing.giver).exists():
        text = "重新安排后仍由移交人审批：请同时撤销其个人授权"
        raise Refused(refused_for([Objection("still_the_giver", text)]))
    return f"重新安排，{now.staff.name} 审批" if now and now.staff else "重新安排审批链"


def escalations_of(person: Staff) -> list[Holding]:
    """What lies at head office, or came back and is not carried out, and is his to follow up."""
    rows = Escalation.objects.kept_by_person(person).select_related("case__unit", "submission__item")
    return [
        Holding(
            str(one.pk),
            f"上报件 {one.number}",
            f"{one.case.unit.short_name} {one.submission.item.name} {one.amount:,.2f} 元，"
            f"{one.get_status_display()}",
            f"{one.kept_by_id or one.sent_by_id} {one.status}",
        )
        for one in rows.order_by("sent_at", "pk")
    ]


def give_escalation(handing: Handing, receiver: Staff) -> str:
    escalation = Escalation.objects.get(pk=handing.holding.thing)
    if f"{escalation.kept_by_id or escalation.sent_by_id} {escalation.status}" != handing.holding.state:
        raise Changed([handing.holding.title])
    hand_escalation(escalation, receiver, f"工作交接：{handing.reason}", by=handing.by)
    return f"移交 {receiver.name} 跟进"


def escalations_left(person: Staff) -> int:
    return Escalation.objects.kept_by_person(person).count()


def end_stand_in(handing: Handing) -> str:
    """What waits for the delegate is arranged anew."""
    substitution = Substitution.objects.get(pk=handing.holding.thing)
    recall_stand_in(substitution, InFlight.REROUTE, by=handing.by, reason=f"工作交接：{handing.reason}")
    return "收回"


def cases_left(person: Staff) -> int:
    return open_cases(person).count()


def stations_left(person: Staff) -> int:
    return stations_of(person).count()


def hold_cases(person: Staff) -> None:
    """All at once, so that two hand-overs lock them in one order: his own, those on which something waits for
    him or for whoever stands in for him, those of his schemes and of what he follows up at head office."""
    stations = ChainStep.objects.filter(
        Q(staff=person) | Q(acting_for=person),
        status__in=[ChainStep.Status.NOW, ChainStep.Status.WAITING],
        submission__status=Submission.Status.OPEN,
    )
    concerned = Q(handler=person) | Q(pk__in=stations.values("submission__case"))
    open_ones = ClaimCase.objects.outstanding().filter(concerned)
    beside = (schemes_under_way(person), Escalation.objects.kept_by_person(person))
    wanted = Q(pk__in=open_ones.values("pk"))
    for rows in beside:
        wanted |= Q(pk__in=rows.values("case"))
    cases = ClaimCase.objects.filter(wanted).select_for_update(of=("self",))
    list(cases.order_by("pk").values_list("pk", flat=True))


register_holding(
    HoldingKind("case", "在办赔案", cases_of, give=give_case, order=10, work_left=cases_left, hold=hold_cases)
)
register_holding(
    HoldingKind("stand_in", "代岗", stand_ins_of, end=end_stand_in, end_name="收回", must_go=False, order=20)
)
register_holding(
    HoldingKind(
        "escalation",
        "上报总公司件",
        escalations_of,
        give_escalation,
        order=15,
        work_left=escalations_left,
    )
)
register_holding(
    HoldingKind(
        "submission",
        "待审批事项",
        submissions_of,
        end=reroute_submission,
        end_name="重新安排审批链",
        order=40,
        work_left=stations_left,
    )
)
