"""Interests: declared by oneself or a superior, ended by a second person, heeded by every ruling."""

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from authority import services
from authority.holders import holder_for
from authority.ledger import verify
from authority.models import Interest, InterestStatement, party_key
from authority.refusals import Refused
from authority.services import Declaration
from departments.models import OutboxMessage
from tests.factories import InterestFactory, StaffFactory

pytestmark = pytest.mark.django_db

PLATE = Declaration("plate", "川B·18 k62", "配偶的车辆")


def refused(act, *args, **options) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("川b·18 K62", "川B18K62"),
        ("（德阳）大众 修理厂", "德阳大众修理厂"),
        ("６２２２ 0011", "62220011"),
        (" · ", ""),
    ],
)
def test_how_names_are_compared(said, key):
    assert party_key(said) == key


def test_declared_and_ended(world):
    reviewer, security = world["reviewer"], world["security_admin"]
    declared = services.declare_interest(reviewer, PLATE, by=reviewer)
    assert holder_for(reviewer).interests == {"川B18K62"}

    services.end_interest(declared, by=security, reason="车辆已过户")

    assert holder_for(reviewer).interests == frozenset()
    then = Interest.objects.at(declared.declared_at)
    assert list(then) == [declared]
    assert holder_for(reviewer, at=declared.declared_at).interests == {"川B18K62"}
    assert verify() == []


def test_a_superior_enters_it_and_the_person_is_told(world):
    services.declare_interest(world["clerk"], PLATE, by=world["unit_head"])

    assert OutboxMessage.objects.get(payload__kind="interest").payload["recipient"] == world["clerk"].pk


def test_who_may_not(world):
    own = services.declare_interest(world["clerk"], PLATE, by=world["clerk"])
    entered = services.declare_interest(
        world["stranger"], Declaration("party", "刘明", "兄弟"), by=world["security_admin"]
    )
    end, declare = services.end_interest, services.declare_interest

    assert refused(declare, world["clerk"], PLATE, by=world["stranger"]) == ("not_superior",)
    assert refused(declare, world["clerk"], PLATE, by=world["clerk"]) == ("declared_already",)
    assert refused(declare, world["clerk"], Declaration("party", "·", "x"), by=world["clerk"]) == ("no_name",)
    assert refused(end, own, by=world["clerk"], reason="x") == ("oneself",)
    assert refused(end, entered, by=world["security_admin"], reason="x") == ("same_person",)
    assert refused(end, own, by=world["stranger"], reason="x") == ("not_superior",)


def test_an_ended_one_is_over(world):
    own = services.declare_interest(world["clerk"], PLATE, by=world["clerk"])
    services.end_interest(own, by=world["unit_head"], reason="x")

    assert refused(services.end_interest, own, by=world["unit_head"], reason="x") == ("already_ended",)


def test_a_disabled_account_declares_nothing(world):
    world["clerk"].is_active = False
    world["clerk"].save()

    assert refused(services.declare_interest, world["clerk"], PLATE, by=world["clerk"]) == ("inactive",)


def test_the_yearly_confirmation(world):
    statement = services.confirm_interests(by=world["clerk"])

    assert (statement.year, statement.declared) == (timezone.localdate().year, 0)
    assert refused(services.confirm_interests, by=world["clerk"]) == ("confirmed_already",)


def ended_by(role: str) -> None:
    one = InterestFactory(declared_by=StaffFactory())
    Interest.objects.filter(pk=one.pk).update(
        ended_by=getattr(one, role), ended_at=timezone.now(), end_reason="x"
    )


def confirmed_twice() -> None:
    staff = StaffFactory()
    [InterestStatement.objects.create(staff=staff, year=2026, declared=0) for _ in range(2)]


def declared_twice() -> None:
    one = InterestFactory()
    InterestFactory(staff=one.staff)


@pytest.mark.parametrize(
    ("constraint", "act"),
    [
        ("interest_kind_known", lambda: InterestFactory(kind="debt")),
        ("interest_names_somebody", lambda: InterestFactory(name=" ")),
        ("interest_ended_for_a_reason", lambda: InterestFactory(ended_at=timezone.now())),
        ("interest_ended_by_a_second_person", lambda: ended_by("staff")),
        ("interest_ended_by_a_second_person", lambda: ended_by("declared_by")),
        ("interest_declared_once", declared_twice),
        ("statement_once_a_year", confirmed_twice),
    ],
)
def test_the_database_refuses(constraint, act):
    with pytest.raises(IntegrityError, match=f"authority_{constraint}"):
        act()


def test_my_page(client, world):
    client.force_login(world["clerk"])
    form = {"kind": "party", "name": "刘明", "id_tail": "1234", "relation": "兄弟"}

    assert client.post(reverse("authority:interest_new", args=[world["clerk"].pk]), form).status_code == 302
    client.post(reverse("authority:interests_confirm"))
    page = client.get(reverse("authority:interests")).content.decode()

    assert all(text in page for text in ("刘明", "证件尾号 1234", "当时申报中 1 条"))


def test_supervision(client, world):
    one = InterestFactory(staff=world["clerk"])
    InterestFactory(staff=world["stranger"], name="川Z00000")
    client.force_login(world["unit_head"])
    address = reverse("authority:interests_watched")

    page = client.get(address, {"state": "open", "kind": "plate", "person": "陈"}).content.decode()
    assert ("川B18K62" in page, "川Z00000" in page) == (True, False)
    client.post(reverse("authority:interest_end", args=[one.pk]), {"reason": ""})
    assert Interest.objects.open().filter(pk=one.pk).exists()
    client.post(reverse("authority:interest_end", args=[one.pk]), {"reason": "已过户"})
    assert not Interest.objects.open().filter(pk=one.pk).exists()
    assert "登记利害关系" in client.get(world["clerk"].get_absolute_url()).content.decode()


def test_the_list_costs_the_same_for_many(client, world, assert_flat_queries):
    client.force_login(world["security_admin"])

    assert_flat_queries(reverse("authority:interests_watched"), grow=InterestFactory)
