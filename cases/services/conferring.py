"""疑难会商: convened with what lies before the members, written opinions, the meeting, the conclusion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from authority.models import AuthorityItem
from authority.refusals import insist_on
from authority.rulings import Objection
from cases.conferences.pack import pack_for
from cases.conferences.rulings import (
    Count,
    Seat,
    attendant,
    may_conclude,
    may_convene,
    may_lead,
    may_write,
    seating_objections,
)
from cases.consultations import holders_of_post
from cases.models import (
    ClaimCase,
    Conference,
    ConferenceKind,
    ConferenceMember,
    ConferenceOpinion,
)
from cases.numbers import next_number
from cases.rulings import refused_for, with_objections
from cases.services.transition import apply, lock_case, stay, tell
from departments.authorship import save_as
from departments.models import PostType, Staff

CONVENE, WRITE, WITHDRAW = "convene", "sign_opinion", "withdraw_opinion"
HOLD, CONCLUDE, CALL_OFF, REMIND = "hold_meeting", "conclude", "call_off_conference", "remind_members"
Status = Conference.Status


@dataclass(frozen=True, slots=True)
class Invitation:
    """`posts`: codes of posts whose holders are asked; `people`: members by person.

    `papers`: ids of papers of the case that lie before the members, as they are now.
    """

    kind: ConferenceKind
    chair: Staff
    reason: str
    question: str
    people: Sequence[Staff] = ()
    posts: Sequence[str] = ()
    item: AuthorityItem | None = None
    planned_at: datetime | None = None
    place: str = ""
    papers: Collection[int] = field(default_factory=tuple)


@transaction.atomic
def convene(case: ClaimCase, invitation: Invitation, *, by: Staff, seen: int) -> Conference:
    """召集: the members are told, and see the case as it was laid before them."""
    case = lock_case(case.pk, seen)
    seats = _seats(case, invitation)
    objections = [*_visible(case, by), *seating_objections(invitation.kind, seats)]
    if invitation.chair.pk not in {seat.person_id for seat in seats}:
        objections.append(Objection("chair_no_member", "主持人须是成员"))
    insist_on(with_objections(may_convene([invitation.kind], attendant(by)), objections))
    conference = _opened(case, invitation, by)
    for seat in seats:
        ConferenceMember.objects.create(
            conference=conference, post=seat.post, post_name=_post_name(seat), staff_id=seat.person_id
        )
    change = stay(case, CONVENE).because(invitation.question)
    apply(case, change.with_details({"conference": conference.pk, "members": len(seats)}), by)
    _tell_members(conference, "待您出具会商意见")
    return conference


def _visible(case: ClaimCase, by: Staff) -> list[Objection]:
    if ClaimCase.objects.visible_to(by).filter(pk=case.pk).exists():
        return []
    return [Objection("not_seen", "看不到本案")]


def _opened(case: ClaimCase, invitation: Invitation, by: Staff) -> Conference:
    conference = Conference(
        number=next_number("HS"),
        case=case,
        kind=invitation.kind,
        item=invitation.item,
        reason=invitation.reason,
        question=invitation.question,
        convened_by=by,
        convened_at=timezone.now(),
        chair=invitation.chair,
        planned_at=invitation.planned_at,
        place=invitation.place,
        quorum_present=invitation.kind.quorum_present,
        quorum_written=invitation.kind.quorum_written,
        pack=pack_for(case, invitation.papers),
    )
    return save_as(conference, by)


def _seats(case: ClaimCase, invitation: Invitation) -> list[Seat]:
    """People with the post that makes them members, where one of theirs does; then posts."""
    found = []
    for person in invitation.people:
        held = [one.post.post_type.code for one in person.posts_today]
        post = next((code for code in held if code in invitation.kind.member_posts), next(iter(held), ""))
        sees = ClaimCase.objects.visible_to(person).filter(pk=case.pk).exists()
        found.append(Seat(post, person.pk, person.name, sees))
    for code in invitation.posts:
        holders = holders_of_post(code, case.unit)
        sees = any(ClaimCase.objects.visible_to(one).filter(pk=case.pk).exists() for one in holders)
        found.append(Seat(code, None, f"{_named(code)}任岗人员", sees))
    return found


def _named(code: str) -> str:
    known = PostType.objects.filter(code=code).first()
    return known.name if known else code


def _post_name(seat: Seat) -> str:
    return _named(seat.post) if seat.post else "成员"


def _tell_members(conference: Conference, title: str, only: Collection[int] | None = None) -> int:
    told = 0
    for member in conference.members.select_related("staff"):
        if only is not None and member.pk not in only:
            continue
        people = [member.staff] if member.staff else holders_of_post(member.post, conference.case.unit)
        for person in people:
            tell(person, conference.case, "conference", title)
            told += 1
    return told


def _locked(conference: Conference) -> Conference:
    case = lock_case(conference.case_id, None)
    rows = Conference.objects.select_for_update(of=("self",)).select_related("kind", "chair", "item")
    fresh = rows.get(pk=conference.pk)
    fresh.case = case
    return fresh


def _written(
    conference: Conference, action: str, by: Staff, reason: str = "", details: Mapping[str, Any] | None = None
) -> None:
    change = stay(conference.case, action).because(reason)
    apply(conference.case, change.with_details({"conference": conference.pk, **(details or {})}), by)


@transaction.atomic
def sign_opinion(member: ConferenceMember, stance: str, text: str, *, by: Staff) -> ConferenceOpinion:
    """书面意见: signed as written. A member named by post is the person who signs from now on."""
    conference = _locked(member.conference)
    member = ConferenceMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    standing = member.opinions.filter(withdrawn_at=None).exists()
    ruling = may_write(member, conference, attendant(by), has_written=standing)
    insist_on(with_objections(ruling, [*_visible(conference.case, by), *_seated(member, by)]))
    if member.staff_id is None:
        member.staff = by
        member.save(update_fields=["staff"])
    opinion = ConferenceOpinion.objects.create(
        member=member,
        case=conference.case,
        version=member.opinions.count() + 1,
        stance=stance,
        text=text,
        signed_by=by,
        signed_at=timezone.now(),
    )
    _written(conference, WRITE, by, text, {"opinion": opinion.pk, "version": opinion.version})
    if conference.chair_id != by.pk:
        tell(conference.chair, conference.case, "conference", f"{by.name}已出具会商意见")
    return opinion


def _seated(member: ConferenceMember, by: Staff) -> list[Objection]:
    """Who sits there by name does not write for a post as well."""
    others = ConferenceMember.objects.filter(conference=member.conference_id, staff=by).exclude(pk=member.pk)
    return (
        [Objection("seated_twice", "本人已作为成员出具意见，岗位意见由他人出具")] if others.exists() else []
    )


@transaction.atomic
def withdraw_opinion(opinion: ConferenceOpinion, reason: str, *, by: Staff) -> ConferenceOpinion:
    """撤回: it stays to be read, with the reason; the next one is a new version."""
    conference = _locked(opinion.member.conference)
    opinion = ConferenceOpinion.objects.select_for_update(of=("self",)).get(pk=opinion.pk)
    objections = []
    if not conference.is_open:
        objections.append(Objection("not_open", f"会商{conference.get_status_display()}"))
    if opinion.signed_by_id != by.pk:
        objections.append(Objection("not_signer", "只能撤回本人签署的意见"))
    if opinion.withdrawn_at:
        objections.append(Objection("already_withdrawn", "该意见已撤回"))
    if not reason.strip():
        objections.append(Objection("no_reason", "撤回须说明理由"))
    insist_on(refused_for(objections))
    opinion.withdrawn_at, opinion.withdrawn_reason = timezone.now(), reason
    opinion.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    _written(conference, WITHDRAW, by, reason, {"opinion": opinion.pk})
    return opinion


@dataclass(frozen=True, slots=True)
class Meeting:
    """`present`: ids of the members who came; by post, who came is named in `persons` (member id: person)."""

    held_at: datetime
    present: Collection[int]
    place: str = ""


@transaction.atomic
def hold_meeting(conference: Conference, meeting: Meeting, *, by: Staff) -> Conference:
    """开会: who came and who did not. Held again (the meeting was adjourned), the last one counts."""
    conference = _locked(conference)
    objections = []
    if meeting.held_at > timezone.now():
        objections.append(Objection("in_future", "会商时间不能晚于现在"))
    if meeting.held_at < conference.convened_at.replace(second=0, microsecond=0):
        objections.append(Objection("before_convening", "会商时间不能早于召集时间"))
    members = list(conference.members.select_for_update())
    unnamed = [one for one in members if one.pk in meeting.present and one.staff_id is None]
    objections += [Objection("member_unnamed", f"{one}尚未确定由谁参加，须先签署意见") for one in unnamed]
    insist_on(with_objections(may_lead(conference, attendant(by)), objections))
    for member in members:
        member.is_present = member.pk in meeting.present
        member.save(update_fields=["is_present"])
    conference.status, conference.held_at = Status.HELD, meeting.held_at
    conference.place = meeting.place or conference.place
    save_as(conference, by, "status", "held_at", "place")
    _written(conference, HOLD, by, details={"present": sorted(meeting.present)})
    return conference


@dataclass(frozen=True, slots=True)
class Conclusion:
    text: str
    advice: str
    amount_max: Decimal | None = None
    is_binding: bool = False


@transaction.atomic
def conclude(conference: Conference, conclusion: Conclusion, *, by: Staff) -> Conference:
    """形成结论: by the chair, with a quorum present and enough opinions in writing."""
    conference = _locked(conference)
    ruling = may_conclude(conference, attendant(by), count_of(conference))
    insist_on(with_objections(ruling, _conclusion_objections(conclusion)))
    conference.status = Status.CONCLUDED
    conference.concluded_by, conference.concluded_at = by, timezone.now()
    conference.conclusion, conference.advice = conclusion.text, conclusion.advice
    conference.amount_max, conference.is_binding = conclusion.amount_max, conclusion.is_binding
    save_as(conference, by)
    bond = "有约束力" if conference.is_binding else "供参考"
    _written(conference, CONCLUDE, by, f"{conference.advice_text}（{bond}）：{conclusion.text}")
    tell(conference.case.handler, conference.case, "conference", "会商已有结论")
    if conference.convened_by_id != by.pk:
        tell(conference.convened_by, conference.case, "conference", "会商已有结论")
    return conference


def count_of(conference: Conference) -> Count:
    members = ConferenceMember.objects.filter(conference=conference)
    written = ConferenceOpinion.objects.filter(member__in=members, withdrawn_at=None)
    return Count(members.filter(is_present=True).count(), written.count())


def _conclusion_objections(conclusion: Conclusion) -> list[Objection]:
    limited = conclusion.advice == Conference.Advice.PAY_UP_TO
    if limited and not conclusion.amount_max:
        return [Objection("no_amount", "「赔付不超过」须填写金额")]
    if not limited and conclusion.amount_max is not None:
        return [Objection("amount_unasked", "只有「赔付不超过」才填写金额")]
    return []


@transaction.atomic
def call_off(conference: Conference, reason: str, *, by: Staff) -> Conference:
    conference = _locked(conference)
    objections = [] if reason.strip() else [Objection("no_reason", "取消须说明理由")]
    insist_on(with_objections(may_lead(conference, attendant(by)), objections))
    conference.status, conference.ended_reason = Status.CANCELLED, reason
    save_as(conference, by, "status", "ended_reason")
    _written(conference, CALL_OFF, by, reason)
    _tell_members(conference, "会商已取消")
    return conference


@transaction.atomic
def remind_members(conference: Conference, *, by: Staff) -> int:
    """催办: those who have not written yet; how many people were told."""
    conference = _locked(conference)
    insist_on(may_lead(conference, attendant(by)))
    waiting = list(ConferenceMember.objects.silent().filter(conference=conference))
    for member in waiting:
        member.reminded_at = timezone.now()
        member.save(update_fields=["reminded_at"])
    _written(conference, REMIND, by, details={"members": [one.pk for one in waiting]})
    return _tell_members(conference, "请尽快出具会商意见", {one.pk for one in waiting})
