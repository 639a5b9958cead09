"""A request about a record of its own: the case keeps its stage, the record follows the request."""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from authority.models import LedgerEntry
from authority.refusals import Refused
from authority.rulings import Objection
from cases import services
from cases.conflicts import KeyReused
from cases.lifecycle import Stage
from cases.matters import Asked
from cases.models import ClaimCase, Submission
from cases.services import About, Answer, Settlement, SubjectKind
from cases.services.subjects import _KINDS
from tests.cases.branch import Branch, adjusted_case, current, grant, in_post, say, send

ITEM = "litigation"


@dataclass
class Suits:
    """Records of an area, by id: what each asks for; and how each ended."""

    amounts: dict[int, Decimal] = field(default_factory=lambda: {7: Decimal(30000), 8: Decimal(40000)})
    against: tuple[Objection, ...] = ()
    ends: list[tuple[int | None, str, Decimal]] = field(default_factory=list)

    def about(self, case: ClaimCase, pk: int) -> About | None:
        amount = self.amounts.get(pk)
        return About(f"诉讼 {pk}", "/suits/", Asked(pk, amount), self.against) if amount else None

    def settle(self, settlement: Settlement) -> None:
        self.ends.append((settlement.submission.subject_id, settlement.status, settlement.amount))

    def granting(self, submission: Submission) -> tuple[Objection, ...]:
        return self.against


@pytest.fixture
def suits(monkeypatch, branch: Branch) -> Suits:
    kept = Suits()
    monkeypatch.setitem(_KINDS, ITEM, SubjectKind(kept.about, kept.settle, kept.granting))
    branch.legal = in_post("LEGAL", branch.department)
    grant(branch.legal, ITEM, "50000", special_kinds=[""])
    return kept


def ask(case: ClaimCase, by, subject: int | None = 7, **fields) -> Submission:
    return send(case, ITEM, by=by, subject=subject, **fields)


def codes(act, *args, **options) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


def test_the_case_keeps_its_stage_and_the_record_gives_the_amount(branch: Branch, suits: Suits):
    case = adjusted_case(branch)
    request = ask(case, branch.clerk)
    assert (request.amount, request.subject_id) == (Decimal(30000), 7)

    say(request, "agree", by=branch.legal.staff)

    case.refresh_from_db()
    assert case.stage == Stage.ADJUSTED
    assert suits.ends == [(7, "agreed", Decimal(30000))]
    told = LedgerEntry.objects.filter(chain=f"case:{case.pk}").order_by("sequence")
    assert list(told.values_list("action", "to_state")) == [("ask", "adjusted"), ("grant", "adjusted")]


def test_it_waits_beside_the_case_s_own_request(branch: Branch, suits: Suits):
    case = adjusted_case(branch)
    own, beside = send(case, by=branch.clerk), ask(case, branch.clerk)

    say(own, "return", by=branch.adjudicator, return_to="adjust", problem_codes=("P3",), opinion="有误")

    case.refresh_from_db()
    beside.refresh_from_db()
    assert (case.stage, beside.status) == (Stage.RETURNED, "open")
    say(beside, "agree_with_conditions", by=branch.legal.staff, conditions="只付赔款")
    case.refresh_from_db()
    assert (case.stage, case.returned_to) == (Stage.RETURNED, "adjust")


@pytest.mark.parametrize(
    ("outcome", "fields", "status"),
    [
        ("return", {"return_to": "submit", "problem_codes": ("P1",), "opinion": "缺材料"}, "returned"),
        ("refuse", {"opinion": "不同意"}, "refused"),
    ],
)
def test_a_no_goes_to_the_record(branch: Branch, suits: Suits, outcome: str, fields: dict, status: str):
    case = adjusted_case(branch)
    request = ask(case, branch.clerk)

    say(request, outcome, by=branch.legal.staff, **fields)

    case.refresh_from_db()
    assert (case.stage, suits.ends) == (Stage.ADJUSTED, [(7, status, Decimal(30000))])


def test_it_is_returned_for_its_papers_only(branch: Branch, suits: Suits):
    request = ask(adjusted_case(branch), branch.clerk)

    found = codes(
        say, request, "return", by=branch.legal.staff, return_to="survey", problem_codes=("P1",), opinion="x"
    )

    assert found == ("no_return_step",)


