"""伤者: registered, visited, no longer tracked; every act is a change of the case, entered in its ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.injuries.rulings import may_track
from cases.models import (
    CasePaper,
    ClaimCase,
    Dependant,
    FollowUpRule,
    HospitalVisit,
    InjuredPerson,
    TreatmentState,
)
from cases.rulings import may_handle, refused_for, with_objections
from cases.services.transition import apply, lock_case, stay, tell
from departments.models import Staff

REGISTERED_FIELDS = frozenset(
    {
        "name",
        "sex",
        "age",
        "household",
        "role",
        "injury_grade",
        "disability_grade",
        "diagnosis",
        "hospital",
        "department",
        "admitted_on",
        "discharged_on",
        "state",
        "region",
        "measured_on",
    }
)


@dataclass(frozen=True, slots=True)
class Visit:
    """What the visitor brings back. `next_visit_on` None: as the rule of the state says."""

    visited_at: datetime
    way: str
    place: str
    state: str
    findings: str
    cost_so_far: Decimal | None = None
    expected_cost: Decimal | None = None
    next_visit_on: date | None = None
    papers: Iterable[CasePaper] = ()


@dataclass(frozen=True, slots=True)
class SupportedPerson:
    name: str
    relation: str
    age: int
    supporters: int
    evidence: str = ""
    household: str = ""


@transaction.atomic
def register_injured(
    case: ClaimCase, label: str, facts: Mapping[str, Any], *, tracker: Staff, by: Staff
) -> InjuredPerson:
    """`label` as the person's injury losses are called; `facts` by REGISTERED_FIELDS."""
    case = lock_case(case.pk, None)
    unknown = set(facts) - REGISTERED_FIELDS
    if unknown:
        raise KeyError(*sorted(unknown))
    taken = InjuredPerson.objects.filter(case=case, label=label).exists()
    objections = [Objection("label_taken", f"本案已有名为「{label}」的伤者")] if taken else []
    insist_on(with_objections(may_handle(case, by), objections))
    now = timezone.now()
    person = InjuredPerson(
        case=case, label=label, tracker=tracker, registered_by=by, registered_at=now, **facts
    )
    person.next_visit_on = timezone.localdate(now) + timedelta(days=_rule_days(person.state, is_first=True))
    person.save()
    changed = () if case.is_injury else ("is_injury",)
    case.is_injury = True
    _enter(person, "register_injured", by, *changed, reason=label)
    if tracker != by:
        tell(tracker, case, "assigned", f"伤者{label}由您跟踪")
    return person


@transaction.atomic
def change_injured(
    person: InjuredPerson, facts: Mapping[str, Any], *, tracker: Staff, by: Staff
) -> InjuredPerson:
    """Facts as they are now known; what was known before is in the history."""
    person = _locked(person)
    insist_on(may_track(person, by))
    for name, value in facts.items():
        if name not in REGISTERED_FIELDS:
            raise KeyError(name)
        setattr(person, name, value)
    is_new = person.tracker_id != tracker.pk
    person.tracker = tracker
    person.save()
    _enter(person, "change_injured", by)
    if is_new and tracker != by:
        tell(tracker, person.case, "assigned", f"伤者{person.label}由您跟踪")
    return person


@transaction.atomic
def record_visit(person: InjuredPerson, visit: Visit, *, by: Staff) -> HospitalVisit:
    """Whoever was there enters it; the next visit follows from the state unless a day is named."""
    person = _locked(person)
    now = timezone.now()
    objections = list(_visit_objections(person, visit, now))
    insist_on(with_objections(may_track(person, by), objections))
    facts = {one.name: getattr(visit, one.name) for one in fields(visit) if one.name != "papers"}
    made = HospitalVisit(person=person, visitor=by, was_due_on=person.next_visit_on, recorded_at=now, **facts)
    made.next_visit_on = visit.next_visit_on or _due_after(visit)
    made.save()
    made.papers.set(visit.papers)
    person.state, person.next_visit_on = made.state, made.next_visit_on
    person.save(update_fields=["state", "next_visit_on"])
    _enter(person, "visit_injured", by, reason=visit.findings[:200])
    return made


