"""Posts, absences and accounts change with one entry in the ledger each, whoever changes them and how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from departments.models import Absence, Appointment, IncompatibleDuty, Staff
from departments.refusals import NotAllowed
from departments.services import (
    AppointmentTerms,
    Away,
    appoint,
    assign_admin_role,
    cancel_absence,
    disable_account,
    enable_account,
    record_absence,
    relieve,
    withdraw_appointment,
)
from departments.services.people import units_of
from tests.cast import World, post_in
from tests.factories import AbsenceFactory, AppointmentFactory, GrantFactory, StaffFactory

DAY = timedelta(days=1)
TODAY = timezone.localdate
Guarded = Callable[[], None]


def acts(prefix: str) -> list[str]:
    rows = LedgerEntry.objects.filter(chain__startswith=f"{prefix}:").order_by("pk")
    return list(rows.values_list("action", flat=True))


@pytest.fixture
def head(world: World) -> Staff:
    return world["department_head"]


@pytest.fixture
def future(world: World, head: Staff) -> Appointment:
    """The outsider becomes an adjudicator in a week."""
    terms = AppointmentTerms(TODAY() + 7 * DAY, "川人〔2026〕9号")
    return appoint(world["outsider"], post_in(world["adj"], "ADJ"), terms, by=head)


def test_appointing_and_relieving_write_one_entry_each(world: World, head: Staff, guarded: Guarded):
    terms = AppointmentTerms(TODAY(), "川人〔2026〕9号")
    held = appoint(world["outsider"], post_in(world["adj"], "ADJ"), terms, by=head)
    guarded()
    relieve(held, on=TODAY(), by=head)

    guarded()
    assert acts("appointment") == ["appoint", "relieve"]
    entry = LedgerEntry.objects.filter(chain=f"appointment:{held.pk}").earliest("sequence")
    assert (entry.reason, entry.actor, entry.details["post"]) == ("川人〔2026〕9号", head, held.post_id)


def test_absences_write_one_entry_each(world: World, guarded: Guarded):
    now = timezone.now()
    away = record_absence(world["clerk"], Away("sick", now, now + DAY), by=world["clerk"])
    guarded()
    cancel_absence(away, by=world["clerk"])

    guarded()
    assert acts("absence") == ["record", "cancel"]


def test_accounts_write_one_entry_each(world: World, guarded: Guarded):
    staff = StaffFactory()
    disable_account(staff, by=world["system_admin"])
    guarded()
    enable_account(staff, by=world["system_admin"])
    guarded()
    assign_admin_role(staff, "audit", by=world["security_admin"])

    guarded()
    assert acts("account") == ["disable", "enable", "assign_admin_role"]


def test_the_first_account_is_told_as_well(world: World, guarded: Guarded):
    Staff.objects.create_superuser("A0001", "x" * 12, name="首个")

    guarded()
    assert acts("account") == ["create_superuser"]


def test_the_admin_page_writes_one_entry(world: World, guarded: Guarded):
    client, staff = Client(), StaffFactory(employee_no="T9001")
    client.force_login(world["system_admin"])
    address = reverse("admin:departments_staff_change", args=[staff.pk])
    sent = {"employee_no": staff.employee_no, "name": staff.name, "is_employee": "on"}

    answer = client.post(address, sent)

    assert answer.status_code == 302, answer.content.decode()
    guarded()
    assert acts("account") == ["disable"]


RAW = {
    "a post given": lambda w: AppointmentFactory(staff=w["outsider"], post=post_in(w["adj"], "ADJ")),
    "a post prolonged": lambda w: Appointment.objects.update(ends_on="2099-01-01"),
    "a post taken": lambda w: Appointment.objects.filter(pk=w.held["stranger"].pk).delete(),
    "an absence": lambda w: AbsenceFactory(staff=w["clerk"]),
    "an absence shortened": lambda w: Absence.objects.update(ends_at=timezone.now() + 9 * DAY),
    "an account off": lambda w: Staff.objects.filter(pk=w["clerk"].pk).update(is_active=False),
    "a role taken": lambda w: Staff.objects.filter(pk=w["outsider"].pk).update(admin_role="audit"),
    "a superuser": lambda w: Staff.objects.filter(pk=w["clerk"].pk).update(is_superuser=True),
    "a new administrator": lambda w: StaffFactory(admin_role="security"),
    "a separation": lambda w: IncompatibleDuty.objects.update(concurrent_limit=10**6),
}


@pytest.fixture
def away(world: World) -> Absence:
    """Before anything is guarded."""
    return AbsenceFactory(staff=world["stranger"])


@pytest.mark.parametrize("deed", RAW)
def test_no_other_path_passes(world: World, away: Absence, guarded: Guarded, deed: str):
    with pytest.raises(IntegrityError, match="authority_ledger_missing"):
        committed(lambda: RAW[deed](world), guarded)

    assert away.pk


def committed(deed: Callable[[], object], guarded: Guarded) -> None:
    with transaction.atomic():
        deed()
        guarded()


def test_what_says_nothing_of_rights_is_free(world: World, guarded: Guarded):
    Staff.objects.filter(pk=world["clerk"].pk).update(phone="13800000000", last_login=timezone.now())
    StaffFactory()

    guarded()


def test_an_appointment_that_has_not_begun_is_taken_back(future: Appointment, head: Staff, guarded: Guarded):
    withdraw_appointment(future, "改派他人", by=head)

    guarded()
    assert not Appointment.objects.filter(pk=future.pk).exists()
    assert acts("appointment") == ["appoint", "withdraw"]
    assert Appointment.history.filter(id=future.pk).first().history_type == "-"
    assert units_of(future.staff, TODAY() + 8 * DAY) == frozenset()


def test_one_that_has_begun_is_ended_instead(world: World, head: Staff):
    with pytest.raises(NotAllowed, match="已开始"):
        withdraw_appointment(world.held["reviewer"], "x", by=head)


def test_nobody_takes_back_his_own_nor_what_is_not_his_to_fill(future: Appointment, world: World):
    for who in (world["outsider"], world["clerk"]):
        with pytest.raises(NotAllowed):
            withdraw_appointment(future, "x", by=who)


def test_one_that_letters_rest_on_stays(future: Appointment, head: Staff):
    GrantFactory(appointment=future)

    with pytest.raises(NotAllowed, match="先修订授权书"):
        withdraw_appointment(future, "x", by=head)
    assert Appointment.objects.filter(pk=future.pk).exists()


def test_the_page_offers_and_does_it(future: Appointment, head: Staff):
    client = Client()
    client.force_login(head)
    address = reverse("departments:appointment_withdraw", args=[future.pk])
    assert address in client.get(future.staff.get_absolute_url()).content.decode()
    assert "尚未开始" in client.get(address).content.decode()

    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"reason": "改派"}).status_code == 302
    assert "取消" in client.get(future.staff.get_absolute_url()).content.decode()
