"""工作交接: everything somebody holds goes where it was decided to go, at once or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.authorship import save_as
from departments.holdings import Changed, Handing, Holding, HoldingKind, bear_witness, holding_kinds
from departments.models import HandOver, HandOverLine, HandOverSignature, Staff
from departments.outbox import notify
from departments.refusals import NotAllowed, insist_on
from departments.rulings import Objection, Ruling, may_hand_over, may_sign
from departments.services.people import units_of
from departments.standing import actor_of

KEEP = "keep"
END = "end"
STAYS = "保留"
Thing = tuple[str, str]
"""Kind and thing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`to`: where each thing goes: KEEP, END or a person's id; `seen`: in which state each was shown."""

    occasion: str
    last_day: date
    reason: str
    to: Mapping[Thing, str] = field(default_factory=dict)
    seen: Mapping[Thing, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """All that somebody holds of one kind."""

    kind: HoldingKind
    holdings: list[Holding]


def holdings_of(giver: Staff) -> list[Group]:
    groups = (Group(kind, kind.held(giver)) for kind in holding_kinds())
    return [group for group in groups if group.holdings]


def ruling_on_hand_over(giver: Staff, *, by: Staff) -> Ruling:
    today = timezone.localdate()
    return may_hand_over(giver.pk, units_of(giver, today), actor_of(by, today))


@transaction.atomic
def hand_over(giver: Staff, plan: Plan, *, by: Staff) -> HandOver:
    """Move everything as planned. Raises NotAllowed with the objections of every thing, Changed where
    the giver holds something else by now; then nothing has moved."""
    giver = _locked(giver, plan)
    insist_on(ruling_on_hand_over(giver, by=by))
    groups = holdings_of(giver)
    _check_seen(groups, plan)
    _check_complete(groups, plan)
    made = HandOver(
        giver=giver, supervisor=by, occasion=plan.occasion, last_day=plan.last_day, reason=plan.reason
    )
    save_as(made, by)
    HandOverLine.objects.bulk_create(_moved(made, groups, plan))
    bear_witness(made.pk, "hand_over", by, plan.reason)
    _tell_everybody(made)
    return made


def _locked(giver: Staff, plan: Plan) -> Staff:
    """Cases, then grants, then people in the order of their keys: whoever decides locks in this order, too,
    and so does a hand-over the other way round."""
    for kind in holding_kinds():
        if kind.hold:
            kind.hold(giver)
    wanted = {giver.pk, *(int(to) for to in plan.to.values() if to.isdecimal())}
    people = Staff.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return next(one for one in people if one.pk == giver.pk)


def _check_seen(groups: Iterable[Group], plan: Plan) -> None:
    now = {(g.kind.code, one.thing): (one.state, one.title) for g in groups for one in g.holdings}
    different = [title for thing, (state, title) in now.items() if plan.seen.get(thing) != state]
    gone = [f"{kind} {thing}" for kind, thing in plan.seen if (kind, thing) not in now]
    if different or gone:
        raise Changed([*different, *(f"{one}（已不再持有）" for one in gone)])


def _check_complete(groups: Iterable[Group], plan: Plan) -> None:
    """Who leaves keeps nothing that somebody must answer for."""
    if plan.occasion != HandOver.Occasion.LEAVING:
        return
    left = [
        Objection("must_go", f"{group.kind.name} {one.title}：离职不能保留")
        for group in groups
        if group.kind.must_go
        for one in group.holdings
        if plan.to.get((group.kind.code, one.thing), KEEP) == KEEP
    ]
    if left:
        raise NotAllowed(Ruling(tuple(left)))


def _moved(made: HandOver, groups: Iterable[Group], plan: Plan) -> list[HandOverLine]:
    """Each through its own service; all objections are collected before anything is given up."""
    people = Staff.objects.in_bulk({int(to) for to in plan.to.values() if to.isdecimal()})
    lines, objections = [], []
    for group in groups:
        for one in group.holdings:
            to = plan.to.get((group.kind.code, one.thing), KEEP)
            handing = Handing(one, made.giver, made.supervisor, plan.reason, plan.last_day)
            try:
                with transaction.atomic():
                    outcome = _move(group.kind, handing, to, people)
            except PermissionDenied as refused:
                objections += [Objection(o.code, f"{one.title}：{o.text}") for o in _objections(refused)]
            else:
                receiver = people.get(int(to)) if to.isdecimal() else None
                lines.append(_line(made, group.kind, one, receiver, outcome))
    # Work left behind only says again that something before it could not go.
    reasons = [one for one in objections if one.code != "work_left"] or objections
    if reasons:
        raise NotAllowed(Ruling(tuple(reasons)))
    return lines


def _move(kind: HoldingKind, handing: Handing, to: str, people: Mapping[int, Staff]) -> str:
    if to == KEEP:
        return STAYS
    if to == END and kind.end:
        return kind.end(handing)
    if to.isdecimal() and int(to) in people and kind.give:
        return kind.give(handing, people[int(to)])
    raise NotAllowed(Ruling((Objection("no_destination", f"{kind.name}不能这样移交"),)))


def _objections(refused: PermissionDenied) -> Iterator[Objection]:
    ruling = getattr(refused, "ruling", None)
    for objection in ruling.objections if ruling else ():
        yield Objection(objection.code, objection.text)
    if ruling is None:
        yield Objection("refused", str(refused))


def _line(
    made: HandOver, kind: HoldingKind, one: Holding, receiver: Staff | None, outcome: str
) -> HandOverLine:
    return HandOverLine(
        hand_over=made,
        kind=kind.name,
        thing=one.thing,
        title=one.title[:200],
        detail=one.detail[:200],
        receiver=receiver,
        outcome=outcome,
    )


def _tell_everybody(made: HandOver) -> None:
    received = Staff.objects.filter(pk__in=made.lines.exclude(receiver=None).values("receiver"))
    for person in {made.giver, *received}:
        notify(
            person, kind="hand_over", title=f"{made.giver.name}的交接单待您签字", url=made.get_absolute_url()
        )


def parties_of(made: HandOver) -> frozenset[int]:
    """Who signs: giver, receivers, supervisor; one query."""
    receivers = made.lines.exclude(receiver=None).values_list("receiver", flat=True)
    return frozenset({made.giver_id, made.supervisor_id, *(pk for pk in receivers if pk)})


def ruling_on_signing(made: HandOver, *, by: Staff) -> Ruling:
    signed = frozenset(made.signatures.values_list("staff_id", flat=True))
    return may_sign(parties_of(made), signed, by.pk)


@transaction.atomic
def sign_hand_over(made: HandOver, *, by: Staff) -> HandOverSignature:
    """Giver, receiver or supervisor confirms his part. Raises NotAllowed."""
    made = HandOver.objects.select_for_update(of=("self",)).get(pk=made.pk)
    insist_on(ruling_on_signing(made, by=by))
    signature = HandOverSignature.objects.create(hand_over=made, staff=by)
    bear_witness(made.pk, "sign", by)
    return signature
