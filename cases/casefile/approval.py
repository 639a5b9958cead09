"""Where the case stands with those who decide: the chains, my ruling, who else can, what I may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from authority.approvers import address_of
from authority.bounds import rules_for
from authority.holders import holder_for, holders_of
from authority.rulings import Holder, Matter, Rules, Ruling, rulings_for
from cases.chains import never_own
from cases.consultations import heard
from cases.items import BESIDE
from cases.matters import matter_of
from cases.models import ChainStep, ClaimCase, Decision, Escalation, Outcome, Submission
from cases.queue import yuan
from cases.rulings import AGREEING, Docket, docket_of, may_decide_submission, permits
from cases.services import About, about_submission, granting_objections, leads_to_head_office
from cases.signatures import SIGNING
from departments.models import Staff
from departments.spans import in_words

SHOWN_HOLDERS = 5
_WITHOUT_FORCE = {
    ChainStep.Status.INVALID.value: "已失效：",
    ChainStep.Status.TAKEN_BACK.value: "已拿回：",
}
_REPLACED = frozenset({ChainStep.Status.HANDED_ON.value, ChainStep.Status.TAKEN_BACK.value})
_MEASURES = {"case_total": "案件累计", "per_person": "单个伤者", "item": "本项", "increment": "本次增减"}


@dataclass(frozen=True, slots=True)
class Link:
    """One station of a chain as the chain component shows it."""

    state: str
    title: str
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class ChainCard:
    """All rounds of one item on the case, oldest first."""

    title: str
    links: list[Link]
    waiting_since: datetime | None
    is_open: bool

    @property
    def card_title(self) -> str:
        return f"审批链 · {self.title}"

    @property
    def waiting(self) -> str:
        return f"已等 {in_words(timezone.now() - self.waiting_since)}" if self.waiting_since else ""


@dataclass(frozen=True, slots=True)
class ClosedDoor:
    """An outcome that this station knows and that would be refused, with what stands in its way alone."""

    outcome: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Approval:
    """One station that waits, as one person sees it. `sayable`: the outcomes open to that person.

    `closed`: those that are not, where more than the ruling on agreeing forbids them.
    `goes_to_head_office`: where a referral from here leads, for want of somebody higher in the branch.
    `question`: address of the page 谁能批 with this very matter. `about`: the record asked about, if one is.
    """

    step: ChainStep
    ruling: Ruling
    matter: str
    refer_to: str
    over: Decimal | None
    who_can: list[dict[str, Any]]
    sayable: frozenset[str]
    closed: Sequence[ClosedDoor]
    is_others: bool
    goes_to_head_office: bool
    question: str
    about: About | None = None

    @property
    def is_signing(self) -> bool:
        """One of several who sign beside each other, or was asked for an opinion: he decides nothing."""
        return self.step.kind in SIGNING


def submissions_of(case: ClaimCase) -> list[Submission]:
    """With chains and decisions, oldest first; two statements."""
    steps = ChainStep.objects.select_related(
        "staff", "acting_for", "decision__decided_by", "decision__acted_for", "signing"
    ).order_by("number")
    rows = Submission.objects.filter(case=case).select_related("item", "submitted_by", "escalation")
    found = list(rows.prefetch_related(Prefetch("chain", queryset=steps)).order_by("submitted_at", "pk"))
    for submission in found:
        submission.case = case
    return found


def chains_of(submissions: Sequence[Submission]) -> list[ChainCard]:
    """A card per item; the open ones first."""
    by_item: dict[str, list[Submission]] = {}
    for submission in submissions:
        by_item.setdefault(submission.item.name, []).append(submission)
    cards = [_card(name, rounds) for name, rounds in by_item.items()]
    return sorted(cards, key=lambda card: not card.is_open)


def _card(name: str, rounds: list[Submission]) -> ChainCard:
    links, waiting_since = [], None
    for index, submission in enumerate(rounds):
        links.append(_sent(submission, is_again=index > 0))
        for step in submission.chain.all():
            if step.status != ChainStep.Status.SKIPPED:
                links.append(_link(step))
            if step.status == ChainStep.Status.NOW:
                waiting_since = step.arrived_at
    return ChainCard(name, links, waiting_since, rounds[-1].status == Submission.Status.OPEN)


def _sent(submission: Submission, *, is_again: bool) -> Link:
    at = timezone.localtime(submission.submitted_at)
    note = f"{at:%m-%d %H:%M} · {submission.amount:,.2f} 元"
    if submission.status == Submission.Status.WITHDRAWN:
        return Link("returned", "提交后撤回", submission.submitted_by.name, note)
    return Link("done", "再次提交" if is_again else "提交", submission.submitted_by.name, note)


def _link(step: ChainStep) -> Link:
    who = step.staff.name if step.staff else "总公司"
    if step.acting_for:
        who += f"（代{step.acting_for.name}）"
    decision = getattr(step, "decision", None)
    if decision is not None:
        return _decided(step, decision)
    if step.status == ChainStep.Status.NOW and step.arrived_at:
        waited = in_words(timezone.now() - step.arrived_at)
        return Link("now", _titled(step), who, _note(step.post_name, f"已等 {waited}", step.remark))
    return Link(step.status, _titled(step), who, _note(step.post_name, step.remark))


def _titled(step: ChainStep) -> str:
    """What kind of station it is; of a joint signing, how many of how many."""
    name = str(step.get_kind_display())
    if step.status == ChainStep.Status.HANDED_ON:
        return "已转办"
    if step.signing is None:
        return name
    asked = [one for one in step.submission.chain.all() if one.signing_id == step.signing_id]
    count = sum(one.status not in _REPLACED for one in asked)
    return f"{name}（{count} 人中须 {step.signing.needed} 人同意）" if count > 1 else name


def _decided(step: ChainStep, decision: Decision) -> Link:
    state = {"return": "returned", "refuse": "returned"}.get(decision.outcome, "done")
    if step.status in _WITHOUT_FORCE:
        state = step.status
    at = timezone.localtime(decision.decided_at)
    used = f"用时 {in_words(decision.decided_at - step.arrived_at)}" if step.arrived_at else ""
    note = _note(" ".join(decision.problem_codes), step.post_name, f"{at:%m-%d %H:%M}", used, step.remark)
    who = "总公司" if step.kind == ChainStep.Kind.HEAD_OFFICE else decision.decided_by.name
    if decision.acted_for:
        who += f"（代{decision.acted_for.name}）"
    title = str(decision.get_outcome_display())
    if step.kind in SIGNING:
        title = f"{step.get_kind_display()}{title}"
    return Link(state, _WITHOUT_FORCE.get(step.status, "") + title, who, note)


def _note(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def approval_for(submissions: Sequence[Submission], staff: Staff) -> Approval | None:
    """The station at which the case waits, this person's own first; None when it waits for nobody."""
    waiting = [
        step
        for submission in submissions
        if submission.status == Submission.Status.OPEN
        for step in submission.chain.all()
        if step.status == ChainStep.Status.NOW
    ]
    if not waiting:
        return None
    step = min(waiting, key=lambda one: (one.staff_id != staff.pk, one.pk))
    step.submission = next(one for one in submissions if one.pk == step.submission_id)
    others = [one for one in submissions if one.pk != step.submission_id]
    is_other_sent = step.submission.item.code not in BESIDE and any(map(_is_sent, others))
    return _approval(step, staff, is_other_sent=is_other_sent)


