"""What the pages of units, people, duties and notifications show and do."""

from datetime import date

import pytest
from django.urls import reverse

from departments import panels
from departments.models import AccessRecord, Appointment, Notification
from departments.outbox import notify
from departments.panels import Panel
from tests.cast import World, hold, post_in
from tests.factories import OrgUnitFactory, StaffFactory

PHONE, ID_NUMBER = "13812345678", "510104199001011234"


@pytest.fixture
def head(world: World, client):
    client.force_login(world["department_head"])
    return world["department_head"]


@pytest.mark.usefixtures("head")
@pytest.mark.parametrize("page", ["tree", "people", "duties", "people_export"])
def test_lists_cost_the_same_for_many(world: World, assert_flat_queries, page: str):
    def grow() -> None:
        unit = OrgUnitFactory(parent=world["motor"])
        hold(StaffFactory(), unit, "UNIT_HEAD")
        hold(StaffFactory(), world["dy"], "SURVEY")

    assert_flat_queries(reverse(f"departments:{page}"), grow=grow)


@pytest.mark.usefixtures("head")
def test_a_unit_costs_the_same_for_many_posts_and_units_below(world: World, assert_flat_queries):
    codes = iter(["SURVEY", "ASSESS", "DOC", "ADJUST", "OUTST", "MEDIATE", "DISPATCH"])

    def grow() -> None:
        OrgUnitFactory(parent=world["dy"], kind="desk")
        hold(StaffFactory(), world["dy"], next(codes))

    assert_flat_queries(world["dy"].get_absolute_url(), grow=grow)


@pytest.mark.usefixtures("head")
def test_a_person_costs_the_same_for_many_posts(world: World, assert_flat_queries):
    codes = iter(["SURVEY", "ASSESS", "DOC", "ADJUST", "OUTST", "MEDIATE", "INJ_SURV"])

    assert_flat_queries(
        world["clerk"].get_absolute_url(), grow=lambda: hold(world["clerk"], world["dy"], next(codes))
    )


def test_the_tree_says_where_people_are_missing(world: World, client, head):
    post_in(world["my"], "UNIT_HEAD", headcount=1)

    page = client.get(reverse("departments:tree")).content.decode()

    assert "无负责人" in page
    assert "不在您的查看范围内" in page  # the branch above


def test_an_outsider_is_told_what_to_do(world: World, client):
    client.force_login(world["outsider"])

    assert "您还没有岗位" in client.get(reverse("departments:tree")).content.decode()


def test_a_unit_shows_posts_holders_vacancies_and_duties(world: World, client, head):
    page = client.get(world["dy"].get_absolute_url()).content.decode()

    assert all(text in page for text in ("陈立案", "郑中支", "立案岗", "4 人", "SUB-01"))


def test_panels_of_other_apps_are_shown_or_left_out(world: World, client, head, monkeypatch):
    monkeypatch.setattr(panels, "_panels", {"unit": [], "person": []})
    shown = Panel("在办赔案", "components/empty.html", lambda subject, viewer: {"count": 3})
    panels.register_panel("unit", shown)
    panels.register_panel("unit", shown)
    panels.register_panel("unit", Panel("隐藏", "components/empty.html", lambda subject, viewer: None))

    page = client.get(world["dy"].get_absolute_url()).content.decode()

    assert page.count("在办赔案") == 1
    assert "隐藏" not in page


def test_personal_data_stays_masked_until_revealed_with_a_reason(world: World, client, head):
    clerk = world["clerk"]
    clerk.phone, clerk.id_number = PHONE, ID_NUMBER
    clerk.save()
    pages = [clerk.get_absolute_url(), reverse("departments:people"), reverse("departments:people_export")]
    for page in pages:
        answer = client.get(page).content
        assert PHONE.encode() not in answer
        assert ID_NUMBER.encode() not in answer

    shown = client.post(reverse("departments:reveal", args=[clerk.pk]), {"reason": "核对联系方式"})

    assert PHONE in shown.content.decode()
    record = AccessRecord.objects.get(kind="reveal")
    assert (record.staff, record.reason) == (head, "核对联系方式")


@pytest.mark.usefixtures("head")
def test_no_reason_no_reveal(world: World, client):
    answer = client.post(reverse("departments:reveal", args=[world["clerk"].pk]), {"reason": "看"})

    assert answer.status_code == 422
    assert not AccessRecord.objects.exists()


def test_everybody_reads_his_own_number(world: World, client):
    clerk = world["clerk"]
    clerk.phone = PHONE
    clerk.save()
    client.force_login(clerk)

    assert PHONE in client.get(clerk.get_absolute_url()).content.decode()


