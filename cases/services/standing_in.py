"""What waits for somebody who is away, or for a stand-in that is over: it never waits for nobody.

With a stand-in the station becomes his for the absent person; back again it becomes the person's own. Without
one the chain is made anew as it would be made today. Each case in its own transaction, with one ledger entry.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from authority import services as authority
from authority.bounds import rules_for
from authority.holders import holder_for
from authority.models import InFlight, Substitution
from authority.rulings import may_decide
from cases.chains import never_own
from cases.matters import matter_of
from cases.models import ChainStep, ClaimCase, Submission
from cases.services.chain import make_chain_anew, plan_for
from cases.services.signing import excuse_signer
from cases.services.transition import apply, lock_case, stay, tell
from departments.models import Absence, Staff

_LIVE = (ChainStep.Status.NOW, ChainStep.Status.WAITING)


def waiting_under(substitution: Substitution) -> QuerySet[ChainStep]:
    """The stations that the delegate has because of this stand-in, reached or still to come."""
    steps = ChainStep.objects.filter(
        staff=substitution.delegate_id,
        acting_for=substitution.delegator_id,
        status__in=_LIVE,
        submission__status=Submission.Status.OPEN,
        submission__item__code__in=substitution.items,
    )
    return steps.select_related("submission__case__unit", "submission__item", "staff", "acting_for")


@transaction.atomic
def recall_stand_in(substitution: Substitution, way: str, *, by: Staff, reason: str) -> int:
    """Ends the stand-in and does with what waits as `way` (InFlight) says; how many stations that were.

    The cases are locked before the stand-in, as deciding does.
    """
    steps = list(waiting_under(substitution))
    cases = ClaimCase.objects.select_for_update(of=("self",)).filter(
        pk__in=[step.submission.case_id for step in steps]
    )
    list(cases.order_by("pk"))
    authority.recall_stand_in(substitution, by=by, reason=reason)
    return sum(_settle(step.pk, way, by) for step in steps)


def deserted_stations() -> QuerySet[ChainStep]:
    """Reached, and waiting for somebody who is away, or under a stand-in that is over."""
    now = timezone.now()
    away = Absence.objects.at(now).filter(staff=OuterRef("staff"))
    live = Substitution.objects.in_force(now).filter(
        delegator=OuterRef("acting_for"),
        delegate=OuterRef("staff"),
        items__contains=[OuterRef("submission__item__code")],
    )
    lapsed = Q(acting_for__isnull=False) & ~Exists(live)
    steps = ChainStep.objects.filter(
        Exists(away) | lapsed, status=ChainStep.Status.NOW, submission__status=Submission.Status.OPEN
    )
    return steps.exclude(kind=ChainStep.Kind.HEAD_OFFICE).order_by("pk")


@transaction.atomic
def restaff(step: ChainStep) -> bool:
    """Gives one deserted station to whoever acts now; False when it need not or cannot change hands."""
    submission = Submission.objects.select_related("item").get(pk=step.submission_id)
    submission.case = lock_case(submission.case_id, None)
    step = ChainStep.objects.select_related("staff", "acting_for").get(pk=step.pk)
    if step.staff is None or not deserted_stations().filter(pk=step.pk).exists():
        return False
    if step.kind == ChainStep.Kind.ADDED:
        return excuse_signer(step)
    step.submission = submission
    principal = step.acting_for or step.staff
    stand_in = _stand_in_for(principal, submission)
    if stand_in is not None:
        return _give(step, stand_in.delegate, principal, None)
    if _lasting_choice(step) == InFlight.STAY:
        return _give(step, step.staff, None, None)
    if not Absence.objects.at(timezone.now()).filter(staff=principal).exists():
        return _give(step, principal, None, None)
    return _reroute(submission, None)


def _stand_in_for(principal: Staff, submission: Submission) -> Substitution | None:
    """Who can act on it for the person; never the one who submitted it, nor somebody who is away himself."""
    now = timezone.now()
    found = Substitution.objects.in_force(now).filter(
        ~Exists(Absence.objects.at(now).filter(staff=OuterRef("delegate"))),
        delegator=principal,
        items__contains=[submission.item.code],
        delegate__is_active=True,
    )
    others = found.exclude(delegate=submission.submitted_by_id).select_related("delegate").order_by("pk")
    return next((one for one in others if _can_act(one.delegate, principal, submission)), None)


def _can_act(delegate: Staff, principal: Staff, submission: Submission) -> bool:
    """Nobody would ever take from him what he worked on himself, or what was not handed over."""
    rules = never_own(rules_for(submission.item.code))
    ruling = may_decide(matter_of(submission), holder_for(delegate), rules)
    basis = ruling.basis
    return (ruling.may_sign or ruling.may_refer) and basis is not None and basis.via_id == principal.pk


def _lasting_choice(step: ChainStep) -> str:
    """What was agreed for the end of the stand-in under which the station waits."""
    if step.acting_for is None:
        return ""
    ended = Substitution.objects.filter(delegator=step.acting_for, delegate=step.staff)
    return ended.order_by("-starts_at").values_list("in_flight", flat=True).first() or ""


def _settle(step_id: int, way: str, by: Staff | None) -> bool:
    """Under the lock of the case; a station that was passed meanwhile is left alone."""
    steps = ChainStep.objects.select_related(
        "submission__item", "submission__case__unit", "acting_for", "staff"
    )
    step = steps.filter(pk=step_id, status__in=_LIVE).first()
    if step is None or step.acting_for is None or step.staff is None:
        return False
    if way == InFlight.REROUTE:
        return _reroute(step.submission, by)
    return _give(step, step.acting_for if way == InFlight.BACK else step.staff, None, by)


def _give(step: ChainStep, person: Staff, acting_for: Staff | None, by: Staff | None) -> bool:
    if (step.staff, step.acting_for) == (person, acting_for):
        return False
    before = _said(step.staff, step.acting_for)
    step.staff, step.acting_for = person, acting_for
    step.save(update_fields=["staff", "acting_for"])
    case = step.submission.case
    change = stay(case, "reassign").about(step.submission)
    apply(case, change.with_details({"from": before, "to": _said(person, acting_for)}), by)
    if step.status == ChainStep.Status.NOW:
        tell(person, case, "to_decide", f"待您审批（代{acting_for.name}）" if acting_for else "待您审批")
    return True


def _reroute(submission: Submission, by: Staff | None) -> bool:
    """Not where nobody is left but head office: that is for a person to ask, and stays where it waits."""
    plan = plan_for(submission)
    if plan.stops or not plan.stations or plan.stations[0].person_id is None:
        return False
    apply(submission.case, stay(submission.case, "reroute").about(submission), by)
    make_chain_anew(submission, plan, by=by or submission.submitted_by)
    return True


def _said(person: Staff | None, acting_for: Staff | None) -> str:
    name = person.name if person else ""
    return f"{name}（代{acting_for.name}）" if acting_for else name


def write_off_ended(now_over: Iterable[Substitution]) -> int:
    """Each in its own transaction; what waits under them is then deserted and finds its way by itself."""
    return sum(authority.write_off_stand_in(one) for one in now_over)
