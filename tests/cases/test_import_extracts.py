"""Real extracts: two public data sets with their saved profiles, and a 报立结案清单 of 50,000 rows."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as project
from rustpy_xlsxwriter import write_worksheet

from cases.models import CaseLoss, ClaimCase, DataQualityIssue, ImportProfile
from tests import extracts
from tests.cases import imports
from tests.cases.imports import changed, imported
from tests.factories import OrgUnitFactory

pytestmark = pytest.mark.django_db
SHARED = project.BASE_DIR.parent / "shared" / "data"
CITIES = {"dy": "德阳", "nc": "南充", "yb": "宜宾", "lz": "泸州", "dz": "达州"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def department():
    found = imports.make_department()
    for code, city in CITIES.items():
        unit = OrgUnitFactory(parent=found.chengdu.parent, code=code, short_name=f"{city}中支")
        imports.keeper_of(unit)
    return found


def shared(name: str) -> Path:
    """The public data set; loudly missing where the project stands alone."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"NOT PROVEN on public data: {name} is not in {SHARED}")
    return path


def test_settled_injury_claims_of_1989_to_1999(department):
    profile = ImportProfile.objects.get(name="澳洲人伤赔案（公开数据）")
    batch = imported(shared("ausautobi8999.csv"), by=department.manager, profile=profile)

    assert (batch.rows_read, batch.rows_created, batch.is_reconciled) == (22_036, 22_036, True)
    cases = ClaimCase.objects.all()
    assert set(cases.values_list("stage", "closing_kind", "is_injury")) <= {
        ("closed", "paid", True),
        ("closed", "zero", True),
    }
    assert cases.filter(is_litigated=True).count() == 14_028
    assert CaseLoss.objects.filter(loss_class="injury").count() == cases.filter(estimate__gt=0).count()


def test_teaching_claims_with_injury_property_and_vehicle_amounts(department):
    profile = ImportProfile.objects.get(name="车险赔案教学数据（公开数据）")
    batch = imported(shared("insurance_claims.csv"), by=department.manager, profile=profile)

    assert (batch.rows_read, batch.rows_created, batch.is_reconciled) == (1_000, 1_000, True)
    assert batch.estimate_sum == Decimal("52761940.00")
    case = ClaimCase.objects.get(report_no="IC521585")
    assert (case.unit, case.estimate, case.is_injury) == (department.chengdu, Decimal(71_610), True)
    assert dict(case.losses.values_list("loss_class", "estimate")) == {
        "injury": 6_510,
        "property": 13_020,
        "vehicle": 52_080,
    }
    assert DataQualityIssue.objects.filter(rule="injury_without_flag").exists()
    again = imported(shared("insurance_claims.csv"), by=department.manager, profile=profile)
    assert again.rows_unchanged == 1_000


def test_fifty_thousand_rows_as_csv_then_as_workbook(department, tmp_path):
    rows = list(extracts.rows(50_000))
    first = imported(extracts.write_csv(tmp_path / "清单.csv", rows), by=department.manager)
    assert (first.rows_created, first.is_reconciled, ClaimCase.objects.count()) == (50_000, True, 50_000)

    rows[7] = changed(rows[7], 被保险人="赵新")
    book = imported(_workbook(tmp_path / "清单.xlsx", rows), by=department.manager)
    assert (book.rows_updated, book.rows_unchanged, book.layout["kind"]) == (1, 49_999, "xlsx")
    assert (book.estimate_sum, book.paid_sum) == (first.estimate_sum, first.paid_sum)


def _workbook(path: Path, rows: list[list[str]]) -> Path:
    """Amounts as numbers, the rest as text."""
    records = (
        {
            heading: float(cell) if place in extracts.MONEY else cell
            for place, (heading, cell) in enumerate(zip(extracts.HEADINGS, row, strict=True))
        }
        for row in rows
    )
    with path.open("wb") as file:
        write_worksheet(records, file, sheet_name="清单")
    return path
