"""May this person decide this? Persons, rules, and what an answer looks like."""

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from authority.rulings import Objection, Rules, may_decide, yuan
from tests.authority.samples import (
    ALLOWED,
    BOSS,
    OTHER,
    REFER,
    REFUSED,
    ask,
    codes,
    did,
    duty,
    holder,
    limit,
    matter,
    referral,
    rules,
)

STAND_IN = {"via_id": BOSS, "via_name": "李四"}


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        ({"is_active": False}, ["inactive"]),
        ({"on_leave": True}, ["on_leave"]),
        ({"admin_role": "security"}, ["admin_role"]),
        ({"is_employee": False}, ["not_employee"]),
        ({"interests": codes("川B12345", "某修理厂")}, ["interest"]),
        ({"is_active": False, "on_leave": True}, ["inactive", "on_leave"]),
        ({"certificates": codes("核赔师")}, []),
    ],
)
def test_persons(changes: dict[str, Any], against: list[str]) -> None:
    ruling = ask(matter(parties=codes("川B12345", "王五")), holder(limit(), **changes))

    assert list(ruling.codes) == against
    assert ruling.outcome == (REFUSED if against else ALLOWED)


def test_an_outsider_may_do_what_is_no_key_item() -> None:
    assert ask(matter(is_key=False), holder(limit(), is_employee=False)).allowed


@pytest.mark.parametrize("asked", [14, 49])
def test_of_grants_that_do_not_cover_the_largest_is_the_nearest(asked: int) -> None:
    """Also of different measures, where what each lacks depends on two sums of the matter."""
    who = holder(limit(5, grant_id=1, measure="item"), limit(9, grant_id=2, measure="case_total"))
    ruling = ask(matter(amounts={"item": asked * 100, "case_total": 30_00}), who)

    assert (ruling.outcome, ruling.basis and ruling.basis.grant_id) == (REFER, 2)


def test_every_reason_is_given() -> None:
    who = holder(limit(10_000, lines=codes("ctpl")), is_active=False, interests=codes("王五"))
    stop = referral(code="no_police", kind="hard_stop", flags=codes("no_notice"), text="缺交警通知书")
    of = matter(parties=codes("王五"), flags=codes("no_notice"), steps=did("survey"))

    ruling = ask(of, who, rules(stop, duty()))

    persons = ("inactive", "interest", "hard_stop:no_police", "sod:SOD-02")
    assert ruling.codes == (*persons, "wrong_line", "over_limit")
    assert ruling.basis is None


@pytest.mark.parametrize(
    ("rule", "flags", "figures", "applies"),
    [
        pytest.param({}, ["imported_vehicle"], {}, True, id="its flag"),
        pytest.param({}, ["imported_vehicle", "death"], {}, True, id="among other flags"),
        pytest.param({}, ["death"], {}, False, id="another flag"),
        pytest.param({"items": codes("price")}, ["imported_vehicle"], {}, False, id="another item"),
        pytest.param({"items": codes()}, ["imported_vehicle"], {}, False, id="no item"),
        pytest.param({"flags": codes("coach", "old")}, ["coach"], {}, False, id="one flag of two"),
        pytest.param({"flags": codes()}, [], {}, True, id="no condition"),
        pytest.param({"figures_over": {"new_price": 100}}, ["imported_vehicle"], {"new_price": 100}, False),
        pytest.param({"figures_over": {"new_price": 100}}, ["imported_vehicle"], {"new_price": 101}, True),
        pytest.param({"figures_over": {"new_price": 100}}, ["imported_vehicle"], {}, True, id="unknown"),
        pytest.param({"flags": codes(), "figures_over": {"loss": 9}}, [], {}, False, id="not its matter"),
        pytest.param({"flags": codes(), "figures_over": {"loss": 9}}, [], {"loss": None}, True, id="null"),
    ],
)
def test_when_a_referral_rule_applies(rule: Any, flags: list[str], figures: Any, applies: bool) -> None:
    of = matter(flags=codes(*flags), figures=figures)

    assert ask(of, under=rules(referral(**rule))).may_refer is applies


def test_a_referral_rule_lifts_the_level_though_the_amount_is_covered() -> None:
    of = matter(flags=codes("imported_vehicle"))
    ruling = ask(of, under=rules(referral()))

    assert (ruling.outcome, ruling.refer_to_level) == (REFER, 5)
    assert ruling.objections == (Objection("must_refer:imported", "进口车：须提级至部门负责人"),)
    assert ask(of, holder(limit(), limit(grant_id=9, level=5)), rules(referral())).basis.grant_id == 9


