"""May this person decide this? Case by case; the invariants are in test_rulings_properties."""

from dataclasses import replace
from typing import Any

import pytest

from authority.rulings import Objection, Rules, Ruling, may_decide, yuan
from tests.authority.samples import (
    ALLOWED,
    BOSS,
    MOTOR,
    MY,
    OTHER,
    REFER,
    REFUSED,
    ceiling,
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


def ask(of: Any = None, who: Any = None, under: Rules | None = None) -> Ruling:
    return may_decide(of or matter(), who or holder(limit()), under or rules())


@pytest.mark.parametrize(
    ("of", "held", "outcome", "against"),
    [
        pytest.param(matter(100_000), limit(100_000), ALLOWED, [], id="exactly at the limit"),
        pytest.param(matter(0), limit(0), ALLOWED, [], id="nothing to pay, a written limit of nothing"),
        pytest.param(matter(100_001), limit(100_000), REFER, ["over_limit"], id="one yuan over"),
        pytest.param(matter(900), limit(amount_min=100_000), REFUSED, ["under_minimum"], id="too small"),
        pytest.param(matter(1_000), limit(amount_min=100_000), ALLOWED, [], id="exactly the minimum"),
        pytest.param(matter(None), limit(), REFUSED, ["no_amount"], id="amount unknown"),
        pytest.param(matter(-1), limit(), REFUSED, ["no_amount"], id="amount negative"),
        pytest.param(matter(amounts={}), limit(), REFUSED, ["no_amount"], id="amount missing"),
        pytest.param(matter(amounts={"case_total": 1.0}), limit(), REFUSED, ["no_amount"], id="a float"),
        pytest.param(matter(), limit(None), REFUSED, ["no_grant"], id="a grant without a sum is none"),
        pytest.param(matter(), limit(item="refusal"), REFUSED, ["no_grant"], id="another item"),
        pytest.param(matter(), limit(item="any"), REFUSED, ["no_grant"], id="no grant for every item"),
        pytest.param(matter(), limit(measure="item"), ALLOWED, [], id="by another measure"),
        pytest.param(matter(), limit(measure=""), ALLOWED, [], id="by the item's own measure"),
        pytest.param(matter(), limit(measure="per_person"), REFUSED, ["no_amount"], id="by a missing one"),
    ],
)
def test_amounts(of: Any, held: Any, outcome: str, against: list[str]) -> None:
    ruling = ask(of, holder(held))

    assert (ruling.outcome, list(ruling.codes)) == (outcome, against)


@pytest.mark.parametrize(
    ("held", "against"),
    [
        ({"unit_path": MY, "includes_below": False}, []),
        ({"unit_path": MOTOR, "includes_below": False}, ["wrong_unit"]),
        ({"unit_path": "hq/sc/motor/dy/"}, ["wrong_unit"]),
        ({"unit_path": "hq/sc/motor/m"}, ["wrong_unit"]),
        ({"unit_path": ""}, ["wrong_unit"]),
        ({"lines": codes("ctpl", "own_damage", "extra")}, []),
        ({"lines": codes("ctpl")}, ["wrong_line"]),
        ({"lines": codes()}, ["wrong_line"]),
        ({"loss_classes": codes("person")}, ["wrong_loss_class"]),
        ({"loss_classes": codes()}, ["wrong_loss_class"]),
        ({"special_kinds": codes("ex_gratia")}, ["wrong_special"]),
        ({"special_kinds": codes()}, ["wrong_special"]),
        ({"special_kinds": codes("any")}, []),
        ({"litigation": "yes"}, ["wrong_litigation"]),
        ({"litigation": "any"}, []),
        ({"litigation": ""}, ["wrong_litigation"]),
        ({"lines": codes(), "loss_classes": codes()}, ["wrong_line", "wrong_loss_class"]),
    ],
)
def test_a_grant_contains_the_matter_on_every_dimension(held: dict[str, Any], against: list[str]) -> None:
    assert list(ask(who=holder(limit(**held))).codes) == against


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        ({"lines": codes()}, []),
        ({"special_kind": "ex_gratia"}, ["wrong_special"]),
        ({"is_litigated": True}, ["wrong_litigation"]),
        ({"unit_path": "hq/gd/motor/"}, ["wrong_unit"]),
        ({"unit_path": ""}, ["wrong_unit"]),
    ],
)
def test_another_matter_before_a_grant_for_any_line(changes: dict[str, Any], against: list[str]) -> None:
    assert list(ask(matter(**changes)).codes) == against


def test_a_matter_of_unknown_lines_fits_no_named_line() -> None:
    ruling = ask(matter(lines=codes()), holder(limit(lines=codes("ctpl"))))

    assert ruling.objections == (Objection("wrong_line", "授权险别不含 （未注明）"),)


def test_the_amount_of_one_grant_never_serves_the_scope_of_another() -> None:
    rich, wide = limit(900_000, lines=codes("extra")), limit(10_000)

    assert ask(who=holder(rich, wide)).outcome == REFER


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


def test_a_missing_certificate_freezes_its_own_grant_only() -> None:
    frozen = limit(required_certificates=codes("核赔师"))

    assert ask(who=holder(frozen)).codes == ("certificate:核赔师",)
    assert ask(who=holder(frozen, certificates=codes("核赔师"))).allowed
    assert ask(who=holder(frozen, limit(grant_id=8))).basis.grant_id == 8


