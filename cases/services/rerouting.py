"""重新路由: chains under way as the rules and grants of today would make them; shown first, then made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from authority.bounds import rules_for
from authority.holders import holders_of
from authority.refusals import insist_on
from authority.rulings import Holder, Matter, Objection, Rules, may_decide
from cases.chains import Plan, Station, never_own
from cases.conflicts import Stale
from cases.lifecycle import Action
from cases.matters import matters_of
from cases.models import ChainStep, ClaimCase, Submission
from cases.rulings import may_reroute, may_work_on, refused_for, with_objections
from cases.services.chain import keep_told, make_chain_anew, plan_for, planned, split
from cases.services.transition import apply, lock_case, stay
from departments.access import MANAGE_UNIT
from departments.models import Staff

_LIVE = (ChainStep.Status.NOW, ChainStep.Status.WAITING)
_FIRST = -1  # whoever has the case now comes before everybody of equal standing


@dataclass(frozen=True, slots=True)
class Detour:
    """A submission whose chain would change: who is ahead of it, who would be, and why."""

    submission: Submission
    plan: Plan
    before: Sequence[str]
    after: Sequence[str]
    why: Sequence[str]
    digest: str

    @property
    def ticket(self) -> str:
        """What the page showed: the submission, the version of its case, the chain it would get."""
        return f"{self.submission.pk}:{self.submission.case.version}:{self.digest}"


def in_flight(staff: Staff) -> QuerySet[Submission]:
    """Open, not at head office, of the units that the person manages; oldest first."""
    there = ChainStep.objects.filter(kind=ChainStep.Kind.HEAD_OFFICE, status=ChainStep.Status.NOW)
    rows = Submission.objects.filter(
        status=Submission.Status.OPEN, case__unit__in=staff.unit_scope.ids(MANAGE_UNIT)
    )
    return _with_chain(rows.exclude(pk__in=there.values("submission"))).order_by("pk")


def _with_chain(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    steps = ChainStep.objects.select_related("staff", "acting_for", "decision").order_by("number")
    rows = rows.select_related("case__unit", "item", "submitted_by")
    return rows.prefetch_related(Prefetch("chain", queryset=steps))


def detours_of(submissions: Sequence[Submission]) -> list[Detour]:
    """Those whose way would change today; statements by item, not by submission."""
    codes = {one.item.code for one in submissions}
    known = {code: (holders_of(code), rules_for(code)) for code in codes}
    found = (
        _detour(submission, matter, *known[submission.item.code])
        for submission, matter in zip(submissions, matters_of(submissions), strict=True)
    )
    return [one for one in found if one is not None]


def _detour(submission: Submission, matter: Matter, holders: Sequence[Holder], rules: Rules) -> Detour | None:
    steps = list(submission.chain.all())
    live = [step for step in steps if step.status in _LIVE and step.kind != ChainStep.Kind.ADDED]
    plan = planned(matter, _preferring(live, holders), rules)
    ahead = split(steps, submission, plan)[1]
    if not plan.stops and [_key(step) for step in live] == [_key_of(one) for one in ahead]:
        return None
    return Detour(
        submission,
        plan,
        [_named(step) for step in live],
        [_station_name(one) for one in ahead],
        _reasons(live, plan, matter, {one.person_id: one for one in holders}, never_own(rules)),
        _digest(plan),
    )


def _preferring(live: Iterable[ChainStep], holders: Iterable[Holder]) -> list[Holder]:
    """Among people of equal standing nothing changes for the sake of an even load."""
    present = {step.staff_id for step in live}
    return [replace(one, load=_FIRST) if one.person_id in present else one for one in holders]


def _key(step: ChainStep) -> tuple[str, int | None, int | None]:
    return step.kind, step.staff_id, step.acting_for_id


def _key_of(station: Station) -> tuple[str, int | None, int | None]:
    return station.kind, station.person_id, station.via_id


def _named(step: ChainStep) -> str:
    name = step.staff.name if step.staff else "总公司"
    return f"{name}（{step.get_kind_display()}）" if step.staff else name


def _station_name(station: Station) -> str:
    kinds = dict(ChainStep.Kind.choices)
    return f"{station.name}（{kinds[station.kind]}）" if station.person_id else "总公司"


def _digest(plan: Plan) -> str:
    body = [*(str(_key_of(one)) for one in plan.stations), *(stop.code for stop in plan.stops)]
    return sha256("|".join(body).encode()).hexdigest()[:16]


def _reasons(
    live: Sequence[ChainStep],
    plan: Plan,
    matter: Matter,
    holders: Mapping[int, Holder],
    rules: Rules,
) -> list[str]:
    """Of each who leaves the chain what today's ruling says; of each who comes, that he does."""
    if plan.stops:
        return [stop.text for stop in plan.stops]
    staying = {one.person_id for one in plan.stations}
    present = {step.staff_id for step in live}
    found = [_why_gone(step, matter, holders, rules) for step in live if step.staff_id not in staying]
    found += [
        f"{one.name}现在有权" for one in plan.stations if one.person_id and one.person_id not in present
    ]
    return found or ["环节或次序有变化"]


