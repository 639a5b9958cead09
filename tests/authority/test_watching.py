"""巡查: what each night finds is a row from when it was first seen until it is gone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authority.coverage.bands import Kind
from authority.coverage.findings import LONGEST_KEY, ground_on, kind_name, short_key
from authority.jobs import watch_over_coverage
from authority.models import AuthorityItem, CoverageFinding, CoverageNight, FindingKind, LedgerEntry
from authority.refusals import Refused
from authority.services import acknowledge_finding, revoke_grant, watch_coverage
from departments.models import OutboxMessage
from tests.authority.pages import page
from tests.factories import AbsenceFactory, OrgUnitFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def today():
    return timezone.localdate()


def texts(code: str) -> list[str]:
    return list(CoverageFinding.objects.filter(kind__code=code).order_by("pk").values_list("text", flat=True))


@pytest.fixture(autouse=True)
def only_adjudication(db):
    """The other items nobody holds here, and the posts of the small branch are not those of the catalogue."""
    FindingKind.objects.filter(code="unheld").update(is_watched=False)
    AuthorityItem.objects.update(post_types=[])


def test_one_person_only_is_a_single_point(branch, in_force):
    night = watch_coverage(today())

    assert texts("single") == ["绵阳 核赔 0.00 至 100,000.00 元：只有 核赔员 一人"]
    finding = CoverageFinding.objects.get()
    assert (night.standing, night.fresh, night.gone) == (1, 1, 0)
    assert (finding.unit, finding.item.code) == (branch.units["my"], "adjudication")
    assert list(finding.people.all()) == [branch.adjudicator]


def test_what_is_the_same_in_every_unit_is_one_finding(branch, in_force):
    OrgUnitFactory(code="dy", parent=branch.units["motor"])

    watch_coverage(today())

    finding = CoverageFinding.objects.get()
    assert finding.text.startswith("各机构 核赔")
    assert finding.unit == branch.units["motor"]


def test_a_hole_is_a_gap(branch, in_force):
    branch.grant(in_force.letter, branch.deputy, amount_min=200_000, amount_max=300_000)

    watch_coverage(today())

    assert texts("gap") == ["绵阳 核赔 100,000.01 至 199,999.99 元：没有人有权决定"]


def test_kinds_that_a_grant_leaves_out_are_named(branch):
    branch.grant(branch.in_force(), litigation="no")

    watch_coverage(today())

    assert texts("gap") == ["绵阳 核赔（车损险·车·涉诉） 0.00 元以上：没有人有权决定"]


def test_leave_leaves_one_or_nobody(branch, in_force):
    now = timezone.now()
    branch.grant(in_force.letter, branch.deputy, amount_max=50_000)
    AbsenceFactory(staff=branch.adjudicator, starts_at=now - DAY, ends_at=now + DAY)

    watch_coverage(today())

    assert texts("away") == ["绵阳 核赔 50,000.01 至 100,000.00 元：有权的 核赔员 都不在岗"]
    (single,) = texts("single")
    assert single.startswith("绵阳 核赔 0.00 至 50,000.00 元：有权的")
    assert single.endswith("中只有 副经理 在岗")


def test_an_item_that_nobody_holds(branch, in_force):
    FindingKind.objects.update(is_watched=False)
    FindingKind.objects.filter(code="unheld").update(is_watched=True)

    watch_coverage(today())

    assert CoverageFinding.objects.count() == AuthorityItem.objects.count() - 1
    assert "拒赔：没有任何人持有该事项的授权，全部须上报" in texts("unheld")


def test_a_subordinate_above_the_superior_and_a_needless_grant(branch, in_force):
    letter = in_force.letter
    branch.grant(letter, branch.head, amount_max=50_000)
    branch.grant(letter, amount_max=20_000, clause="第9条")

    watch_coverage(today())

    (inversion,) = texts("inversion")
    assert inversion.startswith("核赔：核赔员（核赔员岗）100,000.00 元，高于上级 经理")
    (needless,) = texts("shadowed")
    assert "20,000.00 元" in needless
    assert "第9条" in needless


def test_a_post_that_does_not_decide_the_item(branch, in_force):
    AuthorityItem.objects.filter(code="adjudication").update(post_types=["ADJ"])

    watch_coverage(today())

    assert texts("unneeded") == ["核赔员（核赔员岗）持有 核赔，该岗位不办理这一事项"]
    AuthorityItem.objects.filter(code="adjudication").update(
        post_types=["ADJ", in_force.appointment.post.post_type.code]
    )
    watch_coverage(today() + DAY)
    assert CoverageFinding.objects.get(kind__code="unneeded").gone_on == today() + DAY


def test_what_ends_within_the_days_set(branch):
    last = today() + 10 * DAY
    letter = branch.in_force(valid_to=last)
    branch.grant(letter)
    branch.grant(letter, item=AuthorityItem.objects.get(code="refusal"), valid_to=last + DAY)

    watch_coverage(today())

    assert texts("expiring") == [f"核赔员的 核赔、拒赔 权限于 {last:%Y-%m-%d} 到期（授权书 {letter.number}）"]


def test_what_ends_later_than_the_days_set_is_left_alone(branch):
    FindingKind.objects.filter(code="expiring").update(days=9)
    branch.grant(branch.in_force(valid_to=today() + 10 * DAY))

    watch_coverage(today())

    assert texts("expiring") == []


def test_a_kind_not_watched_is_not_found(branch, in_force):
    FindingKind.objects.update(is_watched=False)

    assert watch_coverage(today()).standing == 0


def test_the_round_is_made_once_a_day(branch, in_force):
    assert watch_over_coverage() is True
    assert watch_over_coverage() is False

    assert CoverageNight.objects.count() == CoverageFinding.objects.count() == 1


def test_a_finding_stands_until_it_is_gone_and_comes_back_as_a_new_one(branch, in_force):
    watch_coverage(today())
    watch_coverage(today() + DAY)
    deputy = branch.grant(in_force.letter, branch.deputy)
    night = watch_coverage(today() + 2 * DAY)
    revoke_grant(deputy, by=branch.head, reason="收回")
    watch_coverage(today() + 3 * DAY)

    rows = CoverageFinding.objects.order_by("pk").values_list("first_seen_on", "last_seen_on", "gone_on")
    assert night.gone == 1
    assert list(rows) == [
        (today(), today() + DAY, today() + 2 * DAY),
        (today() + 3 * DAY, today() + 3 * DAY, None),
    ]


def test_the_security_administrator_is_told_of_new_ones(branch, in_force):
    watch_coverage(today())
    watch_coverage(today() + DAY)

    told = OutboxMessage.objects.filter(topic="notification", payload__recipient=branch.security.pk)
    assert [one.payload["title"] for one in told] == ["权限巡查：新发现 1 项"]


def test_the_cost_of_a_round_is_constant(branch, in_force, django_assert_max_num_queries):
    for _ in range(4):
        OrgUnitFactory(parent=branch.units["motor"])
        branch.grant(in_force.letter, branch.deputy, amount_max=7)

    with django_assert_max_num_queries(20):
        watch_coverage(today())


def test_without_any_unit_in_which_cases_arise_nothing_is_found(db):
    assert ground_on(today()).top == ""
    assert watch_coverage(today()).standing == 0


def finding(branch) -> CoverageFinding:
    watch_coverage(today())
    return CoverageFinding.objects.get()


def test_who_is_concerned_says_that_he_knows(branch, in_force):
    found = acknowledge_finding(finding(branch), by=branch.sub_head, note="已安排培训第二人")

    assert (found.acknowledged_by, found.acknowledgement) == (branch.sub_head, "已安排培训第二人")
    entry = LedgerEntry.objects.get(chain=f"finding:{found.pk}")
    assert (entry.action, entry.reason) == ("acknowledge_finding", "已安排培训第二人")
    assert not CoverageFinding.objects.waiting().exists()


def test_nobody_else_and_nobody_twice(branch, in_force):
    found = finding(branch)
    with pytest.raises(Refused, match="不管理该机构"):
        acknowledge_finding(found, by=branch.clerk, note="知道")
    acknowledge_finding(found, by=branch.security, note="知道")
    CoverageFinding.objects.update(gone_on=today() + DAY)

    with pytest.raises(Refused) as refusal:
        acknowledge_finding(found, by=branch.head, note="知道")

    assert refusal.value.ruling.codes == ("wrong_status", "wrong_status")


def test_who_sees_which_findings(branch, in_force):
    finding(branch)
    OrgUnitFactory(code="dy", parent=branch.units["motor"])
    watch_coverage(today() + DAY)

    def seen_by(staff):
        rows = CoverageFinding.objects.standing().visible_to(staff)
        return list(rows.values_list("unit__code", flat=True))

    assert seen_by(branch.security) == seen_by(branch.head) == ["motor"]
    assert seen_by(branch.sub_head) == seen_by(branch.clerk) == []


def test_the_page_lists_filters_and_acknowledges(as_head, branch, in_force):
    found = finding(branch)

    assert "只有 核赔员 一人" in page(as_head, "findings", kind="single", words="核赔").content.decode()
    as_head.post(reverse("authority:finding_acknowledge", args=[found.pk]), {"reason": ""})
    assert CoverageFinding.objects.waiting().exists()
    as_head.post(reverse("authority:finding_acknowledge", args=[found.pk]), {"reason": "已安排"})

    assert "没有这样的发现" in page(as_head, "findings").content.decode()
    assert "已安排" in page(as_head, "findings", state="standing").content.decode()
    assert "已安排" in page(as_head, "findings", state="all").content.decode()
    assert "没有这样的发现" in page(as_head, "findings", state="gone").content.decode()


def test_the_page_costs_the_same_for_many(as_head, branch, in_force, assert_flat_queries):
    kind = FindingKind.objects.get(code="single")

    def grow():
        number = CoverageFinding.objects.count()
        values = {"kind": kind, "unit": branch.units["my"], "first_seen_on": today()}
        row = CoverageFinding.objects.create(key=f"k{number}", text="t", last_seen_on=today(), **values)
        row.people.add(branch.head)

    assert_flat_queries(reverse("authority:findings"), grow=grow)


def test_the_workbench_tells_how_many_wait(as_head, branch, in_force):
    finding(branch)

    assert "1 项发现" in as_head.get(reverse("cases:workbench")).content.decode()


BROKEN = {
    "authority_finding_stands_once": lambda row: {"key": row.key},
    "authority_finding_dates_in_order": lambda row: {"key": "2", "gone_on": row.last_seen_on},
    "authority_finding_acknowledged_in_words": lambda row: {"key": "2", "acknowledged_at": timezone.now()},
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_nonsense(branch, in_force, name):
    row = finding(branch)
    values = {"kind": row.kind, "unit": row.unit, "first_seen_on": today(), "last_seen_on": today()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CoverageFinding.objects.create(text="t", **values, **BROKEN[name](row))


@pytest.mark.parametrize("values", [{"code": "nonsense"}, {"days": None}])
def test_a_kind_is_known_and_has_its_days(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingKind.objects.filter(code="expiring").update(**values)


def test_what_many_people_share_has_a_key_that_fits():
    long = "single:" + ",".join(map(str, range(200)))

    assert len(short_key(long)) <= LONGEST_KEY
    assert short_key(long) == short_key(long) != short_key(long + "1")
    assert short_key("short") == "short"


def test_a_kind_of_matter_has_a_name():
    kind = Kind("refusal", "item", is_key=False, loss_class="injury", line="ctpl", special_kind="refusal")

    assert kind_name(kind) == "交强险·人·拒赔·非诉"
