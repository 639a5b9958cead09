"""The desk of the vehicle office in the made-up branch: something in every state."""

from datetime import date
from random import Random

import pytest
from django.db import transaction

from authority.ledger import verify
from cases.models import FraudLead, MajorLoss, PartPrice, Resurvey
from claims_admin.demo.authority import make_authority
from claims_admin.demo.cases import make_cases
from claims_admin.demo.organisation import make_posts, make_units
from claims_admin.demo.people import make_people
from claims_admin.demo.vehicle import make_vehicle_desk


@pytest.fixture
def branch(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    today = date(2026, 11, 23)
    with transaction.atomic():
        units = make_units()
        people = make_people(make_posts(units, 30_000), random=Random(1), today=today)
        make_authority(units, people, today=today)
        yield units, people


def test_the_vehicle_desk_has_work_in_every_state(branch):
    units, people = branch
    make_cases(units, people, reports=3000, seed=7)

    assert "重大赔案" in make_vehicle_desk(people, Random(5))

    assert MajorLoss.objects.unreported().exists()
    assert {"open", "investigating"} <= set(FraudLead.objects.values_list("status", flat=True))
    assert {"open", "confirmed"} <= set(Resurvey.objects.values_list("status", flat=True))
    assert set(PartPrice.objects.values_list("origin", flat=True)) == {"review", "quote"}
    assert verify() == []
