"""What people keep for themselves and each other: saved filters, sets of columns, opinion phrases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.models import AuthorityItem
from authority.refusals import Refused
from cases import services
from cases.forms.case_filter import SavedFilterForm
from cases.forms.phrasing import PhraseForm
from cases.models import OpinionPhrase, SavedFilter
from departments.http import StaffRequest
from departments.models import PostType


@require_GET
def saved_filters(request: StaffRequest) -> HttpResponse:
    """One's own to rename, share and delete; those of others to open."""
    kept = (
        SavedFilter.objects.visible_to(request.user).select_related("owner").order_by("holds", "name", "pk")
    )
    names = dict(PostType.objects.values_list("code", "name"))
    rows = [(one, [names.get(code, code) for code in one.posts]) for one in kept]
    context = {
        "mine": [row for row in rows if row[0].owner_id == request.user.pk],
        "others": [row for row in rows if row[0].owner_id != request.user.pk],
    }
    return render(request, "cases/saved_filters.html", context)


def _filter_form(request: StaffRequest, saved: SavedFilter) -> SavedFilterForm:
    may_publish = services.may_publish(request.user).allowed
    return SavedFilterForm(request.POST or None, instance=saved, may_publish=may_publish)


@require_POST
def saved_filter_new(request: StaffRequest) -> HttpResponse:
    form = _filter_form(request, SavedFilter(owner=request.user))
    if not form.is_valid():
        return render(request, "cases/saved_filter.html", {"form": form}, status=422)
    saved = services.keep_filter(form.save(commit=False), by=request.user)
    messages.success(request, f"已保存{saved.get_holds_display()}“{saved.name}”")
    return redirect(saved.get_absolute_url())


@require_http_methods(["GET", "POST"])
def saved_filter_edit(request: StaffRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=pk, owner=request.user)
    form = _filter_form(request, saved)
    if form.is_bound and form.is_valid():
        services.keep_filter(form.save(commit=False), by=request.user)
        messages.success(request, f"已更改“{saved.name}”")
        return redirect("cases:saved_filters")
    context = {"form": form, "saved": saved}
    return render(request, "cases/saved_filter.html", context, status=422 if form.is_bound else 200)


@require_POST
def saved_filter_delete(request: StaffRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=pk, owner=request.user)
    services.drop_filter(saved, by=request.user)
    messages.success(request, f"已删除筛选“{saved.name}”")
    return redirect(reverse("cases:index"))


@require_GET
def phrases(request: StaffRequest) -> HttpResponse:
    """One's own and the department's, each with the items it is offered for."""
    names = dict(AuthorityItem.objects.values_list("code", "name"))
    kept = OpinionPhrase.objects.visible_to(request.user).order_by("rank", "pk")
    rows = [(one, [names.get(code, code) for code in one.items]) for one in kept]
    context = {
        "mine": [row for row in rows if row[0].owner_id],
        "shared": [row for row in rows if not row[0].owner_id],
        "may_share": services.may_keep_phrases(request.user, is_shared=True).allowed,
        "may_keep": services.may_keep_phrases(request.user, is_shared=False),
    }
    return render(request, "cases/phrases.html", context)


@require_http_methods(["GET", "POST"])
def phrase_new(request: StaffRequest) -> HttpResponse:
    return _phrase(request, None)


@require_http_methods(["GET", "POST"])
def phrase_edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _phrase(request, get_object_or_404(OpinionPhrase.objects.visible_to(request.user), pk=pk))


def _phrase(request: StaffRequest, phrase: OpinionPhrase | None) -> HttpResponse:
    may_share = services.may_keep_phrases(request.user, is_shared=True).allowed
    form = PhraseForm(request.POST or None, phrase=phrase, may_share=may_share)
    if form.is_bound and form.is_valid() and _kept(request, form, phrase):
        messages.success(request, "常用语已保存")
        return redirect("cases:phrases")
    context: dict[str, Any] = {"form": form, "phrase": phrase}
    return render(request, "cases/phrase.html", context, status=422 if form.is_bound else 200)


def _kept(request: StaffRequest, form: PhraseForm, phrase: OpinionPhrase | None) -> bool:
    """False with the reason on the form where the words are there already; other refusals go on."""
    try:
        services.keep_phrase(form.wording(), by=request.user, phrase=phrase)
    except Refused as refused:
        if refused.ruling.codes != ("twice",):
            raise
        form.add_error("text", refused.ruling.objections[0].text)
        return False
    return True


@require_POST
def phrase_delete(request: StaffRequest, pk: int) -> HttpResponse:
    phrase = get_object_or_404(OpinionPhrase.objects.visible_to(request.user), pk=pk)
    services.drop_phrase(phrase, by=request.user)
    messages.success(request, "常用语已删除")
    return redirect("cases:phrases")