def test_every_reason_is_given() -> None:
    who = holder(limit(10_000, lines=codes("ctpl")), is_active=False, interests=codes("王五"))
    stop = referral(code="no_police", kind="hard_stop", flags=codes("no_notice"), text="缺交警通知书")
    of = matter(parties=codes("王五"), flags=codes("no_notice"), steps=did("survey"))

    ruling = ask(of, who, rules(stop, duty()))

    persons = ("inactive", "interest", "hard_stop:no_police", "sod:SOD-02")
    assert ruling.codes == (*persons, "wrong_line", "over_limit")
    assert ruling.basis is None


@pytest.mark.parametrize(
    ("caps", "outcome", "against"),
    [
        pytest.param([ceiling(80_000)], ALLOWED, [], id="exactly at the ceiling"),
        pytest.param([ceiling(79_999)], REFER, ["ceiling"], id="above the ceiling"),
        pytest.param([ceiling(item="any")], REFER, ["ceiling"], id="a ceiling for every item"),
        pytest.param([ceiling(item="refusal")], ALLOWED, [], id="of another item"),
        pytest.param([ceiling(unit_path=MY)], ALLOWED, [], id="of a unit below the post"),
        pytest.param([ceiling(lines=codes("ctpl"))], REFER, ["ceiling"], id="holds one line of two"),
        pytest.param([ceiling(lines=codes())], REFER, ["ceiling"], id="an empty set passes nothing on"),
        pytest.param([ceiling(litigation="yes")], REFER, ["ceiling"], id="passes on litigation only"),
        pytest.param([ceiling(90_000), ceiling(50_000)], REFER, ["ceiling"], id="the narrowest counts"),
        pytest.param([ceiling(measure="")], REFER, ["ceiling"], id="by the item's own measure"),
        pytest.param([ceiling(measure="item")], REFER, ["ceiling"], id="by another measure"),
        pytest.param([ceiling(measure="increment")], REFUSED, ["no_amount"], id="by a missing measure"),
    ],
)
def test_ceilings(caps: list[Any], outcome: str, against: list[str]) -> None:
    ruling = ask(under=rules(*caps))

    assert (ruling.outcome, list(dict.fromkeys(ruling.codes))) == (outcome, against)


def test_ceilings_per_line_cap_together_with_the_smallest() -> None:
    both = ceiling(90_000, lines=codes("ctpl")), ceiling(85_000, lines=codes("own_damage"))

    assert ask(under=rules(*both)).basis.limit == 85_000_00


def test_the_basis_names_the_ceiling_that_cut_the_limit() -> None:
    basis = ask(under=rules(ceiling(90_000))).basis

    assert (basis.limit, basis.ceiling_letter_no) == (90_000_00, "总理授〔2026〕1号")
    assert str(basis) == "川理授〔2026〕3号 第2条，限额 90,000.00 元"


def test_the_ceilings_of_the_post_count_not_those_of_the_cases_unit() -> None:
    branch_post = limit(unit_path=MY, post_path=MOTOR)
    sub_branch = rules(ceiling(20_000, unit_path=MY))

    assert ask(who=holder(branch_post), under=sub_branch).allowed
    assert ask(who=holder(limit(unit_path=MY)), under=sub_branch).outcome == REFER


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
        pytest.param(did("assess"), 79_999_00, ["sod:SOD-02"], [], id="too large to do both"),
    ],
)
def test_separation_of_duties(steps: Any, concurrent: int, against: list[str], notices: list[str]) -> None:
    ruling = ask(matter(steps=steps), under=rules(duty(concurrent_limit=concurrent)))

    assert list(ruling.codes) == against
    assert [notice.code for notice in ruling.notices] == notices


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


@pytest.mark.parametrize(
    ("others", "chosen"),
    [
        pytest.param([limit(grant_id=8, cosign_count=1)], 7, id="alone before co-signed"),
        pytest.param([limit(90_000, grant_id=8, **STAND_IN)], 7, id="own before stand-in"),
        pytest.param([limit(90_000, grant_id=8)], 8, id="the lowest that suffices"),
        pytest.param([limit(70_000, grant_id=8)], 7, id="not one that is too low"),
        pytest.param([limit(grant_id=8)], 7, id="then the oldest"),
    ],
)
def test_which_grant_is_the_basis(others: list[Any], chosen: int) -> None:
    assert ask(who=holder(*others, limit())).basis.grant_id == chosen


def test_a_cosignature_is_asked_for() -> None:
    ruling = ask(who=holder(limit(cosign_count=1, cosign_post="法务岗")))

    assert ruling.outcome == "needs_cosign"
    assert ruling.may_sign
    assert not ruling.allowed
    assert (ruling.basis.cosign_count, ruling.basis.cosign_post) == (1, "法务岗")


def test_near_misses_say_the_shortest_missing_piece() -> None:
    near = [limit(60_000), limit(75_000, grant_id=8), limit(grant_id=9, litigation="yes")]
    far = limit(10, grant_id=10, lines=codes(), unit_path="hq/gd/")

    ruling = ask(who=holder(*near, far))

    assert ruling.near_misses == ("超出 5,000.00 元", "超出 20,000.00 元", "诉讼状态不在授权范围")
    assert ruling.objections == (Objection("over_limit", "全案累计金额 80,000.00 元超过权限 75,000.00 元"),)


def test_equally_near_grants_are_all_reasons() -> None:
    ruling = ask(who=holder(limit(lines=codes()), limit(grant_id=8, litigation="yes")))

    assert ruling.codes == ("wrong_line", "wrong_litigation")


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
