"""Random lives of a case: whatever is tried, the rows say what the plain model says.

LIFE_COUNT lives of LIFE_STEPS steps each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from authority.ledger import verify
from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.models import CasePaper, ChainStep, ClaimCase, Escalation, Kind, SpecialRequest, Submission
from cases.services import (
    Amendment,
    Answer,
    LossRow,
    PaymentOrder,
    Request,
    Sending,
    SpecialOrder,
    Verdict,
)
from tests.cases.branch import Branch, in_post
from tests.cases.life_model import ADJUDICATION, ADVANCE, REVIEW, Life
from tests.cases.life_special import SpecialRules
from tests.cases.life_verbs import VerbRules
from tests.cases.special import PAPERS, add_reviewer, agreed
from tests.factories import CaseFactory

COUNT = int(os.environ.get("LIFE_COUNT", "12"))
STEPS = int(os.environ.get("LIFE_STEPS", "25"))
AMOUNTS = st.sampled_from([Decimal(n) for n in (800, 8000, 60000, 150000, 400000, 600000)])
PERSONS = ["adjudicator", "office_head", "manager", "damage_reviewer", "clerk", "surveyor"]
PEOPLE = st.sampled_from(PERSONS)
UNREGISTERED = {
    "report_no": "",
    "claim_no": "",
    "stage": "reported",
    "registered_at": None,
    "lines": ["ctpl", "own_damage"],
    **dict.fromkeys(("estimate", "assessed", "reviewed", "adjusted"), 0),
}


def guard(*, on: bool) -> None:
    """What happened so far is asked for its entries; from here on it will be, or not."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("select set_config('claims.filling', %s, true)", ["off" if on else "on"])


