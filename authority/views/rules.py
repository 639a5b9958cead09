"""提级规则: all of them, one with its test cases, proposing a change and agreeing to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority import services
from authority.forms import EndRuleForm, ReasonForm, RuleForm, TrialFormSet, trials_in
from authority.forms.rules import FIGURES
from authority.models import AuthorityItem, LedgerEntry, ReferralRule, RuleProposal
from authority.referrals import chain_of, may_propose, said, terms_of, trial_values
from authority.refusals import Refused, insist_on
from authority.services import RuleDraft
from authority.terms import LEVEL_NAMES
from authority.trials import Outcome
from departments.http import StaffRequest
from departments.models import PostType


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A test case as a page shows it."""

    outcome: Outcome
    wanted: str
    got: str
    level: str

    @classmethod
    def of(cls, one: Outcome) -> TrialRow:
        wanted = said(one.trial.expects, one.trial.to_level)
        return cls(one, wanted, said(one.answer, one.to_level), LEVEL_NAMES.get(one.trial.level, ""))


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in the list; `state`: in_force, coming or expired."""

    rule: ReferralRule
    state: str
    state_name: str
    items: str
    post: str
    trials: int
    failed: int


@require_GET
def rules(request: StaffRequest) -> HttpResponse:
    outcomes = services.outcomes_today()
    names = dict(AuthorityItem.objects.values_list("code", "name"))
    posts = dict(PostType.objects.values_list("code", "name"))
    waiting = RuleProposal.objects.filter(status=RuleProposal.Status.WAITING)
    context = {
        "lines": [_line(rule, outcomes, names, posts) for rule in ReferralRule.objects.all()],
        "waiting": waiting.select_related("proposed_by"),
        "failed": [TrialRow.of(one) for one in outcomes if not one.is_as_expected],
        "may_propose": may_propose(None, services.ruler_of(request.user)).allowed,
    }
    return render(request, "authority/rules.html", context)


def _line(
    rule: ReferralRule, outcomes: Sequence[Outcome], names: dict[str, str], posts: dict[str, str]
) -> Line:
    today = timezone.localdate()
    state = "in_force"
    if rule.valid_from > today:
        state = "coming"
    elif rule.valid_to and rule.valid_to < today:
        state = "expired"
    own = [one for one in outcomes if one.trial.code == rule.code] if state == "in_force" else []
    items = "、".join("全部" if code == "any" else names.get(code, code) for code in rule.items)
    label = {"in_force": "生效", "coming": "尚未生效", "expired": "已失效"}[state]
    failed = sum(not one.is_as_expected for one in own)
    return Line(rule, state, label, items, posts.get(rule.post, ""), len(own), failed)


@require_GET
def rule_trials(request: StaffRequest) -> HttpResponse:
    """Every test case of the rules in force, run now."""
    rows = [TrialRow.of(one) for one in services.outcomes_today()]
    failed = sum(not row.outcome.is_as_expected for row in rows)
    return render(request, "authority/rule_trials.html", {"rows": rows, "failed": failed})


@require_GET
def rule(request: StaffRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(ReferralRule, pk=pk)
    outcomes = services.outcomes_with(_as_it_is(shown), max(timezone.localdate(), shown.valid_from))
    entries = LedgerEntry.objects.filter(chain=chain_of(shown.code)).select_related("actor")
    context = {
        "rule": shown,
        "rows": [TrialRow.of(one) for one in outcomes if one.trial.code == shown.code],
        "post": PostType.objects.filter(code=shown.post).first(),
        "level": LEVEL_NAMES.get(shown.to_level, ""),
        "entries": entries.order_by("-sequence")[:20],
        "may_propose": may_propose(None, services.ruler_of(request.user)).allowed,
        "end_form": EndRuleForm(),
    }
    return render(request, "authority/rule.html", context)


def _as_it_is(shown: ReferralRule) -> RuleDraft:
    trials = [trial_values(case) for case in shown.cases.all()]
    return RuleDraft(RuleProposal.Kind.CHANGE, terms_of(shown), trials, "", shown)


@require_http_methods(["GET", "POST"])
def rule_new(request: StaffRequest) -> HttpResponse:
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def rule_change(request: StaffRequest, pk: int) -> HttpResponse:
    return _form_page(request, get_object_or_404(ReferralRule, pk=pk))


def _form_page(request: StaffRequest, changed: ReferralRule | None) -> HttpResponse:
    insist_on(may_propose(None, services.ruler_of(request.user)))
    form = RuleForm(request.POST or None, rule=changed, initial=_initial(changed))
    trials = TrialFormSet(request.POST or None, initial=_trial_initial(changed), prefix="trial")
    if form.is_valid() and trials.is_valid() and _proposed(request, form, trials):
        return redirect("authority:rules")
    context = {"form": form, "trials": trials, "rule": changed}
    return render(request, "authority/rule_form.html", context, status=422 if form.is_bound else 200)


def _proposed(request: StaffRequest, form: RuleForm, trials: Any) -> bool:
    kind = RuleProposal.Kind.CHANGE if form.rule else RuleProposal.Kind.CREATE
    draft = RuleDraft(kind, form.terms, trials_in(trials), form.cleaned_data["reason"], form.rule)
    try:
        services.propose_rule(draft, by=request.user)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return False
    messages.success(
        request, f"{draft.terms['name']}已提交，另一人批准后自 {draft.terms['valid_from']} 起生效"
    )
    return True


def _initial(changed: ReferralRule | None) -> dict[str, Any]:
    if changed is None:
        return {}
    figures = {name: changed.figures_over.get(name) for name in FIGURES}
    starts_on = max(changed.valid_from, timezone.localdate())
    return {**terms_of(changed), **figures, "valid_from": starts_on}


def _trial_initial(changed: ReferralRule | None) -> list[dict[str, Any]]:
    if changed is None:
        return []
    rows = [trial_values(case) for case in changed.cases.all()]
    return [{**row, **{name: row["figures"].get(name) for name in FIGURES}} for row in rows]


@require_POST
def rule_end(request: StaffRequest, pk: int) -> HttpResponse:
    ended = get_object_or_404(ReferralRule, pk=pk)
    insist_on(may_propose(None, services.ruler_of(request.user)))
    form = EndRuleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "终止须填写最后一天和理由。")
        return redirect(ended)
    terms = {**terms_of(ended), "valid_to": form.cleaned_data["valid_to"]}
    draft = RuleDraft(RuleProposal.Kind.END, terms, [], form.cleaned_data["reason"], ended)
    services.propose_rule(draft, by=request.user)
    messages.success(request, f"终止{ended.name}已提交，待另一人批准")
    return redirect("authority:rules")


@require_GET
def rule_proposal(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RuleProposal.objects.select_related("proposed_by", "decided_by", "rule"), pk=pk)
    draft = services.draft_of(found)
    asked = services.asked_of(draft, beside=found.pk)
    before = terms_of(found.rule) if found.rule else {}
    context = {
        "proposal": found,
        "changes": _changes(before, draft.terms),
        "rows": [TrialRow.of(one) for one in asked.outcomes],
        "ruling": services.ruling_on_agreeing(found, by=request.user),
    }
    return render(request, "authority/rule_proposal.html", context)


def _changes(before: dict[str, Any], after: Any) -> list[tuple[str, str, str]]:
    labels = {field.name: str(field.verbose_name) for field in ReferralRule._meta.concrete_fields}
    return [
        (labels[name], _text(before.get(name)), _text(value))
        for name, value in after.items()
        if before.get(name) != value
    ]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "、".join(f"{FIGURES.get(name, name)} {amount}" for name, amount in value.items())
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


@require_POST
def rule_agree(request: StaffRequest, pk: int) -> HttpResponse:
    done = services.agree_to_rule(get_object_or_404(RuleProposal, pk=pk), by=request.user)
    messages.success(request, f"{done}已批准")
    return redirect("authority:rules")


@require_POST
def rule_reject(request: StaffRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    found = get_object_or_404(RuleProposal, pk=pk)
    if not form.is_valid():
        messages.error(request, "须写明理由。")
        return redirect("authority:rule_proposal", pk)
    done = services.reject_rule(found, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"{done}未批准")
    return redirect("authority:rules")
