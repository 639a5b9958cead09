from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from authority import services
from authority.forms import CeilingForm, GrantForm, LetterForm
from authority.granting import may_edit
from authority.letters import actor_for, letter_terms, rows_of
from authority.models import AuthorityLetter, LetterStatus
from authority.models.letters import LetterMode
from authority.refusals import insist_on
from authority.views.letters import beginning, sent, visible_letter
from departments.http import StaffRequest
from departments.models import Staff

HEADING = ("title", "mode", "issuing_unit", "scope_unit", "basis")


@require_http_methods(["GET", "POST"])
def letter_new(request: StaffRequest) -> HttpResponse:
    insist_on(beginning(request.user))
    like = like_asked(request)
    initial = heading_like(like)
    form = LetterForm(sent(request), staff=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        letter = services.draft_letter(form.draft(), by=request.user, like=like)
        messages.success(request, "草稿已建立，请核对条款后提交")
        return redirect(letter)
    return _form_page(request, form, title="起草授权书", like=like)


@require_http_methods(["GET", "POST"])
def letter_edit(request: StaffRequest, pk: int) -> HttpResponse:
    letter = editable_draft(request.user, pk)
    form = LetterForm(sent(request), staff=request.user, instance=letter)
    if form.is_bound and form.is_valid():
        services.amend_letter(letter, form.draft(), by=request.user)
        messages.success(request, "抬头已修改")
        return redirect(letter)
    return _form_page(request, form, title="修改抬头", letter=letter)


@require_http_methods(["GET", "POST"])
def letter_line_new(request: StaffRequest, pk: int) -> HttpResponse:
    letter = editable_draft(request.user, pk)
    form = _line_form(letter, sent(request))
    if form.is_bound and form.is_valid():
        if isinstance(form, GrantForm):
            services.add_grant(letter, form.line(), by=request.user)
        else:
            services.add_ceiling(letter, form.line(), by=request.user)
        messages.success(request, "条款已增加")
        return redirect(letter)
    return _form_page(request, form, title="增加条款", letter=letter)


@require_POST
def letter_line_drop(request: StaffRequest, pk: int, line: int) -> HttpResponse:
    letter = visible_letter(request.user, pk)
    services.revise_lines(letter, services.Revision(dropped=[line]), by=request.user)
    messages.success(request, "条款已删除")
    return redirect(letter)


def editable_draft(staff: Staff, pk: int) -> AuthorityLetter:
    """A letter that this person may edit; the form of another is not even shown."""
    letter = visible_letter(staff, pk)
    insist_on(may_edit(letter_terms(letter), actor_for(staff, letter.issuing_unit)))
    return letter


def heading_like(like: AuthorityLetter | None) -> dict[str, Any]:
    """What the form of a new letter begins with."""
    initial = {name: getattr(like, name) for name in HEADING} if like else {}
    return {**initial, "valid_from": timezone.localdate()}


def like_asked(request: StaffRequest) -> AuthorityLetter | None:
    """The letter to start from: one that took effect and that this person may see."""
    number = request.GET.get("like", "")
    if not number.isdecimal():
        return None
    published = AuthorityLetter.objects.visible_to(request.user).exclude(
        status__in=[LetterStatus.DRAFT, LetterStatus.SUBMITTED]
    )
    return get_object_or_404(published, pk=number)


def _line_form(letter: AuthorityLetter, data: Any) -> GrantForm | CeilingForm:
    kind = CeilingForm if letter.mode == LetterMode.BY_INSTITUTION else GrantForm
    return kind(data, letter=letter, initial={"clause": f"第{len(rows_of(letter)) + 1}条"})


def _form_page(request: StaffRequest, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "authority/letter_form.html", {"form": form, **context}, status=status)
