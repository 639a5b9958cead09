"""The made-up branch has files drawn and scored, doubts and corrections, in every state."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from authority.ledger import verify
from cases.models import DataCorrection, DataQualityIssue, QualitySample
from claims_admin.demo.authority import make_authority
from claims_admin.demo.organisation import make_posts, make_units
from claims_admin.demo.people import make_people
from claims_admin.demo.quality import make_quality
from tests.factories import SHANGHAI, CaseFactory


@pytest.mark.django_db
def test_quality_has_something_in_every_state():
    today = timezone.localdate()
    units = make_units()
    people = make_people(make_posts(units, 30_000), random=Random(1), today=today)
    make_authority(units, people, today=today)
    for number in range(60):
        held = people.of_type("CASE_REG")[number % 10]
        _closed(held, number, today)

    scored, doubts = make_quality(units, people)

    assert scored > 10
    assert doubts > 0
    assert set(QualitySample.objects.values_list("status", flat=True)) >= {"waiting", "scored", "settled"}
    assert DataCorrection.objects.exists()
    assert DataQualityIssue.objects.open().exists()
    assert verify() == []


def _closed(held, number: int, today: date) -> None:
    """One of every unit and of both months, some with a wrong plate."""
    first = (today.replace(day=1) - timedelta(days=1 + 31 * (number % 2))).replace(day=15)
    moment = datetime(first.year, first.month, first.day, 10, tzinfo=SHANGHAI)
    CaseFactory(
        closed=True, unit=held.post.unit, handler=held.staff, closed_at=moment, paid_at=moment,
        reported_at=moment - timedelta(days=9), plate_no="川B1" if number % 3 else "川B18K62",
    )  # fmt: skip
