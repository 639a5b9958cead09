"""The pack for head office: which of the papers asked for lie in the case's file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from authority.rulings import Objection
from cases.models import CasePaper, ClaimCase, PackItem, Submission

Pack = dict[str, Any]
"""{"items": [{"name", "is_present"}], "is_complete", "missing_papers", "help_reason"}: plain, as stored."""


def pack_of(submission: Submission, *, missing_papers: str = "", help_reason: str = "") -> Pack:
    """By what head office asks for today; two statements."""
    pack = packs_of([submission.case])[submission.case_id]
    return {**pack, "missing_papers": missing_papers, "help_reason": help_reason}


def packs_of(cases: Sequence[ClaimCase]) -> dict[int, Pack]:
    """By case id; two statements for any number of cases."""
    asked = list(PackItem.objects.on(timezone.localdate()))
    there: defaultdict[int, set[str]] = defaultdict(set)
    for case_id, kind in CasePaper.objects.filter(case__in=cases).values_list("case", "kind"):
        there[case_id].add(kind)
    return {case.pk: _pack(case, asked, there[case.pk]) for case in cases}


def _pack(case: ClaimCase, asked: Iterable[PackItem], there: set[str]) -> Pack:
    items = [
        {"name": one.name, "is_present": not there.isdisjoint(one.paper_kinds)}
        for one in asked
        if not one.loss_class or one.loss_class in case.loss_classes
    ]
    is_complete = all(item["is_present"] for item in items)
    return {"items": items, "is_complete": is_complete, "missing_papers": "", "help_reason": ""}


def missing_in(pack: Pack) -> list[str]:
    return [item["name"] for item in pack["items"] if not item["is_present"]]


def pack_objections(pack: Pack) -> list[Objection]:
    """An incomplete pack goes up only with a word on what is missing and why."""
    if pack["is_complete"] or pack["missing_papers"].strip():
        return []
    return [Objection("pack_incomplete", f"材料不全（缺{'、'.join(missing_in(pack))}），须补齐或说明原因")]
