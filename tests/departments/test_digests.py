"""邮件摘要: one mail per person and hour, nothing statutory silenced, nothing personal in it."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments import services
from departments.delivery import BACKOFF, deliver_waiting
from departments.digests import Wishes, make_digests, purge
from departments.mailing import masked
from departments.models import (
    Digest,
    KindChoice,
    MailSettings,
    Notification,
    NotificationKind,
    OutboxMessage,
    Staff,
)
from departments.outbox import promise
from departments.refusals import NotAllowed
from tests.factories import SHANGHAI, AbsenceFactory, StaffFactory, StandInFactory

NINE = datetime(2026, 11, 26, 9, 5, tzinfo=SHANGHAI)
NIGHT = Wishes((8, 23), time(22), time(7))


@pytest.mark.parametrize(
    ("at", "slot", "quiet"),
    [
        (time(7, 59), None, False),
        (time(8, 0), 8, False),
        (time(22, 59), 8, True),
        (time(23, 30), 23, True),
        (time(6, 59), None, True),
    ],
)
def test_hours_and_quiet_hours(at: time, slot: int | None, quiet: bool):
    now = datetime.combine(NINE.date(), at, SHANGHAI)
    found = NIGHT.slot(now)

    assert (found.hour if found else None) == slot
    assert NIGHT.is_quiet(now) is quiet


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("待您审批 A202600001234", "待您审批 A202600001234"),
        ("川AF1209 补充材料 13812345678", "川A·F**09 补充材料 138****5678"),
        ("身份证 510104199001011234 不符", "身份证 ****** 不符"),
        ("王敏给您临时授权", "王*给您临时授权"),
    ],
)
def test_nothing_personal_in_a_title(title: str, shown: str):
    assert masked(title, ["王敏"]) == shown


@pytest.fixture
def reader(db) -> Staff:
    return StaffFactory(name="林读者", email="lin@example.com")


def told(person: Staff, kind: str = "to_decide", title: str = "待您审批 A1", **fields: Any) -> Notification:
    message = OutboxMessage.objects.create(topic="notification", payload={}, delivered_at=NINE)
    made = Notification.objects.create(
        recipient=person, outbox=message, kind=kind, title=title, url="/cases/1/"
    )
    Notification.objects.filter(pk=made.pk).update(created_at=NINE - timedelta(hours=2), **fields)
    return made


def send(now: datetime = NINE) -> list[Any]:
    mail.outbox.clear()
    make_digests(now)
    deliver_waiting()
    return list(mail.outbox)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The digest asks what is fresh by Django's clock."""
    monkeypatch.setattr(timezone, "now", lambda: NINE)


def test_one_mail_with_all_that_is_new(reader: Staff, settings):
    settings.BASE_URL = "https://claims.example.com/"
    told(reader, title="<b>待您审批</b> 川AF1209")
    told(reader, kind="clock", title="立案时限将到")
    told(reader, kind="agreed")
    told(reader, read_at=NINE)
    (sent,) = send()

    html = sent.alternatives[0][0]
    assert sent.to == ["lin@example.com"]
    assert sent.subject == "[车险理赔部] 2 条未读通知"
    assert "&lt;b&gt;" in html
    assert "川AF1209" not in html + sent.body
    assert "https://claims.example.com/org/notifications/" in sent.body
    assert "11-26 07:05" in sent.body  # told two hours ago, by the office's clock
    assert sent.body.index("立案时限将到") < sent.body.index("待您审批")
    assert sent.extra_headers["Message-ID"].startswith("<digest.")


def test_two_schedules_make_one_mail_and_nothing_is_mailed_twice(reader: Staff):
    told(reader)
    assert len(send()) == 1
    assert send() == []
    told(reader, title="又一件")
    assert send() == []
    assert len(send(NINE + timedelta(days=1))) == 1
    assert Digest.objects.count() == 2


def test_a_killed_worker_leaves_no_half_digest(reader: Staff):
    told(reader)
    with transaction.atomic():
        make_digests(NINE)
        transaction.set_rollback(True)
    assert not Digest.objects.exists()

    assert len(send()) == 1


def test_what_fails_waits_longer_each_time_and_stops(reader: Staff, monkeypatch):
    told(reader)
    make_digests(NINE)
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _refuse)
    now = NINE
    waits = []
    for _ in range(6):
        monkeypatch.setattr(timezone, "now", lambda moment=now: moment)
        deliver_waiting()
        message = OutboxMessage.objects.get(topic="digest")
        waits.append(message.next_try_at - now)
        now = message.next_try_at
    first = BACKOFF["digest"]
    assert waits[:5] == [first, 2 * first, 4 * first, 8 * first, 16 * first]
    assert (message.attempts, message.delivered_at) == (5, None)
    assert "OSError" in message.last_error


def _refuse(self: Any, messages: Any) -> int:
    raise OSError("server away")


def test_others_are_delivered_at_once_again(db):
    promise("unknown", {})
    deliver_waiting()

    assert OutboxMessage.objects.get().next_try_at == NINE


def test_quiet_hours_keep_back_what_is_not_statutory(reader: Staff):
    MailSettings.objects.create(staff=reader, hours=[8, 12], quiet_from=time(8), quiet_until=time(11))
    told(reader)
    assert send() == []
    told(reader, kind="clock", title="立案时限将到")
    (sent,) = send()

    assert "立案时限将到" in sent.body
    assert "待您审批" not in sent.body
    (later,) = send(NINE + timedelta(hours=4))
    assert "待您审批" in later.body


