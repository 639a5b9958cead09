"""Appointing, relieving, absences: forms over the services. A refusal is the 403 page with its ruling."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from departments import services
from departments.access import MANAGE_UNIT
from departments.forms import AbsenceForm, AppointForm, AssignForm, RelieveForm, WithdrawForm
from departments.http import StaffRequest
from departments.models import Absence, Appointment, OrgUnit, Post, Staff
from departments.panels import panels_for
from departments.refusals import insist_on
from departments.staffing import holders_of


@require_http_methods(["GET", "POST"])
def appoint(request: StaffRequest, pk: int) -> HttpResponse:
    visible = Post.objects.filter(unit__in=OrgUnit.objects.visible_to(request.user))
    post = get_object_or_404(visible.select_related("unit", "post_type"), pk=pk)
    insist_on(services.ruling_on_filling(post, by=request.user))
    initial = {"staff": request.GET.get("staff"), "starts_on": timezone.localdate()}
    form = AppointForm(request.POST or None, viewer=request.user, initial=initial)
    if form.is_valid():
        held = services.appoint(form.cleaned_data["staff"], post, form.terms, by=request.user)
        messages.success(request, f"已任命 {held.staff} 为{post}，自 {held.starts_on:%Y-%m-%d} 起")
        return redirect(post.unit)
    context = {"post": post, "form": form, "holders": holders_of([post.pk], timezone.localdate())}
    return render(request, "departments/appoint.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def assign(request: StaffRequest, pk: int) -> HttpResponse:
    """The same from the person's side: into one of the posts that the viewer manages."""
    shown = get_object_or_404(Staff.objects.visible_to(request.user), pk=pk)
    managed = request.user.unit_scope.ids(MANAGE_UNIT)
    insist_on(services.ruling_on_assigning(shown, managed, by=request.user))
    form = AssignForm(request.POST or None, managed=managed)
    if form.is_valid():
        held = services.appoint(shown, form.cleaned_data["post"], form.terms, by=request.user)
        messages.success(request, f"已任命 {shown} 为{held.post}，自 {held.starts_on:%Y-%m-%d} 起")
        return redirect(shown)
    context = {"shown": shown, "form": form}
    return render(request, "departments/assign.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def relieve(request: StaffRequest, pk: int) -> HttpResponse:
    visible = Appointment.objects.filter(staff__in=Staff.objects.visible_to(request.user))
    held = get_object_or_404(visible.select_related("staff", "post__unit", "post__post_type"), pk=pk)
    form = RelieveForm(request.POST or None)
    earliest = max(held.starts_on, timezone.localdate())
    insist_on(services.ruling_on_relieving(held, on=earliest, by=request.user))
    if form.is_valid():
        services.relieve(held, by=request.user, **form.cleaned_data)
        messages.success(
            request, f"已免去 {held.staff} 的{held.post}，最后一天 {form.cleaned_data['on']:%Y-%m-%d}"
        )
        return redirect(held.staff)
    context = {"held": held, "form": form, "panels": panels_for("person", held.staff, request.user)}
    return render(request, "departments/relieve.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def appointment_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Of one that has not begun."""
    visible = Appointment.objects.filter(staff__in=Staff.objects.visible_to(request.user))
    held = get_object_or_404(visible.select_related("staff", "post__unit", "post__post_type"), pk=pk)
    insist_on(services.ruling_on_withdrawing(held, by=request.user))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.withdraw_appointment(held, form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"已取消 {held.staff} 自 {held.starts_on:%Y-%m-%d} 起的任命")
        return redirect(held.staff)
    context = {"held": held, "form": form}
    return render(request, "departments/withdraw.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def absence(request: StaffRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Staff.objects.visible_to(request.user), pk=pk)
    insist_on(services.ruling_on_absence(shown, by=request.user))
    form = AbsenceForm(request.POST or None)
    if form.is_valid():
        noted = services.record_absence(shown, form.away, by=request.user)
        messages.success(request, f"已登记{shown}的{noted.get_kind_display()}")
        return redirect(shown)
    context = {"shown": shown, "form": form}
    return render(request, "departments/absence.html", context, status=422 if form.is_bound else 200)


@require_POST
def absence_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    visible = Absence.objects.filter(staff__in=Staff.objects.visible_to(request.user))
    noted = services.cancel_absence(get_object_or_404(visible, pk=pk), by=request.user)
    messages.success(request, f"已取消{noted.staff}的{noted.get_kind_display()}")
    return redirect(noted.staff)
