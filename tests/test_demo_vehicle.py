"""The desk of the vehicle office in the made-up branch: something in every state."""

from datetime import date
from random import Random

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from authority.ledger import verify
from cases.handlers import department_people
from cases.models import DamageItem, Decision, FraudLead, MajorLoss, MajorLossVisit, PartPrice, Resurvey
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


def states(model, name: str = "status") -> set[str]:
    return set(model.objects.values_list(name, flat=True))


def test_the_vehicle_desk_has_work_in_every_state(branch):
    units, people = branch
    make_cases(units, people, reports=3000, seed=7)

    assert "重大赔案" in make_vehicle_desk(people, Random(5))

    assert MajorLoss.objects.unreported().exists()
    assert states(MajorLoss) == {"open", "closed"}
    assert MajorLoss.objects.open().exclude(visits=None).exists()
    assert MajorLoss.objects.unvisited().exists()
    assert states(FraudLead) >= {"open", "investigating", "reported", "confirmed", "not_confirmed"}
    assert {"open", "done", "confirmed"} <= states(Resurvey)
    assert states(PartPrice, "origin") == {"review", "quote"}
    assert verify() == []


def test_what_hangs_together_is_linked(branch):
    """People of the department went early, a refusal rests on a lead, a reduction has its reason."""
    units, people = branch
    make_cases(units, people, reports=3000, seed=7)
    make_vehicle_desk(people, Random(5))

    ours = set(department_people(units["veh"]).values_list("pk", flat=True))
    for visit in MajorLossVisit.objects.prefetch_related("people"):
        assert {person.pk for person in visit.people.all()} <= ours
        assert visit.visited_on <= timezone.localdate()
    assert FraudLead.objects.get(status="confirmed").refusal.kind == "refusal"
    assert Resurvey.objects.exclude(problem=None).exists()
    assert Decision.objects.filter(submission__item__code="damage_review", outcome="agree").count() >= 5
    assert DamageItem.objects.filter(reason__code="PRICE", reviewed__lt=F("claimed")).exists()
    reported = MajorLoss.objects.exclude(first_reported_at=None)
    assert not reported.filter(first_reported_at__lt=F("recognised_at")).exists()