def _why_gone(step: ChainStep, matter: Matter, holders: Mapping[int, Holder], rules: Rules) -> str:
    if step.staff is None:
        return "机构内现有有权人，不必报总公司"
    holder = holders.get(step.staff.pk)
    if holder is None:
        return f"{step.staff.name}：现无该事项的授权"
    texts = [one.text for one in may_decide(matter, holder, rules).objections]
    return f"{step.staff.name}：{'；'.join(texts) or '按现行授权由他人办理'}"


@transaction.atomic
def reroute(submission: Submission, *, by: Staff, seen: int) -> Submission:
    """One chain as today makes it, whatever that is: for whoever hands work over and has looked at it."""
    case = lock_case(submission.case_id, seen)
    submission = _with_chain(Submission.objects.filter(pk=submission.pk)).get()
    submission.case = case
    insist_on(with_objections(may_work_on(submission, Action.AMEND, by), _in_the_way(submission)))
    plan = plan_for(submission)
    insist_on(refused_for(plan.stops))
    apply(case, stay(case, "reroute").about(submission), by)
    make_chain_anew(submission, plan, by=by)
    return submission


@transaction.atomic
def reroute_shown(tickets: Iterable[tuple[int, int, str]], *, by: Staff) -> int:
    """All of them as they were shown, or none; each is (submission, version of the case seen, chain shown).

    Raises Stale, or Refused with the reasons. Gives how many there were.
    """
    wanted = {pk: (seen, shown) for pk, seen, shown in tickets}
    visible = ClaimCase.objects.visible_to(by)
    found = Submission.objects.filter(pk__in=wanted, case__in=visible)
    cases = dict(found.order_by("case", "pk").values_list("pk", "case"))
    if len(cases) < len(wanted):
        raise Stale
    locked = {pk: lock_case(pk, None) for pk in dict.fromkeys(cases.values())}
    if any(locked[case].version != wanted[pk][0] for pk, case in cases.items()):
        raise Stale
    for pk, case in cases.items():
        _reroute(pk, locked[case], wanted[pk][1], by)
    return len(cases)


def _reroute(submission_id: int, case: ClaimCase, shown: str, by: Staff) -> None:
    submission = _with_chain(Submission.objects.filter(pk=submission_id)).get()
    submission.case = case
    insist_on(with_objections(may_reroute(case, by), _in_the_way(submission)))
    found = detours_of([submission])
    if not found or found[0].digest != shown:
        raise Stale
    insist_on(refused_for(found[0].plan.stops))
    waited = {_key(step): step for step in submission.chain.all() if step.status == ChainStep.Status.NOW}
    details = {"before": list(found[0].before), "after": list(found[0].after)}
    apply(case, stay(case, "reroute").about(submission).with_details(details), by)
    make_chain_anew(submission, found[0].plan, by=by)
    _keep_waiting_time(submission, waited)


def _in_the_way(submission: Submission) -> list[Objection]:
    if submission.status != Submission.Status.OPEN:
        return [Objection("not_open", "该报批已终结")]
    if any(
        one.kind == ChainStep.Kind.HEAD_OFFICE and one.status == ChainStep.Status.NOW
        for one in submission.chain.all()
    ):
        return [Objection("at_head_office", "已报总公司，须待批复")]
    return []


def _keep_waiting_time(
    submission: Submission, waited: Mapping[tuple[str, int | None, int | None], ChainStep]
) -> None:
    """Whose turn it was and still is has not begun to wait anew."""
    for step in ChainStep.objects.filter(submission=submission.pk, status=ChainStep.Status.NOW):
        if before := waited.get(_key(step)):
            ChainStep.objects.filter(pk=step.pk).update(arrived_at=before.arrived_at)
            keep_told(before.pk, step)
