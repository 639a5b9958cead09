"""Lines of an assessment: their sums are the amounts, their review the reviewed amount."""

from decimal import Decimal

import pytest

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.conflicts import Stale
from cases.damage.arithmetic import name_key, product
from cases.damage.parsing import LineRow
from cases.lifecycle import Action, Stage, open_actions
from cases.models import ClaimCase, DamageItem, PartPrice
from cases.services import Amendment, Answer, LossRow, itemising
from tests.cases.branch import Branch, assessed_case, current, grant, in_post, say, send
from tests.cases.itemised import FACTS, ROWS, SUM, check_sums, itemised, lines, too_dear, verdict


@pytest.mark.parametrize(
    ("quantity", "price", "residual", "worth"),
    [
        ("1", "0", "0", "0"),
        ("3.5", "180.33", "0", "631.16"),
        ("0.01", "0.50", "0", "0.01"),
        ("2", "10", "5", "15"),
    ],
)
def test_what_a_line_comes_to(quantity, price, residual, worth):
    assert product(Decimal(quantity), Decimal(price), Decimal(residual)) == Decimal(worth)


def test_parts_are_compared_without_their_dress():
    assert name_key("前保险杠（左）") == name_key("前保险杠 左") == name_key("前保险杠(左)")


def test_lines_make_the_assessment(branch: Branch, guarded):
    case = itemised(branch)
    check_sums()

    assert (case.assessed, case.losses.get().assessed, case.stage) == (SUM, SUM, Stage.ASSESSED)
    assert case.steps.filter(step="assess").count() == 2
    assert LedgerEntry.objects.filter(chain=f"case:{case.pk}", action="itemise").count() == 1
    assert case.amount_changes.filter(subject="assessed", reason="定损明细").exists()


@pytest.mark.parametrize(
    ("stage", "returned_to", "is_open"),
    [
        (Stage.SURVEYED, "", True),
        (Stage.ASSESSED, "", True),
        (Stage.RETURNED, "assess", True),
        (Stage.RETURNED, "survey", False),
        (Stage.REVIEWING, "", False),
        (Stage.ADJUSTED, "", False),
    ],
)
def test_the_assessor_enters_lines_before_he_sends(stage, returned_to, is_open):
    assert (Action.ITEMISE in open_actions(stage, returned_to)) is is_open


def test_entering_is_refused_with_every_reason(branch: Branch):
    case = assessed_case(branch)
    bad = [LineRow("part", "", "灯", Decimal(1), Decimal(10), Decimal(11))]

    with pytest.raises(Refused, match="残值大于金额"):
        itemising.itemise(case.losses.get(), FACTS, bad, by=branch.surveyor, seen=case.version)
    with pytest.raises(Refused, match="至少录入一行"):
        itemising.itemise(case.losses.get(), FACTS, [], by=branch.surveyor, seen=case.version)
    with pytest.raises(Refused, match="没有该机构"):
        itemising.itemise(case.losses.get(), FACTS, ROWS, by=branch.statistician, seen=case.version)
    with pytest.raises(Stale):
        itemising.itemise(case.losses.get(), FACTS, ROWS, by=branch.surveyor, seen=99)


def test_an_assessment_does_not_contradict_its_lines(branch: Branch):
    case = itemised(branch)
    ClaimCase.objects.filter(pk=case.pk).update(stage=Stage.RETURNED, returned_to="assess")
    other = [LossRow("own_damage", "vehicle", "本车", Decimal(9000))]

    with pytest.raises(Refused, match="以明细合计为准"):
        services.assess(case, other, by=branch.surveyor, seen=case.version)


def test_a_loss_that_is_dropped_loses_its_lines(branch: Branch):
    case = itemised(branch)
    ClaimCase.objects.filter(pk=case.pk).update(stage=Stage.RETURNED, returned_to="assess")
    other = [LossRow("third_party", "vehicle", "三者车", Decimal(9000))]

    services.assess(case, other, by=branch.surveyor, seen=case.version)
    check_sums()

    assert not DamageItem.objects.exists()
    assert DamageItem.history.filter(history_type="-").count() == len(ROWS)


def test_the_reviewer_cuts_lines_and_the_decision_takes_their_sum(branch: Branch, guarded):
    case = itemised(branch)
    submission = send(case, "damage_review", by=branch.clerk)
    case.refresh_from_db()
    bumper, *rest = lines(case)
    verdicts = {bumper.pk: verdict(bumper, price=Decimal(1000), reason=too_dear())}
    verdicts |= {one.pk: verdict(one) for one in rest}

    itemising.review_lines(case, verdicts, by=branch.damage_reviewer, seen=case.version)
    say(submission, "agree", by=branch.damage_reviewer)
    check_sums()

    case.refresh_from_db()
    loss = case.losses.get()
    assert (case.reviewed, loss.reviewed, loss.reviewer) == (SUM - 280, SUM - 280, branch.damage_reviewer)
    assert lines(case)[0].cut == 280
    assert LedgerEntry.objects.get(chain=f"case:{case.pk}", action="review_lines").amount == SUM - 280


