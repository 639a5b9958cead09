"""会商材料: facts, amounts and chosen papers of the case, kept as they lay before the members."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from cases.casefile.amounts import amounts_of
from cases.casefile.facts import facts_of, marks_of
from cases.models import ClaimCase

_PERSONAL = {"被保险人", "车牌 / 车型"}


def pack_for(case: ClaimCase, papers: Collection[int]) -> dict[str, Any]:
    """Plain lists and texts. Names and plates are left out: who may read them sees them on the case."""
    amounts = amounts_of(case)
    chosen = case.papers.filter(pk__in=papers).order_by("kind", "pk")
    return {
        "at": timezone.localtime().isoformat(timespec="minutes"),
        "version": case.version,
        "stage": case.get_stage_display(),
        "marks": [text for text, _ in marks_of(case)],
        "facts": [pair for pair in facts_of(case, sees_personal_data=False) if pair[0] not in _PERSONAL],
        "amounts": [
            [label, f"{amount:.2f}"]
            for label, amount in (
                ("估损", amounts.estimate),
                ("定损", amounts.assessed),
                ("核损", amounts.reviewed),
                ("理算", amounts.adjusted),
            )
        ],
        "papers": [
            {"id": one.pk, "kind": one.get_kind_display(), "name": one.name, "sha256": one.sha256}
            for one in chosen
        ],
    }