def test_head_office_alters_it_and_the_case_stays(branch: Branch, suits: Suits):
    suits.amounts[7] = Decimal(90000)
    case = adjusted_case(branch)
    request = ask(case, branch.clerk)
    say(request, "refer_up", by=branch.legal.staff, opinion="超权限", missing_papers="无")
    case.refresh_from_db()
    assert case.stage == Stage.ADJUSTED

    answer = Answer("altered", "总1号", Decimal(60000))
    services.answer_escalation(request.escalation, answer, by=branch.head_office_reviewer)

    assert suits.ends == [(7, "agreed", Decimal(60000))]


def test_it_is_taken_back_in_every_stage(branch: Branch, suits: Suits):
    case = adjusted_case(branch)
    request = ask(case, branch.clerk)
    case.refresh_from_db()
    assert services.withdrawing(request, branch.clerk).allowed

    services.withdraw(request, "另议", by=branch.clerk, seen=case.version)

    assert suits.ends == [(7, "withdrawn", Decimal(30000))]


def test_asking_in_parts_does_not_help(branch: Branch, suits: Suits):
    case = adjusted_case(branch)
    say(ask(case, branch.clerk), "agree", by=branch.legal.staff)

    second = ask(case, branch.clerk, subject=8)

    assert (second.amount, second.case_total) == (Decimal(40000), Decimal(70000))
    assert "over_limit" in codes(say, second, "agree", by=branch.legal.staff)


def test_every_reason_is_given(branch: Branch, suits: Suits):
    case = adjusted_case(branch)
    suits.against = (Objection("no_letter", "没有传票"),)

    assert codes(ask, case, branch.surveyor, subject=99) == ("no_amount", "no_record")
    assert codes(ask, case, branch.clerk) == ("no_letter",)


def test_what_the_record_forbids_cannot_be_agreed_to(branch: Branch, suits: Suits):
    request = ask(adjusted_case(branch), branch.clerk)
    suits.against = (Objection("late", "上诉期已过"),)

    assert codes(say, request, "agree", by=branch.legal.staff) == ("late",)
    say(request, "refuse", by=branch.legal.staff, opinion="过期")


def test_the_same_key_gives_the_same_request_and_no_other_record(branch: Branch, suits: Suits):
    case, key = adjusted_case(branch), uuid4()
    first = ask(case, branch.clerk, key=key)

    assert ask(case, branch.clerk, key=key).pk == first.pk
    with pytest.raises(KeyReused):
        ask(case, branch.clerk, subject=8, key=key)


def test_a_case_is_not_closed_under_it(branch: Branch, suits: Suits):
    case = adjusted_case(branch, stage=Stage.PAID, approved=8000, paid=0)
    ask(case, branch.clerk)
    case.refresh_from_db()

    assert codes(services.close, case, "paid", by=branch.clerk, seen=case.version) == ("beside_open",)


def test_the_amount_is_the_record_s_to_correct(branch: Branch, suits: Suits):
    request = ask(adjusted_case(branch), branch.clerk)

    assert services.amending(request, branch.clerk).codes == ("amount_of_record",)


def test_the_submit_page_shows_the_chain_and_leads_back(client, branch: Branch, suits: Suits):
    case = adjusted_case(branch)
    client.force_login(branch.clerk)
    url = reverse("cases:submit", args=[case.pk])
    page = client.get(url, {"item": ITEM, "subject": 7})
    assert branch.legal.staff.name in page.content.decode()
    assert "诉讼 7" in page.content.decode()

    sent = {"item": ITEM, "subject": 7, "seen": case.version, "key": page.context["form"]["key"].value()}
    answer = client.post(url, sent)

    assert (answer.status_code, answer["Location"]) == (302, "/suits/")
    assert current(Submission.objects.get()).staff == branch.legal.staff
    assert client.get(url, {"item": ITEM, "subject": 99}).status_code == 404


def test_the_decision_page_names_the_record(client, branch: Branch, suits: Suits):
    request = ask(adjusted_case(branch), branch.clerk)
    client.force_login(branch.legal.staff)

    page = client.get(reverse("cases:detail", args=[request.case_id]))

    assert "诉讼 7" in page.content.decode()
    assert page.context["form"].fields["return_to"].choices == [("", "请选择"), ("submit", "提交")]


def test_only_known_items_have_records(suits: Suits):
    kind = SubjectKind(suits.about, suits.settle)

    with pytest.raises(KeyError):
        services.register_subject("survey", kind)
    with pytest.raises(ValueError, match="already"):
        services.register_subject(ITEM, kind)
