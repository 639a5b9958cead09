"""Taking away several letters, grants or ceilings: each with its own ruling, transaction and result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin, helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from authority import services
from authority.admin.access import staff_of
from authority.forms import ReasonForm
from authority.letter_page import revoking_letter
from authority.letters import revoking
from authority.models import AuthorityLetter, PersonalGrant, UnitCeiling
from authority.refusals import Refused
from authority.rulings import Ruling
from departments.models import Staff

MOST = 100
REVOKE: Mapping[type, Any] = {
    AuthorityLetter: services.revoke_letter,
    PersonalGrant: services.revoke_grant,
    UnitCeiling: services.revoke_ceiling,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    row: Any
    ruling: Ruling

    @property
    def label(self) -> str:
        if isinstance(self.row, AuthorityLetter):
            return str(self.row)
        return f"{self.row.letter.number} {self.row.clause} {self.row}"


@dataclass(frozen=True, slots=True)
class Result:
    label: str
    url: str
    is_done: bool
    text: str


def revoke_page(model_admin: ModelAdmin, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
    """First the rows with their rulings and a reason to give, then what became of each."""
    chosen = [Chosen(row, _ruling(row, staff_of(request))) for row in rows.order_by("pk")[:MOST]]
    form = ReasonForm(request.POST if "confirm" in request.POST else None)
    context = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts, "form": form}
    if form.is_bound and form.is_valid():
        why = {
            "reason": form.cleaned_data["reason"],
            "despite": request.POST.get("despite", "").strip()[:200],
        }
        results = list(_revoked(chosen, why, staff_of(request)))
        done = sum(result.is_done for result in results)
        context |= {"results": results, "done": done, "failed": len(results) - done, "title": "撤销结果"}
        return TemplateResponse(request, "admin/authority/revoke_results.html", context)
    context |= {"chosen": chosen, "checkbox": helpers.ACTION_CHECKBOX_NAME, "title": "撤销"}
    context["open_count"] = sum(one.ruling.allowed for one in chosen)
    return TemplateResponse(request, "admin/authority/revoke.html", context)


def _ruling(row: Any, staff: Staff) -> Ruling:
    return revoking_letter(row, staff) if isinstance(row, AuthorityLetter) else revoking(row, staff)


def _revoked(chosen: Iterable[Chosen], why: Mapping[str, str], by: Staff) -> Iterable[Result]:
    """What is refused says why, and keeps none of the others from being done."""
    for one in chosen:
        url = getattr(one.row, "letter", one.row).get_absolute_url()
        try:
            REVOKE[type(one.row)](one.row, by=by, **why)
        except Refused as refusal:
            yield Result(one.label, url, False, str(refusal))
        else:
            yield Result(one.label, url, True, "已撤销")