def _visit_objections(person: InjuredPerson, visit: Visit, now: datetime) -> Iterable[Objection]:
    if person.tracking_ended_on:
        yield Objection("tracking_ended", "跟踪已结束，须先恢复跟踪")
    if visit.visited_at > now:
        yield Objection("in_future", "访视时间不能晚于现在")
    if visit.next_visit_on and visit.next_visit_on <= timezone.localdate(visit.visited_at):
        yield Objection("next_before", "下次访视须晚于本次访视")
    if visit.cost_so_far and visit.expected_cost and visit.expected_cost < visit.cost_so_far:
        yield Objection("expected_less", "预计总费用不能少于已发生费用")
    if any(paper.case_id != person.case_id for paper in visit.papers):
        yield Objection("foreign_paper", "含有不属于本案的材料")


@transaction.atomic
def end_tracking(person: InjuredPerson, why: str, *, by: Staff) -> InjuredPerson:
    person = _locked(person)
    objections = []
    if person.tracking_ended_on:
        objections.append(Objection("already_ended", "跟踪已结束"))
    if not why.strip():
        objections.append(Objection("no_reason", "结束跟踪须说明原因"))
    insist_on(with_objections(may_track(person, by), objections))
    person.tracking_ended_on, person.tracking_ended_why = timezone.localdate(), why.strip()
    person.next_visit_on = None
    person.save(update_fields=["tracking_ended_on", "tracking_ended_why", "next_visit_on"])
    _enter(person, "end_tracking", by, reason=why)
    return person


@transaction.atomic
def resume_tracking(person: InjuredPerson, *, by: Staff) -> InjuredPerson:
    """The treatment goes on after all: the next visit is due as after a registration."""
    person = _locked(person)
    objections = [] if person.tracking_ended_on else [Objection("not_ended", "正在跟踪中")]
    insist_on(with_objections(may_track(person, by), objections))
    person.tracking_ended_on, person.tracking_ended_why = None, ""
    days = _rule_days(person.state, is_first=True)
    person.next_visit_on = timezone.localdate() + timedelta(days=days)
    person.save(update_fields=["tracking_ended_on", "tracking_ended_why", "next_visit_on"])
    _enter(person, "resume_tracking", by)
    return person


@transaction.atomic
def add_dependant(person: InjuredPerson, supported: SupportedPerson, *, by: Staff) -> Dependant:
    person = _locked(person)
    objections = []
    if person.dependants.filter(name=supported.name).exists():
        objections.append(Objection("twice", "该被扶养人已登记"))
    insist_on(with_objections(may_track(person, by), objections))
    made = Dependant.objects.create(
        person=person,
        name=supported.name,
        relation=supported.relation,
        age=supported.age,
        supporters=supported.supporters,
        evidence=supported.evidence,
        household=supported.household,
    )
    _enter(person, "add_dependant", by, reason=str(made))
    return made


@transaction.atomic
def remove_dependant(dependant: Dependant, *, by: Staff) -> None:
    person = _locked(dependant.person)
    insist_on(may_track(person, by))
    _enter(person, "remove_dependant", by, reason=str(dependant))
    dependant.delete()


def _due_after(visit: Visit) -> date:
    return timezone.localdate(visit.visited_at) + timedelta(days=_rule_days(visit.state))


def _rule_days(state: str, *, is_first: bool = False) -> int:
    """Refused where nobody has said how often: a visit that is never due would be forgotten."""
    rule = FollowUpRule.objects.on(timezone.localdate()).filter(state=state).order_by("valid_from").last()
    if rule is None:
        name = TreatmentState(state).label
        insist_on(refused_for([Objection("no_rule", f"没有生效的跟踪频次：{name}")]))
        raise AssertionError("refused above")
    return int(rule.first_days if is_first else rule.days)


def _locked(person: InjuredPerson) -> InjuredPerson:
    """The person as he now is, with his case, whose lock keeps both."""
    case = lock_case(person.case_id, None)
    fresh = InjuredPerson.objects.get(pk=person.pk)
    fresh.case = case
    return fresh


def _enter(person: InjuredPerson, action: str, by: Staff, *changed: str, reason: str = "") -> None:
    """`changed`: the fields of the case that changed with it."""
    change = stay(person.case, action, *changed).because(reason).with_details({"injured": person.pk})
    apply(person.case, change, by)
