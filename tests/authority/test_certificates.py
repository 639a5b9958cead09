"""Certificates: two people for each, no self-service, and the grant is frozen when the certificate ends."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from authority import services
from authority.holders import holder_for
from authority.ledger import verify
from authority.models import LedgerEntry
from authority.refusals import Refused
from authority.rulings import may_decide
from authority.services import CertificateFacts
from departments.models import Certificate, CertificateType, OutboxMessage
from tests.authority.samples import matter, rules
from tests.cast import hold, post_in
from tests.factories import CertificateFactory, GrantFactory, StaffFactory

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def kind(db) -> CertificateType:
    return CertificateType.objects.get(code="ADJUDICATOR")


@pytest.fixture
def demanded(world, kind):
    """核赔岗 demands the certificate, from today its lack freezes; the reviewer's grant."""
    post_type = post_in(world["adj"], "ADJ").post_type
    post_type.required_certificates = ["ADJUDICATOR"]
    post_type.save()
    services.enforce_certificates(kind, timezone.localdate(), by=world["security_admin"])
    return GrantFactory(appointment=world.held["reviewer"], unit=world["motor"])


@pytest.fixture
def keepers(world):
    people = StaffFactory(name="行政"), StaffFactory(name="培训")
    hold(people[0], world["gen"], "ADMIN")
    hold(people[1], world["gen"], "TRAIN")
    for person in people:
        person.refresh_from_db()
    return people


def ask(staff) -> tuple[str, ...]:
    return may_decide(matter(unit_path="hq/sc/motor/dy/"), holder_for(staff), rules()).codes


def printed(kind: CertificateType, **values: object) -> CertificateFacts:
    given = {"number": "A1", "valid_from": date(2026, 1, 1), "valid_to": date(2027, 1, 1), **values}
    return CertificateFacts(type=kind, **given)


def refused(act, *args, **options) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


def test_without_the_certificate_the_grant_is_frozen(world, demanded):
    assert ask(world["reviewer"]) == ("certificate:ADJUDICATOR",)

    CertificateFactory(staff=world["reviewer"])

    assert ask(world["reviewer"]) == ()


@pytest.mark.parametrize(
    "values",
    [{"valid_to": YESTERDAY}, {"valid_from": timezone.localdate() + timedelta(days=1)}, {"waiting": True}],
    ids=["expired", "not yet", "not confirmed"],
)
def test_a_certificate_that_does_not_count(world, demanded, values):
    CertificateFactory(staff=world["reviewer"], **values)

    assert ask(world["reviewer"]) == ("certificate:ADJUDICATOR",)


def test_it_counts_on_its_last_day_and_not_the_day_after(world, demanded):
    CertificateFactory(staff=world["reviewer"], valid_to=timezone.localdate())
    later = timezone.now() + timedelta(days=1)

    assert ask(world["reviewer"]) == ()
    tomorrow = holder_for(world["reviewer"], at=later)
    assert may_decide(matter(unit_path="hq/sc/motor/dy/"), tomorrow, rules()).codes == (
        "certificate:ADJUDICATOR",
    )


def test_an_upgrade_freezes_nobody(world, kind):
    """Demanded by the post, but not enforced: shown, not frozen."""
    post_type = post_in(world["adj"], "ADJ").post_type
    post_type.required_certificates = ["ADJUDICATOR"]
    post_type.save()
    GrantFactory(appointment=world.held["reviewer"], unit=world["motor"])

    assert set(CertificateType.objects.values_list("enforced_from", flat=True)) == {None}
    assert ask(world["reviewer"]) == ()


def test_entered_confirmed_and_revoked(world, kind, keepers, demanded):
    entered = services.enter_certificate(world["reviewer"], printed(kind), by=keepers[0])
    assert ask(world["reviewer"]) == ("certificate:ADJUDICATOR",)
    services.confirm_certificate(entered, by=keepers[1])
    assert ask(world["reviewer"]) == ()
    services.revoke_certificate(entered, by=world["security_admin"], reason="证书被撤销")

    assert ask(world["reviewer"]) == ("certificate:ADJUDICATOR",)
    entries = LedgerEntry.objects.filter(chain=f"certificate:{entered.pk}").order_by("sequence")
    assert list(entries.values_list("action", flat=True)) == ["enter", "confirm", "revoke"]
    assert verify() == []


def test_who_may_not(world, kind, keepers):
    entered = services.enter_certificate(world["reviewer"], printed(kind), by=keepers[0])
    done = CertificateFactory()
    services.revoke_certificate(done, by=keepers[0], reason="x")

    assert refused(services.enter_certificate, keepers[0], printed(kind), by=keepers[0]) == ("oneself",)
    assert refused(services.enter_certificate, world["clerk"], printed(kind), by=world["reviewer"]) == (
        "not_keeper",
    )
    assert refused(services.enter_certificate, world["clerk"], printed(kind), by=keepers[1]) == (
        "number_taken",
    )
    assert refused(services.confirm_certificate, entered, by=keepers[0]) == ("same_person",)
    assert refused(services.confirm_certificate, entered, by=world["reviewer"]) == ("not_keeper", "oneself")
    assert refused(services.confirm_certificate, done, by=keepers[0]) == (
        "already_confirmed", "already_revoked",
    )  # fmt: skip
    assert refused(services.revoke_certificate, done, by=world["reviewer"], reason="x") == (
        "not_keeper", "already_revoked",
    )  # fmt: skip


