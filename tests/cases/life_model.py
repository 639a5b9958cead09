"""What a case is, in a few plain fields: written from the rules of the department, not from the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

ADJUDICATION = {"adjudicator": 100_000, "office_head": 200_000, "manager": 500_000}
REVIEW = {"damage_reviewer": 50_000, "manager": 300_000}
CONCURRENT = 2_000  # up to this sum who reviewed the damage may adjudicate the same case
WORK = ("survey", "assess", "submit_review", "adjust", "submit_adjudication")
STAGES = {  # work → the stages it starts from, beside a return
    "survey": ("registered",),
    "assess": ("surveyed",),
    "submit_review": ("assessed",),
    "adjust": ("reviewed",),
    "submit_adjudication": ("adjusted",),
}
UNDER_WAY = {"registered", "surveyed", "assessed", "reviewed", "adjusted", "returned"}
ADVANCE = Decimal(100)  # as much as a major case that was estimated at 500 may get ahead
LENT = Decimal(200)  # advanced to the hospital for somebody else's debt
GRACE = Decimal(100)
REGISTERED = UNDER_WAY | {"reviewing", "adjudicating", "over_authority", "approved", "paid"}
DONE = {"survey": "surveyed", "assess": "assessed", "adjust": "adjusted"}


@dataclass
class Life:
    stage: str = "reported"
    returned_to: str = ""
    assessed: Decimal = Decimal(0)
    reviewed: Decimal = Decimal(0)
    adjusted: Decimal = Decimal(0)
    approved: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    is_reviewed: bool = False
    waits_for: str = ""
    reviewers: set[str] = field(default_factory=set)
    advanced: Decimal = Decimal(0)
    advance_paid: Decimal = Decimal(0)
    lent: Decimal = Decimal(0)
    sole: bool = False  # this round is settled by grace alone
    zero: bool = False  # this round is settled without payment
    resting: str = ""  # the stage before it was suspended
    granted_before: Decimal = Decimal(0)  # beside what is asked for, when it was sent
    signer: bool = False  # somebody was asked to sign before it goes on
    referred: set[str] = field(default_factory=set)  # who asked for somebody higher does not decide himself

    def may_work(self, work: str) -> bool:
        if self.stage == "returned":
            return WORK.index(work) <= WORK.index(self.returned_to)
        return self.stage in STAGES[work]

    def worked(self, work: str, amount: Decimal = Decimal(0)) -> None:
        self.stage, self.returned_to = DONE[work], ""
        if work == "assess":
            self.assessed, self.reviewed, self.adjusted, self.is_reviewed = (
                amount,
                Decimal(0),
                Decimal(0),
                False,
            )
        if work == "adjust":
            self.adjusted = amount

    def sent(self, item: str) -> None:
        self.waits_for, self.returned_to, self.signer, self.referred = item, "", False, set()
        self.stage = "reviewing" if item == "damage_review" else "adjudicating"
        self.granted_before = self.approved - self.advanced

    @property
    def asked(self) -> Decimal:
        return self.assessed if self.waits_for == "damage_review" else self.adjusted

    def may_agree(self, who: str) -> bool:
        if not self.waits_for or self.stage == "over_authority" or self.signer or who in self.referred:
            return False
        is_review = self.waits_for == "damage_review"
        limit = (REVIEW if is_review else ADJUDICATION).get(who, 0)
        in_all = self.asked if is_review else self.asked + self.granted_before
        conflicts = not is_review and who in self.reviewers and in_all > CONCURRENT
        return in_all <= limit and not conflicts

    def agreed(self, who: str, amount: Decimal) -> None:
        if self.waits_for == "damage_review":
            self.stage, self.reviewed, self.is_reviewed = "reviewed", amount, True
            self.reviewers.add(who)
        else:
            self.stage = "approved"
            self.approved += max(amount, self.advance_paid) - self.advanced
            self.advanced = self.advance_paid = Decimal(0)
        self.waits_for, self.signer, self.referred = "", False, set()

    @property
    def may_advance(self) -> bool:
        before_paid = UNDER_WAY | {"reviewing", "adjudicating", "over_authority", "suspended"}
        return not self.advanced and not self.sole and self.stage in before_paid

    def advance(self) -> None:
        self.advanced, self.approved = ADVANCE, self.approved + ADVANCE

    @property
    def may_pay_ahead(self) -> bool:
        return bool(self.advanced) and not self.advance_paid and self.stage not in ("closed", "suspended")

    def paid_ahead(self) -> None:
        self.advance_paid, self.paid = ADVANCE, self.paid + ADVANCE

    @property
    def may_end_without_payment(self) -> bool:
        return self.stage in UNDER_WAY and self.approved == self.lent

    def ended(self) -> None:
        self.stage, self.returned_to = "closed", ""

    @property
    def may_lend(self) -> bool:
        return self.stage in REGISTERED - {"paid"} | {"reported"}

    def lend(self) -> None:
        self.lent += LENT
        self._granted_and_paid(LENT)

    def _granted_and_paid(self, amount: Decimal) -> None:
        self.approved, self.paid = self.approved + amount, self.paid + amount
        if self.stage == "approved" and self.paid == self.approved:
            self.stage = "paid"

    @property
    def may_grace(self) -> bool:
        return self.stage in REGISTERED

    @property
    def may_be_sole(self) -> bool:
        """Nothing else is, or may still be, paid in this round."""
        return self.stage in UNDER_WAY and not self.advanced

    def grace(self, *, is_sole: bool) -> None:
        self.sole = self.sole or is_sole
        self._granted_and_paid(GRACE)

    @property
    def may_close_in_grace(self) -> bool:
        return self.sole and self.stage in UNDER_WAY and not self.advanced

    @property
    def may_close_at_zero(self) -> bool:
        return self.zero and self.stage in ("approved", "paid") and self.approved == self.lent

    @property
    def may_rest(self) -> bool:
        return self.stage in UNDER_WAY | {"approved"}

    def reopened(self) -> None:
        self.stage, self.is_reviewed, self.sole, self.zero = "registered", False, False, False
        self.assessed = self.reviewed = self.adjusted = Decimal(0)

    def sent_back(self, work: str) -> None:
        self.stage, self.returned_to, self.waits_for = "returned", work, ""
        self.signer, self.referred = False, set()
