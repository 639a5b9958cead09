"""时限规则: which clocks run, by what authority, and what of it is not verified yet."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from departments.http import StaffRequest
from departments.models import ClockRule
from departments.models.people import AdminRole


@require_GET
def clock_rules(request: StaffRequest) -> HttpResponse:
    rules = ClockRule.objects.on(timezone.localdate()).order_by("-is_statutory", "code")
    context = {"rules": rules, "may_edit": request.user.admin_role == AdminRole.SECURITY}
    return render(request, "departments/clock_rules.html", context)
