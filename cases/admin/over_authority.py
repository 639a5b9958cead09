"""超权限案件: what waits for the department's head or goes up to head office, decided here row by row."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases.admin import reviewing
from cases.admin.filters import AgeFilter, AmountFilter, LevelFilter, UnitFilter
from cases.admin.reading import ReadingAdmin
from cases.admin.screen import case_screen
from cases.casefile.approval import Approval, approval_for
from cases.casefile.verbs import verb_doors
from cases.forms.reviewing import ACTIONS, ESCALATE, ReviewForm
from cases.models import ChainStep, OverAuthorityCase, Submission
from cases.queue import ruled, with_case
from cases.services.supervising import note_opening
from departments.spans import in_words

LIST = "admin:cases_overauthoritycase_changelist"
REVIEW = "admin:cases_overauthoritycase_review"


class RuledChangeList(ChangeList):
    """Each row with the ruling for the person who looks; a constant number of queries for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        steps = with_case(ChainStep.objects.filter(pk__in=[row.station_id for row in rows]))
        found = {row.step.submission_id: row for row in ruled(list(steps), request.user)}  # type: ignore[arg-type]
        for row in rows:
            row.ruled = found.get(row.pk)
        self.result_list = rows


@admin.register(OverAuthorityCase)
class OverAuthorityAdmin(ReadingAdmin):
    list_display = [
        "number",
        "unit",
        "item",
        "asked",
        "total",
        "level",
        "waits_for",
        "age",
        "ruling",
    ]
    list_filter = [
        LevelFilter,
        UnitFilter,
        ("item", admin.RelatedOnlyFieldListFilter),
        AmountFilter,
        AgeFilter,
    ]
    search_fields = [
        "case__claim_no__startswith",
        "case__report_no__startswith",
        "case__policy_no__startswith",
        "case__plate_no__startswith",
        "case__insured_name__startswith",
    ]
    search_help_text = "赔案号、报案号、保单号、车牌、被保险人（开头）"
    actions = ["agree", "send_back", "escalate"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OverAuthorityCase]:
        rows: Any = OverAuthorityCase.objects
        shown: QuerySet[OverAuthorityCase] = rows.visible_to(request.user).over_authority().with_station()
        return shown.select_related("case__unit", "case__handler", "item", "submitted_by")

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        """Who waits longest comes first."""
        return ["waiting_since", "pk"]

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return RuledChangeList

    @admin.display(description="赔案", ordering="case__claim_no")
    def number(self, row: OverAuthorityCase) -> str:
        return str(row.case)

    @admin.display(description="机构", ordering="case__unit__path")
    def unit(self, row: OverAuthorityCase) -> str:
        return row.case.unit.short_name

    @admin.display(description="金额(元)", ordering="amount")
    def asked(self, row: OverAuthorityCase) -> SafeString:
        return format_html('<span class="money">{}</span>', f"{row.amount:,.2f}")

    @admin.display(description="案件累计(元)", ordering="case_total")
    def total(self, row: Any) -> SafeString:
        over = row.ruled and row.ruled.limit is not None and row.ruled.amount > row.ruled.limit
        css = "money money--over" if over else "money"
        return format_html('<span class="{}">{}</span>', css, f"{row.case_total:,.2f}")

    @admin.display(description="级别", ordering="station_level")
    def level(self, row: Any) -> str:
        return reviewing.level_name(row.station_level or 0)

    @admin.display(description="当前办理人", ordering="station_name")
    def waits_for(self, row: Any) -> str:
        return row.station_name or "总公司"

    @admin.display(description="已等待", ordering="waiting_since")
    def age(self, row: Any) -> str:
        return in_words(timezone.now() - row.waiting_since) if row.waiting_since else "—"

    @admin.display(description="本人")
    def ruling(self, row: Any) -> SafeString:
        return reviewing.ruling_badge(row.ruled) if row.ruled else SafeString("—")

    @admin.action(description="同意所选案件")
    def agree(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseRedirect:
        return _to_review("agree", queryset)

    @admin.action(description="退回所选案件")
    def send_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseRedirect:
        return _to_review("return", queryset)

    @admin.action(description="所选案件上报总公司")
    def escalate(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseRedirect:
        return _to_review(ESCALATE, queryset)

    def get_urls(self) -> list[URLPattern]:
        review = path(
            "review/", self.admin_site.admin_view(self.review), name="cases_overauthoritycase_review"
        )
        return [review, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = "超权限案件：等待部门负责人或总公司"
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Everything about the request on one screen; out of scope is not there."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        screen = case_screen(row.case, request.user)  # type: ignore[arg-type]
        own = [one for one in screen["submissions"] if one.pk == row.pk]
        approval = self._approval(own, request)
        context = {**self._context(request, str(row)), **screen, "row": row, "approval": approval}
        context["actions"] = reviewing.doors(approval.step if approval else None, request.user)  # type: ignore[arg-type]
        step = approval.step if approval else None
        context["verbs"] = verb_doors(row.case, request.user, own, step)  # type: ignore[arg-type]
        return render(request, "admin/cases/over_authority.html", context)

    def _approval(self, own: list[Submission], request: HttpRequest) -> Approval | None:
        """Opened here counts as read, as on the case's own page."""
        approval = approval_for(own, request.user)  # type: ignore[arg-type]
        if approval:
            note_opening(approval.step, by=request.user)  # type: ignore[arg-type]
        return approval

    def review(self, request: HttpRequest) -> HttpResponse:
        """Fill in once, then each row is ruled on and decided on its own."""
        sent = request.POST if request.method == "POST" else request.GET
        action = sent.get("action", "")
        if action not in dict(ACTIONS):
            return redirect(LIST)
        choose = reviewing.rows_seen if request.method == "POST" else reviewing.rows_of
        chosen = choose(self.get_queryset(request), sent, request.user)  # type: ignore[arg-type]
        data = request.POST if request.method == "POST" else None
        asked = {"asks_for_help": chosen.asks_for_help, "has_conferences": chosen.has_conferences}
        form = ReviewForm(action, data, **asked)
        if form.is_bound and form.is_valid():
            results = reviewing.act(chosen.rows, form, request.user)  # type: ignore[arg-type]
            return self._results(request, results)
        context = {"chosen": chosen, "rows": chosen.rows, "form": form, "verb": dict(ACTIONS)[action]}
        context.update(self._context(request, f"超权限案件 · {dict(ACTIONS)[action]}"))
        return render(request, "admin/cases/review.html", context, status=422 if form.is_bound else 200)

    def _results(self, request: HttpRequest, results: list[reviewing.RowResult]) -> HttpResponse:
        done = sum(result.is_done for result in results)
        context = {"results": results, "done": done, "failed": len(results) - done}
        context.update(self._context(request, "办理结果"))
        return render(request, "admin/cases/review_results.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The changes stand on the request's own screen."""
        return redirect(f"{reverse('admin:cases_overauthoritycase_change', args=[object_id])}#changes")

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}


def _to_review(action: str, queryset: QuerySet[Any]) -> HttpResponseRedirect:
    ids = [("id", str(pk)) for pk in queryset.values_list("pk", flat=True)]
    return HttpResponseRedirect(f"{reverse(REVIEW)}?{urlencode([('action', action), *ids])}")