class PlainLife(RuleBasedStateMachine):
    branch: Branch

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.life = Life()
        new = CaseFactory.build(unit=self.branch.unit, handler=None, is_major=True, **UNREGISTERED)
        guard(on=True)
        self.pk = services.register_case(new, by=self.branch.clerk).pk
        CasePaper.objects.bulk_create(self.paper(kind) for kind in PAPERS)

    def teardown(self) -> None:
        assert verify([f"case:{self.pk}"]) == []
        guard(on=False)
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def paper(self, kind: str) -> CasePaper:
        facts = {"name": kind, "file": "x.pdf", "sha256": kind, "size": 1, "uploaded_by": self.branch.clerk}
        return CasePaper(case_id=self.pk, kind=kind, **facts)

    @property
    def case(self) -> ClaimCase:
        return ClaimCase.objects.get(pk=self.pk)

    @staticmethod
    def of_losses(case: ClaimCase, amount: Decimal) -> dict[int, Decimal]:
        """All of it on our own vehicle."""
        return {loss.pk: amount if loss.line == "own_damage" else Decimal(0) for loss in case.losses.all()}

    @property
    def waiting(self) -> Submission:
        return Submission.objects.get(case=self.pk, status="open")

    def attempt(self, act: Callable[[ClaimCase], object], *, expected: bool | None) -> bool:
        """Does it; None where the model has no opinion. Says whether it was allowed."""
        try:
            with transaction.atomic():
                act(self.case)
        except Refused as refused:
            allowed, said = False, str(refused)
        else:
            allowed, said = True, ""
        assert expected in (None, allowed), said
        return allowed

    @rule(steps=st.integers(1, 7), amount=AMOUNTS)
    def go_on(self, steps: int, amount: Decimal) -> None:
        """The next steps of an ordinary life, so that random ones happen everywhere along it."""
        for _ in range(steps):
            work = self.life.returned_to or self.life.stage
            {
                "reported": self.register,
                "registered": self.survey,
                "survey": self.survey,
                "surveyed": lambda: self.assess(amount),
                "assess": lambda: self.assess(amount),
                "assessed": lambda: self.submit("damage_review"),
                "submit_review": lambda: self.submit("damage_review"),
                "reviewing": self.decide_or_refer,
                "reviewed": lambda: self.adjust(self.life.reviewed),
                "adjust": lambda: self.adjust(self.life.reviewed),
                "adjusted": lambda: self.submit("adjudication"),
                "submit_adjudication": lambda: self.submit("adjudication"),
                "adjudicating": self.decide_or_refer,
                "over_authority": lambda: self.head_office_answers("agreed"),
                "approved": self.settle,
                "paid": self.settle,
                "suspended": self.resume,
                "closed": self.survey,
            }[work]()

    def settle(self) -> None:
        if self.life.may_close_at_zero:
            self.close_at_zero()
        elif self.life.stage == "paid":
            self.close()
        else:
            self.pay(self.life.approved - self.life.paid)

    def decide_or_refer(self) -> None:
        if self.now().kind == "added":
            self.sign("agree")
            return
        able = [who for who in (*ADJUDICATION, *REVIEW) if self.life.may_agree(who)]
        if able:
            self.decide(able[0], "agree")
        else:
            self.refer_up(next(who for who in PERSONS if getattr(self.branch, who).pk == self.now().staff_id))

    def still_referring(self) -> set[str]:
        """Whose opinion outlived that the chain was made anew."""
        stands = self.waiting.chain.filter(status="done", decision__outcome="refer_up")
        people = set(stands.values_list("decision__decided_by", flat=True))
        return {who for who in PERSONS if getattr(self.branch, who).pk in people}

    def now(self) -> ChainStep:
        return self.waiting.chain.select_related("submission").get(status="now")

    @rule()
    def register(self) -> None:
        act = lambda case: services.register(case, Decimal(500), by=self.branch.clerk, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=self.life.stage == "reported"):
            self.life.stage = "registered"

    @rule()
    def survey(self) -> None:
        act = lambda case: services.survey(case, {}, by=self.branch.surveyor, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=self.life.may_work("survey")):
            self.life.worked("survey")

    @rule(amount=AMOUNTS)
    def assess(self, amount: Decimal) -> None:
        other = LossRow("ctpl", "property", "三者物损", Decimal(0))  # keeps the compulsory cover concerned
        rows = [LossRow("own_damage", "vehicle", "本车", amount), other]
        act = lambda case: services.assess(case, rows, by=self.branch.surveyor, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=self.life.may_work("assess")):
            self.life.worked("assess", amount)

    @rule(amount=AMOUNTS)
    def adjust(self, amount: Decimal) -> None:
        def act(case: ClaimCase) -> object:
            amounts = self.of_losses(case, amount)
            return services.adjust(case, amounts, by=self.branch.adjuster, seen=case.version)

        fits = self.life.is_reviewed and amount <= self.life.reviewed
        if self.attempt(act, expected=self.life.may_work("adjust") and fits):
            self.life.worked("adjust", amount)

    @rule(item=st.sampled_from(["damage_review", "adjudication"]))
    def submit(self, item: str) -> None:
        def act(case: ClaimCase) -> object:
            return services.submit(case, Request(item, case.version, "请审批"), by=self.branch.clerk)

        work = "submit_review" if item == "damage_review" else "submit_adjudication"
        fits = not self.life.waits_for and not (self.life.sole and item == "adjudication")
        if self.attempt(act, expected=fits and self.life.may_work(work)):
            self.life.sent(item)

    @precondition(lambda self: self.life.waits_for)
    @rule(who=PEOPLE, outcome=st.sampled_from(["agree", "agree", "refuse"]))
    def decide(self, who: str, outcome: str) -> None:
        asked = self.life.asked
        if not self.say(who, outcome, expected=self.life.may_agree(who)):
            return
        if outcome == "agree":
            self.life.agreed(who, asked)
        else:
            self.remember(who)
            self.life.sent_back("assess" if self.life.waits_for == "damage_review" else "adjust")

    @precondition(lambda self: self.life.waits_for)
    @rule(who=PEOPLE)
    def send_back(self, who: str) -> None:
        if self.say(who, "return", return_to="assess", problem_codes=("P3",), opinion="有误"):
            assert who not in ("clerk", "surveyor")
            self.remember(who)
            self.life.sent_back("assess")

    @precondition(lambda self: self.life.waits_for)
    @rule(who=PEOPLE)
    def refer_up(self, who: str) -> None:
        if self.say(who, "refer_up", opinion="初核", missing_papers="无"):
            self.life.referred.add(who)
            self.life.signer = self.now().kind == "added"
            if self.case.stage == "over_authority":
                self.life.stage = "over_authority"

    def say(self, who: str, outcome: str, *, expected: bool | None = None, **fields: object) -> bool:
        def act(case: ClaimCase) -> object:
            step = self.waiting.chain.select_related("submission").get(status="now")
            return services.decide(
                step, Verdict(outcome, case.version, **fields), by=getattr(self.branch, who)
            )

        return self.attempt(act, expected=expected)

    def remember(self, who: str) -> None:
        """Refusing and returning a review is reviewing, too."""
        if self.life.waits_for == "damage_review":
            self.life.reviewers.add(who)

    @precondition(lambda self: self.life.stage == "over_authority")
    @rule(answer=st.sampled_from(["agreed", "altered", "refused"]))
    def head_office_answers(self, answer: str) -> None:
        amount = Decimal(700) if answer == "altered" else None
        asked = amount or self.life.asked
        sent = Escalation.objects.get(case=self.pk, status="sent")
        services.answer_escalation(sent, Answer(answer, "1号", amount), by=self.branch.head_office_reviewer)
        if answer == "refused":
            self.life.sent_back("assess" if self.life.waits_for == "damage_review" else "adjust")
        else:
            self.life.agreed("head_office", asked)

    @precondition(lambda self: self.life.waits_for)
    @rule()
    def withdraw(self) -> None:
        request = self.waiting
        untouched = (
            not request.decisions.filter(taken_back=None).exists() and self.life.stage != "over_authority"
        )
        act = lambda case: services.withdraw(request, "改", by=self.branch.clerk, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=untouched):
            is_review = self.life.waits_for == "damage_review"
            self.life.sent_back("submit_review" if is_review else "submit_adjudication")

    @precondition(lambda self: self.life.waits_for == "adjudication")
    @rule(amount=AMOUNTS)
    def amend(self, amount: Decimal) -> None:
        request = self.waiting

        def act(case: ClaimCase) -> object:
            amounts = self.of_losses(case, amount)
            return services.amend(request, Amendment(amounts, "更正", case.version), by=self.branch.clerk)

        fits = self.life.stage == "adjudicating" and amount <= self.life.reviewed
        if self.attempt(act, expected=fits):
            self.life.adjusted = amount
            self.life.granted_before = self.life.approved - self.life.advanced
            self.life.stage = self.case.stage
            self.life.signer, self.life.referred = False, self.still_referring()

    @rule(amount=st.sampled_from([Decimal(800), Decimal(100000)]))
    def pay(self, amount: Decimal) -> None:
        fits = self.life.stage == "approved" and self.life.paid + amount <= self.life.approved
        order = lambda case: PaymentOrder(amount, "刘明", case.version)  # noqa: E731
        act = lambda case: services.pay(case, order(case), by=self.branch.clerk)  # noqa: E731
        if self.attempt(act, expected=fits):
            self.life.paid += amount
            self.life.stage = "paid" if self.life.paid == self.life.approved else "approved"

    def asked(self, kind: str, **given: object) -> Callable[[ClaimCase], SpecialRequest]:
        """The whole way of a special request: drafted, sent, agreed to."""
        return lambda case: agreed(case, kind, self.branch, self.branch.special, **given)

    @rule()
    def prepay(self) -> None:
        if self.life.advanced:
            return
        terms = {"basis_amount": max(self.case.estimate, Decimal(1)), "amount": ADVANCE}
        if self.attempt(self.asked(Kind.PREPAYMENT, **terms), expected=self.life.may_advance):
            self.life.advance()

    @precondition(lambda self: self.life.advanced)
    @rule()
    def pay_ahead(self) -> None:
        request = SpecialRequest.objects.filter(case=self.pk, set_off_at=None, kind=Kind.PREPAYMENT).last()

        def act(case: ClaimCase) -> object:
            return services.pay_special(request, SpecialOrder(ADVANCE, case.version), by=self.branch.clerk)

        if self.attempt(act, expected=self.life.may_pay_ahead):
            self.life.paid_ahead()

    @rule()
    def refuse_the_claim(self) -> None:
        """Drafted, agreed to, the notice sent: the case is closed, unless something was granted on it."""

        def act(case: ClaimCase) -> object:
            request = self.asked(Kind.REFUSAL)(case)
            sending = Sending("刘明", "mail", timezone.now())
            return services.send_notice(request, sending, by=self.branch.clerk, seen=self.case.version)

        if self.attempt(act, expected=self.life.may_end_without_payment):
            self.life.ended()

    @rule()
    def cancel(self) -> None:
        """A case that was never registered has no estimate to ask about."""
        may = self.life.may_end_without_payment
        if self.attempt(self.asked(Kind.CANCELLATION), expected=may):
            self.life.ended()

    @rule()
    def reopen(self) -> None:
        if self.attempt(self.asked(Kind.REOPENING), expected=self.life.stage == "closed"):
            self.life.reopened()

    @rule()
    def close(self) -> None:
        act = lambda case: services.close(case, "paid", by=self.branch.clerk, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=self.life.stage == "paid" and self.life.approved > self.life.lent):
            self.life.stage = "closed"

    @invariant()
    def the_rows_say_what_the_model_says(self) -> None:
        case, life = self.case, self.life
        assert (case.stage, case.returned_to) == (life.stage, life.returned_to)
        for name in ("assessed", "reviewed", "adjusted", "approved", "paid", "advanced"):
            assert getattr(case, name) == getattr(life, name), name
        assert list(
            Submission.objects.filter(case=case, status="open").values_list("item__code", flat=True)
        ) == ([life.waits_for] if life.waits_for else [])

    @invariant()
    def money_and_ledger_are_whole(self) -> None:
        case = self.case
        for name in ("assessed", "reviewed", "adjusted"):
            assert sum(getattr(loss, name) for loss in case.losses.all()) == getattr(case, name)
        paid = case.payments.aggregate(total=Sum("amount"))["total"] or 0
        assert paid == case.paid <= case.approved
        self.claims_are_whole()
        entries = LedgerEntry.objects.filter(chain=f"case:{self.pk}").order_by("sequence")
        states = list(entries.values_list("from_state", "to_state"))
        assert len(states) == case.version
        assert all(before[1] == after[0] for before, after in pairwise(states))
        assert states[-1][1] == case.stage


class CaseLife(VerbRules, SpecialRules, PlainLife):
    """With the verbs of who decides and the special cases: tests/cases/life_verbs.py, life_special.py."""


def test_a_case_lives_as_the_model_says(branch: Branch):
    CaseLife.branch = branch
    branch.special = add_reviewer(branch, "9000000")
    CaseLife.lawyer = in_post("LEGAL", branch.department).staff
    run_state_machine_as_test(
        CaseLife,
        settings=settings(
            max_examples=COUNT,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
