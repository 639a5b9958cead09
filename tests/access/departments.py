"""Units, people, duties, notifications."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from departments.models import Absence, HandOver, Notification
from departments.outbox import notify
from departments.services import record_absence
from tests.access.rows import get, post
from tests.cast import World, post_in
from tests.departments.test_people import A_WEEK_OFF
from tests.factories import LONG_AGO, AppointmentFactory


def furnish(world: World) -> None:
    world.things["doc_post"] = post_in(world["dy"], "DOC")
    world.things["clerk_held"] = world.held["clerk"]
    later = {"starts_on": timezone.localdate() + timedelta(days=30), "kind": "acting"}
    world.things["future"] = AppointmentFactory(staff=world["clerk"], post=world["doc_post"], **later)
    world.things["clerk_absence"] = record_absence(world["clerk"], A_WEEK_OFF, by=world["clerk"])
    parties = {"giver": world["clerk"], "supervisor": world["unit_head"]}
    world.things["hand_over"] = HandOver.objects.create(occasion="leave", last_day=LONG_AGO, **parties)
    message = notify(world["clerk"], kind="case", title="请处理", url="/org/")
    world.things["clerk_notice"] = Notification.objects.create(
        outbox=message, recipient=world["clerk"], kind="case", title="请处理", url="/org/"
    )


def appointing(world: World) -> Mapping[str, Any]:
    return {"staff": world["outsider"].pk, "kind": "regular", "starts_on": "2026-01-05", "basis": "文件"}


def assigning(world: World) -> Mapping[str, Any]:
    return {"post": world["doc_post"].pk, "kind": "regular", "starts_on": "2026-01-05", "basis": "文件"}


def nine_desks(world: World) -> Mapping[str, Any]:
    return {"post_type": world["doc_post"].post_type_id, "headcount": 9}


ABSENCE = {
    "kind": Absence.Kind.SICK,
    "starts_at": "2031-01-06T09:00",
    "ends_at": "2031-01-07T09:00",
}

ADMINISTRATORS = "302 302 302 403 302 403 403 403 200 200 200"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "departments:tree": get("302 200 200 200 200 200 200 200 200 200 200"),
    "departments:unit": [
        get("302 404 200 200 404 200 200 200 200 200 200", "dy"),
        get("302 404 404 404 404 200 200 200 200 200 200", "my"),
        get("302 404 404 404 200 200 200 200 200 200 200", "adj"),
    ],
    "departments:headcount": post("302 404 403 302 404 403 302 403 302 403 403", "dy", data=nine_desks),
    "departments:hand_overs": get("302 200 200 200 200 200 200 200 200 200 200"),
    "departments:hand_over": get("302 404 200 200 404 200 200 200 200 200 200", "hand_over"),
    "departments:hand_over_print": get("302 404 200 200 404 200 200 200 200 200 200", "hand_over"),
    "departments:hand_over_sign": post("302 404 302 302 404 403 403 403 403 403 403", "hand_over"),
    "departments:hand_over_new": [
        get("302 404 403 200 404 403 200 403 403 403 403", "clerk"),
        post("302 404 403 422 404 403 422 403 403 403 403", "clerk", data={"occasion": "leave"}),
    ],
    "departments:people": get("302 200 200 200 200 200 200 200 200 200 200"),
    "departments:people_export": get("302 200 200 200 200 200 200 200 200 200 200"),
    "departments:person": [
        get("302 404 200 200 404 200 200 200 200 200 200", "clerk"),
        get("302 404 404 404 404 200 200 200 200 200 200", "stranger"),
        get("302 200 404 200 404 404 200 404 200 200 200", "outsider"),
    ],
    "departments:reveal": post(
        "302 404 200 200 404 200 200 200 403 403 403", "clerk", data={"reason": "核对联系方式"}
    ),
    "departments:duty_statement": get("302 404 200 200 404 200 200 200 200 200 200", "clerk"),
    "departments:appoint": [
        get("302 404 403 200 404 403 200 403 403 403 403", "doc_post"),
        post("302 404 403 302 404 403 302 403 403 403 403", "doc_post", data=appointing),
    ],
    "departments:assign": [
        get("302 404 403 200 404 403 200 403 403 403 403", "clerk"),
        post("302 403 404 302 404 404 302 404 403 403 403", "outsider", data=assigning),
    ],
    "departments:appointment_withdraw": get("302 404 403 200 404 403 200 403 403 403 403", "future"),
    "departments:relieve": [
        get("302 404 403 200 404 403 200 403 403 403 403", "clerk_held"),
        post("302 404 403 302 404 403 302 403 403 403 403", "clerk_held", data={"on": "2031-01-06"}),
    ],
    "departments:absence": [
        get("302 404 200 200 404 403 200 403 403 403 403", "clerk"),
        post("302 404 302 302 404 403 302 403 403 403 403", "clerk", data=ABSENCE),
    ],
    "departments:absence_cancel": post("302 404 302 302 404 403 302 403 403 403 403", "clerk_absence"),
    "departments:clock_rules": get("302 200 200 200 200 200 200 200 200 200 200"),
    "departments:duties": get("302 200 200 200 200 200 200 200 200 200 200"),
    "departments:notifications": get("302 200 200 200 200 200 200 200 200 200 200"),
    "departments:told": get("302 403 403 200 403 403 200 403 403 403 200"),
    "departments:mail_settings": [
        get("302 200 200 200 200 200 200 200 200 200 200"),
        post("302 302 302 302 302 302 302 302 302 302 302", data={"hours": ["8"]}),
        post("302 422 422 422 422 422 422 422 422 422 422", data={"hours": ["24"]}),
    ],
    "departments:notifications_read": post("302 302 302 302 302 302 302 302 302 302 302"),
    "departments:notification_open": get("302 404 302 404 404 404 404 404 404 404 404", "clerk_notice"),
}
LISTS = {
    "departments.staff": get(ADMINISTRATORS),
    "departments.orgunit": get(ADMINISTRATORS),
    "departments.posttype": get(ADMINISTRATORS),
    "departments.post": get(ADMINISTRATORS),
    "departments.appointment": get(ADMINISTRATORS),
    "departments.duty": get(ADMINISTRATORS),
    "departments.incompatibleduty": get(ADMINISTRATORS),
    "departments.calendarday": get(ADMINISTRATORS),
    "departments.clockrule": get(ADMINISTRATORS),
    "departments.outboxmessage": get(ADMINISTRATORS),
    "departments.notificationkind": get(ADMINISTRATORS),
    "departments.digest": get("302 302 302 403 302 403 403 403 200 403 403"),
    "departments.accessrecord": get("302 302 302 403 302 403 403 403 403 403 200"),
}
