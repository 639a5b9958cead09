"""Which lines are dearer than the reviewer may settle: marked on his page before he decides."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authority.models import AuthorityItem
from cases.damage.limits import beyond_price_limit
from cases.damage.parsing import LineRow
from cases.models import ClaimCase
from cases.services import itemising
from departments.models import Appointment
from tests.cases.branch import Branch, grant, send
from tests.cases.itemised import ROWS, itemised, lines, page, too_dear, verdict
from tests.cases.viewers import client_of
from tests.factories import CeilingFactory

DEAR = LineRow("part", "9", "发动机", Decimal(2), Decimal("9000"))


@pytest.fixture
def case(branch: Branch) -> ClaimCase:
    case = itemised(branch, [*ROWS, DEAR])
    send(case, "damage_review", by=branch.clerk)
    case.refresh_from_db()
    return case


def limited(branch: Branch, amount: str, **terms) -> None:
    held = Appointment.objects.get(staff=branch.damage_reviewer)
    grant(held, "price_review", amount, **terms)


def marked(case: ClaimCase, branch: Branch) -> dict[str, str]:
    names = {one.pk: one.name for one in lines(case)}
    found = beyond_price_limit(case, lines(case), branch.damage_reviewer)
    return {names[pk]: why for pk, why in found.items()}


@pytest.mark.parametrize(
    ("limit", "names"),
    [
        ("1279.99", {"前保险杠", "发动机"}),
        ("1280", {"发动机"}),
        ("8999.99", {"发动机"}),
        ("9000", set()),
    ],
)
def test_a_price_beyond_the_own_limit_is_marked(branch: Branch, case: ClaimCase, limit: str, names: set):
    limited(branch, limit)

    found = marked(case, branch)

    assert set(found) == names
    assert all("超过权限" in why for why in found.values())


def test_labour_has_no_price_to_settle(branch: Branch, case: ClaimCase):
    limited(branch, "1")

    assert set(marked(case, branch)) == {"前保险杠", "发动机"}


def test_who_settles_no_prices_is_asked_none(branch: Branch, case: ClaimCase):
    assert marked(case, branch) == {}


def test_the_best_of_several_limits_counts(branch: Branch, case: ClaimCase):
    limited(branch, "1000")
    limited(branch, "10000")

    assert marked(case, branch) == {}


def test_the_units_ceiling_counts_too(branch: Branch, case: ClaimCase):
    limited(branch, "10000")
    item = AuthorityItem.objects.get(code="price_review")
    CeilingFactory(unit=branch.department, item=item, amount_max=Decimal(5000))

    assert "机构授权" in marked(case, branch)["发动机"]


def test_as_reviewed_counts_what_is_left_of_it(branch: Branch, case: ClaimCase):
    limited(branch, "5000")
    dear = lines(case)[-1]
    less = {dear.pk: verdict(dear, price=Decimal(4000), reason=too_dear())}

    itemising.review_lines(case, less, by=branch.damage_reviewer, seen=case.version)

    assert marked(case, branch) == {}


def test_the_reviewer_sees_it_others_do_not(branch: Branch, case: ClaimCase):
    limited(branch, "5000")
    url = page("lines", case.pk)

    shown = client_of(branch.damage_reviewer).get(url).content.decode()

    assert shown.count("超本人核价权限") == 1
    assert "9,000.00 元超过权限 5,000.00 元" in shown
    assert "超本人核价权限" not in client_of(branch.clerk).get(url).content.decode()


def test_ten_lines_cost_as_many_statements_as_one(branch: Branch, case: ClaimCase):
    limited(branch, "5000")
    every = lines(case)

    def cost(items) -> int:
        with CaptureQueriesContext(connection) as queries:
            beyond_price_limit(case, items, branch.damage_reviewer)
        return len(queries)

    cost(every)
    assert cost(every[:1]) == cost(every)
