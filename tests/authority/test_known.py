"""Two time axes: the same reading on the rows as they were recorded at a moment gone by."""

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for, holders_of
from authority.models import PersonalGrant, ReferralRule
from authority.moments import Moment
from departments.known import rows_known
from departments.models import Appointment, IncompatibleDuty, OrgUnit, Staff
from tests.factories import (
    AbsenceFactory,
    AppointmentFactory,
    CeilingFactory,
    GrantFactory,
    OrgUnitFactory,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def recorded(row: object, at: datetime) -> None:
    """Date the last record of a row back."""
    last = row.history.latest("history_date", "history_id")
    type(last).objects.filter(pk=last.pk).update(history_date=at)


def everything_recorded(at: datetime) -> None:
    for model in (m for m in apps.get_models() if m._meta.model_name.startswith("historical")):
        model.objects.filter(history_date__gt=at).update(history_date=at)


def test_before_it_was_recorded_a_grant_is_not_known():
    grant = GrantFactory()
    now = timezone.now()

    assert len(holder_for(grant.holder, known_at=now).limits) == 1
    assert holders_of("adjudication", known_at=now - DAY) == []
    with pytest.raises(Staff.DoesNotExist):
        holder_for(grant.holder, known_at=now - DAY)


def test_known_now_is_known_today():
    grants = [GrantFactory(), GrantFactory(includes_below=False)]
    AbsenceFactory(staff=grants[0].holder, starts_at=timezone.now() - DAY, ends_at=timezone.now() + DAY)
    CeilingFactory()
    now = timezone.now()

    for at in (None, now, now - 9 * DAY):
        assert holders_of("adjudication", at=at, known_at=now) == holders_of("adjudication", at=at)
        assert rules_for(at=at, known_at=now) == rules_for(at=at)
    assert holder_for(grants[0].holder, known_at=now) == holder_for(grants[0].holder)
    codes = [rule.code for rule in rules_for(known_at=now).referrals]
    assert sorted(codes) == sorted(ReferralRule.objects.values_list("code", flat=True))


def test_every_table_is_read_as_known_and_not_as_it_is():
    """The grant, the unit and the person of yesterday, not of today."""
    grant = GrantFactory()
    then = timezone.now() - DAY
    everything_recorded(then)
    before = holder_for(grant.holder)
    for row, values in (
        (grant, {"revoked_at": timezone.now()}),
        (grant.item, {"name": "另一名"}),
        (grant.appointment.post.unit, {"short_name": "改名"}),
        (grant.holder, {"name": "改名", "is_employee": False}),
    ):
        vars(row).update(values)
        row.save()

    assert holder_for(grant.holder, known_at=then) == before
    assert holder_for(grant.holder).limits == ()
    assert not holder_for(grant.holder).is_employee


def test_a_correction_dated_back_is_seen_by_those_who_know_it_only():
    """Relieved on the 1st, entered on the 3rd: on the 2nd we thought the post was still held."""
    now = timezone.now()
    grant = GrantFactory(letter__approved_at=now - 9 * DAY)
    everything_recorded(now - 9 * DAY)
    appointment = grant.appointment
    appointment.ends_on = timezone.localdate(now - 3 * DAY)
    appointment.save()
    recorded(appointment, now - DAY)

    assert holder_for(grant.holder, at=now - 2 * DAY).limits == ()
    assert len(holder_for(grant.holder, at=now - 2 * DAY, known_at=now - 2 * DAY).limits) == 1
    assert holder_for(grant.holder, at=now - 2 * DAY, known_at=now).limits == ()


def test_what_was_deleted_is_known_until_then():
    appointment = AppointmentFactory()
    then = timezone.now() - DAY
    everything_recorded(then)
    key = appointment.pk
    appointment.delete()

    assert [row.pk for row in rows_known(Appointment, then)] == [key]
    assert not rows_known(Appointment, timezone.now()).exists()


def test_of_two_records_of_one_instant_the_later_counts():
    unit = OrgUnitFactory(short_name="一")
    unit.short_name = "二"
    unit.save()
    then = timezone.now() - DAY
    everything_recorded(then)

    assert [row.short_name for row in rows_known(OrgUnit, then)] == ["二"]


def test_rows_as_known_are_ordinary_rows():
    grant = GrantFactory()
    rows = Moment(known_at=timezone.now()).rows(PersonalGrant)

    assert rows.filter(holder__name=grant.holder.name).count() == 1
    assert rows.with_terms().get().appointment.post.unit == grant.appointment.post.unit
    assert rows.get().holder.password == grant.holder.password
    assert rows.select_related("holder").get().holder.password is None
    assert PersonalGrant.objects.filter(pk__in=rows.values("pk")).exists()


def test_rows_as_known_cannot_be_changed():
    GrantFactory()
    rows = Moment(known_at=timezone.now()).rows(PersonalGrant)

    with pytest.raises(TypeError, match="read only"):
        rows.update(version=2)


def test_the_cost_is_the_same(django_assert_num_queries):
    grant = GrantFactory()
    now = timezone.now()

    with django_assert_num_queries(1):
        holder_for(grant.holder, at=now, known_at=now)
    with django_assert_num_queries(1):
        holders_of("adjudication", at=now, known_at=now)
    with django_assert_num_queries(1):
        rules_for(at=now, known_at=now)


@pytest.mark.parametrize("label", ["departments", "authority"])
def test_what_comes_with_the_software_is_known(label):
    """Every migration that seeds or changes rows has to end with `record_seeds`."""
    tracked = [model for model in apps.get_app_config(label).get_models() if hasattr(model, "history")]
    now = timezone.now()

    assert IncompatibleDuty in tracked or label != "departments"
    for model in tracked:
        fields = [field.attname for field in model.history.model.tracked_fields]
        known = set(map(repr, rows_known(model, now).values_list(*fields)))
        assert known == set(map(repr, model.objects.values_list(*fields))), model
