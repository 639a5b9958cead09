"""A flag that sends a case up is not taken away by those it hinders."""

import pytest

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.models import ClaimCase
from tests.cases.branch import Branch, in_post
from tests.factories import CaseFactory


@pytest.fixture
def case(branch: Branch) -> ClaimCase:
    flags = {"flags": ["coach", "death"], "is_major": True}
    return CaseFactory(unit=branch.unit, handler=branch.clerk, stage="registered", **flags)


def codes(case: ClaimCase, by, reason: str = "误登记", **findings) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        services.survey(case, findings, by=by, seen=case.version, flag_reason=reason)
    return refusal.value.ruling.codes


def test_the_handler_and_his_colleagues_take_no_flag_away(branch: Branch, case: ClaimCase):
    assert codes(case, branch.clerk, flags=["death"]) == ("flag_needs_second",)
    assert codes(case, branch.surveyor, is_major=False) == ("flag_needs_second",)


def test_the_head_of_the_unit_says_why(branch: Branch, case: ClaimCase):
    head = in_post("UNIT_HEAD", branch.unit).staff
    assert codes(case, head, " ", flags=["death"]) == ("no_flag_reason",)
    services.survey(case, {"flags": ["death"]}, by=head, seen=case.version, flag_reason="误登记")

    entry = LedgerEntry.objects.get(chain=f"case:{case.pk}", action="survey")
    assert (entry.reason, entry.details["flags_taken"]) == ("误登记", ["coach"])


def test_adding_a_flag_needs_nobody(branch: Branch, case: ClaimCase):
    flags = ["coach", "death", "media"]

    assert services.survey(case, {"flags": flags}, by=branch.surveyor, seen=1).flags == flags