def test_lines_nobody_touched_stand_as_claimed_and_prices_are_remembered(branch: Branch, guarded):
    case = itemised(branch)
    say(send(case, "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    check_sums()

    price = PartPrice.objects.get()
    assert (price.code, price.price, price.brand, price.case_id) == ("51117", 1280, "大众", case.pk)
    assert [one.granted for one in lines(case)] == [one.claimed for one in lines(case)]


def test_the_decision_takes_no_other_amount_than_the_lines(branch: Branch):
    case = itemised(branch)
    submission = send(case, "damage_review", by=branch.clerk)

    with pytest.raises(Refused, match="按明细核定"):
        say(submission, "agree", by=branch.damage_reviewer, reviewed={case.losses.get().pk: Decimal(1)})


def test_head_office_alters_the_sum_and_the_lines_follow(branch: Branch, guarded):
    case = itemised(branch)
    submission = send(case, "damage_review", by=branch.clerk)
    up = {"opinion": "请示", "missing_papers": "在途", "help_reason": "疑难"}
    say(submission, "refer_up", by=branch.damage_reviewer, **up)
    if current(submission).kind != "head_office":
        say(submission, "refer_up", by=branch.manager, **up)
    answer = Answer("altered", "总〔1〕", amount=Decimal(2000))
    services.answer_escalation(submission.escalation, answer, by=branch.head_office_reviewer)
    check_sums()

    assert sum(one.granted for one in lines(case)) == 2000
    assert {one.reason.code for one in lines(case)} == {"HQ"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"price": Decimal(9999)}, "over_claimed"),
        ({"price": Decimal(500)}, "no_reduction_reason"),
        ({"residual": Decimal(5000), "reason": 1}, "negative_line"),
    ],
)
def test_a_review_of_a_line_is_refused(branch: Branch, fields: dict, code: str):
    case = itemised(branch)
    send(case, "damage_review", by=branch.clerk)
    case.refresh_from_db()
    line = lines(case)[0]

    with pytest.raises(Refused) as refusal:
        itemising.review_lines(
            case, {line.pk: verdict(line, **fields)}, by=branch.damage_reviewer, seen=case.version
        )

    assert code in refusal.value.ruling.codes
    assert lines(case)[0].reviewed is None


def test_only_the_reviewer_at_his_station_reviews(branch: Branch):
    case = itemised(branch)
    line = lines(case)[0]
    with pytest.raises(Refused, match="不在核损、核价环节"):
        itemising.review_lines(case, {line.pk: verdict(line)}, by=branch.damage_reviewer, seen=case.version)
    send(case, "damage_review", by=branch.clerk)
    case.refresh_from_db()
    for person in (branch.surveyor, branch.adjudicator):
        with pytest.raises(Refused):
            itemising.review_lines(case, {line.pk: verdict(line)}, by=person, seen=case.version)
    with pytest.raises(Refused, match="不属于本案"):
        itemising.review_lines(case, {10**9: verdict(line)}, by=branch.damage_reviewer, seen=case.version)


def test_price_review_asks_for_the_dearest_part_and_moves_prices_only(branch: Branch):
    reviewer = in_post("PPR", branch.department)
    grant(reviewer, "price_review", "1300")
    case = itemised(branch)
    submission = send(case, "price_review", by=branch.clerk)
    case.refresh_from_db()
    bumper, labour, _ = lines(case)

    assert submission.amount == 1280
    assert current(submission).staff == reviewer.staff
    cut = {bumper.pk: verdict(bumper, price=Decimal(1100), reason=too_dear())}
    with pytest.raises(Refused, match="只能修改配件单价"):
        itemising.review_lines(case, {labour.pk: verdict(labour)}, by=reviewer.staff, seen=case.version)
    itemising.review_lines(case, cut, by=reviewer.staff, seen=case.version)
    assert lines(case)[0].granted == 1080


def test_an_amount_with_lines_is_not_amended_beside_them(branch: Branch):
    case = itemised(branch)
    submission = send(case, "damage_review", by=branch.clerk)
    case.refresh_from_db()
    other = Amendment({case.losses.get().pk: Decimal(1)}, "改", case.version)

    with pytest.raises(Refused, match="以明细合计为准"):
        services.amend(submission, other, by=branch.clerk)
