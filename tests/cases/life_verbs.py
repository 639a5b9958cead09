"""加签、转办、拿回 in the random life of a case: rules beside those of tests/cases/test_life_model.py.

Whoever is asked to sign is none of the persons of the model, so that he never meets a rule of theirs.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cases import services
from cases.models import ChainStep, ClaimCase, Decision, Escalation
from cases.services import SignerRequest, Transfer, Verdict
from departments.models import Staff
from tests.cases.life_model import Life

PEOPLE = st.sampled_from(["adjudicator", "office_head", "manager", "damage_reviewer", "clerk", "surveyor"])
DECIDERS = ("adjudicator", "office_head", "manager", "damage_reviewer")


class VerbRules:
    """`undo`: who may take back what he did last, with the life before; None once anybody acted since."""

    branch: Any
    life: Life
    waiting: Any
    lawyer: Staff
    undo: tuple[str, Life] | None = None

    def attempt(self, act: Any, *, expected: bool | None) -> bool:
        allowed: bool = super().attempt(act, expected=expected)  # type: ignore[misc]
        if allowed:
            self.undo = None
        return allowed

    def say(self, who: str, outcome: str, *, expected: bool | None = None, **fields: Any) -> bool:
        before = deepcopy(self.life)
        allowed: bool = super().say(who, outcome, expected=expected, **fields)  # type: ignore[misc]
        if allowed:
            self.undo = (who, before)
        return allowed

    def station(self) -> ChainStep:
        step: ChainStep = self.waiting.chain.select_related("submission", "staff").get(status="now")
        return step

    @precondition(lambda self: self.life.waits_for)
    @rule(who=PEOPLE, where=st.sampled_from(["before", "before", "after"]))
    def ask_signer(self, who: str, where: str) -> None:
        step, person = self.station(), getattr(self.branch, who)
        chain = self.waiting.chain.filter(status__in=["now", "waiting", "done"])
        fits = where == "before" or self._may_sign_after(step)
        free = not chain.filter(staff=self.lawyer).exists()
        is_his = step.staff_id == person.pk and step.kind != "added" and self.life.stage != "over_authority"
        request = lambda case: SignerRequest((self.lawyer,), where, "法律问题", case.version)  # noqa: E731
        act = lambda case: services.add_signers(step, request(case), by=person)  # noqa: E731
        if self.attempt(act, expected=is_his and free and fits) and where == "before":
            self.life.signer = True

    def _may_sign_after(self, step: ChainStep) -> bool:
        ahead = self.waiting.chain.filter(status="waiting", number__gt=step.number).order_by("number").first()
        return step.kind == "preliminary" and ahead is not None and ahead.kind != "head_office"

    @precondition(lambda self: self.life.waits_for and self.life.stage != "over_authority")
    @rule(outcome=st.sampled_from(["agree", "refuse", "return", "refer_up"]))
    def sign(self, outcome: str) -> None:
        """He says yes or no; nothing of the case moves."""
        step = self.station()
        verdict = {"opinion": "看过", "return_to": "assess", "problem_codes": ("P3",)}
        fields = verdict if outcome == "return" else {"opinion": "看过"}

        def act(case: ClaimCase) -> Decision:
            return services.decide(step, Verdict(outcome, case.version, **fields), by=self.lawyer)

        is_his = step.staff_id == self.lawyer.pk and outcome in ("agree", "refuse")
        if self.attempt(act, expected=is_his):
            self.life.signer = False

    @precondition(lambda self: self.life.waits_for and self.life.stage != "over_authority")
    @rule(who=PEOPLE)
    def call_off(self, who: str) -> None:
        step, person = self.station(), getattr(self.branch, who)
        if step.signing is None:
            return
        is_his = step.signing.called_by_id == person.pk
        act = lambda case: services.call_off_signers(step.signing, "不必", by=person, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=is_his):
            self.life.signer = False

    @precondition(lambda self: self.life.waits_for and self.life.stage != "over_authority")
    @rule(who=PEOPLE, receiver=PEOPLE)
    def give_away(self, who: str, receiver: str) -> None:
        """Never to the submitter; a decision only to who may make it."""
        step, person, other = self.station(), getattr(self.branch, who), getattr(self.branch, receiver)
        if step.kind == "added":
            return
        is_final = step.kind == "final"
        order = lambda case: Transfer(other, "出差", case.version)  # noqa: E731
        act = lambda case: services.transfer(step, order(case), by=person)  # noqa: E731
        if self.attempt(act, expected=None if receiver != "clerk" else False):
            assert receiver in DECIDERS
            assert not is_final or self.life.may_agree(receiver)
            assert self.station().arrived_at == step.arrived_at

    @rule(who=PEOPLE)
    def take_back(self, who: str) -> None:
        made = Decision.objects.filter(case=self.pk, decided_by=getattr(self.branch, who)).order_by("-pk")  # type: ignore[attr-defined]
        last = made.select_related("submission__item", "chain_step", "ledger_entry").first()
        if last is None:
            return
        is_up = Escalation.objects.filter(submission=last.submission).exists()
        own = self.undo is not None and self.undo[0] == who and not is_up
        before = self.undo[1] if self.undo else None
        act = lambda case: services.take_back(last, "看错", by=last.decided_by, seen=case.version)  # noqa: E731
        if self.attempt(act, expected=own) and before is not None:
            before.reviewers |= self.life.reviewers
            self.life = before