def test_out_of_sight_looks_like_not_there(world: World, client):
    client.force_login(world["clerk"])
    hidden = client.get(reverse("departments:person", args=[world["stranger"].pk]))
    missing = client.get(reverse("departments:person", args=[10**9]))

    assert hidden.status_code == missing.status_code == 404
    assert len(hidden.content) == len(missing.content)


def test_appointing_on_the_page(world: World, client, head):
    post = post_in(world["adj"], "ADJ")
    form = {"staff": world["outsider"].pk, "kind": "regular", "starts_on": "2026-11-01", "basis": "文件"}

    answer = client.post(reverse("departments:appoint", args=[post.pk]), form)

    assert answer.url == world["adj"].get_absolute_url()
    held = Appointment.objects.get(staff=world["outsider"])
    assert (held.post, held.starts_on, held.appointed_by) == (post, date(2026, 11, 1), head)


@pytest.mark.usefixtures("head")
@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"ends_on": "2026-10-01"}, "离岗日期早于到岗日期"),
        ({"kind": "acting"}, "代理须填写离岗日期"),
        ({"basis": ""}, "这个字段是必填项"),
        ({"starts_on": "昨天"}, "输入一个有效的日期"),
    ],
)
def test_a_form_with_errors_comes_back(world: World, client, changes: dict, text: str):
    form = {"staff": world["outsider"].pk, "kind": "regular", "starts_on": "2026-11-01", "basis": "文件"}

    answer = client.post(
        reverse("departments:appoint", args=[post_in(world["adj"], "ADJ").pk]), form | changes
    )

    assert answer.status_code == 422
    assert text in answer.content.decode()


@pytest.mark.usefixtures("head")
def test_a_refusal_lists_its_reasons(world: World, client):
    form = {"staff": world["office_head"].pk, "kind": "regular", "starts_on": "2026-11-01", "basis": "文件"}

    answer = client.post(reverse("departments:appoint", args=[post_in(world["adj"], "ADJ").pk]), form)

    assert answer.status_code == 403
    assert "管理、作业、客户服务职能由不同人员承担" in answer.content.decode()
    assert 'data-code="incompatible_posts"' in answer.content.decode()


def test_appointing_from_the_person_offers_the_posts_one_manages(world: World, client):
    client.force_login(world["unit_head"])
    address = reverse("departments:assign", args=[world["outsider"].pk])
    offered = client.get(address).context["form"].fields["post"].queryset

    form = {
        "post": post_in(world["dy"], "DOC").pk,
        "kind": "regular",
        "starts_on": "2026-11-01",
        "basis": "文件",
    }
    answer = client.post(address, form)

    assert {post.unit for post in offered} == {world["dy"]}
    assert answer.url == world["outsider"].get_absolute_url()
    assert world["outsider"].appointments.get().post.unit == world["dy"]


@pytest.mark.usefixtures("head")
def test_a_post_of_another_unit_is_not_offered(world: World, client):
    form = {
        "post": world.held["head_office"].post_id,
        "kind": "regular",
        "starts_on": "2026-11-01",
        "basis": "x",
    }

    answer = client.post(reverse("departments:assign", args=[world["outsider"].pk]), form)

    assert answer.status_code == 422


def test_a_duty_nobody_leads_stands_out(world: World, client, head):
    all_duties = client.get(reverse("departments:duties"))
    vacant = client.get(reverse("departments:duties"), {"vacant": "1"})

    lines = {line.duty.code: line for line in all_duties.context["lines"]}
    assert len(lines) == 49
    assert [held.staff for held in lines["DEPT-01"].leads] == [head]
    assert lines["GEN-12"].is_vacant
    assert "DEPT-01" not in {line.duty.code for line in vacant.context["lines"]}


def test_a_sub_branch_without_its_head_is_named(world: World, client, head):
    post_in(world["my"], "UNIT_HEAD")

    page = client.get(reverse("departments:duties"), {"unit": "中支理赔部"})

    assert "缺：绵阳中支" in page.content.decode()


def test_opening_a_notification_reads_it_and_goes_on(world: World, client):
    clerk = world["clerk"]
    client.force_login(clerk)
    for url in ("/org/", "https://elsewhere.example/", ""):
        outbox = notify(clerk, kind="case", title="请处理", url=url)
        Notification.objects.create(outbox=outbox, recipient=clerk, kind="case", title="请处理", url=url)

    went = [
        client.get(reverse("departments:notification_open", args=[notice.pk])).url
        for notice in clerk.notifications.order_by("pk")
    ]

    own = reverse("departments:notifications")
    assert went == ["/org/", own, own]
    assert not clerk.notifications.filter(read_at=None).exists()