@pytest.mark.parametrize(
    ("kind", "outcome", "notices", "against"),
    [
        ("must_consult", ALLOWED, ["must_consult:imported"], []),
        ("notify", ALLOWED, ["notify:imported"], []),
        ("hard_stop", REFUSED, [], ["hard_stop:imported"]),
        ("a kind nobody knows", REFUSED, [], ["hard_stop:imported"]),
    ],
)
def test_other_kinds_of_rule(kind: str, outcome: str, notices: list[str], against: list[str]) -> None:
    ruling = ask(matter(flags=codes("imported_vehicle")), under=rules(referral(kind=kind)))

    assert ruling.outcome == outcome
    assert [notice.code for notice in ruling.notices] == notices
    assert list(ruling.codes) == against


def test_a_notice_has_the_rules_own_words_or_its_name() -> None:
    told = [referral(kind="notify", flags=codes(), text=text) for text in ("报部门负责人", "")]
    stops = [replace(rule, kind="hard_stop") for rule in told]

    assert [notice.text for notice in ask(under=rules(*told)).notices] == ["报部门负责人", "进口车"]
    assert [stop.text for stop in ask(under=rules(*stops)).objections] == ["报部门负责人", "进口车"]


def test_the_highest_of_all_that_lifts_counts() -> None:
    lifts = [referral(code=code, flags=codes(), to_level=level) for code, level in (("a", 4), ("b", 5))]
    near = limit(10_000, level=2), limit(20_000, grant_id=8, level=4), limit(9, grant_id=9, level=1)

    assert ask(under=rules(*lifts)).refer_to_level == 5
    assert ask(who=holder(*near)).refer_to_level == 5


@pytest.mark.parametrize(
    ("level", "lifted_to", "expected"),
    [(1, 0, 2), (3, 0, 4), (5, 0, 6), (6, 0, 6), (3, 5, 5), (5, 3, 6)],
)
def test_how_high_it_must_at_least_go(level: int, lifted_to: int, expected: int) -> None:
    under = rules(referral(flags=codes(), to_level=lifted_to))
    ruling = ask(matter(200_000), holder(limit(level=level)), under)

    assert (ruling.outcome, ruling.refer_to_level) == (REFER, expected)


@pytest.mark.parametrize(
    ("steps", "concurrent", "against", "notices"),
    [
        pytest.param(did("survey"), 0, ["sod:SOD-02"], [], id="did it"),
        pytest.param(did("survey", person_id=OTHER), 0, [], [], id="another person did it"),
        pytest.param(did("survey", person_id=OTHER, via_id=1), 0, ["sod:SOD-02"], [], id="done for me"),
        pytest.param(did("report"), 0, [], [], id="another step"),
        pytest.param(did("assess"), 80_000_00, [], ["sampling:SOD-02"], id="small enough, sampled"),
        pytest.param(did("survey", "assess"), 80_000_00, [], ["sampling:SOD-02"], id="both, sampled once"),
        pytest.param(did("assess"), 79_999_00, ["sod:SOD-02"], [], id="too large to do both"),
    ],
)
def test_separation_of_duties(steps: Any, concurrent: int, against: list[str], notices: list[str]) -> None:
    ruling = ask(matter(steps=steps), under=rules(duty(concurrent_limit=concurrent)))

    assert list(ruling.codes) == against
    assert [notice.code for notice in ruling.notices] == notices


@pytest.mark.parametrize(
    ("text", "concurrent", "said"),
    [
        ("", 0, "不相容岗位（SOD-02）"),
        ("查勘人员不得核赔", 0, "查勘人员不得核赔"),
        ("查勘人员不得核赔", 2_000_00, "查勘人员不得核赔：兼任仅限 2,000.00 元以内"),
        ("", 90_000_00, "SOD-02：限额内兼任，列入抽查"),
        ("查勘人员不得核赔", 90_000_00, "查勘人员不得核赔：限额内兼任，列入抽查"),
    ],
)
def test_the_wording_of_a_conflict(text: str, concurrent: int, said: str) -> None:
    ruling = ask(matter(steps=did("survey")), under=rules(duty(text=text, concurrent_limit=concurrent)))

    assert [told.text for told in (*ruling.objections, *ruling.notices)] == [said]


