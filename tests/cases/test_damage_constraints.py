"""What the database refuses of lines and prices."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from cases.models import DamageItem, PartPrice
from cases.services.itemising import SheetFacts
from tests.cases.branch import Branch
from tests.cases.itemised import check_sums, itemised, too_dear


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("update cases_caseloss set assessed = assessed + 0.01", "cases_lines_equal_assessed"),
        ("delete from cases_damageitem where number = 1", "cases_lines_equal_assessed"),
        ("update cases_caseloss set reviewed = 1, reviewer_id = s.id from departments_staff s",
         "cases_lines_equal_reviewed"),
    ],
)  # fmt: skip
def test_the_database_wants_equal_sums(branch: Branch, statement: str, constraint: str):
    itemised(branch)
    with connection.cursor() as cursor:
        cursor.execute(statement)

    with pytest.raises(IntegrityError, match=constraint):
        check_sums()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("cases_item_kind_known", {"kind": "toy"}),
        ("cases_item_named", {"name": ""}),
        ("cases_item_claimed_not_negative", {"quantity": 0, "claimed": -20}),
        ("cases_item_claimed_is_the_product", {"claimed": 1}),
        ("cases_item_reviewed_whole", {"reviewed_price": 1}),
        ("cases_item_number_once", {"number": 2}),
    ],
)
def test_the_database_refuses_a_line(branch: Branch, constraint: str, changes: dict):
    case = itemised(branch)

    with pytest.raises(IntegrityError, match=constraint):
        DamageItem.objects.filter(case=case, number=1).update(**changes)


def test_the_database_wants_the_product_and_a_reason_of_a_review(branch: Branch):
    first = DamageItem.objects.filter(case=itemised(branch), number=1)
    whole = {"reviewed_quantity": 1, "reviewed_price": 5, "reviewed_residual": 0, "reviewed_by": branch.clerk}
    for constraint, changes in (
        ("cases_item_reviewed_is_the_product", {**whole, "reviewed": 4, "reason": too_dear()}),
        ("cases_item_reduction_has_reason", {**whole, "reviewed": 5}),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            first.update(**changes)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("cases_price_positive", {"price": 0}),
        ("cases_price_named", {"name_key": ""}),
        ("cases_price_from_somewhere", {"origin": "review"}),
    ],
)
def test_the_database_refuses_a_price(branch: Branch, constraint: str, fields: dict):
    good = {"name": "灯", "name_key": "灯", "unit": branch.unit, "price": 1, "priced_on": date(2026, 1, 1),
            "origin": "quote", "entered_by": branch.clerk}  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint):
        PartPrice.objects.create(**{**good, **fields})


def test_the_database_knows_the_kinds_of_shops(branch: Branch):
    with pytest.raises(IntegrityError, match="cases_sheet_shop_known"):
        itemised(branch, facts=SheetFacts(shop_kind="toy"))
