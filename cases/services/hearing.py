"""开庭、裁判、上诉: what happens before the court, entered with its own date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.lawsuits.life import SuitAct, is_open_to
from cases.lawsuits.rulings import actor_of, dated, may_act
from cases.models import Counsel, CourtLevel, Hearing, Judgment, Lawsuit, LawsuitRequest, Submission
from cases.rulings import with_objections
from cases.services.suing import Told, open_suit, write_suit
from cases.services.transition import tell
from departments.models import Staff

Status = Hearing.Status


@dataclass(frozen=True, slots=True)
class Summons:
    """开庭传票: when and where, and who goes: one of our people, a lawyer consented to, or both."""

    court_level: str
    at: datetime
    court_room: str
    attendee: Staff | None = None
    counsel: Counsel | None = None


@transaction.atomic
def set_hearing(lawsuit: Lawsuit, summons: Summons, *, by: Staff, seen: int) -> Hearing:
    lawsuit = open_suit(lawsuit, SuitAct.SET_HEARING, by, seen)
    ruling = may_act(lawsuit, SuitAct.SET_HEARING, actor_of(by))
    insist_on(with_objections(ruling, _summons_objections(lawsuit, summons)))
    hearing = Hearing.objects.create(
        lawsuit=lawsuit,
        court_level=summons.court_level,
        at=summons.at,
        court_room=summons.court_room,
        attendee=summons.attendee,
        counsel=summons.counsel,
    )
    told = Told(f"{timezone.localtime(summons.at):%Y-%m-%d %H:%M} {summons.court_room}")
    write_suit(lawsuit, SuitAct.SET_HEARING, by, told=told)
    tell(summons.attendee, lawsuit.case, "hearing", f"{timezone.localtime(summons.at):%m-%d %H:%M} 出庭")
    return hearing


def _summons_objections(lawsuit: Lawsuit, summons: Summons) -> list[Objection]:
    found = []
    if summons.at <= timezone.now():
        found.append(Objection("in_past", "开庭时间须在将来；已开的庭请在原开庭记录中填写"))
    if summons.attendee is None and summons.counsel is None:
        found.append(Objection("nobody_goes", "须指定出庭人或已同意聘请的律师"))
    counsel = summons.counsel
    if counsel and (counsel.lawsuit_id != lawsuit.pk or counsel.status != Counsel.Status.CONSENTED):
        found.append(Objection("counsel_not_consented", "该律师的聘请未经部门负责人同意"))
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """`status`: held, postponed or called off; `next_at`: the new date of a hearing put off."""

    status: str
    outcome: str
    next_at: datetime | None = None


@transaction.atomic
def note_hearing(hearing: Hearing, heard: Heard, *, by: Staff, seen: int) -> Hearing:
    """记录庭审: once. A hearing put off stays as it was planned, and the new date is a new one."""
    lawsuit = open_suit(hearing.lawsuit, SuitAct.NOTE_HEARING, by, seen)
    hearing = Hearing.objects.select_for_update(of=("self",)).get(pk=hearing.pk)
    ruling = may_act(lawsuit, SuitAct.NOTE_HEARING, actor_of(by))
    insist_on(with_objections(ruling, _heard_objections(hearing, heard)))
    hearing.status, hearing.outcome = heard.status, heard.outcome
    hearing.noted_by, hearing.noted_at = by, timezone.now()
    hearing.save(update_fields=["status", "outcome", "noted_by", "noted_at"])
    if heard.next_at:
        Hearing.objects.create(
            lawsuit=lawsuit,
            court_level=hearing.court_level,
            at=heard.next_at,
            court_room=hearing.court_room,
            attendee_id=hearing.attendee_id,
            counsel_id=hearing.counsel_id,
        )
    told = Told(f"{hearing.get_status_display()}：{heard.outcome}", details={"hearing": hearing.pk})
    write_suit(lawsuit, _led_on(lawsuit, hearing), by, told=told)
    return hearing


def _led_on(lawsuit: Lawsuit, hearing: Hearing) -> SuitAct:
    """A hearing that was held says where the suit stands."""
    act = {CourtLevel.FIRST: SuitAct.TRY, CourtLevel.SECOND: SuitAct.TRY_AGAIN}.get(
        CourtLevel(hearing.court_level)
    )
    is_led = act is not None and hearing.status == Status.HELD and is_open_to(act, lawsuit.stage)
    return act if act and is_led else SuitAct.NOTE_HEARING


def _heard_objections(hearing: Hearing, heard: Heard) -> list[Objection]:
    found, now = [], timezone.now()
    if hearing.status != Status.PLANNED:
        found.append(Objection("already_noted", "该次开庭已记录"))
    if heard.status == Status.HELD and hearing.at > now:
        found.append(Objection("not_yet", "开庭时间未到"))
    if heard.status == Status.POSTPONED and (heard.next_at is None or heard.next_at <= now):
        found.append(Objection("no_next_date", "延期须填写新的开庭时间"))
    if heard.status != Status.POSTPONED and heard.next_at:
        found.append(Objection("next_date_unasked", "只有延期才填写新的开庭时间"))
    return found


@transaction.atomic
def note_judgment(lawsuit: Lawsuit, values: Mapping[str, Any], *, by: Staff, seen: int) -> Judgment:
    """登记裁判文书: from its receipt run the report and the appeal period."""
    lawsuit = open_suit(lawsuit, SuitAct.JUDGE, by, seen)
    judgment = Judgment(lawsuit=lawsuit, case=lawsuit.case, noted_by=by, noted_at=timezone.now(), **values)
    ruling = may_act(lawsuit, SuitAct.JUDGE, actor_of(by))
    insist_on(with_objections(ruling, _judgment_objections(lawsuit, judgment)))
    judgment.save()
    told = Told(str(judgment), judgment.amount, {"judgment": judgment.pk})
    write_suit(lawsuit, SuitAct.JUDGE, by, told=told)
    if lawsuit.officer_id != by.pk:
        tell(lawsuit.officer, lawsuit.case, "lawsuit", "收到裁判文书")
    return judgment


def _judgment_objections(lawsuit: Lawsuit, judgment: Judgment) -> list[Objection]:
    found = list(dated("收到时间", judgment.received_at, lawsuit.received_at, timezone.now()))
    if judgment.judged_on > timezone.localdate(judgment.received_at):
        found.append(Objection("judged_later", "裁判日期不能晚于收到日期"))
    same = lawsuit.judgments.filter(
        court_level=judgment.court_level, docket_no=judgment.docket_no, kind=judgment.kind
    )
    if same.exists():
        found.append(Objection("already_noted", "该文书已登记"))
    return found


@dataclass(frozen=True, slots=True)
class Appeal:
    """`appellant`: us, other, both."""

    appellant: str
    at: datetime
    note: str = ""


@transaction.atomic
def appeal(lawsuit: Lawsuit, facts: Appeal, *, by: Staff, seen: int) -> Lawsuit:
    """登记上诉: ours only where the opinion to appeal was agreed to; late is refused, for the court will."""
    lawsuit = open_suit(lawsuit, SuitAct.APPEAL, by, seen)
    judgment = lawsuit.judgments.order_by("received_at", "pk").last()
    ruling = may_act(lawsuit, SuitAct.APPEAL, actor_of(by))
    insist_on(with_objections(ruling, appeal_objections(judgment, facts)))
    lawsuit.appealed_at, lawsuit.appellant = facts.at, facts.appellant
    if judgment:
        judgment.appeal_over_at = timezone.now()
        judgment.save(update_fields=["appeal_over_at"])
    told = Told(f"{lawsuit.get_appellant_display()}上诉 {facts.note}".strip())
    write_suit(lawsuit, SuitAct.APPEAL, by, "appealed_at", "appellant", told=told)
    return lawsuit


def appeal_objections(judgment: Judgment | None, facts: Appeal) -> list[Objection]:
    if judgment is None or not judgment.may_be_appealed:
        return [Objection("not_appealable", "最近的裁判文书不得上诉")]
    found = list(dated("上诉时间", facts.at, judgment.received_at, timezone.now()))
    if facts.appellant != "other" and not _is_agreed(judgment):
        found.append(Objection("appeal_not_agreed", "我方上诉须先上报上诉意见并获同意"))
    return found


def _is_agreed(judgment: Judgment) -> bool:
    agreed = LawsuitRequest.objects.filter(judgment=judgment, submission__status=Submission.Status.AGREED)
    return judgment.opinion == Judgment.Opinion.APPEAL and agreed.exists()
