"""待追偿: what comes in, what is written off by whom, and who answers for it until it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from authority.ledger import verify
from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.conflicts import Stale
from cases.forms.recoveries import RecoveryFilter
from cases.models import ClaimCase, Kind, RecoveryPlaceholder, RecoveryReceipt, Submission
from cases.recoveries.places import give, holdings_of, left, to_get_back
from cases.services import Answer, recovering
from cases.services.recovering import Receipt
from departments.holdings import Changed, Handing
from departments.models import PostType, Staff
from departments.owed import owed_by
from tests.cases.branch import Branch, adjusted_case, grant, in_post, say
from tests.cases.special import add_reviewer, agreed, paid, special_case
from tests.cases.viewers import client_of
from tests.factories import CaseFactory, StaffFactory

TODAY = timezone.localdate


@pytest.fixture
def claim(branch: Branch) -> RecoveryPlaceholder:
    """5,000 yuan of an advance, to be got back from who caused the loss; the clerk answers for it."""
    reviewer = add_reviewer(branch)
    paid(agreed(special_case(branch), Kind.RESCUE_ADVANCE, branch, reviewer), branch.clerk)
    return RecoveryPlaceholder.objects.select_related("case").get()


@pytest.fixture
def recovery_officer(branch: Branch) -> Staff:
    grant(held := in_post("RECOV", branch.department), "recovery_plan", "10000")
    return held.staff


def now(claim: RecoveryPlaceholder) -> RecoveryPlaceholder:
    return RecoveryPlaceholder.objects.select_related("case__unit", "officer").get(pk=claim.pk)


def seen(claim: RecoveryPlaceholder) -> int:
    return ClaimCase.objects.values_list("version", flat=True).get(pk=claim.case_id)


def receipt(amount: str = "2000", **given: Any) -> Receipt:
    plain = {"received_on": TODAY(), "payer": "赵五", "voucher": f"收{amount}", **given}
    return Receipt(Decimal(amount), **plain)


def receive(claim: RecoveryPlaceholder, by: Staff, amount: str = "2000", **given: Any) -> RecoveryReceipt:
    return recovering.record_receipt(claim, receipt(amount, **given), by=by, seen=seen(claim))


def write_off(claim: RecoveryPlaceholder, by: Staff, reason: str = "债务人无可供执行的财产") -> Submission:
    return recovering.ask_write_off(claim, reason, by=by, seen=seen(claim))


def strike(made: RecoveryReceipt, by: Staff, reason: str = "录错案件") -> RecoveryReceipt:
    return recovering.strike_receipt(made, reason, by=by, seen=seen(made.recovery))


def codes(act: Any, *args: Any, **options: Any) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


def test_it_is_the_handlers_from_the_payment_on(branch: Branch, claim: RecoveryPlaceholder):
    assert (claim.officer, claim.left, claim.status) == (branch.clerk, Decimal(5000), "pending")
    assert list(to_get_back(branch.clerk)) == [claim]
    assert not to_get_back(branch.surveyor).exists()
    assert "待追偿" in [one.label for one in owed_by(branch.clerk)]


def test_the_last_of_the_money_ends_it(branch: Branch, claim: RecoveryPlaceholder, guarded):
    receive(claim, branch.clerk)
    assert (now(claim).status, now(claim).left) == ("pending", Decimal(3000))
    receive(claim, branch.clerk, "3000")
    guarded()

    over = now(claim)
    assert (over.status, over.recovered, over.closed_at is None) == ("recovered", Decimal(5000), False)
    assert not to_get_back(branch.clerk).exists()
    entries = LedgerEntry.objects.filter(chain=f"case:{claim.case_id}", action="recover")
    told = [(one.amount, one.details["recovery"]) for one in entries.order_by("sequence")]
    assert told == [(2000, claim.pk), (3000, claim.pk)]
    assert verify([f"case:{claim.case_id}"]) == []
    assert over.history.count() >= 3


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"amount": "0"}, "no_amount"),
        ({"amount": "5000.01"}, "over_claimed"),
        ({"payer": " "}, "no_voucher"),
        ({"voucher": ""}, "no_voucher"),
        ({"received_on": TODAY() + timedelta(days=9)}, "in_future"),
        ({"received_on": TODAY() - timedelta(days=1)}, "too_early"),
    ],
)
def test_a_receipt_is_refused(branch: Branch, claim: RecoveryPlaceholder, given: dict, code: str):
    assert codes(receive, claim, branch.clerk, **given) == (code,)
    assert not RecoveryReceipt.objects.exists()


def test_a_voucher_counts_once(branch: Branch, claim: RecoveryPlaceholder):
    made = receive(claim, branch.clerk, voucher="收1")

    assert codes(receive, claim, branch.clerk, "1000", voucher=" 收1 ") == ("voucher_used",)
    with pytest.raises(IntegrityError, match="cases_receipt_voucher_once"), transaction.atomic():
        RecoveryReceipt.objects.create(**_row(made, voucher="收1"))


def test_who_receives(branch: Branch, claim: RecoveryPlaceholder, recovery_officer: Staff):
    assert codes(receive, claim, recovery_officer) == ("not_handling",)
    assert codes(receive, claim, StaffFactory(admin_role="audit"))[0] == "admin_role"
    receive(claim, branch.surveyor)
    with pytest.raises(Stale):
        recovering.record_receipt(claim, receipt("1"), by=branch.clerk, seen=1)


def test_money_comes_in_after_the_case_was_closed(branch: Branch, claim: RecoveryPlaceholder):
    ClaimCase.objects.filter(pk=claim.case_id).update(
        stage="closed", closing_kind="paid", closed_at=timezone.now()
    )

    receive(claim, branch.clerk, "5000")

    assert now(claim).status == "recovered"


def test_a_wrong_entry_is_struck_by_another(branch: Branch, claim: RecoveryPlaceholder, guarded):
    made = receive(claim, branch.clerk, "5000")
    assert codes(strike, made, branch.clerk) == ("own_entry",)
    assert codes(strike, made, branch.surveyor, " ") == ("no_reason",)

    strike(made, branch.surveyor)
    guarded()

    open_again = now(claim)
    assert (open_again.status, open_again.recovered, open_again.closed_at) == ("pending", 0, None)
    assert codes(strike, made, branch.surveyor) == ("already_struck",)
    receive(claim, branch.clerk, "5000")
    assert now(claim).status == "recovered"


def test_what_cannot_be_got_is_written_off_by_whoever_may(
    branch: Branch, claim: RecoveryPlaceholder, recovery_officer: Staff, guarded
):
    receive(claim, branch.clerk)
    submission = write_off(claim, branch.clerk)
    assert (submission.amount, now(claim).status) == (Decimal(3000), "asked")

    decision = say(submission, "agree", by=recovery_officer)
    guarded()

    over = now(claim)
    assert (over.status, over.written_off, over.left) == ("written_off", Decimal(3000), 0)
    assert decision.letter_no
    assert decision.ledger_entry.action == "grant"
    assert verify([f"case:{claim.case_id}"]) == []


def test_nobody_writes_off_beyond_his_limit(branch: Branch, claim: RecoveryPlaceholder):
    held = in_post("RECOV", branch.department)
    grant(held, "recovery_plan", "4999.99")

    submission = write_off(claim, branch.clerk)

    assert [step.kind for step in submission.chain.order_by("number")][-1] == "head_office"
    assert codes(say, submission, "agree", by=held.staff)[0].startswith("over")
    assert now(claim).status == "asked"


def test_head_office_writes_off_a_part(branch: Branch, claim: RecoveryPlaceholder):
    held = in_post("RECOV", branch.department)
    grant(held, "recovery_plan", "100")
    submission = write_off(claim, branch.clerk)
    say(submission, "refer_up", by=held.staff, opinion="建议核销", missing_papers="无")
    submission.refresh_from_db()

    answer = Answer("altered", "总3号", Decimal(4000))
    services.answer_escalation(submission.escalation, answer, by=branch.head_office_reviewer)

    assert (now(claim).status, now(claim).left) == ("pending", Decimal(1000))
    receive(claim, branch.clerk, "1000")
    assert now(claim).status == "written_off"


@pytest.mark.parametrize("outcome", ["refuse", "return"])
def test_not_written_off_it_is_still_to_be_got(
    branch: Branch, claim: RecoveryPlaceholder, recovery_officer: Staff, outcome: str
):
    submission = write_off(claim, branch.clerk)
    more = {"return_to": "submit", "problem_codes": ("P1",)} if outcome == "return" else {}

    say(submission, outcome, by=recovery_officer, opinion="继续追偿", **more)

    assert (now(claim).status, now(claim).written_off) == ("pending", 0)
    assert write_off(claim, branch.clerk).status == "open"


def test_while_it_is_asked_nothing_else_happens(
    branch: Branch, claim: RecoveryPlaceholder, recovery_officer: Staff
):
    made = receive(claim, branch.clerk)
    submission = write_off(claim, branch.clerk)
    assert codes(receive, claim, branch.clerk, "1") == ("wrong_status",)
    assert codes(write_off, claim, branch.clerk) == ("wrong_status",)
    assert codes(strike, made, branch.surveyor) == ("wrong_status",)

    services.withdraw(submission, "有款到账", by=branch.clerk, seen=seen(claim))

    receive(claim, branch.clerk, "3000")
    assert now(claim).status == "recovered"


def test_a_reason_and_somebody_of_the_case_is_needed(
    branch: Branch, claim: RecoveryPlaceholder, recovery_officer: Staff
):
    assert codes(write_off, claim, branch.clerk, " ") == ("no_reason",)
    assert codes(write_off, claim, recovery_officer) == ("not_handling",)
    bare = services.Request("recovery_plan", seen(claim), subject=claim.pk)
    assert codes(services.submit, claim.case, bare, by=branch.clerk) == ("no_reason",)


def test_who_answers_for_it_does_not_write_it_off(branch: Branch, claim: RecoveryPlaceholder):
    held = in_post("UNIT_HEAD", branch.unit)
    grant(held, "recovery_plan", "10000")
    recovering.assign_recovery(claim, held.staff, by=branch.clerk, seen=seen(claim))
    submission = write_off(claim, branch.clerk)

    assert codes(say, submission, "agree", by=held.staff) == ("own_recovery",)
    assert (now(claim).status, now(claim).written_off) == ("asked", 0)


def test_somebody_else_answers_for_it(branch: Branch, claim: RecoveryPlaceholder, recovery_officer: Staff):
    def assign(to: Staff, by: Staff = branch.clerk) -> RecoveryPlaceholder:
        return recovering.assign_recovery(claim, to, by=by, seen=seen(claim))

    assert codes(assign, branch.clerk) == ("same_person",)
    assert codes(assign, recovery_officer) == ("not_handling",)
    assert codes(assign, branch.surveyor, recovery_officer) == ("not_handling",)
    assign(branch.surveyor)
    assert list(to_get_back(branch.surveyor)) == [claim]
    receive(claim, branch.surveyor, "5000")
    assert codes(assign, branch.clerk) == ("wrong_status",)


def test_who_leaves_hands_it_over(branch: Branch, claim: RecoveryPlaceholder):
    [held] = holdings_of(branch.clerk)
    handing = Handing(held, branch.clerk, branch.manager, "调离", TODAY())

    assert (held.title, left(branch.clerk)) == (f"待追偿 {claim.case}", 1)
    assert give(handing, branch.surveyor) == f"移交 {branch.surveyor.name}"
    assert left(branch.clerk) == 0
    with pytest.raises(Changed):
        give(handing, branch.adjuster)


def test_a_later_payment_adds_or_begins_anew(branch: Branch):
    reviewer = add_reviewer(branch)
    request = agreed(special_case(branch), Kind.RESCUE_ADVANCE, branch, reviewer)
    paid(request, branch.clerk, Decimal(1000))
    paid(request, branch.clerk, Decimal(1000))
    first = RecoveryPlaceholder.objects.get()
    receive(first, branch.clerk, "2000")

    paid(request, branch.clerk, Decimal(3000))

    amounts = RecoveryPlaceholder.objects.order_by("pk").values_list("status", "amount")
    assert list(amounts) == [("recovered", 2000), ("pending", 3000)]


def _row(made: RecoveryReceipt, **values: Any) -> dict[str, Any]:
    plain = {"recovery": made.recovery, "case_id": made.case_id, "amount": 1, "received_on": TODAY()}
    people = {"payer": "赵", "recorded_by": made.recorded_by, "recorded_at": timezone.now()}
    return {**plain, **people, "voucher": "另", **values}


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_receipt_amount_positive", {"amount": 0}),
        ("cases_receipt_posting_known", {"posting": "pocket"}),
        ("cases_receipt_struck_for_a_reason", {"struck_at": timezone.now()}),
        ("cases_receipt_of_its_case", {"case_id": None}),
    ],
)
def test_the_database_refuses_a_receipt(
    branch: Branch, claim: RecoveryPlaceholder, constraint: str, values: dict
):
    made = receive(claim, branch.clerk)
    values = {"case_id": CaseFactory().pk} if "case_id" in values else values

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RecoveryReceipt.objects.create(**_row(made, **values))


def _committed(deed: Callable[[], object]) -> None:
    """Asked what the commit would ask."""
    deed()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def test_the_database_wants_two_people_and_true_sums(branch: Branch, claim: RecoveryPlaceholder):
    made = receive(claim, branch.clerk)
    struck = {"struck_at": timezone.now(), "struck_reason": "错", "struck_by": branch.clerk}
    rows = RecoveryPlaceholder.objects.filter(pk=claim.pk)
    for constraint, deed in (
        ("cases_receipt_struck_by_another", lambda: RecoveryReceipt.objects.update(**struck)),
        ("cases_recovered_is_received", lambda: rows.update(recovered=1)),
        ("cases_recovered_is_received", lambda: RecoveryReceipt.objects.create(**_row(made))),
        ("cases_recovery_sums_fit_status", lambda: rows.update(written_off=3000)),
        ("cases_recovery_written_off_for_a_reason", lambda: rows.update(written_off=1, write_off_reason="")),
        ("cases_recovery_amounts", lambda: rows.update(written_off=3001)),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            _committed(deed)


def test_the_list_its_file_and_its_figures(branch: Branch, claim: RecoveryPlaceholder):
    receive(claim, branch.clerk, posting="income")
    client, url = client_of(branch.clerk), reverse("cases:recoveries")

    page = client.get(url, {"need": "mine", "status": "pending"})
    assert (page.context["figures"].left, len(page.context["rows"])) == (3000, 1)
    assert "赵五" not in page.content.decode()  # masked
    assert client.get(url, {"status": "written_off"}).context["rows"] == []
    sheet = load_workbook(BytesIO(client.get(url, {"as": "xlsx"}).content)).active
    headings, row = (list(one) for one in list(sheet.iter_rows(values_only=True))[-2:])
    told = dict(zip(headings, row, strict=True))
    assert (told["已追回(元)"], told["冲减赔款(元)"]) == (2000, None)
    assert str(told["时效到期日"])[:4] == str(TODAY().year + 3)
    assert client.get(url, {"as": "print"}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "sees_names", "found"),
    [({"q": "case"}, False, 1), ({"q": "赵五"}, False, 0), ({"q": "赵五"}, True, 1), ({"q": "赵"}, True, 0),
     ({"type": "overpaid"}, False, 0), ({"unit": "own"}, False, 1), ({"since": "2999-01-01"}, False, 0)],
)  # fmt: skip
def test_the_list_is_narrowed(
    branch: Branch, claim: RecoveryPlaceholder, asked: dict, found: int, *, sees_names: bool
):
    """Nobody finds by a name that he may not read."""
    PostType.objects.filter(code="CASE_REG").update(sees_personal_data=sees_names)
    viewer = Staff.objects.get(pk=branch.clerk.pk)
    known = {"case": claim.case.report_no, "own": str(branch.unit.pk)}
    form = RecoveryFilter({key: known.get(value, value) for key, value in asked.items()}, viewer=viewer)

    assert form.narrow(RecoveryPlaceholder.objects.visible_to(viewer)).count() == found


def test_each_act_has_its_page(branch: Branch, claim: RecoveryPlaceholder, recovery_officer: Staff):
    def send(person: Staff, page: str, pk: int, **data: Any) -> int:
        url = reverse(f"cases:{page}", args=[pk])
        return client_of(person).post(url, {**data, "seen": seen(claim)}).status_code

    books = {"received_on": f"{TODAY():%Y-%m-%d}", "payer": "赵", "voucher": "收9", "posting": "against"}
    assert send(branch.clerk, "recovery_assign", claim.pk, officer=branch.surveyor.pk) == 302
    assert send(branch.clerk, "recovery_receipt", claim.pk, amount="2000", **books) == 302
    made = RecoveryReceipt.objects.get()
    assert send(branch.surveyor, "receipt_strike", made.pk, reason="录错") == 302
    assert send(branch.clerk, "recovery_write_off", claim.pk, reason="无财产") == 302

    shown = client_of(branch.clerk).get(claim.get_absolute_url()).content.decode()
    for words in ("收9", "录错", "无财产", "核销审批中", "登记追回款", "到案件页审批或撤回"):
        assert words in shown
    case_page = client_of(recovery_officer).get(f"{claim.case.get_absolute_url()}?tab=related")
    assert claim.get_absolute_url() in case_page.content.decode()


def test_the_list_costs_the_same_for_many(branch: Branch, client, assert_flat_queries):
    client.force_login(branch.clerk)

    def grow() -> None:
        case = adjusted_case(branch)
        RecoveryPlaceholder.objects.create(
            case=case, type="advance", debtor="赵", amount=9, acquired_at=timezone.now(), officer=branch.clerk
        )

    assert_flat_queries(reverse("cases:recoveries"), grow=grow)
