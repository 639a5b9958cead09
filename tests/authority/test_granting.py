"""Who may draft, submit, approve and revoke: each rule refused on its own, and everything said at once."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authority.granting import (
    PASSED_ON,
    Actor,
    Contents,
    LetterTerms,
    Proposal,
    ProposedCeiling,
    conflicts_of,
    may_add,
    may_approve,
    may_begin,
    may_draft,
    may_edit,
    may_file,
    may_revoke,
    may_send_back,
    may_submit,
)
from authority.rulings import Ceiling, HeldLimit

TODAY = date(2026, 11, 23)
ALL = frozenset({"any"})

DRAFTER, HEAD, HOLDER = 1, 2, 3
LETTER = LetterTerms(
    status="draft",
    mode="by_person",
    issuing_path="hq/sc/motor/",
    issuing_kind="department",
    scope_path="hq/sc/motor/",
    scope_kind="department",
    drafted_by_id=DRAFTER,
    valid_from=date(2026, 1, 1),
)
SUBMITTED = replace(LETTER, status="submitted")
IN_FORCE = replace(LETTER, status="in_force")
INSTITUTION = replace(LETTER, mode="by_institution", scope_path="hq/sc/motor/my/", scope_kind="sub_branch")
MANAGER = Actor(HEAD, manages=True, level=5)
SECURITY = Actor(9, is_security_admin=True)
OUTSIDER = Actor(8)

LIMIT = HeldLimit(
    grant_id=0,
    version=1,
    letter_no="草稿",
    clause="第1条",
    item="adjudication",
    unit_path="hq/sc/motor/",
    includes_below=True,
    lines=ALL,
    loss_classes=ALL,
    special_kinds=ALL,
    litigation="any",
    measure="case_total",
    amount_max=10_000_000,
    level=3,
    post_path="hq/sc/motor/adj/",
)
GRANT = Proposal(LIMIT, HOLDER, "王敏", "核赔", is_key=True)
CEILING = Ceiling(
    unit_path="hq/sc/",
    unit_name="四川",
    item="adjudication",
    lines=ALL,
    loss_classes=ALL,
    special_kinds=ALL,
    litigation="any",
    measure="case_total",
    amount_max=50_000_000,
    letter_no="总理授1号",
)
GIVEN = Contents(grants=(GRANT,), standing=(CEILING,))


def of_grant(**values: object) -> Contents:
    """The contents with another person; the limit's own fields go to the limit."""
    own = {name: value for name, value in values.items() if hasattr(LIMIT, name)}
    rest = {name: value for name, value in values.items() if name not in own}
    return replace(GIVEN, grants=(replace(GRANT, limit=replace(LIMIT, **own), **rest),))


def of_ceiling(**values: object) -> Contents:
    ceiling = replace(CEILING, unit_path="hq/sc/motor/my/", amount_max=2_000_000)
    return Contents(ceilings=(ProposedCeiling(replace(ceiling, **values)),), standing=(CEILING,))


@pytest.mark.parametrize("actor", [MANAGER, SECURITY], ids=["manager", "security administrator"])
def test_who_may_draft_and_submit(actor):
    assert may_begin(actor).allowed
    assert may_draft(LETTER, actor).allowed
    assert may_edit(LETTER, actor).allowed
    assert may_add(LETTER, actor, GIVEN).allowed
    assert may_submit(LETTER, actor, GIVEN).allowed


def test_without_the_right_nobody_drafts():
    assert may_begin(OUTSIDER).codes == ("no_right",)
    assert may_draft(LETTER, OUTSIDER).codes == ("no_right",)
    assert may_edit(LETTER, OUTSIDER).codes == ("no_right",)
    assert may_submit(LETTER, OUTSIDER, GIVEN).codes == ("no_right",)


def test_only_a_draft_is_changed_or_submitted():
    assert may_edit(SUBMITTED, MANAGER).codes == ("wrong_status",)
    assert may_add(IN_FORCE, MANAGER, GIVEN).codes == ("wrong_status",)
    assert may_submit(SUBMITTED, MANAGER, GIVEN).codes == ("wrong_status",)


