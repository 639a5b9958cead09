"""备注: writing one beside the case and striking one's own; neither is a change of the case."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.models import CaseRemark, ClaimCase
from cases.rulings import may_take_part, refused_for, with_objections
from cases.services.transition import tell
from departments.models import Staff

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Note:
    """`told`: a colleague who is to be pointed to it; he must see the case."""

    text: str
    told: Staff | None = None


@transaction.atomic
def remark(case: ClaimCase, note: Note, *, by: Staff) -> CaseRemark:
    """Whoever sees the case and takes part in the business. Raises Refused with the reasons."""
    insist_on(with_objections(may_take_part(by), _note_objections(case, note)))
    written = CaseRemark.objects.create(case=case, text=note.text.strip(), author=by, told=note.told)
    if note.told != by:
        tell(note.told, case, "remark", f"{by.name}在备注中提醒您")
    return written


def _note_objections(case: ClaimCase, note: Note) -> list[Objection]:
    objections = []
    if not note.text.strip():
        objections.append(Objection("no_text", "备注不能为空"))
    if len(note.text) > LONGEST:
        objections.append(Objection("too_long", f"备注不超过 {LONGEST} 字"))
    if note.told and not ClaimCase.objects.visible_to(note.told).filter(pk=case.pk).exists():
        objections.append(Objection("not_reader", f"{note.told.name}看不到本案，不能提醒"))
    return objections


@transaction.atomic
def strike_remark(found: CaseRemark, *, by: Staff) -> CaseRemark:
    """Stays legible, crossed out. Only its author, once."""
    locked = CaseRemark.objects.select_for_update().get(pk=found.pk)
    insist_on(may_strike(locked, by))
    locked.struck_at = timezone.now()
    locked.save(update_fields=["struck_at"])
    return locked


def may_strike(found: CaseRemark, staff: Staff) -> Ruling:
    objections = []
    if found.author_id != staff.pk:
        objections.append(Objection("not_author", "只能划去本人写的备注"))
    if found.struck_at is not None:
        objections.append(Objection("struck", "这条备注已经划去"))
    return refused_for(objections)
