"""What the database itself refuses about special cases, and that it wants an entry for every change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from authority.ledger import record
from cases.models import (
    CtplLimit,
    Payment,
    RecoveryPlaceholder,
    RefusalNotice,
    SpecialKind,
    SpecialLimit,
    SpecialPaper,
    SpecialReason,
    SpecialRequest,
)
from departments.models import Duty
from tests.factories import CaseFactory

pytestmark = pytest.mark.django_db
NOW, DAY = timezone.now(), date(2030, 1, 1)
RESCUE = {"kind": "rescue_advance", "police_notice_no": "1", "police_notice_at": NOW, "hospital": "医院"}
DATED = {"source": "试", "valid_from": DAY}
BACKWARDS = {"valid_to": DAY - timedelta(days=1)}


def special(**values: Any) -> SpecialRequest:
    case = values.pop("case", None) or CaseFactory()
    plain = {"kind": "refusal", "statement": "情况", "number": f"TS{case.pk}", "requested_by": case.handler}
    return SpecialRequest.objects.create(**{"case": case, **plain, **values})


def notice(**values: Any) -> RefusalNotice:
    made = values.pop("request", None) or special(state="agreed", decided_at=NOW)
    plain = {"case": made.case, "number": f"JP{made.pk}", "addressee": "刘明", "way": "mail", "sent_at": NOW}
    return RefusalNotice.objects.create(**{"request": made, "sent_by": made.requested_by, **plain, **values})


def recovery(**values: Any) -> RecoveryPlaceholder:
    plain = {"type": "advance", "debtor": "赵五", "amount": 100, "acquired_at": NOW}
    return RecoveryPlaceholder.objects.create(**{"case": CaseFactory(), **plain, **values})


def kind(**values: Any) -> SpecialKind:
    SpecialKind.objects.filter(code="refusal").delete()
    duty = Duty.objects.first()
    plain = {"deciding_duty": duty, "registering_duty": duty, "registering_posts": ["STAT"], "chain": "略"}
    return SpecialKind.objects.create(**{"code": "refusal", "source": "试", **plain, **values})


def row(model: Any, **plain: Any) -> Callable[..., Any]:
    return lambda **values: model.objects.create(**{**DATED, **plain, **values})


reason = row(SpecialReason, kind="refusal", code="R98", name="试")
paper = row(SpecialPaper, kind="refusal", name="试", paper_kinds=["photo"])
limit = row(SpecialLimit, code="ex_gratia_share", value=Decimal(40))
ctpl = row(CtplLimit, part="medical", is_at_fault=True, amount=Decimal(20000))
VALUES: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "cases_case_advanced_within_approved": (CaseFactory, {"approved": 1, "advanced": 2}),
    "cases_special_kind_known": (special, {"kind": "gift"}),
    "cases_special_state_known": (special, {"state": "lost"}),
    "cases_special_money_not_negative": (special, {"amount": -1}),
    "cases_special_paid_within_granted": (special, {"granted": 1, "paid": 2}),
    "cases_special_basis_known": (special, {"basis": "hope"}),
    "cases_special_ground_known": (special, {"ground": "bad luck"}),
    "cases_special_decided_when_over": (special, {"state": "agreed"}),
    "cases_special_executed_at": (special, {"state": "executed", "decided_at": NOW}),
    "cases_special_set_off_kinds": (special, {"set_off_at": NOW}),
    "cases_special_rescue_on_notice": (special, {"kind": "rescue_payment", "hospital": "医院"}),
    "cases_special_advance_names_debtor": (special, RESCUE),
    "cases_special_cancelled_on_declaration": (special, {"kind": "cancellation"}),
    "cases_special_prepaid_on_basis": (special, {"kind": "prepayment"}),
    "cases_special_sole_ex_gratia": (special, {"is_sole": True}),
    "cases_special_entered_by_somebody": (special, {"entered_at": NOW}),
    "cases_notice_way_known": (notice, {"way": "fax"}),
    "cases_notice_result_known": (notice, {"result": "maybe", "result_on": DAY}),
    "cases_notice_result_dated": (notice, {"result": "stands"}),
    "cases_notice_objection_told": (notice, {"objected_on": DAY}),
    "cases_recovery_type_known": (recovery, {"type": "gift"}),
    "cases_recovery_status_known": (recovery, {"status": "lost", "closed_at": NOW}),
    "cases_recovery_amounts": (recovery, {"recovered": 101}),
    "cases_recovery_sums_fit_status": (recovery, {"status": "recovered", "closed_at": NOW}),
    "cases_recovery_written_off_for_a_reason": (recovery, {"written_off": 1}),
    "cases_recovery_closed_when_over": (recovery, {"closed_at": NOW}),
    "cases_specialkind_known": (kind, {"code": "gift"}),
    "cases_reason_kind_known": (reason, {"kind": "gift"}),
    "cases_reason_extent_known": (reason, {"extent": "some"}),
    "cases_reason_dates_in_order": (reason, BACKWARDS),
    "cases_specialpaper_kind_known": (paper, {"kind": "gift"}),
    "cases_specialpaper_names_a_paper": (paper, {"paper_kinds": []}),
    "cases_specialpaper_dates_in_order": (paper, BACKWARDS),
    "cases_speciallimit_known": (limit, {"code": "hope"}),
    "cases_speciallimit_positive": (limit, {"value": 0}),
    "cases_speciallimit_dates_in_order": (limit, BACKWARDS),
    "cases_ctpllimit_part_known": (ctpl, {"part": "luck"}),
    "cases_ctpllimit_positive": (ctpl, {"amount": 0}),
    "cases_ctpllimit_dates_in_order": (ctpl, BACKWARDS),
}
TWICE = {
    "cases_reason_one_version": reason,
    "cases_speciallimit_one_version": limit,
    "cases_ctpllimit_one_version": ctpl,
}


@pytest.mark.parametrize("constraint", VALUES)
def test_the_database_refuses(constraint: str):
    make, values = VALUES[constraint]

    with pytest.raises(IntegrityError, match=constraint):
        make(**values)


@pytest.mark.parametrize("constraint", TWICE)
def test_one_version_begins_on_a_day(constraint: str):
    TWICE[constraint]()

    with pytest.raises(IntegrityError, match=constraint):
        TWICE[constraint]()


@pytest.mark.parametrize("amount", [101, 1])
def test_nothing_is_paid_beyond_what_was_granted(amount: int):
    case = CaseFactory(approved=1000)
    given = {"granted": 100, "state": "agreed", "decided_at": NOW} if amount > 1 else {}
    granted = special(case=case, **given)
    paid = {"payee": "刘明", "paid_at": NOW, "paid_by": case.handler}

    with pytest.raises(IntegrityError, match="cases_payment_within_granted"):
        Payment.objects.create(case=case, special=granted, amount=amount, **paid)


def is_refused(deed: Callable[[], object], guarded: Callable[[], None]) -> bool:
    """Does the transaction of the deed fail for want of an entry?"""
    try:
        with transaction.atomic():
            deed()
            guarded()
    except DatabaseError as error:
        return "authority_ledger_missing" in str(error)
    return False


@pytest.mark.parametrize("make", [special, notice, recovery])
def test_a_new_row_wants_its_entry(make: Callable[..., Any], guarded: Callable[[], None]):
    assert is_refused(make, guarded)


def test_a_change_wants_its_entry(request):
    made = special()
    guarded = request.getfixturevalue("guarded")
    assert is_refused(lambda: SpecialRequest.objects.update(amount=1), guarded)

    SpecialRequest.objects.update(amount=1)
    record(f"case:{made.case_id}", by=made.requested_by, action="special_change")
    guarded()
