"""What the ledger's chains about assistance to other lines are called; imported when the app is ready."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.urls import reverse

from authority.chain_kinds import ChainKind, Subject, register_chain
from cases.models import InjuryAssistance
from departments.models import Staff

WORDS = {
    "record_assistance": "登记协助请求",
    "file_assistance_paper": "归档协助材料",
    "answer_assistance": "答复协助请求",
    "withdraw_assistance": "撤回协助请求",
    "reassign_assistance": "转办协助请求",
}
STATES = {"open": "待答复", "answered": "已答复", "withdrawn": "已撤回"}


def assistances_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    """The number is no secret; the request itself may be."""
    seen = set(InjuryAssistance.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    numbers = InjuryAssistance.objects.filter(pk__in=ids).values_list("pk", "number")
    return {
        pk: Subject(f"人伤协助 {number}", reverse("cases:assistance", args=[pk]) if pk in seen else "")
        for pk, number in numbers
    }


register_chain(ChainKind("assistance", "非车险人伤协助", WORDS, STATES, assistances_of))