def test_a_second_person_who_manages_the_unit_approves():
    assert may_approve(SUBMITTED, MANAGER, GIVEN, TODAY).allowed
    assert may_approve(LETTER, MANAGER, GIVEN, TODAY).codes == ("wrong_status",)


@pytest.mark.parametrize(
    ("actor", "codes"),
    [
        pytest.param(replace(MANAGER, person_id=DRAFTER), ("own_draft",), id="the drafter"),
        pytest.param(SECURITY, ("no_right", "above_own_level"), id="drafting is not approving"),
        pytest.param(replace(MANAGER, person_id=HOLDER), ("own_grant",), id="to oneself"),
        pytest.param(replace(MANAGER, level=2), ("above_own_level",), id="above one's own level"),
        pytest.param(Actor(DRAFTER), ("own_draft", "no_right", "above_own_level"), id="every reason"),
    ],
)
def test_who_may_not_approve(actor, codes):
    assert may_approve(SUBMITTED, actor, GIVEN, TODAY).codes == codes


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"holds_post": False}, "not_in_post"),
        ({"is_active": False}, "inactive"),
        ({"admin_role": "audit"}, "admin_role"),
        ({"is_employee": False}, "not_employee"),
        ({"post_path": "hq/other/", "unit_path": "hq/sc/motor/"}, "not_below"),
        ({"unit_path": "hq/sc/"}, "outside_scope"),
        ({"post_path": "hq/sc/motor/"}, "own_level"),
        ({"lines": frozenset()}, "empty_scope"),
        ({"loss_classes": frozenset()}, "empty_scope"),
        ({"special_kinds": frozenset()}, "empty_scope"),
    ],
)
def test_what_may_not_be_granted(values, code):
    contents = of_grant(**values)

    assert may_add(LETTER, MANAGER, contents).codes == (code,)
    assert code in may_submit(LETTER, MANAGER, contents).codes
    assert code in may_approve(SUBMITTED, MANAGER, contents, TODAY).codes


def test_a_lesser_item_may_be_granted_on_the_own_level_and_to_others():
    lesser = of_grant(post_path="hq/sc/motor/", is_key=False, is_employee=False)

    assert may_submit(LETTER, MANAGER, lesser).allowed


def test_head_office_grants_to_its_own():
    letter = replace(LETTER, issuing_path="hq/", issuing_kind="head_office", scope_path="hq/")

    assert may_submit(letter, MANAGER, of_grant(post_path="hq/")).allowed


@pytest.mark.parametrize(
    ("amount", "codes"),
    [pytest.param(50_000_000, (), id="at the ceiling"), pytest.param(50_000_001, ("ceiling",), id="above")],
)
def test_a_grant_stays_below_every_ceiling_up_the_path(amount, codes):
    assert may_submit(LETTER, MANAGER, of_grant(amount_max=amount)).codes == codes


