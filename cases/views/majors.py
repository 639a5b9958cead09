"""重大赔案: the list of work, the register R10, one major loss with its reports, visits and opinions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases import services
from cases.casefile.facts import facts_of
from cases.clocks import Clocks
from cases.forms import majors as forms
from cases.handlers import department_people
from cases.majors.reading import first_report, progress
from cases.majors.register import MAJORS, REGISTER, casualties, with_reports
from cases.majors.rulings import (
    may_follow,
    may_recognise,
    may_report_again,
    may_report_first,
    may_withdraw_major,
)
from cases.models import ClaimCase, MajorCriterion, MajorLoss, MajorReport
from cases.views.acting import Act, act_page
from cases.views.case_pages import beside
from departments.http import StaffRequest
from departments.listings import show
from departments.models import Staff

Kind = MajorReport.Kind


@require_GET
def majors(request: StaffRequest) -> HttpResponse:
    form = forms.MajorFilter(request.GET, viewer=request.user)
    rows = form.narrow(MajorLoss.objects.visible_to(request.user))
    criteria = MajorCriterion.objects.on(timezone.localdate())
    return show(request, MAJORS, with_reports(rows), form, criteria=criteria)


@require_GET
def majors_register(request: StaffRequest) -> HttpResponse:
    form = forms.MajorFilter({"state": "all", **request.GET.dict()}, viewer=request.user)
    rows = form.narrow(MajorLoss.objects.visible_to(request.user))
    return show(request, REGISTER, with_reports(rows), form)


def _visible(staff: Staff) -> QuerySet[MajorLoss]:
    return MajorLoss.objects.visible_to(staff).for_list()


@require_GET
def major(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_visible(request.user).prefetch_related("visits__people"), pk=pk)
    clocks = Clocks.today()
    context = {
        **beside(request, found.case),
        "major": found,
        "clocks": [one for one in (first_report(found, clocks), progress(found, clocks)) if one],
        "reports": [
            (one, casualties(one)) for one in found.reports.select_related("reported_by").order_by("-number")
        ],
        "opinions": found.opinions.select_related("recorded_by"),
        "doors": _doors(found, request.user),
    }
    return render(request, "cases/major.html", context)


def _doors(found: MajorLoss, staff: Staff) -> list[tuple[str, str, Any]]:
    """Label, page and ruling of each act; the first report until it is sent, then the progress."""
    again = found.first_reported_at is not None
    report = may_report_again if again else may_report_first
    name = ("填写进展报告", "cases:major_progress") if again else ("填写首报", "cases:major_first_report")
    return [
        (*name, report(found, staff)),
        ("记录部门介入", "cases:major_visit", may_follow(found, staff)),
        ("记录专家意见", "cases:major_expert", may_follow(found, staff)),
        ("改派负责人", "cases:major_assign", may_follow(found, staff)),
        ("结束跟踪", "cases:major_close", may_report_again(found, staff)),
        ("撤销认定", "cases:major_withdraw", may_withdraw_major(found, staff)),
    ]


@require_GET
def major_report(request: StaffRequest, pk: int) -> HttpResponse:
    """重大赔案上报表: the sheet that goes up; progress and last report look the same."""
    rows = MajorReport.objects.select_related("major__case__unit", "major__officer", "reported_by")
    found = get_object_or_404(rows.filter(major__in=MajorLoss.objects.visible_to(request.user)), pk=pk)
    context = {
        "report": found,
        "major": found.major,
        "case": found.major.case,
        "casualties": casualties(found),
        "facts": facts_of(found.major.case, sees_personal_data=request.user.sees_personal_data),
        "visits": found.major.visits.prefetch_related("people"),
        "opinions": found.major.opinions.all(),
    }
    return render(request, "cases/major_report.html", context)


def _may_recognise(case: ClaimCase, staff: Staff) -> Any:
    return may_recognise(case, staff, is_open=case.majors.filter(status=MajorLoss.Status.OPEN).exists())


def _report(kind: str) -> Any:
    def do(found: MajorLoss, form: Any, request: StaffRequest, seen: int) -> MajorLoss:
        services.report_major(found, kind, form.facts(), by=request.user, seen=seen)
        return found

    return do


def _report_form(found: MajorLoss, sent: Any, request: StaffRequest) -> forms.ReportForm:
    return forms.ReportForm(sent, major=found)


def _visit(found: MajorLoss, form: Any, request: StaffRequest, seen: int) -> MajorLoss:
    services.visit_major(found, form.facts(), by=request.user, seen=seen)
    return found


def _expert(found: MajorLoss, form: Any, request: StaffRequest, seen: int) -> MajorLoss:
    services.note_expert(found, form.facts(), by=request.user, seen=seen)
    return found


def _close(found: MajorLoss, form: Any, request: StaffRequest, seen: int) -> MajorLoss:
    reason = form.cleaned_data["no_visit_reason"]
    services.close_major(found, form.facts(), by=request.user, seen=seen, no_visit_reason=reason)
    return found


major_new = act_page(
    Act(
        "认定重大赔案",
        "认定",
        lambda staff: ClaimCase.objects.visible_to(staff).for_list(),
        _may_recognise,
        lambda case, sent, request: forms.RecogniseForm(sent),
        lambda case, form, request, seen: services.recognise_by_hand(
            case, form.cleaned_data["ground"], by=request.user, seen=seen
        ),
        "达到标准的案件由系统自动认定；其他需要按重大赔案跟踪的，在此写明理由。",
    )
)
major_first_report = act_page(
    Act(
        "重大赔案首报",
        "报送",
        _visible,
        may_report_first,
        _report_form,
        _report(Kind.FIRST),
        "报送后可打印《重大赔案上报表》，首报时限至此停止。",
    )
)
major_progress = act_page(
    Act("进展报告", "报送", _visible, may_report_again, _report_form, _report(Kind.PROGRESS))
)
major_visit = act_page(
    Act(
        "部门提前介入",
        "保存",
        _visible,
        may_follow,
        lambda found, sent, request: forms.VisitForm(
            sent, people=department_people(found.case.unit), place=found.case.accident_place
        ),
        _visit,
        "记录部门和各室人员参与查勘定损的情况；商定的估损在进展报告中作再估损。",
    )
)
major_expert = act_page(
    Act(
        "专家意见",
        "保存",
        _visible,
        may_follow,
        lambda found, sent, request: forms.ExpertForm(sent, initial={"given_on": timezone.localdate()}),
        _expert,
    )
)
major_assign = act_page(
    Act(
        "改派负责人",
        "改派",
        _visible,
        may_follow,
        lambda found, sent, request: forms.OfficerForm(
            sent, people=department_people(found.case.unit, "MAJOR", "OFFICE_HEAD")
        ),
        lambda found, form, request, seen: services.assign_major(
            found, form.cleaned_data["officer"], by=request.user, seen=seen
        ),
    )
)
major_close = act_page(
    Act(
        "结束跟踪",
        "报送并结束",
        _visible,
        may_report_again,
        lambda found, sent, request: forms.CloseMajorForm(sent, major=found),
        _close,
        "作最后一次报告并结束跟踪；没有部门介入记录的须说明原因。",
    )
)
major_withdraw = act_page(
    Act(
        "撤销认定",
        "撤销认定",
        _visible,
        may_withdraw_major,
        lambda found, sent, request: forms.WithdrawMajorForm(sent),
        lambda found, form, request, seen: services.withdraw_major(
            found, form.cleaned_data["reason"], by=request.user, seen=seen
        ),
        "撤销后本案不再按重大赔案跟踪；同一标准不会再次自动认定。",
    )
)
