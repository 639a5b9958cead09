"""What the pages tell of the past."""

from datetime import timedelta

from django.utils import timezone

from departments.chronicle import chronicle_of_person, chronicle_of_unit
from departments.models import OrgUnit
from departments.services import AppointmentTerms, NewUnit, appoint, close_unit, open_unit, relieve
from tests.cast import World, post_in

TODAY = timezone.localdate


def titles(events) -> list[str]:
    return [event.title for event in events]


def test_appointments_and_their_ends_are_told_newest_first(world: World):
    head, staff = world["department_head"], world["outsider"]
    terms = AppointmentTerms(TODAY() - timedelta(days=9), "川人〔2026〕1号")
    held = appoint(staff, post_in(world["adj"], "ADJ"), terms, by=head)
    relieve(held, on=TODAY(), by=head)

    events = chronicle_of_person(staff)

    assert titles(events) == ["免去 吴岗 的核赔室核赔岗", "任命 吴岗 任核赔室核赔岗"]
    assert events[1].who == "经办 李经理"
    assert "川人〔2026〕1号" in events[1].text
    assert titles(events) == titles(chronicle_of_unit(world["adj"]))[:2]


def test_a_unit_tells_its_own_life(world: World):
    head = world["unit_head"]
    desk = open_unit(world["dy"], NewUnit("gh", "广汉", "广汉", "desk"), by=head)
    desk.name = "广汉理赔岗"
    desk.save()
    close_unit(desk, on=TODAY(), by=head)

    assert titles(chronicle_of_unit(OrgUnit.objects.get(pk=desk.pk))) == ["撤销机构", "更名", "设立机构"]


def test_the_past_costs_the_same_however_long(world: World, django_assert_num_queries):
    head, post = world["unit_head"], post_in(world["dy"], "DOC", headcount=50)
    for name in ("outsider", "system_admin"):
        world[name].admin_role = ""
        world[name].save()
        appoint(world[name], post, AppointmentTerms(TODAY(), "文件"), by=head)

    with django_assert_num_queries(2):
        chronicle_of_unit(world["dy"])
