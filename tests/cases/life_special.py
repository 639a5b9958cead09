"""垫付、通融、零赔付、中止、退回任一环节 in the random life of a case.

Each special request is asked for, agreed to and carried out in one step, so that in between anything else may
have happened: while the case is assessed, decided on, returned, suspended, paid or closed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cases import services
from cases.models import ClaimCase, Kind, RecoveryPlaceholder, SpecialRequest
from cases.services import Answer, PauseRequest
from cases.services.closing_special import close_sole
from tests.cases.branch import current, say
from tests.cases.life_model import GRACE, LENT, Life
from tests.cases.special import agreed, drafted, paid, sent

DECIDERS = ("adjudicator", "office_head", "manager", "damage_reviewer")
RETURNS = ("survey", "assess", "adjust", "submit", "review_damage")
WORK_OF = {
    "damage_review": {"survey": "survey", "assess": "assess", "submit": "submit_review"},
    "adjudication": {
        "survey": "survey",
        "assess": "assess",
        "adjust": "adjust",
        "submit": "submit_adjudication",
        "review_damage": "submit_review",
    },
}


class SpecialRules:
    branch: Any
    life: Life
    pk: int

    @rule()
    def advance_for_another(self) -> None:
        """垫付: granted and paid to the hospital; it opens a claim and is no part of what the case owes."""

        def act(case: ClaimCase) -> object:
            request = agreed(case, Kind.RESCUE_ADVANCE, self.branch, self.branch.special, amount=LENT)
            return paid(request, self.branch.clerk)

        if self.attempt(act, expected=self.life.may_lend):
            self.life.lend()

    @rule(is_sole=st.booleans())
    def show_grace(self, *, is_sole: bool) -> None:
        """通融: head office agrees, it is paid."""

        def act(case: ClaimCase) -> object:
            terms = {"amount": GRACE, "basis_amount": GRACE * 2, "is_sole": is_sole}
            request = drafted(case, Kind.EX_GRATIA, self.branch.clerk, **terms)
            escalation, answer = sent(request, self.branch.clerk).escalation, Answer("agreed", "1号")
            services.answer_escalation(escalation, answer, by=self.branch.head_office_reviewer)
            request.refresh_from_db()
            return paid(request, self.branch.clerk)

        may = self.life.may_be_sole if is_sole else self.life.may_grace
        if self.attempt(act, expected=may):
            self.life.grace(is_sole=is_sole)

    @precondition(lambda self: self.life.sole)
    @rule()
    def close_in_grace(self) -> None:
        request = SpecialRequest.objects.filter(case=self.pk, is_sole=True).latest("pk")
        act = lambda case: close_sole(request, by=self.branch.clerk, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=self.life.may_close_in_grace):
            self.life.ended()

    @rule()
    def pay_nothing(self) -> None:
        """零赔付: asked for with its form and agreed to; the handler closes the case by it."""

        def act(case: ClaimCase) -> object:
            submission = sent(drafted(case, Kind.ZERO_PAYMENT, self.branch.clerk), self.branch.clerk)
            return say(submission, "agree", by=current(submission).staff)

        if self.attempt(act, expected=self.life.may_end_without_payment):
            self.life.stage, self.life.returned_to, self.life.zero = "approved", "", True

    @rule()
    def close_at_zero(self) -> None:
        act = lambda case: services.close(case, "zero", by=self.branch.clerk, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=self.life.may_close_at_zero):
            self.life.ended()

    @rule()
    def suspend(self) -> None:
        request = PauseRequest("police", "等事故认定")
        act = lambda case: services.suspend(case, request, by=self.branch.clerk, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=self.life.may_rest):
            self.life.resting, self.life.stage = self.life.stage, "suspended"

    @rule()
    def resume(self) -> None:
        act = lambda case: services.resume(case, "已取得", by=self.branch.clerk, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=self.life.stage == "suspended"):
            self.life.stage, self.life.resting = self.life.resting, ""

    @precondition(lambda self: self.life.waits_for)
    @rule(who=st.sampled_from(DECIDERS), step=st.sampled_from(RETURNS))
    def return_anywhere(self, who: str, step: str) -> None:
        """To work that the item knows; to a review only where the case went through it."""
        work = WORK_OF[self.life.waits_for].get(step)
        known = work is not None and (step != "review_damage" or bool(self.life.reviewers))
        found = {"return_to": step, "problem_codes": ("P3",), "opinion": "有误"}
        if self.say(who, "return", expected=None if known else False, **found) and work:  # type: ignore[attr-defined]
            self.remember(who)  # type: ignore[attr-defined]
            self.life.sent_back(work)

    def claims_are_whole(self) -> None:
        """Every advance is claimed back, in full and once."""
        advances = RecoveryPlaceholder.objects.filter(case=self.pk, type="advance")
        assert sum((one.amount for one in advances), Decimal(0)) == self.life.lent
