"""Referral rules change with two people, and never against their own test cases.

Every act holds all rules locked: what is agreed to is judged beside the others as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from authority.ledger import LedgerFacts, record
from authority.models import ReferralRule, RuleCase, RuleProposal
from authority.referrals import (
    Asked,
    Ruler,
    chain_of,
    may_agree,
    may_propose,
    may_reject,
    referral,
    terms_of,
    trial,
    trial_values,
)
from authority.refusals import insist_on
from authority.rulings import Ruling
from authority.trials import Outcome, run
from departments.authorship import save_as
from departments.models import Appointment, PostType, Staff
from departments.models.people import AdminRole
from departments.outbox import notify


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """`terms`: the columns of the rule by name; `trials`: those of its cases."""

    kind: str
    terms: Mapping[str, Any]
    trials: Sequence[Mapping[str, Any]]
    reason: str
    rule: ReferralRule | None = None


def ruler_of(staff: Staff) -> Ruler:
    fresh = Staff.objects.get(pk=staff.pk)
    posts = Appointment.objects.on(timezone.localdate()).filter(staff=staff)
    return Ruler(
        staff.pk,
        is_active=fresh.is_active,
        is_security_admin=fresh.admin_role == AdminRole.SECURITY,
        level=posts.aggregate(level=Max("post__post_type__level"))["level"] or 0,
    )


@transaction.atomic
def propose_rule(draft: RuleDraft, *, by: Staff) -> RuleProposal:
    """Raises Refused with everything that is wrong, failed test cases included."""
    _lock()
    insist_on(may_propose(asked_of(draft), ruler_of(by)))
    proposal = RuleProposal(
        kind=draft.kind,
        code=draft.terms["code"],
        rule=draft.rule,
        terms=dict(draft.terms),
        trials=[dict(one) for one in draft.trials],
        reason=draft.reason,
        proposed_by=by,
    )
    save_as(proposal, by)
    _record(proposal, by, "propose", draft.reason)
    return RuleProposal.objects.get(pk=proposal.pk)


@transaction.atomic
def agree_to_rule(proposal: RuleProposal, *, by: Staff) -> RuleProposal:
    """It takes effect as proposed, from its day. Raises Refused; what changed meanwhile is tried again."""
    _lock()
    proposal = _locked(proposal)
    insist_on(ruling_on_agreeing(proposal, by=by))
    draft = draft_of(proposal)
    if proposal.kind == RuleProposal.Kind.END:
        _end(draft, by)
    else:
        _write(draft, by)
    return _decided(proposal, RuleProposal.Status.APPROVED, by, "")


@transaction.atomic
def reject_rule(proposal: RuleProposal, *, by: Staff, reason: str) -> RuleProposal:
    """Turned down by a second person, or taken back by who proposed it."""
    _lock()
    proposal = _locked(proposal)
    insist_on(may_reject(proposal.proposed_by_id, _is_waiting(proposal), ruler_of(by)))
    return _decided(proposal, RuleProposal.Status.REJECTED, by, reason)


def ruling_on_agreeing(proposal: RuleProposal, *, by: Staff) -> Ruling:
    asked = asked_of(draft_of(proposal), beside=proposal.pk)
    return may_agree(asked, proposal.proposed_by_id, _is_waiting(proposal), ruler_of(by))


def draft_of(proposal: RuleProposal) -> RuleDraft:
    terms = {**proposal.terms}
    for name in ("valid_from", "valid_to"):
        terms[name] = parse_date(terms[name]) if terms[name] else None
    return RuleDraft(proposal.kind, terms, proposal.trials, proposal.reason, proposal.rule)


def asked_of(draft: RuleDraft, beside: int | None = None) -> Asked:
    """The change with all test cases run on its first day; `beside`: the proposal that it is itself."""
    today, is_end = timezone.localdate(), draft.kind == RuleProposal.Kind.END
    code = draft.terms["code"]
    waiting = RuleProposal.objects.filter(code=code, status=RuleProposal.Status.WAITING).exclude(
        pk=beside or 0
    )
    is_new = draft.kind == RuleProposal.Kind.CREATE
    return Asked(
        terms=draft.terms,
        outcomes=tuple(outcomes_with(draft, max(today, _day_of(draft) or today))),
        own_trials=len(draft.trials),
        earliest=today,
        is_end=is_end,
        is_taken=waiting.exists() or (is_new and ReferralRule.objects.filter(code=code).exists()),
        known_posts=frozenset(PostType.objects.values_list("code", flat=True)),
    )


def _day_of(draft: RuleDraft) -> date | None:
    """The first day on which it is as proposed; the day after the last one for an end."""
    if draft.kind != RuleProposal.Kind.END:
        found: date | None = draft.terms["valid_from"]
        return found
    last = draft.terms["valid_to"]
    return last + timedelta(days=1) if last else None


def outcomes_with(draft: RuleDraft, day: date) -> list[Outcome]:
    """All test cases of the rules of that day, with the draft in place of what it changes."""
    code, is_end = draft.terms["code"], draft.kind == RuleProposal.Kind.END
    others = ReferralRule.objects.on(day).exclude(code=code).prefetch_related("cases")
    referrals = [referral(terms_of(rule)) for rule in others]
    trials = [trial(rule.code, trial_values(case)) for rule in others for case in rule.cases.all()]
    if not is_end:
        referrals.append(referral(draft.terms))
        trials += [trial(code, values) for values in draft.trials]
    return run(trials, referrals)


def outcomes_today() -> list[Outcome]:
    """Every test case of the rules in force; two queries."""
    rules = list(ReferralRule.objects.on(timezone.localdate()).prefetch_related("cases"))
    trials = [trial(rule.code, trial_values(case)) for rule in rules for case in rule.cases.all()]
    return run(trials, [referral(terms_of(rule)) for rule in rules])


def _write(draft: RuleDraft, by: Staff) -> ReferralRule:
    """A version that has not begun is replaced; one in force ends the day before the new one begins."""
    starts_on = draft.terms["valid_from"]
    for earlier in ReferralRule.objects.on(starts_on).filter(
        code=draft.terms["code"], valid_from__lt=starts_on
    ):
        earlier.valid_to = starts_on - timedelta(days=1)
        save_as(earlier, by, "valid_to")
    is_begun = draft.rule is None or draft.rule.valid_from < starts_on
    rule = ReferralRule() if is_begun or draft.rule is None else draft.rule
    for name, value in draft.terms.items():
        setattr(rule, name, value)
    save_as(rule, by)
    for case in rule.cases.all():
        case.delete()
    for number, values in enumerate(draft.trials, start=1):
        save_as(RuleCase(rule=rule, number=number, **values), by)
    return rule


def _end(draft: RuleDraft, by: Staff) -> None:
    if draft.rule is not None:
        draft.rule.valid_to = draft.terms["valid_to"]
        save_as(draft.rule, by, "valid_to")


def _decided(proposal: RuleProposal, status: str, by: Staff, answer: str) -> RuleProposal:
    proposal.status, proposal.decided_by, proposal.decided_at = status, by, timezone.now()
    proposal.answer = answer
    save_as(proposal, by, "status", "decided_by", "decided_at", "answer")
    _record(proposal, by, status, answer)
    if by.pk != proposal.proposed_by_id:
        title = f"提级规则{proposal}：{proposal.get_status_display()}"
        notify(proposal.proposed_by, kind="rule", title=title, url=reverse("authority:rules"))
    return proposal


def _lock() -> None:
    list(ReferralRule.objects.select_for_update().order_by("pk").values_list("pk"))


def _locked(proposal: RuleProposal) -> RuleProposal:
    rows = RuleProposal.objects.select_for_update(of=("self",)).select_related("rule", "proposed_by")
    return rows.get(pk=proposal.pk)


def _is_waiting(proposal: RuleProposal) -> bool:
    return proposal.status == RuleProposal.Status.WAITING


def _record(proposal: RuleProposal, by: Staff, action: str, reason: str) -> None:
    details = {"proposal": proposal.pk, "kind": proposal.kind, "terms": proposal.terms}
    facts = LedgerFacts(
        to_state=proposal.status, reason=reason, details={**details, "trials": proposal.trials}
    )
    record(chain_of(proposal.code), by=by, action=action, facts=facts)
