"""One special case on its page: what it says, what it lacks, who decides, what can be done, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.rulings import Ruling
from cases import services
from cases.casefile.timeline import Event, event_of
from cases.clocks import CaseClock, Clocks
from cases.lifecycle import Stage
from cases.models import RESCUE, ClaimCase, Kind, SpecialRequest, Submission
from cases.rulings import refused_for
from cases.services.closing_special import may_close_sole
from cases.specials.facts import bounds_on, medical_left, medical_limit
from cases.specials.kinds import KINDS, item_of
from cases.specials.rulings import share_of
from departments.masking import mask_name
from departments.models import Staff

AREA, RECOVERY = "special", "recovery"
_PERSONAL = {"payee", "payee_account", "patient", "declarant", "debtor"}
_SKIPPED = {"amount", "reason", "statement"}
LABELS = {field.name: str(field.verbose_name) for field in SpecialRequest._meta.fields}


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done with the request now, by whoever may."""

    label: str
    url: str
    ruling: Ruling

    @property
    def reasons(self) -> str:
        return "；".join(objection.text for objection in self.ruling.objections)


def facts_of(request: SpecialRequest, viewer: Staff) -> list[tuple[str, str]]:
    """Label and text; of the kind's own columns those that are filled in."""
    known = KINDS[request.kind]
    labels = {"basis_amount": known.basis_label}
    pairs = [("类型", request.get_kind_display()), ("原因", str(request.reason or ""))]
    pairs.append((known.asks, f"{request.amount:,.2f}"))
    for name in (*known.fields, "payee"):
        if name not in _SKIPPED and (text := _text(request, name, viewer)):
            label = labels.get(name) or LABELS[name]
            pairs.append((label, text))
    pairs += [
        ("申请", f"{request.requested_by.name} {_moment(request.requested_at)}"),
        ("审批", _moment(request.decided_at)),
        ("核准 / 已付", f"{request.granted:,.2f} / {request.paid:,.2f} 元" if request.gives_money else ""),
        ("冲销", _moment(request.set_off_at)),
        ("登记上报", _entered(request)),
    ]
    return [pair for pair in dict.fromkeys(pairs) if pair[1]]


def _text(request: SpecialRequest, name: str, viewer: Staff) -> str:
    value = getattr(request, name)
    shown = getattr(request, f"get_{name}_display", None)
    if shown:
        return str(shown())
    if isinstance(value, bool):
        return "是" if value else ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if value else ""
    if isinstance(value, datetime):
        return _moment(value)
    text = str(value or "")
    return mask_name(text) if name in _PERSONAL and not viewer.sees_personal_data else text


def _moment(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _entered(request: SpecialRequest) -> str:
    if request.entered_by is None:
        return ""
    reported = f"，{request.reported_on} 报总公司" if request.reported_on else ""
    return f"{request.entered_by.name} {_moment(request.entered_at)}{reported}"


def bounds_for(case: ClaimCase, kind: str) -> list[tuple[str, str]]:
    """The limits that bear on the kind, as they stand on this case today."""
    bounds = bounds_on(timezone.localdate())
    if kind == Kind.PREPAYMENT:
        return list(_prepayment_bounds(case, bounds))
    if kind == Kind.EX_GRATIA and (percent := bounds.get("ex_gratia_share")):
        return [("通融上限", f"本项核定金额的 {percent:.0f}%；只能由省级分公司或总公司审批")]
    if kind in RESCUE:
        limit, left = medical_limit(case), medical_left(case)
        told = f"{limit:,.2f} 元，余额 {left:,.2f} 元" if limit is not None else "查不到，请核对出险时间"
        return [("交强险医疗费用限额", told)]
    return [("估损金额", f"{case.estimate:,.2f} 元")]


def _prepayment_bounds(case: ClaimCase, bounds: Any) -> Iterator[tuple[str, str]]:
    if percent := bounds.get("prepay_major_share"):
        most = share_of(case.estimate, percent)
        yield "重大案件", f"不超过预计赔款的 {percent:.0f}%（按估损计 {most:,.2f} 元）"
    if percent := bounds.get("prepay_medical_share"):
        yield "长期治疗", f"不超过已发生医疗费的 {percent:.0f}%，须有发票"
    if days := bounds.get("prepay_certain_days"):
        yield "可确定部分", f"材料收齐 {days:.0f} 日后可以先行赔付，60 日内须支付（保险法第25条）"


def acts_of(request: SpecialRequest, viewer: Staff) -> list[Act]:
    """In the order of the work; what the state rules out altogether is not among them."""
    state, pk = request.state, request.pk
    acts = []
    if request.is_editable:
        acts.append(_act("修改", "special_edit", pk, services.may_change(request, viewer)))
    if request.kind == Kind.REFUSAL and state == "agreed":
        acts.append(_act("登记拒赔通知书", "special_notice", pk, services.may_send_notice(request, viewer)))
    if request.gives_money and state == "agreed":
        acts.append(_act("支付", "special_pay", pk, services.may_pay_special(request, viewer)))
    if request.is_sole and state == "executed" and request.case.stage != Stage.CLOSED:
        acts.append(_act("通融结案", "special_close", pk, may_close_sole(request, viewer)))
    if hasattr(request, "notice"):
        acts.append(_act("登记通知书进展", "special_follow", pk, services.may_follow(request, viewer)))
    if state in ("agreed", "executed", "refused") and not request.entered_at:
        acts.append(_act("登记台账", "special_enter", pk, services.may_enter(request, viewer)))
    if request.is_editable or state == "agreed":
        acts.append(_act("作废", "special_give_up", pk, services.may_give_up(request, viewer)))
    return acts


def _act(label: str, name: str, pk: int, ruling: Ruling) -> Act:
    return Act(label, reverse(f"cases:{name}", args=[pk]), ruling)


def sending_of(request: SpecialRequest, viewer: Staff) -> Act | None:
    """The way to the page that shows who will decide; closed, every reason why it cannot be sent."""
    if not request.is_editable:
        return None
    item = item_of(request.kind)
    url = reverse("cases:submit", args=[request.case_id]) + f"?item={item}&subject={request.pk}"
    stops = services.submitting(request.case, item, by=viewer, subject=request.pk)
    ruling = services.may_change(request, viewer)
    return Act("提交审批", url, refused_for([*ruling.objections, *stops]))


def own_submissions(request: SpecialRequest, submissions: Iterable[Submission]) -> list[Submission]:
    item = item_of(request.kind)
    return [one for one in submissions if one.subject_id == request.pk and one.item.code == item]


def events_of(request: SpecialRequest, submissions: Iterable[Submission]) -> list[Event]:
    """From the case's ledger, what is about this request; newest first."""
    ids = [one.pk for one in submissions]
    about = Q(details__special=request.pk) | Q(details__submission__in=ids)
    entries = LedgerEntry.objects.filter(about, chain=f"case:{request.case_id}")
    return [event_of(entry) for entry in entries.select_related("actor", "acted_for").order_by("-sequence")]


def clocks_of(request: SpecialRequest) -> list[CaseClock]:
    found = Clocks.today().of_cases([request.case])[request.case_id]
    recoveries = set(request.recoveries.values_list("pk", flat=True))
    return [
        one
        for one in found
        if (one.area == AREA and one.record_id == request.pk)
        or (one.area == RECOVERY and one.record_id in recoveries)
    ]
