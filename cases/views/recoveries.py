"""待追偿: the list, one claim with what came in, and each act on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from cases.casefile.approval import chains_of
from cases.clocks import Clocks
from cases.forms import recoveries as forms
from cases.handlers import successors_in
from cases.models import RecoveryPlaceholder, RecoveryReceipt
from cases.recoveries.columns import RECOVERIES, debtor_of, limitation, with_receipts
from cases.recoveries.figures import figures_of
from cases.recoveries.page import events_of, submissions_about
from cases.recoveries.rulings import may_assign, may_receive, may_strike, may_write_off
from cases.services import recovering
from cases.views.acting import Act, act_page
from cases.views.case_pages import beside
from departments.http import StaffRequest
from departments.listings import show
from departments.models import Staff


@require_GET
def recoveries(request: StaffRequest) -> HttpResponse:
    form = forms.RecoveryFilter(request.GET, viewer=request.user)
    rows = form.narrow(RecoveryPlaceholder.objects.visible_to(request.user))
    return show(request, RECOVERIES, with_receipts(rows), form, figures=figures_of(rows))


def _visible(staff: Staff) -> Any:
    return RecoveryPlaceholder.objects.visible_to(staff).for_list()


def _receipts(staff: Staff) -> Any:
    rows = RecoveryReceipt.objects.filter(recovery__in=RecoveryPlaceholder.objects.visible_to(staff))
    return rows.select_related("recovery__case__unit", "case__unit", "recorded_by")


@require_GET
def recovery(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_visible(request.user), pk=pk)
    own = submissions_about(found)
    context = {
        **beside(request, found.case),
        "recovery": found,
        "debtor": debtor_of(found, request.user),
        "limitation": limitation(found, Clocks.today()),
        "receipts": _shown_receipts(found, request.user),
        "chains": chains_of(own),
        "events": events_of(found, own),
        "doors": _doors(found, request.user),
    }
    return render(request, "cases/recovery.html", context)


def _shown_receipts(found: RecoveryPlaceholder, staff: Staff) -> list[tuple[RecoveryReceipt, bool]]:
    rows = found.receipts.select_related("recorded_by", "struck_by", "recovery__case").order_by("pk")
    shown = []
    for one in rows:
        one.recovery = found
        shown.append((one, may_strike(one, staff).allowed))
    return shown


def _doors(found: RecoveryPlaceholder, staff: Staff) -> list[tuple[str, str, Any]]:
    return [
        ("登记追回款", "cases:recovery_receipt", may_receive(found, staff)),
        ("申请核销", "cases:recovery_write_off", may_write_off(found, staff)),
        ("改派负责人", "cases:recovery_assign", may_assign(found, staff)),
    ]


def _receive(found: Any, form: Any, request: StaffRequest, seen: int) -> Any:
    recovering.record_receipt(found, form.receipt(), by=request.user, seen=seen)
    return found


def _write_off(found: Any, form: Any, request: StaffRequest, seen: int) -> Any:
    recovering.ask_write_off(found, form.cleaned_data["reason"], by=request.user, seen=seen)
    return found


recovery_receipt = act_page(
    Act(
        "登记追回款",
        "登记",
        _visible,
        may_receive,
        lambda found, sent, request: forms.ReceiptForm(sent, initial={"amount": found.left}),
        _receive,
        "款项到账后登记；全部追回即终结。登记错误的由他人冲正。",
    )
)
recovery_write_off = act_page(
    Act("申请核销", "提交审批", _visible, may_write_off,
        lambda found, sent, request: forms.WriteOffForm(sent), _write_off)
)  # fmt: skip
recovery_assign = act_page(
    Act(
        "改派负责人",
        "改派",
        _visible,
        may_assign,
        lambda found, sent, request: forms.OfficerForm(sent, people=successors_in([found.case.unit.path])),
        lambda found, form, request, seen: recovering.assign_recovery(
            found, form.cleaned_data["officer"], by=request.user, seen=seen
        ),
    )
)
receipt_strike = act_page(
    Act(
        "冲正追回款",
        "冲正",
        _receipts,
        may_strike,
        lambda receipt, sent, request: forms.StrikeForm(sent),
        lambda receipt, form, request, seen: recovering.strike_receipt(
            receipt, form.cleaned_data["reason"], by=request.user, seen=seen
        ),
        "冲正后该笔款项仍留痕，待追金额恢复。",
    )
)
