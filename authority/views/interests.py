from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority import services
from authority.forms import InterestFilter, InterestForm, ReasonForm
from authority.interests import may_declare
from authority.models import Interest, InterestStatement
from authority.refusals import insist_on
from departments.http import StaffRequest
from departments.models import Staff
from departments.models.people import AdminRole
from departments.paging import keyset_page


@require_GET
def interests(request: StaffRequest) -> HttpResponse:
    """我的利害关系: what I declared, and this year's confirmation."""
    own = Interest.objects.filter(staff=request.user).select_related("declared_by", "ended_by")
    year = timezone.localdate().year
    context = {
        "rows": own.order_by("ended_at", "-declared_at"),
        "year": year,
        "statement": InterestStatement.objects.filter(staff=request.user, year=year).first(),
        "form": InterestForm(),
        "declares": request.user,
    }
    return render(request, "authority/interests.html", context)


@require_http_methods(["GET", "POST"])
def interest_new(request: StaffRequest, pk: int) -> HttpResponse:
    """For oneself, or for somebody one is the superior of."""
    person = get_object_or_404(Staff.objects.visible_to(request.user), pk=pk)
    insist_on(may_declare(person.pk, services.watcher_of(request.user, person.pk)))
    form = InterestForm(request.POST or None)
    if form.is_valid():
        declared = services.declare_interest(person, form.declaration, by=request.user)
        messages.success(request, f"已申报：{declared}。即日起{person.name}须回避相关案件")
        return redirect("authority:interests" if person == request.user else person)
    status = 422 if form.is_bound else 200
    context = {"form": form, "declares": person, "is_oneself": person == request.user}
    return render(request, "authority/interest_form.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Row:
    interest: Interest
    may_end: bool


@require_GET
def interests_watched(request: StaffRequest) -> HttpResponse:
    """For supervision: all that a superior or an administrator may see."""
    form = InterestFilter(request.GET)
    found = Interest.objects.visible_to(request.user).filter(form.chosen())
    rows = found.select_related("staff", "declared_by", "ended_by")
    page = keyset_page(rows, ("-declared_at", "-pk"), request.GET.get("cursor", ""))
    shown = [Row(one, _may_end(one, request.user)) for one in page.rows]
    context = {"form": form, "page": page, "rows": shown, "unconfirmed": _unconfirmed(request.user)}
    return render(request, "authority/interests_watched.html", context)


def _may_end(one: Interest, staff: Staff) -> bool:
    """Everybody shown is a subordinate, or the viewer watches over all; the service asks again."""
    second = staff.pk not in (one.staff_id, one.declared_by_id)
    return one.ended_at is None and second and staff.admin_role != AdminRole.AUDIT


def _unconfirmed(staff: Staff) -> int:
    """How many people in sight who hold grants have not confirmed this year."""
    holders = Staff.objects.visible_to(staff).filter(grants__revoked_at=None, is_active=True)
    done = InterestStatement.objects.filter(year=timezone.localdate().year)
    return holders.exclude(pk__in=done.values("staff")).distinct().count()


@require_POST
def interest_end(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Interest.objects.visible_to(request.user), pk=pk)
    insist_on(services.ruling_on_ending(found, by=request.user))
    form = ReasonForm(request.POST)
    if form.is_valid():
        done = services.end_interest(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"{done.staff.name}的利害关系已解除：{done}")
    else:
        messages.error(request, "解除须写明理由。")
    return redirect("authority:interests_watched")


@require_POST
def interests_confirm(request: StaffRequest) -> HttpResponse:
    done = services.confirm_interests(by=request.user)
    messages.success(request, f"已确认 {done.year} 年度利害关系申报情况")
    return redirect("authority:interests")
