"""Organisational rulings as tables: each reason alone, and all reasons together."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.rulings import (
    Actor,
    Candidate,
    HeldFor,
    HeldPost,
    Objection,
    Period,
    PostFacts,
    StaticRule,
    Terms,
    UnitFacts,
    may_appoint,
    may_assign_admin_role,
    may_cancel_absence,
    may_close_unit,
    may_keep_account,
    may_move_unit,
    may_open_unit,
    may_record_absence,
    may_relieve,
    may_set_headcount,
)
from departments.rulings.posts import most_at_once

TODAY = date(2026, 11, 23)
DEPARTMENT = UnitFacts(3, "车险理赔部", "department", "hq/sc/motor/", parent_id=2)
OFFICE = UnitFacts(4, "核赔室", "office", "hq/sc/motor/adj/", parent_id=3)
HEAD = Actor(10, managed=frozenset({3, 4, 5}), level=5)
SYSTEM = Actor(90, is_system_administrator=True)
ADJ = PostFacts(7, "ADJ", "核赔岗", "operation", OFFICE, level=3, is_key_post=True, employees_only=True)
ANYONE = Candidate(20, "王敏")
FOR_GOOD = Terms(Period(TODAY))
RULES = (
    StaticRule("SOD-01", "核保岗不得兼任核损、核价、核赔岗", ("UNDERWRITE",), ("LAR", "ADJ")),
    StaticRule("SOD-05", "管理、作业、客户服务职能由不同人员承担"),
    StaticRule("SOD-06", "关键岗位只能由正式员工担任"),
)
UNDERWRITER = HeldPost(1, "UNDERWRITE", "四川分公司核保岗", "operation")
QUALITY = HeldPost(2, "QM", "综合室品质管理岗", "management")
HELD_ADJ = HeldPost(7, "ADJ", "核赔室核赔岗", "operation")
THIS_YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        pytest.param({}, (), id="allowed"),
        pytest.param({"candidate": replace(ANYONE, staff_id=10)}, ("oneself",), id="oneself"),
        pytest.param(
            {"actor": Actor(10, level=5)}, ("unit_not_managed", "key_post_from_above"), id="unit of others"
        ),
        pytest.param(
            {"actor": Actor(10, frozenset({4}), 5)}, ("key_post_from_above",), id="a key post, from beside"
        ),
        pytest.param({"actor": replace(HEAD, level=2)}, ("above_own_level",), id="a post above the actor"),
        pytest.param(
            {"post": replace(ADJ, unit=replace(OFFICE, is_open=False))}, ("unit_closed",), id="closed"
        ),
        pytest.param({"candidate": replace(ANYONE, is_active=False)}, ("person_inactive",), id="disabled"),
        pytest.param(
            {"candidate": replace(ANYONE, admin_role="审计管理员")}, ("administrator",), id="administrator"
        ),
        pytest.param(
            {"candidate": replace(ANYONE, is_employee=False)}, ("key_post_for_employees",), id="SOD-06"
        ),
        pytest.param(
            {"candidate": replace(ANYONE, is_employee=False), "post": replace(ADJ, is_key_post=False)},
            ("employees_only",),
            id="employees only",
        ),
        pytest.param(
            {"candidate": replace(ANYONE, held=(UNDERWRITER,))}, ("incompatible_posts",), id="SOD-01"
        ),
        pytest.param({"candidate": replace(ANYONE, held=(QUALITY,))}, ("incompatible_posts",), id="SOD-05"),
        pytest.param({"candidate": replace(ANYONE, held=(HELD_ADJ,))}, ("already_held",), id="held already"),
        pytest.param({"post": replace(ADJ, regular=(THIS_YEAR,))}, ("over_headcount",), id="over headcount"),
        pytest.param(
            {"post": replace(ADJ, regular=(THIS_YEAR,)), "terms": Terms(Period(TODAY), is_regular=False)},
            (),
            id="an acting holder is not counted",
        ),
        pytest.param(
            {"post": replace(ADJ, regular=(THIS_YEAR,)), "terms": Terms(Period(date(2027, 1, 1)))},
            (),
            id="after the present holder",
        ),
        pytest.param(
            {"rules": (), "candidate": replace(ANYONE, held=(QUALITY, UNDERWRITER))}, (), id="no rules"
        ),
        pytest.param(
            {"actor": SYSTEM}, ("unit_not_managed", "key_post_from_above", "above_own_level"), id="三员"
        ),
        pytest.param(
            {"actor": SYSTEM, "post": replace(ADJ, unit=replace(OFFICE, managers=0))},
            (),
            id="the system administrator staffs what nobody manages",
        ),
    ],
)
def test_who_may_be_appointed(changes: dict, codes: tuple[str, ...]):
    given = {"candidate": ANYONE, "post": ADJ, "terms": FOR_GOOD, "actor": HEAD, "rules": RULES}

    assert may_appoint(**given | changes).codes == codes


def test_every_reason_is_given_and_what_would_help():
    nobody = Candidate(10, "某人", is_active=False, is_employee=False, held=(UNDERWRITER, QUALITY))
    full = replace(ADJ, regular=(THIS_YEAR,), unit=replace(OFFICE, is_open=False, managers=0))

    ruling = may_appoint(nobody, full, FOR_GOOD, Actor(10), RULES)

    assert ruling.outcome == "refused"
    assert len(ruling.objections) == len(set(ruling.objections)) == 10
    assert ruling.near_misses == ("请由管理核赔室的负责人办理", "核赔室目前无人管理：系统管理员可以办理")
    assert not ruling.may_sign
    assert not ruling.may_refer


@pytest.mark.parametrize(
    ("period", "on", "codes"),
    [
        pytest.param(Period(date(2026, 1, 1)), TODAY, (), id="today"),
        pytest.param(Period(date(2026, 1, 1)), date(2026, 11, 22), (), id="as of yesterday"),
        pytest.param(Period(date(2026, 1, 1)), date(2026, 11, 21), ("backdated",), id="further back"),
        pytest.param(Period(date(2026, 12, 1)), TODAY, ("before_the_start",), id="before the start"),
        pytest.param(Period(date(2026, 1, 1), date(2026, 5, 1)), TODAY, ("already_ended",), id="over"),
        pytest.param(THIS_YEAR, date(2027, 1, 1), ("after_the_end",), id="later than planned"),
    ],
)
def test_when_somebody_may_be_relieved(period: Period, on: date, codes: tuple[str, ...]):
    assert may_relieve(HeldFor(20, ADJ, period), on, TODAY, HEAD).codes == codes


def test_nobody_relieves_himself_or_in_units_of_others():
    held = HeldFor(20, ADJ, THIS_YEAR)

    assert may_relieve(held, TODAY, TODAY, replace(HEAD, staff_id=20)).codes == ("oneself",)
    assert "unit_not_managed" in may_relieve(held, TODAY, TODAY, Actor(1, level=6)).codes


@pytest.mark.parametrize(
    ("post", "headcount", "actor", "codes"),
    [
        (ADJ, 3, HEAD, ()),
        (ADJ, 3, SYSTEM, ()),
        (ADJ, 3, Actor(1), ("unit_not_managed",)),
        (replace(ADJ, unit=DEPARTMENT), 3, HEAD, ("wrong_kind_of_unit",)),
        (ADJ, 0, HEAD, ("headcount_too_small",)),
        (replace(ADJ, regular=(THIS_YEAR, THIS_YEAR)), 1, HEAD, ("headcount_below_holders",)),
        (replace(ADJ, unit=replace(OFFICE, is_open=False)), 1, HEAD, ("unit_closed",)),
    ],
)
def test_headcount(post: PostFacts, headcount: int, actor: Actor, codes: tuple[str, ...]):
    assert may_set_headcount(post, headcount, frozenset({"office"}), actor).codes == codes


@pytest.mark.parametrize(
    ("ruling", "codes"),
    [
        (may_open_unit(DEPARTMENT, "office", False, HEAD), ()),
        (may_open_unit(DEPARTMENT, "office", False, SYSTEM), ()),
        (may_open_unit(DEPARTMENT, "branch", False, HEAD), ("wrong_place",)),
        (may_open_unit(DEPARTMENT, "office", True, HEAD), ("code_taken",)),
        (may_open_unit(replace(DEPARTMENT, is_open=False), "office", False, HEAD), ("unit_closed",)),
        (may_open_unit(DEPARTMENT, "office", False, Actor(1)), ("unit_not_managed",)),
        (may_move_unit(OFFICE, replace(DEPARTMENT, unit_id=5, path="hq/cq/motor/"), False, HEAD), ()),
        (may_move_unit(DEPARTMENT, OFFICE, True, HEAD), ("wrong_place", "inside_itself", "code_taken")),
        (may_close_unit(OFFICE, [], HEAD), ()),
        (may_close_unit(OFFICE, [Objection("open_cases", "还有 3 件未结案件")], HEAD), ("open_cases",)),
        (may_close_unit(replace(OFFICE, parent_id=None), [], HEAD), ("head_office",)),
    ],
)
def test_the_tree(ruling, codes: tuple[str, ...]):
    assert ruling.codes == codes


@pytest.mark.parametrize(
    ("ruling", "codes"),
    [
        (may_record_absence(10, frozenset(), False, Actor(10)), ()),
        (may_record_absence(20, frozenset({4}), False, HEAD), ()),
        (may_record_absence(20, frozenset({9}), True, HEAD), ("unit_not_managed", "absence_overlap")),
        (may_cancel_absence(10, frozenset(), "open", Actor(10)), ()),
        (may_cancel_absence(10, frozenset(), "over", Actor(10)), ("already_over",)),
        (may_cancel_absence(10, frozenset(), "cancelled", Actor(10)), ("already_cancelled",)),
        (may_keep_account(20, SYSTEM, "停用"), ()),
        (may_keep_account(90, SYSTEM, "停用"), ("oneself",)),
        (may_keep_account(20, HEAD, "停用"), ("not_system_administrator",)),
        (may_assign_admin_role(20, False, Actor(91, is_security_administrator=True)), ()),
        (may_assign_admin_role(20, True, SYSTEM), ("not_security_administrator", "holds_posts")),
    ],
)
def test_people(ruling, codes: tuple[str, ...]):
    assert ruling.codes == codes


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
PERIODS = st.builds(lambda first, last: Period(min(first, last), max(first, last)), DAYS, DAYS)


@given(st.lists(PERIODS, max_size=8).map(tuple), PERIODS)
def test_the_busiest_day_is_found_without_looking_at_every_day(periods: tuple[Period, ...], within: Period):
    days = [date.fromordinal(day) for day in range(within.first.toordinal(), within.last.toordinal() + 1)]

    assert most_at_once(periods, within) == max(sum(p.contains(day) for p in periods) for day in days)
