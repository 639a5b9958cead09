"""Asking the post that a rule names for its opinion, giving it, telling whom a rule names of a decision."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.models import ReferralRule as Referral
from authority.refusals import insist_on
from authority.rulings import NOTIFY, Matter, Objection, ReferralRule, Rules, Ruling
from cases.consultations import Counsel, holders_of_post, may_opine, to_consult
from cases.matters import matter_of
from cases.models import ChainStep, Consultation, Submission
from cases.rulings import refused_for
from cases.services.transition import apply, lock_case, stay, tell
from departments.models import PostType, Staff

ASK, OPINE = "consult", "opine"
_TOLD = f"{NOTIFY}:"


def open_consultations(
    submission: Submission, rules: Iterable[ReferralRule], *, by: Staff
) -> list[Consultation]:
    """What is not asked yet is asked; the holders of the post are told. The caller holds the case."""
    rules = list(rules)
    if not rules:
        return []
    asked = set(Consultation.objects.filter(submission=submission).values_list("rule_code", flat=True))
    return [_ask(submission, rule, by) for rule in rules if rule.code not in asked]


def _ask(submission: Submission, rule: ReferralRule, by: Staff) -> Consultation:
    post = PostType.objects.filter(code=rule.post).first()
    made = Consultation.objects.create(
        submission=submission,
        rule_code=rule.code,
        text=rule.text or rule.name,
        post=rule.post,
        post_name=post.name if post else rule.post,
        asked_by=by,
    )
    for person in holders_of_post(rule.post, submission.case.unit):
        tell(person, submission.case, "to_consult", "请出具会商意见")
    return made


@transaction.atomic
def ask_opinions(submission: Submission, *, by: Staff) -> list[Consultation]:
    """By who is to decide, or is responsible for the case: where the rules came to demand it later."""
    submission = _locked(submission)
    matter, rules = matter_of(submission), rules_for(submission.item.code)
    insist_on(refused_for(_asking_objections(submission, by)))
    made = open_consultations(submission, to_consult(matter, rules), by=by)
    if not made:
        insist_on(refused_for([Objection("nothing_to_ask", "没有需要会商的事项，或均已请求")]))
    change = stay(submission.case, ASK).with_details({"rules": [one.rule_code for one in made]})
    apply(submission.case, change.about(submission), by)
    return made


def _asking_objections(submission: Submission, by: Staff) -> Iterable[Objection]:
    if submission.status != Submission.Status.OPEN:
        yield Objection("not_open", "该报批已终结")
    stations = ChainStep.objects.filter(submission=submission, status=ChainStep.Status.NOW, staff=by)
    if submission.case.handler_id != by.pk and not stations.exists():
        yield Objection("not_concerned", "由当前审批人或案件责任人请求会商")


@transaction.atomic
def give_opinion(consultation: Consultation, opinion: str, *, by: Staff) -> Consultation:
    """In writing and once; who decides next is told. Raises Refused with every reason."""
    submission = _locked(consultation.submission)
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    insist_on(ruling_on_opinion(consultation, submission, by=by))
    consultation.answered_by, consultation.answered_at = by, timezone.now()
    consultation.opinion = opinion
    consultation.save(update_fields=["answered_by", "answered_at", "opinion"])
    change = stay(submission.case, OPINE).because(opinion).with_details({"rule": consultation.rule_code})
    apply(submission.case, change.about(submission), by)
    for step in ChainStep.objects.filter(submission=submission, status="now").select_related("staff"):
        tell(step.staff, submission.case, "opinion_given", f"{consultation.post_name}已出具会商意见")
    return consultation


def ruling_on_opinion(
    consultation: Consultation,
    submission: Submission,
    *,
    by: Staff,
    known: tuple[Matter, Rules] | None = None,
) -> Ruling:
    """`known`: the matter with the rules, where the page has read them already."""
    matter, rules = known or (matter_of(submission), rules_for(submission.item.code))
    counsel = Counsel(
        is_open=submission.status == Submission.Status.OPEN,
        is_answered=consultation.answered_at is not None,
        post_name=consultation.post_name,
        holds_post=by in holders_of_post(consultation.post, submission.case.unit),
    )
    return may_opine(counsel, matter, holder_for(by), rules)


def tell_of_decision(submission: Submission, notices: Iterable[Objection], outcome: str) -> None:
    """须报告: whoever holds the post that a rule names learns what was decided. Nothing asked without one."""
    codes = [notice.code.removeprefix(_TOLD) for notice in notices if notice.code.startswith(_TOLD)]
    if not codes:
        return
    for rule in Referral.objects.on(timezone.localdate()).filter(code__in=codes):
        for person in holders_of_post(rule.post, submission.case.unit):
            tell(person, submission.case, "decided", f"{rule.name}：{submission.item.name}{outcome}")


def _locked(submission: Submission) -> Submission:
    case = lock_case(submission.case_id, None)
    found = Submission.objects.select_related("item", "submitted_by").get(pk=submission.pk)
    found.case = case
    return found
