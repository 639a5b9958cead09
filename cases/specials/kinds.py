"""Each kind of special case: which item of authority decides it, which columns its form has, how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.items import (
    CANCELLATION,
    CASE_ITEMS,
    EX_GRATIA,
    LATE_REGISTRATION,
    PREPAYMENT,
    REFUSAL,
    REOPENING,
    RESCUE_ADVANCE,
    ZERO_PAYMENT,
)
from cases.lifecycle import Action, Stage, open_actions
from cases.models import Kind

_PAID_TO = ("payee", "payee_account")
_RESCUE = ("police_notice_no", "police_notice_at", "hospital", "patient")


@dataclass(frozen=True, slots=True)
class KindOfRequest:
    """`fields`: the columns its form has beside reason, amount and statement. `asks`: what the amount is.

    `whole_case`: the amount is that of the case, nobody fills it in.
    """

    item: str
    fields: tuple[str, ...] = ()
    asks: str = "申请金额(元)"
    basis_label: str = ""
    whole_case: bool = False
    next_step: str = ""

    def fits(self, stage: Stage) -> bool:
        """May it be asked for while the case stands here?"""
        item = CASE_ITEMS[self.item]
        return stage in item.stages if item.is_beside else item.submit in open_actions(stage)

    @property
    def action(self) -> Action:
        return CASE_ITEMS[self.item].submit


KINDS: Mapping[str, KindOfRequest] = {
    Kind.REFUSAL: KindOfRequest(
        REFUSAL,
        ("is_partial", "clause", "evidence", "known_on"),
        "拒赔金额(元)",
        next_step="同意后 3 日内发出拒赔通知书；整案拒赔发出通知后结案。",
    ),
    Kind.ZERO_PAYMENT: KindOfRequest(
        ZERO_PAYMENT, asks="估损金额(元)", whole_case=True, next_step="同意后由责任人按零赔付结案。"
    ),
    Kind.CANCELLATION: KindOfRequest(
        CANCELLATION,
        ("declared_on", "declarant"),
        "估损金额(元)",
        whole_case=True,
        next_step="同意后即注销结案；已发生的费用保留在案。",
    ),
    Kind.REOPENING: KindOfRequest(
        REOPENING,
        asks="预计追加赔付(元)",
        next_step="同意后以原赔案号开始新一轮，从查勘继续。",
    ),
    Kind.PREPAYMENT: KindOfRequest(
        PREPAYMENT,
        ("basis", "basis_amount", "invoices", *_PAID_TO),
        "预付金额(元)",
        "计算基数(元)",
        next_step="同意后支付，最终赔付时冲销。",
    ),
    Kind.RESCUE_PAYMENT: KindOfRequest(
        RESCUE_ADVANCE,
        (*_RESCUE, "payee_account"),
        "抢救费(元)",
        next_step="同意后支付给医院，最终赔付时冲销。",
    ),
    Kind.RESCUE_ADVANCE: KindOfRequest(
        RESCUE_ADVANCE,
        (*_RESCUE, "ground", "debtor", "payee_account"),
        "垫付金额(元)",
        next_step="同意后垫付给医院，并向致害人追偿。",
    ),
    Kind.EX_GRATIA: KindOfRequest(
        EX_GRATIA,
        ("basis_amount", "is_attested", "is_sole", *_PAID_TO),
        "通融金额(元)",
        "本项按责任核定金额(元)",
        next_step="同意后支付；只作通融赔付的，付清后可直接结案。不作为以后赔案的先例。",
    ),
    Kind.LATE_REGISTRATION: KindOfRequest(
        LATE_REGISTRATION, asks="估损金额(元)", next_step="同意后立案，并登记延时原因。"
    ),
}


def item_of(kind: str) -> str:
    return KINDS[kind].item
