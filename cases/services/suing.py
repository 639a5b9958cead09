"""诉讼: registered with the papers of the court, led on act by act, closed with its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.conflicts import Stale
from cases.consultations import holders_of_post
from cases.lawsuits.life import SuitAct, next_stage
from cases.lawsuits.rulings import LEGAL_POST, actor_of, dated, may_act, may_sue_on
from cases.models import ClaimCase, Lawsuit, LawsuitCase, LawsuitParty, Mediation
from cases.numbers import next_number
from cases.rulings import refused_for, with_objections
from cases.services.pausing import PauseRequest, suspend
from cases.services.transition import apply, lock_case, stay, tell
from departments.authorship import save_as
from departments.models import PauseReason, Staff

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Party:
    side: str
    name: str
    relation: str = ""
    is_us: bool = False


@dataclass(frozen=True, slots=True)
class SuitFacts:
    """What the court's papers say. `values`: fields of the suit by name. `pauses_case`: 中止 for the suit."""

    values: Mapping[str, Any]
    parties: tuple[Party, ...] = ()
    pauses_case: bool = False


@transaction.atomic
def register_lawsuit(case: ClaimCase, facts: SuitFacts, *, by: Staff, seen: int) -> Lawsuit:
    """登记诉讼: the clocks run from the receipt of the papers, not from this entry. The case is 涉诉 now."""
    case = lock_case(case.pk, seen)
    lawsuit = Lawsuit(
        case=case,
        number=next_number("SS"),
        registered_by=by,
        registered_at=timezone.now(),
        officer=_officer_for(case),
        **facts.values,
    )
    insist_on(with_objections(may_sue_on(case, actor_of(by)), registering_objections(lawsuit, facts.parties)))
    save_as(lawsuit, by)
    _write_parties(lawsuit, facts.parties)
    case.is_litigated = True
    change = stay(case, SuitAct.REGISTER, "is_litigated").because(f"{lawsuit.court} {lawsuit.docket_no}")
    apply(case, change.costing(lawsuit.claimed).with_details({"lawsuit": lawsuit.pk}), by)
    tell(lawsuit.officer, case, "lawsuit", "收到诉讼文书，待答复应诉方案")
    if facts.pauses_case:
        suspend(case, _rest_for(lawsuit), by=by, seen=case.version)
    return lawsuit


def _rest_for(lawsuit: Lawsuit) -> PauseRequest:
    return PauseRequest(PauseReason.LITIGATION, f"诉讼 {lawsuit.number}")


def registering_objections(lawsuit: Lawsuit, parties: Iterable[Party]) -> list[Objection]:
    found = list(dated("收文时间", lawsuit.received_at, lawsuit.case.reported_at, timezone.now()))
    named = list(parties)
    if not any(one.is_us for one in named):
        found.append(Objection("we_are_no_party", "当事人中须标明本公司"))
    if {one.side for one in named} & {"plaintiff", "defendant"} != {"plaintiff", "defendant"}:
        found.append(Objection("no_parties", "须登记原告和被告"))
    mediation = lawsuit.mediation
    if mediation and (mediation.case_id, mediation.status) != (lawsuit.case_id, Mediation.Status.COURT):
        found.append(Objection("other_mediation", "只能由本案转诉讼的调解登记"))
    if any(one.is_us and one.side != lawsuit.our_side for one in named):
        found.append(Objection("other_side", "本公司的诉讼地位与登记的我方地位不符"))
    same = Lawsuit.objects.open().filter(court=lawsuit.court, docket_no=lawsuit.docket_no)
    if lawsuit.docket_no and same.exclude(pk=lawsuit.pk).exists():
        found.append(Objection("already_registered", "该法院的该案号已登记，关联赔案请在原诉讼中办理"))
    return found


def _officer_for(case: ClaimCase) -> Staff | None:
    """The legal officer of the office nearest to the unit who has the fewest suits in hand."""
    officers = holders_of_post(LEGAL_POST, case.unit)
    in_hand = {one.pk: one.lawsuits.open().count() for one in officers}
    return min(officers, key=lambda one: (in_hand[one.pk], one.pk), default=None)


def _write_parties(lawsuit: Lawsuit, parties: Iterable[Party]) -> None:
    LawsuitParty.objects.filter(lawsuit=lawsuit).delete()
    for one in dict.fromkeys(parties):
        LawsuitParty.objects.create(
            lawsuit=lawsuit, side=one.side, name=one.name, relation=one.relation, is_us=one.is_us
        )


def open_suit(lawsuit: Lawsuit, act: SuitAct, by: Staff, seen: int | None) -> Lawsuit:
    """Its case and itself locked, as seen, and allowed to this person; the beginning of every act."""
    case = lock_case(lawsuit.case_id, None)
    fresh = lock_suit(lawsuit.pk)
    if seen is not None and fresh.version != seen:
        raise Stale
    fresh.case = case
    insist_on(may_act(fresh, act, actor_of(by)))
    return fresh


def lock_suit(pk: int) -> Lawsuit:
    """The case is locked before."""
    rows = Lawsuit.objects.select_for_update(of=("self",)).select_related("case__unit", "officer")
    return rows.prefetch_related("links__case").get(pk=pk)


@dataclass(frozen=True, slots=True)
class Told:
    """How the ledger tells an act."""

    reason: str = ""
    amount: Decimal | None = None
    details: Mapping[str, Any] | None = None


