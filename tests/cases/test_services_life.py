"""One case from the report to its closing, through the services alone."""

from decimal import Decimal

from authority.ledger import verify
from authority.models import LedgerEntry
from cases import services
from cases.models import ClaimCase
from cases.services import LossRow, PaymentOrder
from tests.cases.branch import Branch, say, send
from tests.factories import CaseFactory


def new_case(branch: Branch) -> ClaimCase:
    case = CaseFactory.build(
        report_no="", claim_no="", unit=branch.unit, handler=None, stage="reported", registered_at=None,
        estimate=0, assessed=0, reviewed=0, adjusted=0,
    )  # fmt: skip
    return services.register_case(case, by=branch.clerk)


def assessed(branch: Branch, amount: str) -> ClaimCase:
    case = new_case(branch)
    case = services.register(case, Decimal("6000"), by=branch.clerk, seen=case.version)
    found = {"accident_place": "成绵高速", "liability_ratio": 70}
    case = services.survey(case, found, by=branch.surveyor, seen=case.version)
    rows = [LossRow("own_damage", "vehicle", "本车", Decimal(amount))]
    return services.assess(case, rows, by=branch.surveyor, seen=case.version)


def adjusted(branch: Branch, amount: str) -> ClaimCase:
    case = assessed(branch, amount)
    say(send(case, "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    case.refresh_from_db()
    amounts = {loss.pk: loss.reviewed for loss in case.losses.all()}
    return services.adjust(case, amounts, by=branch.adjuster, seen=case.version)


def test_a_case_is_reported_reviewed_paid_and_closed(branch: Branch):
    case = adjusted(branch, "9000")
    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)
    case.refresh_from_db()
    services.pay(case, PaymentOrder(Decimal("9000"), "刘明", case.version), by=branch.clerk)
    case.refresh_from_db()
    case = services.close(case, "paid", by=branch.clerk, seen=case.version)

    assert (case.stage, case.closing_kind, case.paid) == ("closed", "paid", Decimal("9000"))
    assert verify([f"case:{case.pk}"]) == []
    assert list(LedgerEntry.objects.filter(chain=f"case:{case.pk}").values_list("action", flat=True)) == [
        "report", "register", "survey", "assess", "submit_review", "pass_review", "adjust",
        "submit_adjudication", "approve", "pay", "close",
    ]  # fmt: skip
