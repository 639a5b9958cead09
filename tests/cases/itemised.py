"""A case with lines, for the tests of lines, their pages and their prices."""

from decimal import Decimal

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cases.damage.parsing import LineRow
from cases.models import ClaimCase, DamageItem, ReductionReason
from cases.services import itemising, pricing
from cases.services.itemising import LineVerdict, SheetFacts
from cases.services.pricing import Quote
from tests.cases.branch import Branch, assessed_case

FACTS = SheetFacts("大众", "朗逸", "新城修理厂")
ROWS = [
    LineRow("part", "51117", "前保险杠", Decimal(1), Decimal("1280.00"), Decimal(20)),
    LineRow("labour", "", "钣金修复", Decimal("3.5"), Decimal("180.33")),
    LineRow("paint", "", "喷漆", Decimal(2), Decimal(300)),
]
SUM = Decimal("2491.16")  # 1,260.00 + 631.155 rounded up + 600.00


def check_sums() -> None:
    """What the commit would ask of the lines."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")


def itemised(branch: Branch, rows=ROWS, facts=FACTS) -> ClaimCase:
    case = assessed_case(branch)
    itemising.itemise(case.losses.get(), facts, rows, by=branch.surveyor, seen=case.version)
    return ClaimCase.objects.get(pk=case.pk)


def lines(case: ClaimCase) -> list[DamageItem]:
    return itemising.lines_of(case)


def verdict(line: DamageItem, **fields) -> LineVerdict:
    return LineVerdict(
        **{"quantity": line.quantity, "price": line.price, "residual": line.residual, **fields}
    )


def too_dear() -> int:
    return ReductionReason.objects.get(code="PRICE").pk


def quoted(branch: Branch, *prices: int, **fields) -> None:
    for price in prices:
        quote = {"name": "前保险杠", "code": "51117", "supplier": "川汽配", "priced_on": timezone.localdate()}
        pricing.note_quote(
            Quote(**{**quote, "unit": branch.unit, "price": Decimal(price), **fields}), by=branch.clerk
        )


def page(name: str, *keys) -> str:
    return reverse(f"cases:{name}", args=keys)
