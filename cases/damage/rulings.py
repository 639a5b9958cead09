"""Who enters lines, and who reviews them: the assessor before he sends, the reviewer at his station."""

from __future__ import annotations

from collections.abc import Iterable

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.rulings import Objection, Ruling
from cases.consultations import heard
from cases.items import DAMAGE_REVIEW, PRICE_REVIEW
from cases.matters import matter_of
from cases.models import ChainStep, ClaimCase, DamageItem, Outcome, Submission
from cases.rulings import docket_of, may_decide_submission, permits, refused_for
from departments.models import Staff

REVIEWS = (DAMAGE_REVIEW, PRICE_REVIEW)


def station_of(case: ClaimCase, staff: Staff) -> ChainStep | None:
    """Where the lines are reviewed now: this person's own station first, then 核损 before 核价."""
    steps = ChainStep.objects.filter(
        submission__case=case,
        submission__status=Submission.Status.OPEN,
        submission__item__code__in=REVIEWS,
        status=ChainStep.Status.NOW,
    )
    found = list(steps.select_related("submission__item", "submission__case__unit", "staff"))
    rank = {code: place for place, code in enumerate(REVIEWS)}
    return min(
        found, key=lambda one: (one.staff_id != staff.pk, rank[one.submission.item.code]), default=None
    )


def may_review_lines(step: ChainStep | None, staff: Staff) -> Ruling:
    """Whoever may say something there: agree, or give his opinion and pass it up."""
    if step is None:
        return refused_for([Objection("not_at_review", "案件不在核损、核价环节")])
    submission = step.submission
    rules, holder = rules_for(submission.item.code), holder_for(staff)
    chain = submission.chain.select_related("decision").order_by("number")
    docket = heard(docket_of(step, matter_of(submission), chain), submission.pk, rules)
    agreeing = may_decide_submission(docket, holder, rules, Outcome.AGREE)
    referring = may_decide_submission(docket, holder, rules, Outcome.REFER_UP)
    if permits(agreeing, Outcome.AGREE, step.kind) or permits(referring, Outcome.REFER_UP, step.kind):
        return refused_for([])
    return refused_for(agreeing.objections)


def prices_only(step: ChainStep | None) -> bool:
    """At 核价 only the price of parts is looked at."""
    return step is not None and step.submission.item.code == PRICE_REVIEW


def changeable(items: Iterable[DamageItem], step: ChainStep | None) -> list[DamageItem]:
    return [one for one in items if not prices_only(step) or one.kind == DamageItem.Kind.PART]
