"""复勘: the list with its sampling rules, one re-survey, and each act on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from authority.rulings import Ruling
from cases.casefile.amounts import amounts_of
from cases.casefile.facts import facts_of
from cases.clocks import Clocks
from cases.forms import resurveys as forms
from cases.handlers import department_people
from cases.models import ClaimCase, Resurvey, ResurveyRule
from cases.problems.rulings import party
from cases.resurveys.rulings import may_assign, may_confirm, may_hand_over, may_order, may_resurvey
from cases.services import resurveying
from cases.services.resurveying import took_part_in
from cases.views.acting import Act, act_page
from departments.http import StaffRequest
from departments.listings import Column, Empty, Listing, show
from departments.models import Staff


def _columns(viewer: Staff) -> Sequence[Column]:
    return (
        Column("复勘编号", lambda row: row.number, "number", url=lambda row: row.get_absolute_url()),
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("方式", lambda row: str(row.get_kind_display())),
        Column("原因", lambda row: row.reason or str(row.rule or ""), "wrap"),
        Column("复勘人", lambda row: row.assignee.name if row.assignee else ""),
        Column("发起", lambda row: row.ordered_at, "moment"),
        Column("要求完成", lambda row: row.due_on, "moment", on_page=False),
        Column("核损金额(元)", lambda row: row.amount, "money"),
        Column("复勘金额(元)", lambda row: row.found_amount, "money"),
        Column("差异(元)", lambda row: row.difference, "money"),
        Column(
            "结果", lambda row: str(row.get_result_display()), "status", code=lambda row: row.result or ""
        ),
        Column("状态", lambda row: str(row.get_status_display()), "status", code=lambda row: row.status),
        Column("复勘情况", lambda row: row.findings, "wrap", on_page=False),
        Column("确认人", lambda row: row.confirmed_by.name if row.confirmed_by else "", on_page=False),
    )


RESURVEYS = Listing(
    "复勘",
    "resurveys",
    _columns,
    ("-ordered_at", "-pk"),
    Empty("没有符合条件的复勘", "核损通过时按比例随机抽取；也可在案件页「专项」中安排定向复勘。"),
    template="cases/resurveys.html",
    signers=("复勘岗", "室主任"),
)


@require_GET
def resurveys(request: StaffRequest) -> HttpResponse:
    form = forms.ResurveyFilter(request.GET, viewer=request.user)
    rows = form.narrow(Resurvey.objects.visible_to(request.user).for_list())
    rules = ResurveyRule.objects.on(timezone.localdate())
    return show(request, RESURVEYS, rows, form, rules=rules)


def _visible(staff: Staff) -> QuerySet[Resurvey]:
    return Resurvey.objects.visible_to(staff).for_list().select_related("problem")


@require_GET
def resurvey(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_visible(request.user), pk=pk)
    clocks = Clocks.today().of_cases([found.case])[found.case_id]
    context = {
        "resurvey": found,
        "case": found.case,
        "facts": facts_of(found.case, sees_personal_data=request.user.sees_personal_data),
        "amounts": amounts_of(found.case),
        "clock": next((one for one in clocks if (one.area, one.record_id) == ("resurvey", found.pk)), None),
        "doors": _doors(found, request.user),
    }
    return render(request, "cases/resurvey.html", context)


def _doors(found: Resurvey, staff: Staff) -> list[tuple[str, str, Ruling]]:
    return [
        ("登记复勘结果", "cases:resurvey_do", _may_do(found, staff)),
        ("确认结果", "cases:resurvey_confirm", _may_confirm(found, staff)),
        ("登记问题件", "cases:resurvey_problem", may_hand_over(found, party(staff))),
        ("改派", "cases:resurvey_assign", _may_assign(found, staff)),
        ("取消", "cases:resurvey_cancel", _may_assign(found, staff)),
    ]


def _may_do(found: Resurvey, staff: Staff) -> Ruling:
    return may_resurvey(found, party(staff), took_part_in(found.case_id))


def _may_confirm(found: Resurvey, staff: Staff) -> Ruling:
    return may_confirm(found, party(staff), took_part_in(found.case_id))


def _may_assign(found: Resurvey, staff: Staff) -> Ruling:
    return may_assign(found, party(staff))


def _may_order(case: ClaimCase, staff: Staff) -> Ruling:
    is_open = case.resurveys.filter(status=Resurvey.Status.OPEN).exists()
    return may_order(case, party(staff), is_open=is_open)


def _people(case: ClaimCase) -> QuerySet[Staff]:
    return department_people(case.unit, "REINSP", "LAR", "MAJOR", "OFFICE_HEAD").exclude(
        pk__in=took_part_in(case.pk)
    )


def _assign(found: Resurvey, form: Any, request: StaffRequest, seen: int) -> Resurvey:
    sent = form.cleaned_data
    return resurveying.assign_resurvey(
        found, sent["assignee"], by=request.user, seen=seen, due_on=sent["due_on"]
    )


def _hand_over(found: Resurvey, form: Any, request: StaffRequest, seen: int) -> Any:
    sent = form.cleaned_data
    return resurveying.hand_to_problems(found, sent["class_code"], sent["step"], by=request.user, seen=seen)


resurvey_new = act_page(
    Act(
        "安排复勘",
        "安排",
        lambda staff: ClaimCase.objects.visible_to(staff).for_list(),
        _may_order,
        lambda case, sent, request: forms.OrderForm(sent, people=_people(case)),
        lambda case, form, request, seen: resurveying.order_resurvey(
            case, form.order(), by=request.user, seen=seen
        ),
        "参与过本案查勘、定损或核损的人员不列入。",
    )
)
resurvey_assign = act_page(
    Act(
        "改派复勘人",
        "改派",
        _visible,
        _may_assign,
        lambda found, sent, request: forms.AssigneeForm(sent, people=_people(found.case)),
        _assign,
    )
)
resurvey_do = act_page(
    Act(
        "登记复勘结果",
        "保存",
        _visible,
        _may_do,
        lambda found, sent, request: forms.FoundForm(sent),
        lambda found, form, request, seen: resurveying.do_resurvey(
            found, form.found(), by=request.user, seen=seen
        ),
        "复勘金额是按复勘所见应有的核损金额；结果由另一人确认。",
    )
)
resurvey_confirm = act_page(
    Act(
        "确认复勘结果",
        "确认",
        _visible,
        _may_confirm,
        lambda found, sent, request: forms.ConfirmForm(sent),
        lambda found, form, request, seen: resurveying.confirm_resurvey(
            found, form.cleaned_data["note"], by=request.user, seen=seen
        ),
        "确认后，有差异的可登记为问题件。",
    )
)
resurvey_problem = act_page(
    Act(
        "登记问题件",
        "登记",
        _visible,
        lambda found, staff: may_hand_over(found, party(staff)),
        lambda found, sent, request: forms.ProblemForm(sent),
        _hand_over,
        "复勘编号、两次金额和差异写入问题描述，机构按问题件时限答复。",
    )
)
resurvey_cancel = act_page(
    Act(
        "取消复勘",
        "取消复勘",
        _visible,
        _may_assign,
        lambda found, sent, request: forms.CancelForm(sent),
        lambda found, form, request, seen: resurveying.cancel_resurvey(
            found, form.cleaned_data["reason"], by=request.user, seen=seen
        ),
        "只有定向安排的可以取消。",
    )
)
