"""常用语: everybody keeps his own; the department's are kept by whoever manages a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from authority.refusals import Refused, insist_on
from authority.rulings import Objection, Ruling
from cases.models import OpinionPhrase
from cases.rulings import may_take_part, refused_for, with_objections
from departments.access import MANAGE_UNIT
from departments.authorship import save_as
from departments.models import Staff

TWICE = Objection("twice", "已有同样的常用语")


@dataclass(frozen=True, slots=True)
class Wording:
    """`items` empty: for every item. `is_shared`: the department's."""

    text: str
    items: Sequence[str] = ()
    outcome: str = ""
    is_shared: bool = False
    rank: int = 100


def may_keep_phrases(staff: Staff, *, is_shared: bool) -> Ruling:
    objections = []
    if is_shared and not staff.unit_scope.ids(MANAGE_UNIT):
        objections.append(Objection("not_manager", "部门常用语由理赔部负责人或部门负责人维护"))
    return with_objections(may_take_part(staff), objections)


def keep_phrase(wording: Wording, *, by: Staff, phrase: OpinionPhrase | None = None) -> OpinionPhrase:
    """A new one, or `phrase` reworded; a shared one stays shared and an own one one's own."""
    is_shared = wording.is_shared if phrase is None else phrase.owner_id is None
    insist_on(with_objections(may_keep_phrases(by, is_shared=is_shared), _not_own(phrase, by)))
    kept = phrase or OpinionPhrase(owner=None if is_shared else by)
    kept.text, kept.items = wording.text.strip(), list(wording.items)
    kept.outcome, kept.rank = wording.outcome, wording.rank
    try:
        with transaction.atomic():
            save_as(kept, by)
    except IntegrityError as error:
        if "cases_phrase_once" in str(error):
            raise Refused(refused_for([TWICE])) from error
        raise
    return kept


def _not_own(phrase: OpinionPhrase | None, by: Staff) -> list[Objection]:
    if phrase is None or phrase.owner_id in (None, by.pk):
        return []
    return [Objection("not_own", "不能改动他人的常用语")]


@transaction.atomic
def drop_phrase(phrase: OpinionPhrase, *, by: Staff) -> None:
    ruling = may_keep_phrases(by, is_shared=phrase.owner_id is None)
    insist_on(with_objections(ruling, _not_own(phrase, by)))
    phrase.delete()
