"""Referral rules: two people, dated versions, and never against their own test cases."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from authority import services
from authority.bounds import rules_for
from authority.ledger import verify
from authority.models import LedgerEntry, ReferralRule, RuleCase, RuleProposal
from authority.referrals import terms_of, trial_values
from authority.refusals import Refused
from authority.services import RuleDraft
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
TERMS = {
    "code": "HAIL", "name": "冰雹", "kind": "must_refer", "items": ["adjudication"], "flags": ["hail"],
    "figures_over": {"expected_loss": "5000.00"}, "to_level": 5, "post": "", "text": "由部门负责人审批",
    "source": "公司惯例", "is_verified": False, "valid_from": TODAY, "valid_to": None,
}  # fmt: skip
TRIAL = {
    "name": "冰雹六千", "item": "adjudication", "amount": "6000.00", "flags": ["hail"],
    "figures": {"expected_loss": "6000.00"}, "level": 4, "expects": "refers", "to_level": 5,
}  # fmt: skip


def create(*trials: dict, **terms: object) -> RuleDraft:
    return RuleDraft("create", {**TERMS, **terms}, trials or (TRIAL,), "新情形")


def change(code: str, *trials: dict, **terms: object) -> RuleDraft:
    rule = ReferralRule.objects.get(code=code)
    kept = trials or tuple(trial_values(case) for case in rule.cases.all())
    return RuleDraft("change", {**terms_of(rule), "valid_from": TODAY, **terms}, kept, "调整", rule)


def end(code: str, last) -> RuleDraft:
    rule = ReferralRule.objects.get(code=code)
    return RuleDraft("end", {**terms_of(rule), "valid_to": last}, (), "不再适用", rule)


def refused(act, *args, **options) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


def made(world, draft: RuleDraft) -> RuleProposal:
    proposal = services.propose_rule(draft, by=world["security_admin"])
    return services.agree_to_rule(proposal, by=world["department_head"])


def codes_on(day) -> set[tuple[str, int]]:
    return {(rule.code, rule.to_level) for rule in ReferralRule.objects.on(day)}


def test_all_that_came_with_the_software_agrees_with_itself():
    outcomes = services.outcomes_today()

    assert len(outcomes) == 2 * ReferralRule.objects.count()
    assert [one.trial.name for one in outcomes if not one.is_as_expected] == []


def test_a_new_rule_takes_effect_when_a_second_person_agrees(world):
    proposal = services.propose_rule(create(), by=world["security_admin"])
    assert not ReferralRule.objects.filter(code="HAIL").exists()

    services.agree_to_rule(proposal, by=world["department_head"])

    (rule,) = [one for one in rules_for("adjudication").referrals if one.code == "HAIL"]
    assert (rule.to_level, rule.figures_over) == (5, {"expected_loss": 500_000})
    assert ReferralRule.objects.get(code="HAIL").cases.get().name == "冰雹六千"
    actions = LedgerEntry.objects.filter(chain="rule:HAIL").order_by("sequence")
    assert list(actions.values_list("action", flat=True)) == ["propose", "approved"]
    assert verify() == []


def test_a_change_is_a_version_from_its_day(world):
    made(world, change("DEATH", {**_death(), "to_level": 5}, to_level=5, valid_from=TOMORROW))

    assert (("DEATH", 4) in codes_on(TODAY), ("DEATH", 5) in codes_on(TODAY)) == (True, False)
    assert (("DEATH", 4) in codes_on(TOMORROW), ("DEATH", 5) in codes_on(TOMORROW)) == (False, True)
    assert [one.to_level for one in rules_for("adjudication").referrals if one.code == "DEATH"] == [4]


def _death() -> dict:
    return trial_values(ReferralRule.objects.get(code="DEATH").cases.first())


def test_a_version_that_has_not_begun_is_written_over(world):
    made(world, create(valid_from=TOMORROW))
    made(world, change("HAIL", to_level=5, name="冰雹和风灾", valid_from=TOMORROW))

    assert ReferralRule.objects.get(code="HAIL").name == "冰雹和风灾"
    assert RuleCase.objects.filter(rule__code="HAIL").count() == 1


def test_a_rule_is_ended(world):
    made(world, end("DEATH", TODAY))

    assert (("DEATH", 4) in codes_on(TODAY), ("DEATH", 4) in codes_on(TOMORROW)) == (True, False)


def test_a_change_that_breaks_its_test_cases_is_refused(world):
    draft = change("DEATH", to_level=5)

    assert refused(services.propose_rule, draft, by=world["security_admin"]) == ("trial_failed",)
    services.propose_rule(
        change("DEATH", {**_death(), "to_level": 5}, to_level=5), by=world["security_admin"]
    )


def test_a_change_that_breaks_the_test_cases_of_another_rule_is_refused(world):
    stop = change("CORE_FROZEN", flags=[])

    codes = refused(services.propose_rule, stop, by=world["security_admin"])

    assert set(codes) == {"trial_failed"}
    assert len(codes) > len(ReferralRule.objects.get(code="CORE_FROZEN").cases.all())


@pytest.mark.parametrize(
    ("terms", "trials", "code"),
    [
        ({"valid_from": YESTERDAY}, (TRIAL,), "backdated"),
        ({"valid_to": YESTERDAY}, (TRIAL,), "dates"),
        ({"items": []}, (), "no_item"),
        ({}, (), "no_trial"),
        ({"kind": "notify"}, (), "no_post"),
        ({"kind": "must_consult", "post": "NOBODY"}, (), "no_post"),
        ({"code": "DEATH"}, (TRIAL,), "taken"),
    ],
)
def test_what_cannot_be_proposed(world, terms, trials, code):
    draft = RuleDraft("create", {**TERMS, **terms}, trials, "x")

    assert code in refused(services.propose_rule, draft, by=world["security_admin"])


def test_an_end_in_the_past_is_refused(world):
    for day in (YESTERDAY, None):
        assert refused(services.propose_rule, end("DEATH", day), by=world["security_admin"]) == ("backdated",)


def test_who_may_not(world):
    assert refused(services.propose_rule, create(), by=world["department_head"]) == ("not_security_admin",)
    proposal = services.propose_rule(create(), by=world["security_admin"])
    agree, reject = services.agree_to_rule, services.reject_rule

    assert refused(services.propose_rule, create(), by=world["security_admin"]) == ("taken",)
    assert refused(agree, proposal, by=world["security_admin"]) == ("same_person",)
    assert refused(agree, proposal, by=world["reviewer"]) == ("not_second_person",)
    assert refused(reject, proposal, by=world["reviewer"], reason="x") == ("not_second_person",)
    services.agree_to_rule(proposal, by=StaffFactory(admin_role="security"))
    assert "already_decided" in refused(agree, proposal, by=world["department_head"])
    assert refused(reject, proposal, by=world["security_admin"], reason="x") == ("already_decided",)


def test_a_disabled_account_changes_no_rule(world):
    proposal = services.propose_rule(create(), by=world["security_admin"])
    for name in ("security_admin", "department_head"):
        world[name].is_active = False
        world[name].save()

    assert "inactive" in refused(services.agree_to_rule, proposal, by=world["department_head"])
    assert "inactive" in refused(services.propose_rule, create(), by=world["security_admin"])


def test_it_is_tried_again_when_agreed_to(world):
    """Another rule came between: what was right when proposed is wrong now."""
    proposal = services.propose_rule(create(), by=world["security_admin"])
    ReferralRule.objects.filter(code="CORE_FROZEN").update(flags=["hail"])

    assert "trial_failed" in refused(services.agree_to_rule, proposal, by=world["department_head"])


def test_taken_back_and_turned_down(world):
    mine = services.propose_rule(create(), by=world["security_admin"])
    services.reject_rule(mine, by=world["security_admin"], reason="另行起草")
    other = services.propose_rule(create(), by=world["security_admin"])
    done = services.reject_rule(other, by=world["department_head"], reason="不必要")

    assert (done.status, done.answer) == ("rejected", "不必要")
    assert not ReferralRule.objects.filter(code="HAIL").exists()


def proposal(**values: object) -> RuleProposal:
    given = {"kind": "create", "code": "HAIL", "terms": {}, "reason": "x", "proposed_by": StaffFactory()}
    return RuleProposal.objects.create(**{**given, **values})


def agreed_by_oneself() -> None:
    staff = StaffFactory()
    decided = {"status": "approved", "decided_by": staff, "decided_at": timezone.now()}
    proposal(proposed_by=staff, **decided)


def rule_case(**values: object) -> None:
    given = {"name": "x", "item": "x", "amount": 1, "level": 1, "expects": "decides", "number": 9}
    RuleCase.objects.create(rule=ReferralRule.objects.first(), **{**given, **values})


@pytest.mark.parametrize(
    ("constraint", "act"),
    [
        ("proposal_kind_known", lambda: proposal(kind="x")),
        ("proposal_decided_by_somebody", lambda: proposal(status="approved")),
        ("proposal_two_people", agreed_by_oneself),
        ("proposal_one_waiting", lambda: [proposal(), proposal()]),
        ("rulecase_one_per_place", lambda: rule_case(number=1)),
        ("rulecase_expectation_known", lambda: rule_case(expects="x")),
        ("rulecase_amount_not_negative", lambda: rule_case(amount=-1)),
        ("referralrule_one_version", lambda: ReferralRule.objects.update(code="X")),
        ("referralrule_names_post", lambda: ReferralRule.objects.update(post="")),
        ("referralrule_dates_in_order", lambda: ReferralRule.objects.update(valid_to="2000-01-01")),
    ],
)
def test_the_database_refuses(constraint, act):
    with pytest.raises(IntegrityError, match=f"authority_{constraint}"):
        act()


def form_of(**changes: object) -> dict:
    trial = {f"trial-0-{name}": value for name, value in TRIAL.items() if name != "figures"}
    management = {"trial-TOTAL_FORMS": "2", "trial-INITIAL_FORMS": "0", "trial-1-name": ""}
    given = {name: value for name, value in TERMS.items() if name not in ("figures_over", "valid_to")}
    sums = {"expected_loss": "5000", "trial-0-expected_loss": "6000", "trial-0-flags": "hail"}
    return {**given, **trial, **management, **sums, "is_verified": "", "reason": "新情形", **changes}


def test_proposing_on_the_pages(client, world):
    client.force_login(world["security_admin"])

    failing = client.post(reverse("authority:rule_new"), form_of(to_level="6"))
    assert (failing.status_code, "试案「冰雹六千」" in failing.content.decode()) == (422, True)
    wrong = client.post(reverse("authority:rule_new"), form_of(flags="Hail!"))
    assert "标识代码" in wrong.content.decode()
    assert client.post(reverse("authority:rule_new"), form_of()).status_code == 302
    waiting = RuleProposal.objects.get()
    assert "HAIL" in client.get(reverse("authority:rules")).content.decode()

    client.force_login(world["department_head"])
    page = client.get(reverse("authority:rule_proposal", args=[waiting.pk])).content.decode()
    assert ("批准" in page, "冰雹六千" in page, "预计损失超过(元) 5000.00" in page) == (True, True, True)
    client.post(reverse("authority:rule_agree", args=[waiting.pk]))
    assert ReferralRule.objects.get(code="HAIL").flags == ["hail"]


def test_changing_and_ending_on_the_pages(client, world):
    rule = ReferralRule.objects.get(code="IMPORTED_HEAVY")
    client.force_login(world["security_admin"])

    page = client.get(reverse("authority:rule_change", args=[rule.pk])).content.decode()
    assert ('value="300000.00"' in page, "IMPORTED_HEAVY" in page) == (True, True)
    end_url = reverse("authority:rule_end", args=[rule.pk])
    client.post(end_url, {"valid_to": ""})
    assert not RuleProposal.objects.exists()
    client.post(end_url, {"valid_to": f"{TODAY}", "reason": "并入其他规则"})
    waiting = RuleProposal.objects.get()
    reject = reverse("authority:rule_reject", args=[waiting.pk])
    client.post(reject, {"reason": ""})
    client.post(reject, {"reason": "收回"})
    waiting.refresh_from_db()
    assert waiting.status == "rejected"
    assert "收回" in client.get(rule.get_absolute_url()).content.decode()


def test_the_states_of_rules_are_shown(client, world):
    made(world, create(valid_from=TOMORROW))
    ReferralRule.objects.filter(code="MEDIA").update(valid_to=YESTERDAY)
    RuleCase.objects.filter(rule__code="DEATH", number=1).update(to_level=6)
    client.force_login(world["clerk"])

    page = client.get(reverse("authority:rules")).content.decode()

    assert all(text in page for text in ("尚未生效", "已失效", "试案不符"))
    assert "1 个与应有结论不符" in client.get(reverse("authority:rule_trials")).content.decode()


def test_the_list_costs_the_same_for_many(client, world, assert_flat_queries):
    client.force_login(world["clerk"])
    numbers = iter(range(99))

    def grow() -> None:
        terms = {**TERMS, "code": f"HAIL{next(numbers)}", "figures_over": {}}
        RuleCase.objects.create(rule=ReferralRule.objects.create(**terms), number=1, **TRIAL)

    assert_flat_queries(reverse("authority:rules"), grow=grow)
