"""欺诈线索: the register with its figures, one lead, each act on it, the sheet to sign."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from authority.rulings import Ruling
from cases import services
from cases.casefile.amounts import amounts_of
from cases.casefile.facts import facts_of
from cases.forms import fraud as forms
from cases.fraud.facts import hints_for
from cases.fraud.places import shown_hints
from cases.fraud.register import LEADS, figures
from cases.fraud.rulings import (
    may_assign,
    may_conclude,
    may_finish_task,
    may_investigate,
    may_link,
    may_open,
    may_police,
    may_report,
)
from cases.handlers import department_people, successors_in
from cases.items import REFUSAL
from cases.models import ClaimCase, FraudIndicator, FraudLead, FraudTask
from cases.services import fraud
from cases.views.acting import Act, act_page
from departments.http import StaffRequest
from departments.listings import show
from departments.models import Staff


@require_GET
def leads(request: StaffRequest) -> HttpResponse:
    form = forms.LeadFilter(request.GET, viewer=request.user)
    rows = form.narrow(FraudLead.objects.visible_to(request.user))
    indicators = FraudIndicator.objects.on(timezone.localdate())
    return show(request, LEADS, rows.for_list(), form, figures=figures(rows), indicators=indicators)


def _visible(staff: Staff) -> QuerySet[FraudLead]:
    return FraudLead.objects.visible_to(staff).for_list()


@require_GET
def lead(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_visible(request.user), pk=pk)
    return render(request, "cases/fraud_lead.html", _shown(found, request.user))


@require_GET
def lead_print(request: StaffRequest, pk: int) -> HttpResponse:
    """欺诈案件调查表: what was suspected, found out and concluded, to sign."""
    found = get_object_or_404(_visible(request.user), pk=pk)
    return render(request, "cases/fraud_print.html", _shown(found, request.user))


def _shown(found: FraudLead, staff: Staff) -> dict[str, Any]:
    tasks = found.tasks.select_related("assignee", "ordered_by", "lead")
    return {
        "lead": found,
        "case": found.case,
        "facts": facts_of(found.case, sees_personal_data=staff.sees_personal_data),
        "amounts": amounts_of(found.case),
        "hints": shown_hints(found.case, staff),
        "tasks": [(one, may_finish_task(one, staff).allowed) for one in tasks],
        "evidence": found.evidence.select_related("paper", "added_by"),
        "doors": _doors(found, staff),
        "refusals": found.case.special_requests.filter(kind=REFUSAL).order_by("-pk"),
        "may_refuse": services.may_draft(found.case, REFUSAL, staff).allowed,
    }


def _doors(found: FraudLead, staff: Staff) -> list[tuple[str, str, Ruling]]:
    return [
        ("指定调查人", "cases:fraud_assign", may_assign(found, staff)),
        ("安排任务", "cases:fraud_task", may_investigate(found, staff)),
        ("登记证据", "cases:fraud_evidence", may_investigate(found, staff)),
        ("提交调查报告", "cases:fraud_report", may_report(found, staff)),
        ("作结论", "cases:fraud_conclude", may_conclude(found, staff)),
        ("移送公安", "cases:fraud_police", may_police(found, staff)),
        ("关联拒赔", "cases:fraud_refusal", may_link(found, staff)),
    ]


def _may_open(case: ClaimCase, staff: Staff) -> Ruling:
    is_under_way = case.fraud_leads.filter(status__in=FraudLead.UNDER_WAY).exists()
    return may_open(case, staff, is_under_way=is_under_way)


def _people(found: FraudLead) -> QuerySet[Staff]:
    """The department and its offices, and who handles cases in the unit."""
    ours = department_people(found.case.unit).values("pk")
    near = successors_in([found.case.unit.path]).values("pk")
    return Staff.objects.filter(pk__in=ours.union(near)).order_by("name", "pk")


def _refusals(found: FraudLead) -> Any:
    """Those that a lead can support."""
    return found.case.special_requests.filter(kind=REFUSAL).exclude(state__in=["refused", "lapsed"])


def _assign(found: FraudLead, form: Any, request: StaffRequest, seen: int) -> FraudLead:
    sent = form.cleaned_data
    return fraud.assign_lead(found, sent["investigator"], by=request.user, seen=seen, due_on=sent["due_on"])


def _task(found: FraudLead, form: Any, request: StaffRequest, seen: int) -> FraudTask:
    return fraud.order_task(found, fraud.TaskOrder(**form.cleaned_data), by=request.user, seen=seen)


def _evidence(found: FraudLead, form: Any, request: StaffRequest, seen: int) -> FraudLead:
    sent = form.cleaned_data
    fraud.add_evidence(found, sent["paper"], sent["note"], by=request.user, seen=seen)
    return found


def _opened(case: ClaimCase, form: Any, request: StaffRequest, seen: int) -> Any:
    made = fraud.open_lead(case, form.suspicion(), by=request.user, seen=seen)
    is_seen = FraudLead.objects.visible_to(request.user).filter(pk=made.pk).exists()
    return made if is_seen else f"{reverse('cases:detail', args=[case.pk])}?tab=related"


lead_new = act_page(
    Act(
        "登记欺诈线索",
        "登记",
        lambda staff: ClaimCase.objects.visible_to(staff).for_list(),
        _may_open,
        lambda case, sent, request: forms.SuspicionForm(sent, hints=hints_for(case)),
        _opened,
        "登记后案件带欺诈嫌疑标识；线索内容只有调查人员和本案经办、审批人员可见。",
    )
)
lead_assign = act_page(
    Act(
        "指定调查人",
        "指定",
        _visible,
        may_assign,
        lambda found, sent, request: forms.InvestigatorForm(sent, people=_people(found)),
        _assign,
    )
)
lead_task = act_page(
    Act(
        "安排调查任务",
        "安排",
        _visible,
        may_investigate,
        lambda found, sent, request: forms.TaskForm(sent, people=_people(found)),
        _task,
    )
)
lead_evidence = act_page(
    Act(
        "登记证据",
        "登记",
        _visible,
        may_investigate,
        lambda found, sent, request: forms.EvidenceForm(
            sent, papers=found.case.papers.order_by("kind", "pk")
        ),
        _evidence,
        "证据是案卷中的材料，在此说明它证明什么。",
    )
)
lead_report = act_page(
    Act(
        "提交调查报告",
        "提交",
        _visible,
        may_report,
        lambda found, sent, request: forms.LeadReportForm(sent),
        lambda found, form, request, seen: fraud.report_lead(
            found, form.cleaned_data["report"], by=request.user, seen=seen
        ),
        "提交后由登记人和调查人以外的有权人员作结论。",
    )
)
lead_conclude = act_page(
    Act(
        "作结论",
        "作出结论",
        _visible,
        may_conclude,
        lambda found, sent, request: forms.ConcludeForm(sent),
        lambda found, form, request, seen: fraud.conclude_lead(
            found, form.conclusion(), by=request.user, seen=seen
        ),
        "属实须有证据；不属实或撤销的，案件的欺诈嫌疑标识随之取消。",
    )
)
lead_refusal = act_page(
    Act(
        "关联拒赔",
        "关联",
        _visible,
        may_link,
        lambda found, sent, request: forms.RefusalForm(
            sent, refusals=_refusals(found), initial={"refusal": found.refusal_id}
        ),
        lambda found, form, request, seen: fraud.link_refusal(
            found, form.cleaned_data["refusal"], by=request.user, seen=seen
        ),
        "指明本线索支持哪一份拒赔；两边页面互相可见，减损金额从拒赔的核准金额取得。",
    )
)
lead_police = act_page(
    Act(
        "移送公安",
        "登记移送",
        _visible,
        may_police,
        lambda found, sent, request: forms.PoliceForm(sent),
        lambda found, form, request, seen: fraud.hand_to_police(
            found, form.hand_over(), by=request.user, seen=seen
        ),
    )
)
task_done = act_page(
    Act(
        "填写任务结果",
        "完成",
        lambda staff: FraudTask.objects.filter(lead__in=FraudLead.objects.visible_to(staff)).select_related(
            "lead__case__unit", "lead__case__handler", "lead__investigator", "assignee"
        ),
        may_finish_task,
        lambda task, sent, request: forms.TaskDoneForm(sent),
        lambda task, form, request, seen: fraud.finish_task(
            task, form.cleaned_data["outcome"], by=request.user, seen=seen
        ),
    )
)
