"""Does a grant cover the matter? On every dimension, under every ceiling; and if not, what is missing?"""

from typing import Any

import pytest

from authority.rulings import Objection
from tests.authority.samples import (
    ALLOWED,
    BOSS,
    MOTOR,
    MY,
    REFER,
    REFUSED,
    ask,
    ceiling,
    codes,
    holder,
    limit,
    matter,
    rules,
)

STAND_IN = {"via_id": BOSS, "via_name": "李四"}


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
        ({"lines": codes("ctpl", "own_damage")}, []),
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


def test_a_missing_certificate_freezes_its_own_grant_only() -> None:
    frozen = limit(required_certificates=codes("核赔师"))

    assert ask(who=holder(frozen)).codes == ("certificate:核赔师",)
    assert ask(who=holder(frozen, certificates=codes("核赔师"))).allowed
    assert ask(who=holder(frozen, limit(grant_id=8))).basis.grant_id == 8


@pytest.mark.parametrize(
    ("caps", "outcome", "against"),
    [
        pytest.param([ceiling(80_000)], ALLOWED, [], id="exactly at the ceiling"),
        pytest.param([ceiling(79_999)], REFER, ["ceiling"], id="above the ceiling"),
        pytest.param([ceiling(item="any")], REFER, ["ceiling"], id="a ceiling for every item"),
        pytest.param([ceiling(item="refusal")], ALLOWED, [], id="of another item"),
        pytest.param([ceiling(unit_path=MY)], ALLOWED, [], id="of a unit below the post"),
        pytest.param([ceiling(90_000, lines=codes("ctpl"))], REFER, ["ceiling"], id="holds one line of two"),
        pytest.param(
            [ceiling(90_000, lines=codes())], REFER, ["ceiling"], id="an empty set passes nothing on"
        ),
        pytest.param([ceiling(90_000, litigation="yes")], REFER, ["ceiling"], id="passes on litigation only"),
        pytest.param([ceiling(90_000), ceiling(50_000)], REFER, ["ceiling"], id="the narrowest counts"),
        pytest.param([ceiling(measure="")], REFER, ["ceiling"], id="by the item's own measure"),
        pytest.param([ceiling(measure="item")], REFER, ["ceiling"], id="by another measure"),
        pytest.param([ceiling(measure="increment")], REFUSED, ["no_amount"], id="by a missing measure"),
    ],
)
def test_ceilings(caps: list[Any], outcome: str, against: list[str]) -> None:
    ruling = ask(under=rules(*caps))

    assert (ruling.outcome, list(dict.fromkeys(ruling.codes))) == (outcome, against)


@pytest.mark.parametrize(
    ("terms", "outcome"),
    [
        ({"special_kinds": codes("")}, ALLOWED),
        ({"special_kinds": codes("ex_gratia")}, REFER),
        ({"litigation": "no"}, ALLOWED),
        ({"lines": codes("ctpl", "own_damage"), "loss_classes": codes("vehicle", "person")}, ALLOWED),
        ({"loss_classes": codes("vehicle")}, REFER),
        ({"lines": codes("ctpl")}, REFER),
    ],
)
def test_what_a_unit_was_not_given_it_cannot_hold(terms: dict[str, Any], outcome: str) -> None:
    both = matter(loss_classes=codes("vehicle", "person"))

    assert ask(both, under=rules(ceiling(90_000, **terms))).outcome == outcome


def test_ceilings_per_line_cap_together_with_the_smallest() -> None:
    both = ceiling(90_000, lines=codes("ctpl")), ceiling(85_000, lines=codes("own_damage"))
    apart = ceiling(1, lines=codes("extra"))

    assert ask(under=rules(*both, apart)).basis.limit == 85_000_00


def test_a_unit_that_was_given_none_of_it_is_named_with_its_letter() -> None:
    rows = [ceiling(lines=codes(), letter_no=letter) for letter in ("总2号", "总1号")]

    assert [o.text for o in ask(under=rules(*rows)).objections] == [
        "四川分公司的机构授权（总1号）不含此类情形"
    ]


def test_a_ceiling_no_lower_than_the_limit_is_not_named() -> None:
    assert ask(under=rules(ceiling(100_000))).basis.ceiling_letter_no == ""


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
    ("others", "chosen"),
    [
        pytest.param([limit(grant_id=8, cosign_count=1)], 7, id="alone before co-signed"),
        pytest.param([limit(90_000, grant_id=8, **STAND_IN)], 7, id="own before stand-in"),
        pytest.param([limit(90_000, grant_id=8)], 8, id="the lowest that suffices"),
        pytest.param([limit(70_000, grant_id=8)], 7, id="not one that is too low"),
        pytest.param([limit(grant_id=8, level=2)], 8, id="then the lowest level"),
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


@pytest.mark.parametrize(
    ("held", "of", "piece"),
    [
        (limit(amount_min=90_000_00), matter(), "低于下限 10,000.00 元"),
        (limit(unit_path=MY), matter(), "超出机构授权 60,000.00 元"),
        (limit(unit_path="hq/gd/"), matter(), "机构不在授权范围"),
        (limit(special_kinds=codes()), matter(), "特殊案件类型不在授权范围"),
    ],
)
def test_each_miss_has_its_shortest_piece(held: Any, of: Any, piece: str) -> None:
    ruling = ask(of, holder(held), rules(ceiling(20_000, unit_path=MY)))

    assert ruling.near_misses == (piece,)


@pytest.mark.parametrize(("kind", "named"), [("", "（普通案件）"), ("ex_gratia", "ex_gratia")])
def test_the_special_kind_is_named(kind: str, named: str) -> None:
    ruling = ask(matter(special_kind=kind), holder(limit(special_kinds=codes("litigation"))))

    assert ruling.objections[0].text == f"授权不含特殊案件 {named}"


def test_equally_near_grants_are_all_reasons() -> None:
    ruling = ask(who=holder(limit(lines=codes()), limit(grant_id=8, litigation="yes")))

    assert ruling.codes == ("wrong_line", "wrong_litigation")


def test_of_two_for_whom_one_stands_in_the_order_is_fixed() -> None:
    held = [limit(via_id=number, via_name="某") for number in (5, 4)]

    assert ask(who=holder(*held)).basis.via_id == ask(who=holder(*reversed(held))).basis.via_id == 4
