from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from authority import services
from authority.comparison.sheet import baseline_of, compared
from authority.forms import LinesForm, NewLines, revision
from authority.letters import rows_of
from authority.models import AuthorityLetter, PersonalGrant, UnitCeiling
from authority.views.drafting import editable_draft
from authority.views.letters import sent
from departments.http import StaffRequest
from departments.models import Staff

MOST_ON_A_PAGE = 400
_FEN = 100


@require_http_methods(["GET", "POST"])
def letter_lines(request: StaffRequest, pk: int) -> HttpResponse:
    letter = editable_draft(request.user, pk)
    rows, data = rows_of(letter), sent(request)
    person = request.GET.get("person", "")
    shown = [row for row in rows if _is_of(row, person)][:MOST_ON_A_PAGE]
    form = LinesForm(data, rows=shown, was=_in_force(letter, request.user))
    new = NewLines(data, letter, len(rows) + 1)
    if data is not None and all([form.is_valid(), new.is_valid()]):
        changed = services.revise_lines(letter, revision(form, new), by=request.user)
        messages.success(request, f"已保存，{changed} 项条款有变化")
        return redirect(request.get_full_path() if "more" in data else letter)
    context = {"form": form, "new": new, "letter": letter, "people": _people(rows), "person": person}
    context |= {"shown": len(shown), "total": len(rows)}
    return render(request, "authority/letter_lines.html", context, status=422 if form.is_bound else 200)


def _is_of(row: PersonalGrant | UnitCeiling, person: str) -> bool:
    return not person or (isinstance(row, PersonalGrant) and str(row.holder_id) == person)


def _people(rows: list[PersonalGrant | UnitCeiling]) -> dict[str, str]:
    """The receivers by id, in the order of the lines."""
    return {str(row.holder_id): row.holder.name for row in rows if isinstance(row, PersonalGrant)}


def _in_force(letter: AuthorityLetter, viewer: Staff) -> dict[int, Decimal]:
    """The limit that each line replaces, in yuan by the id of the line."""
    changes = compared(baseline_of(letter), letter, viewer).changes
    return {
        change.after.row_id: Decimal(change.before.amount) / _FEN
        for change in changes
        if change.before and change.after
    }
