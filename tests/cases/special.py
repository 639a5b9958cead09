"""Special requests for tests: whoever decides them, a plausible form of each kind, and the way to its end."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from cases import services
from cases.models import CasePaper, ClaimCase, Kind, SpecialReason, SpecialRequest, Submission
from cases.services import Request, SpecialOrder
from cases.specials.kinds import item_of
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, grant, in_post, say

ITEMS = ("refusal", "cancellation", "reopening", "prepayment", "rescue_advance", "late_registration")
PAPERS = ("survey_record", "accident_proof", "claim_form", "invoice", "medical")
REASONS = {
    Kind.REFUSAL: "R04",
    Kind.ZERO_PAYMENT: "Z1",
    Kind.CANCELLATION: "C1",
    Kind.REOPENING: "O1",
    Kind.PREPAYMENT: "Y1",
    Kind.RESCUE_PAYMENT: "Q1",
    Kind.RESCUE_ADVANCE: "D1",
    Kind.EX_GRATIA: "T1",
    Kind.LATE_REGISTRATION: "L1",
}


def add_reviewer(branch: Branch, limit: str = "50000") -> Staff:
    """特殊案件审核岗 of the office, with a grant for each kind that it decides."""
    reviewer = in_post("REG_SPECIAL", branch.department)
    for item in (*ITEMS, "zero_payment"):
        grant(reviewer, item, limit)
    return reviewer.staff


def special_case(branch: Branch, amount: str = "8000", **fields: Any) -> ClaimCase:
    """With the papers that every kind asks for."""
    fields = {"lines": ["ctpl", "own_damage"], "accident_at": timezone.now() - timedelta(days=5), **fields}
    case = adjusted_case(branch, amount, **fields)
    for kind in PAPERS:
        paper = CasePaper(case=case, kind=kind, name=f"{kind}.pdf", content_type="application/pdf", size=1)
        paper.sha256, paper.uploaded_by = kind, branch.clerk
        paper.file.save(f"{kind}.pdf", ContentFile(b"%PDF-1.4"), save=True)
    return case


def reason(kind: str, code: str = "") -> SpecialReason:
    return SpecialReason.objects.get(kind=kind, code=code or REASONS[kind])


def values_of(kind: str, **given: Any) -> dict[str, Any]:
    """A form filled in so that nothing stands in its way on `special_case`."""
    now = timezone.now()
    own: dict[str, dict[str, Any]] = {
        Kind.REFUSAL: {"clause": "条款第8条", "evidence": "驾驶证已注销，见查询结果"},
        Kind.CANCELLATION: {"declared_on": timezone.localdate(), "declarant": "刘明"},
        Kind.REOPENING: {"amount": Decimal(3000)},
        Kind.PREPAYMENT: {
            "basis": "major", "basis_amount": Decimal(8000), "amount": Decimal(2000), "payee": "刘明",
        },
        Kind.RESCUE_PAYMENT: {**_rescue(now), "amount": Decimal(5000)},
        Kind.RESCUE_ADVANCE: {**_rescue(now), "amount": Decimal(5000), "ground": "drunk", "debtor": "赵五"},
        Kind.EX_GRATIA: {
            "basis_amount": Decimal(8000), "amount": Decimal(4000), "is_attested": True, "payee": "刘明",
        },
        Kind.LATE_REGISTRATION: {"amount": Decimal(8000)},
    }  # fmt: skip
    common = {"reason": reason(kind), "statement": "经核实情况属实，按规定申请。"}
    return {**common, **own.get(kind, {}), **given}


def _rescue(now: Any) -> dict[str, Any]:
    return {
        "police_notice_no": "成公交抢〔2026〕12号",
        "police_notice_at": now - timedelta(hours=3),
        "hospital": "绵阳市中心医院",
        "patient": "王强",
    }


def drafted(case: ClaimCase, kind: str, by: Staff, **given: Any) -> SpecialRequest:
    case.refresh_from_db()
    return services.draft_special(case, kind, values_of(kind, **given), by=by, seen=case.version)


def sent(request: SpecialRequest, by: Staff, **fields: Any) -> Submission:
    case = ClaimCase.objects.get(pk=request.case_id)
    asked = Request(item_of(request.kind), case.version, "请审批", subject=request.pk, **fields)
    return services.submit(case, asked, by=by)


def agreed(case: ClaimCase, kind: str, branch: Branch, by: Staff, **given: Any) -> SpecialRequest:
    """Drafted and sent by the clerk, agreed to by this reviewer."""
    request = drafted(case, kind, branch.clerk, **given)
    say(sent(request, branch.clerk), "agree", by=by)
    request.refresh_from_db()
    return request


def paid(request: SpecialRequest, by: Staff, amount: Decimal | None = None) -> SpecialRequest:
    seen = ClaimCase.objects.get(pk=request.case_id).version
    services.pay_special(request, SpecialOrder(amount or request.granted, seen), by=by)
    request.refresh_from_db()
    return request
