"""The handler's pages, from the report to the closing, and what they answer when something does not fit."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from authority.models import ReferralRule
from authority.refusals import Refused
from cases import services
from cases.models import ClaimCase, Payment, Submission
from tests.cases.branch import Branch, adjusted_case, assessed_case, in_post, say, send
from tests.cases.viewers import client_of
from tests.factories import OrgUnitFactory


@pytest.fixture
def clerk(branch: Branch):
    return client_of(branch.clerk)


def work(client, case, name: str, **fields):
    """Sends the form of one step, having seen the case as it is; gives the answer, the case re-read."""
    case.refresh_from_db()
    response = client.post(reverse(f"cases:{name}", args=[case.pk]), {"seen": case.version, **fields})
    case.refresh_from_db()
    return response


def loss_rows(*rows: tuple[str, str, str, str]) -> dict[str, str]:
    sent = {"form-TOTAL_FORMS": str(len(rows) + 1), "form-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        names = ("line", "loss_class", "label", "assessed")
        sent |= {f"form-{number}-{name}": value for name, value in zip(names, row, strict=True)}
    return sent | {f"form-{len(rows)}-line": "ctpl", f"form-{len(rows)}-loss_class": "vehicle"}


ONE_CAR = loss_rows(("own_damage", "vehicle", "本车", "6000"))


def reported(clerk, branch: Branch) -> ClaimCase:
    fields = {"unit": branch.unit.pk, "insured_name": "刘明", "plate_no": "川b·18k62", "lines": "own_damage"}
    at = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    clerk.post(reverse("cases:new"), {**fields, "loss_classes": "vehicle", "reported_at": at})
    return ClaimCase.objects.get()


def test_a_case_goes_from_report_to_assessment(clerk, branch):
    case = reported(clerk, branch)
    assert (case.plate_no, case.handler) == ("川B18K62", branch.clerk)
    work(clerk, case, "register", estimate="7000")
    work(clerk, case, "survey", accident_place="德阳", liability_ratio="70")
    work(clerk, case, "assess", **ONE_CAR)

    assert (case.stage, case.estimate, case.assessed) == ("assessed", 7000, 6000)
    assert (case.accident_place, case.liability_ratio) == ("德阳", 70)


def surveyed(clerk, branch: Branch, **findings) -> ClaimCase:
    case = reported(clerk, branch)
    work(clerk, case, "register", estimate="7000")
    work(clerk, case, "survey", liability_ratio="100", **findings)
    return case


def test_a_death_found_by_the_survey_lifts_the_adjudication(clerk, branch):
    case = surveyed(clerk, branch, flags=["death"])
    work(clerk, case, "assess", **ONE_CAR)
    say(send(case, "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    work(clerk, case, "adjust", **{f"amount_{case.losses.get().pk}": "5500"})
    submission = send(case, by=branch.clerk)

    with pytest.raises(Refused) as refusal:
        say(submission, "agree", by=branch.adjudicator)

    assert "must_refer:DEATH" in refusal.value.ruling.codes
    assert list(submission.chain.values_list("staff", flat=True)) == [
        branch.adjudicator.pk,
        branch.office_head.pk,
    ]


def test_what_the_survey_found_is_shown_and_kept(clerk, branch):
    case = surveyed(clerk, branch, flags=["death", "media"], is_major="on", major_criterion="死亡 1 人")
    ClaimCase.objects.filter(pk=case.pk).update(flags=["death", "older"], stage="registered")

    work(clerk, case, "survey", liability_ratio="100", is_major="on", flags=["death", "media"])
    page = clerk.get(case.get_absolute_url()).content.decode()

    assert (case.flags, case.is_major) == (["older", "death", "media"], True)
    assert "媒体关注" in page
    assert "重大" in page


def test_the_survey_offers_what_the_rules_in_force_ask_for(clerk, branch):
    rule = ReferralRule.objects.get(code="DEATH")
    rule.flags, rule.name, rule.pk, rule.code = ["hit_and_run"], "肇事逃逸", None, "HIT_AND_RUN"
    rule.save()
    case = reported(clerk, branch)
    work(clerk, case, "register", estimate="7000")
    offered = dict(clerk.get(reverse("cases:survey", args=[case.pk])).context["form"].fields["flags"].choices)

    assert (offered["death"], offered["hit_and_run"]) == ("死亡", "肇事逃逸")
    assert "suspected_fraud" not in offered
    assert "major" not in offered


def test_the_chain_is_shown_before_submitting_and_is_the_one_made(clerk, branch):
    case = assessed_case(branch, "60000")
    shown = clerk.get(reverse("cases:submit", args=[case.pk])).context["links"]
    work(clerk, case, "submit", item="damage_review", key=str(uuid4()), opinion="请审核")
    made = Submission.objects.get().chain.select_related("staff")

    assert [link.who for link in shown] == [branch.damage_reviewer.name, branch.manager.name]
    assert [step.staff.name for step in made] == [link.who for link in shown]


def test_after_the_review_the_case_is_adjusted_paid_and_closed(clerk, branch):
    case = assessed_case(branch, "6000")
    say(send(case, "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    work(clerk, case, "adjust", **{f"amount_{case.losses.get().pk}": "5500"})
    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)
    work(clerk, case, "pay", amount="5500", payee="刘明", key=str(uuid4()))
    work(clerk, case, "close", kind="paid")

    assert (case.stage, case.paid, case.closing_kind) == ("closed", Decimal(5500), "paid")


def test_a_step_out_of_turn_is_403_with_the_reason(clerk, branch):
    response = clerk.get(reverse("cases:pay", args=[adjusted_case(branch).pk]))

    assert response.status_code == 403
    assert "赔案已理算，不能支付" in response.content.decode()


def test_a_stale_form_is_409(clerk, branch):
    case = adjusted_case(branch)
    services.change_estimate(case, Decimal(9000), "补充损失", by=branch.clerk, seen=case.version)
    response = clerk.post(
        reverse("cases:change_estimate", args=[case.pk]), {"seen": 1, "estimate": "1", "reason": "x"}
    )

    assert response.status_code == 409
    assert "补充损失" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "fields", "text"),
    [
        ("change_estimate", {"estimate": "0", "reason": "x"}, "0.01"),
        ("change_estimate", {"estimate": "10"}, "这个字段是必填项"),
        ("hand_over", {"successor": "", "reason": "x"}, "这个字段是必填项"),
    ],
)
def test_a_form_filled_in_wrongly_is_422(clerk, branch, name, fields, text):
    response = work(clerk, adjusted_case(branch), name, **fields)

    assert response.status_code == 422
    assert text in response.content.decode()


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (loss_rows(), "至少填写一项损失"),
        (loss_rows(*[("own_damage", "vehicle", "本车", "1")] * 2), "只能填一行"),
    ],
)
def test_an_assessment_needs_distinct_losses(clerk, branch, rows, text):
    case = reported(clerk, branch)
    work(clerk, case, "register", estimate="7000")
    work(clerk, case, "survey", liability_ratio="100")

    assert text in work(clerk, case, "assess", **rows).content.decode()


def test_what_the_service_refuses_is_said_on_the_form(clerk, branch):
    case = adjusted_case(branch, "8000")
    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)
    response = work(clerk, case, "pay", amount="9000", payee="刘明", key=str(uuid4()))

    assert response.status_code == 422
    assert "累计支付超过核赔金额" in response.content.decode() or "超出核赔金额" in response.content.decode()
    assert not Payment.objects.exists()


def test_a_double_click_on_pay_pays_once(clerk, branch):
    case = adjusted_case(branch, "8000")
    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)
    case.refresh_from_db()
    page, key = reverse("cases:pay", args=[case.pk]), str(uuid4())
    sent = {"seen": case.version, "amount": "8000", "payee": "刘明", "key": key}
    first, again = (clerk.post(page, sent) for _ in range(2))

    assert (first.status_code, again.status_code, again.url) == (302, 302, first.url)
    assert Payment.objects.get().amount == 8000
    assert clerk.post(page, {**sent, "payee": "别人"}).status_code == 422
    assert clerk.post(page, {**sent, "key": str(uuid4())}).status_code == 409


def test_a_request_is_withdrawn(clerk, branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    work(clerk, submission.case, "withdraw", submission=submission.pk, reason="金额有误")

    submission.refresh_from_db()
    assert submission.status == "withdrawn"


def test_a_case_is_handed_over(clerk, branch):
    case = adjusted_case(branch)
    work(clerk, case, "hand_over", successor=branch.adjuster.pk, reason="调岗")

    assert case.handler == branch.adjuster


def test_only_people_of_the_unit_or_above_are_offered(clerk, branch):
    elsewhere = in_post("CASE_REG", OrgUnitFactory(parent=branch.department)).staff
    form = clerk.get(reverse("cases:hand_over", args=[adjusted_case(branch).pk])).context["form"]
    offered = set(form.fields["successor"].queryset)

    assert {branch.adjuster, branch.manager} <= offered
    assert elsewhere not in offered


def test_many_are_handed_over_each_on_its_own(clerk, branch):
    moved, changed = adjusted_case(branch), adjusted_case(branch)
    chosen = {"case": [moved.pk, changed.pk]}
    shown = clerk.post(reverse("cases:hand_over_many"), chosen)
    seen = {f"seen_{case.pk}": case.version for case in shown.context["cases"]} | {f"seen_{changed.pk}": 99}
    answer = {"successor": branch.adjuster.pk, "reason": "休假"}
    results = clerk.post(reverse("cases:hand_over_many"), {**chosen, **seen, **answer}).context["results"]

    assert [result.is_done for result in results] == [True, False]
    assert ClaimCase.objects.get(pk=moved.pk).handler == branch.adjuster


def test_endless_numbers_in_a_form_are_nothing(clerk, branch):
    case, endless = adjusted_case(branch), "9" * 5000
    sent = {"seen": endless, "amount": "9000", "reason": "增加"}

    assert clerk.post(reverse("cases:change_estimate", args=[case.pk]), sent).status_code < 500
    assert clerk.post(reverse("cases:decide", args=[case.pk]), {"step": endless}).status_code == 404
    assert clerk.post(reverse("cases:hand_over_many"), {"case": endless}).url == reverse("cases:index")
    many = {"key": str(uuid4()), "ticket": f"{endless}:{endless}", "outcome": "agree"}
    assert clerk.post(reverse("cases:bulk_decide"), many).status_code == 200


def test_reporting_needs_a_unit_one_handles(branch):
    response = client_of(branch.statistician).get(reverse("cases:new"))

    assert response.status_code == 403
    assert "不能登记报案" in response.content.decode()