def test_never_together_means_not_even_for_nothing() -> None:
    assert ask(matter(0, steps=did("survey")), under=rules(duty())).codes == ("sod:SOD-02",)


def test_duties_of_other_items_do_not_matter() -> None:
    of = matter(steps=did("survey"))

    assert ask(of, under=rules(duty(items=codes("refusal")))).allowed
    assert not ask(of, under=rules(duty(items=codes("any")))).allowed


@pytest.mark.parametrize("amounts", [{}, {"case_total": 1, "item": None}])
def test_both_duties_together_need_every_sum(amounts: Any) -> None:
    ruling = ask(matter(steps=did("survey"), amounts=amounts), under=rules(duty(concurrent_limit=9_999)))

    assert "sod:SOD-02" in ruling.codes


def test_the_delegators_part_spoils_the_stand_in_limit_only() -> None:
    of, under = matter(steps=did("survey", person_id=BOSS)), rules(duty())
    stand_in, own = limit(500_000, **STAND_IN), limit(grant_id=8)

    assert ask(of, holder(stand_in), under).codes == ("sod:SOD-02",)
    assert ask(of, holder(stand_in, own), under).basis.grant_id == 8


def test_a_delegators_small_part_is_sampled() -> None:
    of = matter(steps=did("survey", person_id=BOSS))
    ruling = ask(of, holder(limit(**STAND_IN)), rules(duty(concurrent_limit=80_000_00)))

    assert ruling.allowed
    assert [notice.code for notice in ruling.notices] == ["sampling:SOD-02"]
    assert str(ruling.basis) == "川理授〔2026〕3号 第2条（代李四），限额 100,000.00 元"


def test_the_delegators_interest_spoils_it_too() -> None:
    ruling = ask(matter(parties=codes("王五")), holder(limit(via_interests=codes("王五"), **STAND_IN)))

    assert ruling.objections == (Objection("interest", "被代岗人李四：与当事方 王五 有利害关系"),)


def test_the_trace_tells_the_story() -> None:
    of = matter(flags=codes("imported_vehicle"))

    assert ask(of, under=rules(referral())).trace == (
        "事项 adjudication，全案累计金额 80,000.00 元，机构 hq/sc/motor/my/",
        "张三：无回避、无不相容岗位、无硬性禁止",
        "提级：进口车，至少部门负责人",
        "川理授〔2026〕3号 第2条：须提级至部门负责人",
        "结论：超权限，初审后上报",
    )


def test_the_trace_of_a_refusal_names_whom_it_is_held_for() -> None:
    ruling = ask(matter(None, measure="own"), holder(limit(**STAND_IN), on_leave=True))

    assert ruling.trace[0] == "事项 adjudication，own金额 未知，机构 hq/sc/motor/my/"
    assert ruling.trace[2] == "川理授〔2026〕3号 第2条（代李四）：缺少全案累计金额"


@pytest.mark.parametrize(
    ("of", "who", "under"),
    [
        pytest.param(matter(lines=None), holder(limit()), rules(), id="matter of unknown lines"),
        pytest.param(matter(is_litigated=None), holder(limit()), rules(), id="litigated or not"),
        pytest.param(matter(), holder(limit(lines=None)), rules(), id="limit"),
        pytest.param(matter(), holder(limit()), rules(referral(flags=None)), id="rule"),
    ],
)
def test_what_cannot_be_judged_is_refused(of: Any, who: Any, under: Rules) -> None:
    ruling = ask(of, who, under)

    assert (ruling.outcome, ruling.codes) == (REFUSED, ("error",))


def test_one_more_objection_refuses() -> None:
    late = Objection("wrong_status", "案件已结案")
    ruling = ask(matter(200_000)).with_objection(late)

    assert ruling.codes == ("wrong_status", "over_limit")
    assert (ruling.outcome, ruling.basis, ruling.refer_to_level) == (REFUSED, None, None)


def test_a_level_without_a_name_has_its_number() -> None:
    ruling = may_decide(matter(), holder(limit()), replace(rules(referral(flags=codes())), level_names={}))

    assert ruling.objections[0].text == "进口车：须提级至第 5 级"


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (2_000_050, "20,000.50"), (-123_456, "-1,234.56")]
)
def test_yuan(fen: int, text: str) -> None:
    assert yuan(fen) == text


def test_a_ruling_given_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ask().outcome = REFUSED  # type: ignore[misc]