def test_a_disabled_account_keeps_nothing(world, kind, keepers):
    keepers[0].is_active = False
    keepers[0].save()

    assert "inactive" in refused(services.enter_certificate, world["clerk"], printed(kind), by=keepers[0])


def test_nobody_revokes_his_own(world, keepers):
    own = CertificateFactory(staff=keepers[0])

    assert refused(services.revoke_certificate, own, by=keepers[0], reason="x") == ("oneself",)


def test_enforcing_is_for_the_security_administrator_and_not_for_the_past(world, kind):
    enforce = services.enforce_certificates

    assert refused(enforce, kind, None, by=world["department_head"]) == ("not_security_admin",)
    assert refused(enforce, kind, YESTERDAY, by=world["security_admin"]) == ("backdated",)
    assert LedgerEntry.objects.filter(action="enforce").count() == 0


def test_warnings_come_once_at_each_of_the_days(keepers):
    today = timezone.localdate()
    found = CertificateFactory(valid_to=today + timedelta(days=40))
    CertificateFactory(valid_to=today + timedelta(days=200))
    told = OutboxMessage.objects.filter(payload__kind="certificate")

    assert (services.warn_of_expiry(today), services.warn_of_expiry(today)) == (1, 0)
    assert sorted(told.values_list("payload__recipient", flat=True)) == sorted(
        [found.staff_id, *(keeper.pk for keeper in keepers)]
    )
    assert services.warn_of_expiry(today + timedelta(days=10)) == 1
    assert services.warn_of_expiry(today + timedelta(days=34)) == 1
    assert Certificate.objects.get(pk=found.pk).warned == [7, 30, 90]


def same_person(role: str) -> None:
    person = StaffFactory()
    roles = {"own": ("staff", "entered_by"), "confirmed": ("staff", "confirmed_by")}
    CertificateFactory(**dict.fromkeys(roles.get(role, ("entered_by", "confirmed_by")), person))


@pytest.mark.parametrize(
    ("constraint", "act"),
    [
        ("dates_in_order", lambda: CertificateFactory(valid_to=date(2019, 1, 1))),
        ("two_people", lambda: same_person("both")),
        ("not_ones_own", lambda: same_person("own")),
        ("not_ones_own", lambda: same_person("confirmed")),
        ("confirmed_by_somebody", lambda: CertificateFactory(confirmed_by=None)),
        ("revoked_for_a_reason", lambda: CertificateFactory(revoked_at=timezone.now())),
        ("one_per_number", lambda: CertificateFactory.create_batch(2, number="1")),
    ],
)
def test_the_database_refuses(constraint, act):
    with pytest.raises(IntegrityError, match=f"departments_certificate_{constraint}"):
        act()


def test_the_pages(client, world, keepers, demanded):
    client.force_login(keepers[1])
    waiting = CertificateFactory(staff=world["reviewer"], waiting=True, entered_by=keepers[0])
    CertificateFactory(staff=world["clerk"], valid_to=timezone.localdate() + timedelta(days=20))

    page = client.get(reverse("authority:certificates"), {"state": "waiting"}).content.decode()
    assert (waiting.number in page, "复核" in page) == (True, True)
    assert "20 天" in client.get(reverse("authority:certificates")).content.decode()
    client.post(reverse("authority:certificate_confirm", args=[waiting.pk]))
    client.post(reverse("authority:certificate_revoke", args=[waiting.pk]), {"reason": ""})
    assert Certificate.objects.get(pk=waiting.pk).state == "in_force"
    client.post(reverse("authority:certificate_revoke", args=[waiting.pk]), {"reason": "撤销"})
    assert Certificate.objects.get(pk=waiting.pk).state == "revoked"


def test_who_is_frozen_is_shown(client, world, demanded, kind):
    client.force_login(world["security_admin"])

    assert "冻结" in client.get(reverse("authority:matrix")).content.decode()
    assert "核赔资格" in client.get(world["reviewer"].get_absolute_url()).content.decode()
    page = client.get(reverse("authority:certificate_types")).content.decode()
    assert ("王敏" in page, "已冻结" in page) == (True, True)
    address = reverse("authority:certificate_enforce", args=[kind.pk])
    client.post(address, {f"{kind.pk}-enforced_from": "never"})
    client.post(address, {f"{kind.pk}-enforced_from": ""})
    kind.refresh_from_db()
    assert kind.enforced_from is None
    assert "冻结</span>" not in client.get(reverse("authority:matrix")).content.decode()


def test_the_list_costs_the_same_for_many(client, world, assert_flat_queries):
    client.force_login(world["security_admin"])

    assert_flat_queries(reverse("authority:certificates"), grow=CertificateFactory)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"valid_from": timezone.localdate() + timedelta(days=9)}, "coming"),
        ({"valid_to": YESTERDAY}, "expired"),
        ({"waiting": True}, "waiting_confirmation"),
        ({}, "in_force"),
    ],
)
def test_states(values, state):
    found = CertificateFactory(**values)

    assert (found.state, bool(found.state_name)) == (state, True)