def test_who_is_away_gets_the_statutory_only_and_so_does_the_stand_in(reader: Staff):
    delegate = StaffFactory(name="代岗人", email="dai@example.com")
    absence = AbsenceFactory(
        staff=reader, starts_at=NINE - timedelta(days=1), ends_at=NINE + timedelta(days=2)
    )
    StandInFactory(absence=absence, delegate=delegate, accepted=True)
    told(reader)
    assert send() == []
    told(reader, kind="clock", title="立案时限将到")
    sent = send()

    assert sorted(one.to[0] for one in sent) == ["dai@example.com", "lin@example.com"]
    assert "您代岗的林**" in next(one.body for one in sent if one.to == ["dai@example.com"])


def test_no_address_no_mail_and_none_to_a_closed_account(reader: Staff):
    for person in (StaffFactory(email=""), StaffFactory(email="x@example.com", is_active=False)):
        told(person)

    assert send() == []


def test_each_chooses_his_kinds_but_no_statutory_one(reader: Staff):
    to_decide = NotificationKind.objects.get(code="to_decide")
    clock_kind = NotificationKind.objects.get(code="clock")
    services.keep_mail_settings({"hours": [9]}, [], by=reader)
    told(reader)
    assert send() == []
    with pytest.raises(NotAllowed):
        services.choose_kind(clock_kind, in_digest=False, by=reader)
    with pytest.raises(IntegrityError, match="statutory_is_mailed"), transaction.atomic():
        KindChoice.objects.create(staff=reader, kind=clock_kind, in_digest=False)
    services.choose_kind(to_decide, in_digest=True, by=reader)

    assert len(send()) == 1


def test_a_kind_that_becomes_statutory_ends_the_silences(reader: Staff):
    kind = NotificationKind.objects.get(code="to_decide")
    KindChoice.objects.create(staff=reader, kind=kind, in_digest=False)
    kind.is_statutory = True
    kind.save()

    assert not KindChoice.objects.exists()


@pytest.mark.parametrize(
    ("constraint", "make"),
    [
        (
            "departments_noticekind_statutory_is_mailed",
            lambda: NotificationKind.objects.create(code="x", is_statutory=True, in_digest=False),
        ),
        (
            "departments_noticekind_kept_a_while",
            lambda: NotificationKind.objects.create(code="x", keep_days=0),
        ),
        (
            "departments_mailsettings_quiet_has_two_ends",
            lambda: MailSettings.objects.create(staff=StaffFactory(), quiet_from=time(8)),
        ),
    ],
)
def test_the_database_refuses(db, constraint: str, make: Any):
    with pytest.raises(IntegrityError, match=constraint):
        make()


@pytest.mark.parametrize("name", ["departments_kindchoice_once", "departments_digest_once_per_slot"])
def test_the_database_refuses_a_second(reader: Staff, name: str):
    kind = NotificationKind.objects.get(code="to_decide")
    for number in range(2):
        with pytest.raises(IntegrityError, match=name) if number else transaction.atomic():
            if name == "departments_kindchoice_once":
                KindChoice.objects.create(staff=reader, kind=kind, in_digest=True)
            else:
                Digest.objects.create(recipient=reader, about=reader, slot=NINE, message_id=str(number))


def test_read_ones_go_when_their_days_are_over(reader: Staff):
    told(reader, kind="withdrawn", read_at=NINE - timedelta(days=91))
    told(reader, kind="withdrawn", read_at=NINE - timedelta(days=89))
    told(reader, kind="nobody_knows", read_at=NINE - timedelta(days=181))
    unread = told(reader, kind="withdrawn")
    Notification.objects.filter(pk=unread.pk).update(created_at=NINE - timedelta(days=900))

    assert purge(NINE) == 2
    assert Notification.objects.count() == 2


def test_the_list_by_day_group_and_state(reader: Staff, client: Client):
    one, other = told(reader), told(reader, kind="nobody_knows", title="别的")
    client.force_login(reader)
    address = reverse("departments:notifications")
    page = client.get(address)

    assert [(day, len(rows)) for day, rows in page.context["days"]] == [(NINE.date(), 2)]
    assert {name: count for name, count, _ in page.context["groups"]} == {"审批": 1, "系统": 1}
    assert "别的" in client.get(address, {"group": "系统"}).content.decode()
    client.post(reverse("departments:notifications_read"), {"one": one.pk, "next": address})
    assert "别的" in client.get(address, {"unread": "1"}).content.decode()
    assert list(reader.notifications.filter(read_at=None)) == [other]
    client.post(reverse("departments:notifications_read"), {"group": "审批"})
    assert reader.notifications.filter(read_at=None).count() == 1


def test_the_settings_page(reader: Staff, client: Client):
    client.force_login(reader)
    address = reverse("departments:mail_settings")
    assert "法定，始终发送" in client.get(address).content.decode()
    assert client.post(address, {"hours": ["8"], "quiet_from": "22:00"}).status_code == 422
    kind = NotificationKind.objects.get(code="agreed")
    client.post(
        address, {"hours": ["8", "16"], "quiet_from": "22:00", "quiet_until": "07:00", "kind": [kind.pk]}
    )

    assert reader.mail_settings.hours == [8, 16]
    assert KindChoice.objects.get(staff=reader, kind=kind).in_digest
    assert not KindChoice.objects.get(staff=reader, kind__code="to_decide").in_digest


def test_the_list_costs_the_same_for_many(reader: Staff, client: Client, assert_flat_queries):
    client.force_login(reader)

    assert_flat_queries(reverse("departments:notifications"), grow=lambda: told(reader))