def test_the_refusal_names_the_narrowest_ceiling_and_the_sum():
    narrow = replace(CEILING, unit_path="hq/sc/motor/adj/", unit_name="核赔室", amount_max=9_000_000)
    contents = replace(GIVEN, standing=(CEILING, narrow))

    (objection,) = may_submit(LETTER, MANAGER, contents).objections

    assert "核赔室机构授权 90,000.00 元" in objection.text
    assert "超出 10,000.00 元" in objection.text


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"unit_path": "hq/gd/"},
        {"item": "refusal"},
        {"measure": "item"},
        {"lines": frozenset({"ctpl"})},
        {"loss_classes": frozenset({"injury"})},
        {"special_kinds": frozenset({"refusal"})},
        {"litigation": "yes"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_ceiling_for_something_else_does_not_matter(elsewhere):
    contents = of_grant(
        lines=frozenset({"own_damage"}),
        loss_classes=frozenset({"vehicle"}),
        special_kinds=frozenset({""}),
        litigation="no",
    )
    other = replace(CEILING, amount_max=1, **elsewhere)

    assert may_submit(LETTER, MANAGER, replace(contents, standing=(other,))).allowed


def test_a_ceiling_that_overlaps_does_matter():
    contents = of_grant(lines=frozenset({"own_damage", "ctpl"}))
    partly = replace(CEILING, amount_max=1, lines=frozenset({"ctpl", "extra"}))

    assert may_submit(LETTER, MANAGER, replace(contents, standing=(partly,))).codes == ("ceiling",)


def test_an_institution_passes_on_less_than_it_has():
    assert may_submit(INSTITUTION, MANAGER, of_ceiling()).allowed
    assert may_submit(INSTITUTION, MANAGER, of_ceiling(amount_max=50_000_001)).codes == ("ceiling",)
    assert may_add(INSTITUTION, MANAGER, of_ceiling(unit_path="hq/sc/motor/")).codes == ("not_below",)
    assert may_add(INSTITUTION, MANAGER, of_ceiling(lines=frozenset())).codes == ("empty_scope",)


@pytest.mark.parametrize("pair", sorted(PASSED_ON), ids=" to ".join)
def test_from_institution_to_institution(pair):
    assert may_draft(replace(INSTITUTION, issuing_kind=pair[0], scope_kind=pair[1]), MANAGER).allowed


@pytest.mark.parametrize(
    ("letter", "codes"),
    [
        (replace(INSTITUTION, scope_kind="office"), ("wrong_units",)),
        (replace(INSTITUTION, issuing_kind="sub_branch"), ("wrong_units",)),
        (replace(LETTER, scope_path="hq/gd/"), ("not_below",)),
        (replace(LETTER, scope_path="hq/sc/"), ("not_below",)),
    ],
)
def test_between_which_units_a_letter_may_be(letter, codes):
    assert may_draft(letter, MANAGER).codes == codes


def test_each_mode_carries_its_own_kind_of_lines():
    assert may_add(INSTITUTION, MANAGER, replace(GIVEN, grants=())).allowed
    assert "wrong_mode" in may_add(INSTITUTION, MANAGER, GIVEN).codes
    assert "wrong_mode" in may_add(LETTER, MANAGER, of_ceiling()).codes


def test_an_empty_letter_is_not_submitted():
    assert may_submit(LETTER, MANAGER, Contents()).codes == ("empty",)


def test_a_letter_that_begins_later_is_approved_now():
    assert may_approve(replace(SUBMITTED, valid_from=date(2026, 12, 1)), MANAGER, GIVEN, TODAY).allowed


@pytest.mark.parametrize("letter", [LETTER, replace(LETTER, edited_by=frozenset({HOLDER}))])
def test_nobody_has_a_hand_in_a_grant_to_himself(letter):
    receiver = letter.drafted_by_id if not letter.edited_by else HOLDER

    assert may_submit(letter, MANAGER, of_grant(person_id=receiver)).codes == ("own_grant",)
    assert may_approve(
        replace(letter, status="submitted"), MANAGER, of_grant(person_id=receiver), TODAY
    ).codes == ("own_grant",)


def test_posts_that_do_not_go_together_hold_nothing():
    ruling = may_submit(LETTER, MANAGER, of_grant(separated=("核保岗不得兼任核赔岗（SOD-01）",)))

    assert ruling.codes == ("incompatible_posts",)
    assert "SOD-01" in ruling.objections[0].text


def test_the_certificates_of_the_post_are_valid():
    ruling = may_submit(LETTER, MANAGER, of_grant(missing={"DOCTOR": "医审证"}))

    assert ruling.codes == ("certificate:DOCTOR",)
    assert "没有有效的医审证" in ruling.objections[0].text


def test_a_letter_does_not_outlive_the_mandate_it_is_inside():
    ending = replace(GIVEN, standing_until={CEILING.letter_no: date(2026, 12, 31)})

    assert may_submit(LETTER, MANAGER, ending).codes == ("outlives",)
    assert may_submit(replace(LETTER, valid_to=date(2026, 12, 31)), MANAGER, ending).allowed


def test_what_one_should_know_is_no_objection():
    leaving = of_grant(until=date(2026, 12, 31))
    ruling = may_submit(LETTER, MANAGER, replace(leaving, standing=()))

    assert ruling.allowed
    assert [notice.code for notice in ruling.notices] == ["no_mandate", "leaves_post"]


def test_a_ceiling_tells_which_grants_it_cuts():
    contents = replace(of_ceiling(), now_held=(of_grant(post_path="hq/sc/motor/my/").grants[0], GRANT))
    ruling = may_approve(replace(INSTITUTION, status="submitted"), MANAGER, contents, TODAY)

    assert ruling.allowed
    assert [notice.text for notice in ruling.notices] == [
        "草稿 第1条 王敏 核赔：100,000.00 元将受限于 20,000.00 元"
    ]


def test_each_conflict_names_its_line():
    first, second = (of_grant(grant_id=number, amount_max=60_000_000).grants[0] for number in (11, 12))
    contents = replace(GIVEN, grants=(first, GRANT, second))

    found = conflicts_of(LETTER, contents)

    assert [(conflict.row_id, conflict.objection.code) for conflict in found] == [
        (11, "ceiling"),
        (12, "ceiling"),
    ]


@pytest.mark.parametrize("actor", [MANAGER, SECURITY, Actor(DRAFTER)])
def test_a_scan_is_filed_by_those_who_look_after_the_letter(actor):
    assert may_file(IN_FORCE, actor).allowed
    assert may_file(IN_FORCE, OUTSIDER).codes == ("no_right",)


def test_what_has_ended_is_not_approved():
    last_day = replace(SUBMITTED, valid_to=TODAY)

    assert may_approve(last_day, MANAGER, GIVEN, TODAY).allowed
    ended = replace(SUBMITTED, valid_to=date(2026, 11, 22))
    assert may_approve(ended, MANAGER, GIVEN, TODAY).codes == ("expired",)


def test_a_submitted_letter_is_sent_back_by_manager_or_drafter():
    assert may_send_back(SUBMITTED, MANAGER).allowed
    assert may_send_back(SUBMITTED, Actor(DRAFTER)).allowed
    assert may_send_back(SUBMITTED, OUTSIDER).codes == ("no_right",)
    assert may_send_back(LETTER, MANAGER).codes == ("wrong_status",)


def test_authority_is_taken_away_by_one_person_but_not_from_himself():
    assert may_revoke(IN_FORCE, MANAGER, [HOLDER]).allowed
    assert may_revoke(IN_FORCE, SECURITY, [HOLDER]).allowed
    assert may_revoke(IN_FORCE, OUTSIDER, [HOLDER]).codes == ("no_right",)
    assert may_revoke(IN_FORCE, MANAGER, [HOLDER, HEAD]).codes == ("own_grant",)
    assert may_revoke(SUBMITTED, MANAGER, []).codes == ("wrong_status",)


@given(amount=st.integers(0, 10**9), ceiling=st.integers(0, 10**9), more=st.integers(1, 10**9))
def test_asking_for_more_never_helps(amount, ceiling, more):
    standing = (replace(CEILING, amount_max=ceiling),)
    less = may_submit(LETTER, MANAGER, replace(of_grant(amount_max=amount), standing=standing))
    greater = may_submit(LETTER, MANAGER, replace(of_grant(amount_max=amount + more), standing=standing))

    assert less.allowed == (amount <= ceiling)
    assert less.allowed or not greater.allowed


def test_every_reason_is_in_the_book():
    root = Path(__file__).parents[2]
    code = "".join(path.read_text("utf-8") for path in (root / "authority" / "granting").glob("*.py"))
    given = set(re.findall(r'Objection\(f?"(\w+)', code))
    rows = re.findall(r"^\| (`\w+[`:].*?) \|", (root / "docs" / "granting.md").read_text("utf-8"), re.M)
    told = {code for row in rows for code in re.findall(r"`(\w+)", row)}

    assert given == told
