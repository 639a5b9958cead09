"""告知登记: who was told what and when; for heads about their people, for the audit about everybody."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cases.lawsuits import reminding
from departments.delivery import MOST_ATTEMPTS, deliver_waiting
from departments.digests import purge
from departments.models import AccessRecord, Digest, Notification, NotificationKind, OutboxMessage, Staff
from departments.outbox import notify
from tests.cast import World

URL = reverse("departments:told")
ROOT = Path(reminding.__file__).resolve().parents[2]


def tell(person: Staff, kind: str = "hearing", title: str = "12-03 09:00 三庭 开庭") -> Notification:
    message = notify(person, kind=kind, title=title, url="/cases/")
    deliver_waiting()
    return Notification.objects.get(outbox=message)


@pytest.fixture
def told(world: World) -> World:
    """The clerk of 德阳 was told of a hearing and of an agreement; somebody elsewhere of a hearing."""
    tell(world["clerk"])
    tell(world["clerk"], "agreed", "审批通过")
    tell(world["outsider"])
    return world


def rows(client, query: str = "") -> list[tuple[str, str]]:
    found = client.get(f"{URL}?{query}").context["rows"]
    return [(row.record.recipient.name, row.record.kind) for row in found]


def test_the_head_sees_what_his_people_were_told(told: World, client):
    client.force_login(told["unit_head"])

    assert rows(client) == [(told["clerk"].name, "hearing")]
    assert {kind for _, kind in rows(client, "kind=all")} == {"hearing", "agreed"}
    assert rows(client, "kind=agreed") == [(told["clerk"].name, "agreed")]


def test_the_audit_administrator_sees_it_of_everybody(told: World, client):
    client.force_login(told["audit_admin"])

    assert sorted(rows(client)) == sorted((told[one].name, "hearing") for one in ("clerk", "outsider"))
    assert rows(client, f"person={told['outsider'].employee_no}") == [(told["outsider"].name, "hearing")]


def test_it_is_narrowed_by_time_and_state(told: World, client):
    client.force_login(told["unit_head"])
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert rows(client, f"since={tomorrow:%Y-%m-%d}") == []
    assert rows(client, "until=2020-01-01&since=2019-01-01") == []
    assert len(rows(client, "state=unread")) == len(rows(client, "state=unmailed")) == 1

    Notification.objects.update(read_at=timezone.now())
    assert rows(client, "state=unread") == []
    assert len(rows(client, "state=read")) == 1


def test_what_went_by_mail_and_to_whom(told: World, client):
    notice = Notification.objects.filter(recipient=told["clerk"], kind="hearing").get()
    sent = OutboxMessage.objects.create(topic="digest", payload={}, delivered_at=timezone.now())
    digest = Digest.objects.create(
        recipient=told["office_head"], about=told["clerk"], slot=timezone.now(), outbox=sent, message_id="<1>"
    )
    digest.notifications.add(notice)
    client.force_login(told["unit_head"])

    when = f"{timezone.localtime(sent.delivered_at):%m-%d %H:%M}"
    assert f"{told['office_head'].name} {when}" in client.get(URL).content.decode()
    assert rows(client, "state=unmailed") == []


def test_titles_hide_plates_from_who_may_not_read_them(world: World, client):
    tell(world["clerk"], title="川AF1209 13812345678 逾期")
    client.force_login(world["audit_admin"])
    text = client.get(URL).content.decode()

    assert "川AF1209" not in text
    assert "13812345678" not in text


def test_export_is_recorded_and_holds_the_same(told: World, client):
    client.force_login(told["unit_head"])
    book = load_workbook(BytesIO(client.get(f"{URL}?as=xlsx").content)).active
    assert [cell.value for cell in book[1]][:3] == ["产生", "告知", "被告知人"]
    assert book.max_row == 2
    assert AccessRecord.objects.filter(staff=told["unit_head"], subject="告知登记").exists()
    assert client.get(f"{URL}?as=print").status_code == 200


def test_what_could_not_be_delivered_is_said(told: World, client):
    OutboxMessage.objects.create(topic="notification", payload={}, attempts=MOST_ATTEMPTS)
    client.force_login(told["audit_admin"])

    assert "投递失败" in client.get(URL).content.decode()


def test_statutory_ones_are_kept_three_years(told: World):
    Notification.objects.update(read_at=timezone.now() - timedelta(days=1090))
    purge(timezone.now())

    assert set(Notification.objects.values_list("kind", flat=True)) == {"hearing"}


def test_it_costs_the_same_for_many(told: World, client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        return len(queries)

    client.force_login(told["unit_head"])
    cost()
    for_one = cost()
    for _ in range(9):
        tell(told["clerk"])
    assert cost() == for_one


def test_every_kind_that_is_told_of_is_known(db):
    """A kind without a row would be mailed or kept as 其他, whatever the law says of it."""
    named = re.compile(r'kind="([a-z_]+)", title|tell\([^()]*(?:\([^()]*\)[^()]*)*?, "([a-z_]+)", f?"')
    sources = (
        path
        for app in ("departments", "authority", "cases", "reports")
        for path in (ROOT / app).rglob("*.py")
    )
    found = {one or two for path in sources for one, two in named.findall(path.read_text("utf-8"))}

    assert len(found) > 20
    assert found <= set(NotificationKind.objects.values_list("code", flat=True))
