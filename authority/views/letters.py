from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority import services
from authority.forms import DespiteForm, LetterFilter, ReasonForm, RevokingForm
from authority.granting import Actor, may_begin
from authority.letter_page import letter_page, lines_of
from authority.letters import ceilings_of, grants_of, revoking
from authority.models import AuthorityLetter, PersonalGrant, UnitCeiling
from authority.rulings import Ruling
from departments.access import MANAGE_UNIT
from departments.http import StaffRequest
from departments.models import Staff
from departments.models.people import AdminRole
from departments.paging import keyset_page

ORDER = ("-valid_from", "-pk")


def visible_letter(staff: Staff, pk: int) -> AuthorityLetter:
    letters = AuthorityLetter.objects.visible_to(staff).with_people()
    return get_object_or_404(letters, pk=pk)


def sent(request: StaffRequest) -> QueryDict | None:
    """What a form is bound to: also an empty POST is one."""
    return request.POST if request.method == "POST" else None


def beginning(staff: Staff) -> Ruling:
    """May this person begin a letter for any unit?"""
    is_security_admin = staff.admin_role == AdminRole.SECURITY
    manages = bool(staff.unit_scope.ids(MANAGE_UNIT))
    return may_begin(Actor(staff.pk, manages=manages, is_security_admin=is_security_admin))


@require_GET
def letters(request: StaffRequest) -> HttpResponse:
    form = LetterFilter(request.GET)
    cursor = request.GET.get("cursor", "")
    found = form.among(AuthorityLetter.objects.visible_to(request.user)).with_people()
    page = keyset_page(found, ORDER, cursor)
    context = {"form": form, "page": page, "may_draft": beginning(request.user).allowed}
    return render(request, "authority/letters.html", context)


@require_GET
def letter(request: StaffRequest, pk: int) -> HttpResponse:
    shown = letter_page(visible_letter(request.user, pk), request.user)
    context = {"page": shown, "letter": shown.letter, "may_draft": beginning(request.user).allowed}
    return render(request, "authority/letter.html", context)


@require_GET
def letter_print(request: StaffRequest, pk: int) -> HttpResponse:
    shown = visible_letter(request.user, pk)
    lines = {
        "grants": lines_of(grants_of(shown).visible_to(request.user)),
        "ceilings": lines_of(ceilings_of(shown).visible_to(request.user)),
    }
    context = {"letter": shown, **lines, "count": sum(len(rows) for rows in lines.values())}
    return render(request, "authority/letter_print.html", context)


@require_POST
def letter_submit(request: StaffRequest, pk: int) -> HttpResponse:
    done = services.submit_letter(visible_letter(request.user, pk), by=request.user)
    messages.success(request, f"授权书 {done.number} 已提交，等待另一人批准")
    return redirect(done)


@require_POST
def letter_approve(request: StaffRequest, pk: int) -> HttpResponse:
    found = visible_letter(request.user, pk)
    done = services.approve_letter(found, by=request.user, despite=_despite(request))
    messages.success(request, f"授权书 {done.number} 已生效")
    return redirect(done)


@require_POST
def letter_send_back(request: StaffRequest, pk: int) -> HttpResponse:
    found = visible_letter(request.user, pk)
    return _with_reason(request, found, lambda why: services.send_back(found, by=request.user, reason=why))


@require_POST
def letter_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    found = visible_letter(request.user, pk)
    revoke = partial(services.revoke_letter, found, by=request.user, despite=_despite(request))
    return _with_reason(request, found, lambda why: revoke(reason=why))


@require_http_methods(["GET", "POST"])
def grant_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    grants = (
        PersonalGrant.objects.visible_to(request.user).with_terms().select_related("letter__issuing_unit")
    )
    grant = get_object_or_404(grants, pk=pk, letter__in=AuthorityLetter.objects.visible_to(request.user))
    form = RevokingForm(sent(request))
    if form.is_bound and form.is_valid():
        services.revoke_grant(grant, by=request.user, **form.cleaned_data)
        messages.success(request, f"{grant.holder.name}的{grant.item.name}权限已撤销")
        return redirect(grant.letter)
    context = {"form": form, "grant": grant, "ruling": revoking(grant, request.user)}
    return render(request, "authority/grant_revoke.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def ceiling_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    ceilings = UnitCeiling.objects.visible_to(request.user)
    ceilings = ceilings.select_related("letter__issuing_unit", "letter__scope_unit", "item", "unit")
    ceiling = get_object_or_404(ceilings, pk=pk, letter__in=AuthorityLetter.objects.visible_to(request.user))
    form = RevokingForm(sent(request))
    if form.is_bound and form.is_valid():
        services.revoke_ceiling(ceiling, by=request.user, **form.cleaned_data)
        messages.success(request, f"{ceiling.unit.short_name}的{ceiling.item.name}机构授权已撤销")
        return redirect(ceiling.letter)
    context = {"form": form, "ceiling": ceiling, "ruling": revoking(ceiling, request.user)}
    return render(request, "authority/ceiling_revoke.html", context, status=422 if form.is_bound else 200)


def _despite(request: StaffRequest) -> str:
    form = DespiteForm(request.POST)
    return str(form.cleaned_data["despite"]) if form.is_valid() else ""


def _with_reason(request: StaffRequest, found: AuthorityLetter, act: Callable[[str], object]) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        shown = letter_page(found, request.user, reason_form=form)
        return render(request, "authority/letter.html", {"page": shown, "letter": found}, status=422)
    act(form.cleaned_data["reason"])
    messages.success(request, f"授权书 {found.number} 已办理")
    return redirect(found)
