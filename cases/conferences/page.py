"""One conference on one screen: members with what they did on the case, what they wrote, who may do what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone

from authority.rulings import Ruling
from cases.clocks import CaseClock, Clocks, pauses_of
from cases.conferences.areas import CONFERENCES, conference_rows
from cases.conferences.rulings import Attendant, Count, attendant, may_conclude, may_lead, may_write
from cases.courses import courses_of_rows
from cases.models import CaseStep, Conference, ConferenceMember, ConferenceOpinion, ConferenceUse, Step
from departments.models import Staff

_STEPS = dict(Step.choices)


@dataclass(frozen=True, slots=True)
class Seat:
    """`took_part`: what the person did on this case, in words; who did has an interest in his own work."""

    member: ConferenceMember
    took_part: str
    opinions: Sequence[ConferenceOpinion]
    may_write: bool

    @property
    def standing(self) -> ConferenceOpinion | None:
        return next((one for one in self.opinions if one.withdrawn_at is None), None)


def seats_of(conference: Conference, viewer: Staff) -> list[Seat]:
    """A constant number of statements."""
    opinions = ConferenceOpinion.objects.select_related("signed_by").order_by("-version")
    rows = conference.members.select_related("staff").prefetch_related(
        Prefetch("opinions", queryset=opinions, to_attr="written")
    )
    members, who = list(rows), attendant(viewer)
    done = _steps_of(conference, [one.staff_id for one in members if one.staff_id])
    return [_seat(one, conference, who, done.get(one.staff_id or 0, [])) for one in members]


def _seat(member: ConferenceMember, conference: Conference, who: Attendant, done: list[str]) -> Seat:
    written: list[ConferenceOpinion] = member.written  # type: ignore[attr-defined]
    has_written = any(one.withdrawn_at is None for one in written)
    may = may_write(member, conference, who, has_written=has_written).allowed
    return Seat(member, "、".join(done), written, may)


def _steps_of(conference: Conference, people: Sequence[int]) -> dict[int, list[str]]:
    """By person, each kind of step once; who stood in for him did it in his name, too."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = CaseStep.objects.filter(case=conference.case_id).order_by("entered_at")
    for step, person, acted_for in rows.values_list("step", "person", "acted_for"):
        name = str(_STEPS.get(step, step))
        for pk in {person, acted_for} & set(people):
            if name not in found[pk]:
                found[pk].append(name)
    if conference.case.handler_id in people:
        found[conference.case.handler_id or 0].insert(0, "责任人")
    return found


@dataclass(frozen=True, slots=True)
class Doors:
    lead: Ruling
    conclude: Ruling
    count: Count


def doors_of(conference: Conference, seats: Sequence[Seat], viewer: Staff) -> Doors:
    who = attendant(viewer)
    present = sum(seat.member.is_present is True for seat in seats)
    count = Count(present, sum(seat.standing is not None for seat in seats))
    return Doors(may_lead(conference, who), may_conclude(conference, who, count), count)


def clocks_of(conference: Conference) -> list[CaseClock]:
    rows = conference_rows().filter(pk=conference.pk)
    clocks, pauses = Clocks.today(), pauses_of([conference.case]).get(conference.case_id, ())
    found = (clocks.of_record(one, pauses) for one in courses_of_rows(CONFERENCES, rows))
    return [one for one in found if one]


def facts_of_conference(conference: Conference) -> list[tuple[str, str]]:
    return [
        ("会商种类", conference.kind.name),
        ("所涉事项", conference.item.name if conference.item else "本案所有事项"),
        ("会商理由", conference.reason),
        ("召集", f"{conference.convened_by.name} {_moment(conference.convened_at)}"),
        ("主持人", conference.chair.name),
        ("拟会商", _moment(conference.planned_at)),
        ("会商时间", _moment(conference.held_at)),
        ("地点或方式", conference.place),
        ("法定人数", f"出席 {conference.quorum_present} 人，书面意见 {conference.quorum_written} 份"),
        ("依据", f"{conference.kind.source}{'' if conference.kind.is_verified else '（待核实）'}"),
    ]


def pack_amounts(conference: Conference) -> list[tuple[str, Decimal]]:
    """As they lay before the members; the pack keeps them as texts."""
    return [(label, Decimal(text)) for label, text in conference.pack.get("amounts", ())]


def _moment(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def uses_of(conference: Conference) -> list[ConferenceUse]:
    rows = conference.uses.select_related("decision__decided_by", "decision__submission__item")
    return list(rows.order_by("decision__decided_at"))