def write_suit(lawsuit: Lawsuit, act: SuitAct, by: Staff, *fields: str, told: Told | None = None) -> None:
    """The suit and the entry in the chain of its case. The caller holds both."""
    told, before = told or Told(), lawsuit.stage
    save_suit(lawsuit, act, *fields, by=by)
    change = stay(lawsuit.case, act).because(told.reason)
    if told.amount is not None:
        change = change.costing(told.amount)
    details = {"lawsuit": lawsuit.pk, "from": before, "to": lawsuit.stage, **(told.details or {})}
    apply(lawsuit.case, change.with_details(details), by)


def save_suit(lawsuit: Lawsuit, act: SuitAct, *fields: str, by: Staff) -> None:
    """Where the entry in the ledger is somebody else's: the decision on a request."""
    lawsuit.stage = next_stage(act, lawsuit.stage)
    lawsuit.version += 1
    save_as(lawsuit, by, *fields, "stage", "version")


@transaction.atomic
def correct_lawsuit(lawsuit: Lawsuit, facts: SuitFacts, reason: str, *, by: Staff, seen: int) -> Lawsuit:
    """更正: what the papers say, better known. What changed is in the history, why in the ledger."""
    lawsuit = open_suit(lawsuit, SuitAct.CORRECT, by, seen)
    for name, value in facts.values.items():
        setattr(lawsuit, name, value)
    ruling = may_act(lawsuit, SuitAct.CORRECT, actor_of(by))
    insist_on(with_objections(ruling, registering_objections(lawsuit, facts.parties)))
    _write_parties(lawsuit, facts.parties)
    told = Told(reason, lawsuit.claimed)
    write_suit(lawsuit, SuitAct.CORRECT, by, *facts.values, told=told)
    return lawsuit


@transaction.atomic
def link_case(lawsuit: Lawsuit, other: ClaimCase, *, by: Staff, seen: int) -> LawsuitCase:
    """关联赔案: the same accident on the other policy. That case is 涉诉 too, and tells so itself."""
    lawsuit = open_suit(lawsuit, SuitAct.LINK, by, seen)
    other = lock_case(other.pk, None)
    insist_on(with_objections(may_sue_on(other, actor_of(by)), _linking_objections(lawsuit, other)))
    link = LawsuitCase.objects.create(lawsuit=lawsuit, case=other, linked_by=by)
    told = Told(f"关联赔案 {other}", details={"case": other.pk})
    write_suit(lawsuit, SuitAct.LINK, by, told=told)
    other.is_litigated = True
    change = stay(other, SuitAct.LINK, "is_litigated").because(f"诉讼 {lawsuit.number}")
    apply(other, change.with_details({"lawsuit": lawsuit.pk}), by)
    return link


def _linking_objections(lawsuit: Lawsuit, other: ClaimCase) -> list[Objection]:
    if other.pk == lawsuit.case_id or any(link.case_id == other.pk for link in lawsuit.links.all()):
        return [Objection("already_linked", "该赔案已在本诉讼中")]
    mine, theirs = lawsuit.case.accident_at, other.accident_at
    if mine and theirs and timezone.localdate(mine) != timezone.localdate(theirs):
        return [Objection("other_accident", "两案出险日期不同，不是同一事故")]
    return []


@transaction.atomic
def assign_officer(lawsuit: Lawsuit, officer: Staff, *, by: Staff, seen: int) -> Lawsuit:
    """指定承办法务: somebody who holds the legal post for the unit today."""
    lawsuit = open_suit(lawsuit, SuitAct.ASSIGN, by, seen)
    ruling = may_act(lawsuit, SuitAct.ASSIGN, actor_of(by))
    if officer not in holders_of_post(LEGAL_POST, lawsuit.case.unit):
        ruling = with_objections(ruling, [Objection("not_legal", "承办人须任法务岗")])
    insist_on(ruling)
    lawsuit.officer = officer
    write_suit(lawsuit, SuitAct.ASSIGN, by, "officer", told=Told(officer.name))
    tell(officer, lawsuit.case, "lawsuit", "由您承办的诉讼")
    return lawsuit


@transaction.atomic
def enter_lawsuit(lawsuit: Lawsuit, legal_system_no: str, *, by: Staff, seen: int) -> Lawsuit:
    """录入: into the company's legal system, after the reply."""
    lawsuit = open_suit(lawsuit, SuitAct.ENTER, by, seen)
    insist_on(refused_for(_entering_objections(lawsuit)))
    lawsuit.entered_at, lawsuit.entered_by, lawsuit.legal_system_no = timezone.now(), by, legal_system_no
    fields = ("entered_at", "entered_by", "legal_system_no")
    write_suit(lawsuit, SuitAct.ENTER, by, *fields, told=Told(legal_system_no))
    return lawsuit


def _entering_objections(lawsuit: Lawsuit) -> list[Objection]:
    if lawsuit.replied_at is None:
        return [Objection("not_replied", "应诉方案尚未获答复")]
    return [Objection("already_entered", "已录入法律系统")] if lawsuit.entered_at else []


@transaction.atomic
def move_on(lawsuit: Lawsuit, act: SuitAct, at: datetime, *, by: Staff, seen: int) -> Lawsuit:
    """提交答辩状, or the suit goes before the next court: a date and nothing else to say."""
    lawsuit = open_suit(lawsuit, act, by, seen)
    ruling = may_act(lawsuit, act, actor_of(by))
    insist_on(with_objections(ruling, dated("时间", at, lawsuit.received_at, timezone.now())))
    fields = ["defended_at"] if act == SuitAct.DEFEND else []
    if fields:
        lawsuit.defended_at = at
    write_suit(lawsuit, act, by, *fields, told=Told(f"{timezone.localtime(at):%Y-%m-%d}"))
    return lawsuit