def _is_sent(submission: Submission) -> bool:
    escalation: Escalation | None = getattr(submission, "escalation", None)
    if submission.item.code in BESIDE:
        return False
    return escalation is not None and escalation.status == Escalation.Status.SENT


def _approval(step: ChainStep, staff: Staff, *, is_other_sent: bool) -> Approval:
    matter, rules = matter_of(step.submission), rules_for(step.submission.item.code)
    holder = holder_for(staff)
    docket = docket_of(step, matter, step.submission.chain.all(), is_other_sent=is_other_sent)
    docket = heard(docket, step.submission_id, rules)
    rulings = _rulings(docket, holder, rules, step.submission)
    ruling = rulings[Outcome.AGREE]
    sayable = frozenset(one.value for one, said in rulings.items() if permits(said, one, docket.step_kind))
    measure = ruling.basis.measure if ruling.basis else matter.measure
    amount = matter.amounts.get(measure, 0)
    over = amount - ruling.basis.limit if ruling.basis else 0
    return Approval(
        step,
        ruling,
        f"{step.submission.item.name} · {_MEASURES.get(measure, '')} {yuan(amount):,.2f} 元",
        rules.level_names.get(ruling.refer_to_level or 0, ""),
        yuan(over) if over > 0 else None,
        _who_can(matter, holders_of(step.submission.item.code), rules),
        sayable,
        _closed(rulings, sayable),
        step.staff_id != staff.pk,
        Outcome.REFER_UP in sayable and leads_to_head_office(step, rulings[Outcome.REFER_UP], staff),
        address_of(matter),
        about_submission(step.submission),
    )


def _rulings(docket: Docket, holder: Holder, rules: Rules, submission: Submission) -> dict[Outcome, Ruling]:
    """On every outcome; the record asked about may forbid agreeing whoever decides."""
    rulings = {one: may_decide_submission(docket, holder, rules, one) for one in Outcome}
    may_grant = docket.step_kind not in SIGNING
    granting = [one for one in AGREEING if may_grant and rulings[one].may_sign]
    for objection in granting_objections(submission) if granting else ():
        rulings |= {one: rulings[one].with_objection(objection) for one in granting}
    return rulings


def _closed(rulings: Mapping[Outcome, Ruling], sayable: frozenset[str]) -> list[ClosedDoor]:
    """Nothing for those who have no say here at all: the ruling itself tells them why."""
    known = rulings[Outcome.AGREE].objections
    found = []
    for outcome, ruling in rulings.items():
        texts = [one.text for one in ruling.objections if one not in known]
        if sayable and outcome not in sayable and texts:
            found.append(ClosedDoor(outcome.value, str(outcome.label), "；".join(texts)))
    return found


def _who_can(matter: Matter, holders: Sequence[Holder], rules: Rules) -> list[dict[str, Any]]:
    """Those who may sign, and those who could but are away; the lowest sufficient limit first."""
    found = []
    for holder, ruling in rulings_for(matter, holders, never_own(rules)):
        is_away = ruling.codes == ("on_leave",)
        if ruling.may_sign or is_away:
            best = max((limit.amount_max for limit in holder.limits), default=0)
            shown = ruling.basis.limit if ruling.basis else best
            found.append((shown, holder, "缺勤" if is_away else "在岗"))
    found.sort(key=lambda one: (one[2] != "在岗", one[0], one[1].person_id))
    return [_person(holder, limit, note) for limit, holder, note in found[:SHOWN_HOLDERS]]


def _person(holder: Holder, limit: int, note: str) -> dict[str, Any]:
    return {
        "name": holder.name,
        "post": holder.limits[0].post_name if holder.limits else holder.unit_name,
        "limit": yuan(limit),
        "note": note,
        "url": reverse("departments:person", args=[holder.person_id]),
    }
