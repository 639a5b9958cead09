"""数据更正: asked by one person, applied by another, with history and ledger; doubts answered."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.data_quality import rulings
from cases.data_quality.checks import FINDERS
from cases.data_quality.fields import FIELDS, UnreadableError, text_of, value_of
from cases.models import ClaimCase, DataCorrection, DataQualityIssue, Step
from cases.rulings import with_objections
from cases.services.doubting import still_doubtful
from cases.services.transition import Change, apply, lock_case, note_amount, note_step, stay
from departments.access import MANAGE_UNIT
from departments.authorship import save_as
from departments.models import Appointment, Staff
from departments.outbox import notify

Status = DataCorrection.Status
Outcome = DataQualityIssue.Outcome


@dataclass(frozen=True, slots=True)
class Wish:
    """What a field should say, as text, and why; `issue`: the doubt it answers."""

    field: str
    after: str
    reason: str
    issue: DataQualityIssue | None = None


@transaction.atomic
def ask_correction(case: ClaimCase, wish: Wish, *, by: Staff, seen: int) -> DataCorrection:
    """Raises Refused with every reason, Stale when the case moved on."""
    case = lock_case(case.pk, seen)
    ruling = rulings.may_ask(case, rulings.keeper(by), wish.field)
    insist_on(with_objections(ruling, wish_objections(case, wish)))
    asked = DataCorrection(
        case=case,
        issue=wish.issue,
        field=wish.field,
        before=text_of(case, wish.field),
        after=_normal(wish),
        reason=wish.reason.strip(),
        requested_by=by,
        requested_at=timezone.now(),
    )
    save_as(asked, by)
    apply(case, _change(case, "ask_correction", asked), by)
    _tell_keepers(asked)
    return asked


def _normal(wish: Wish) -> str:
    """The wished text as the case itself would write it."""
    probe = ClaimCase()
    setattr(probe, wish.field, value_of(wish.field, wish.after))
    return text_of(probe, wish.field)


def wish_objections(case: ClaimCase, wish: Wish) -> list[Objection]:
    if wish.field not in FIELDS:
        return []
    objections = []
    try:
        if _normal(wish) == text_of(case, wish.field):
            objections.append(Objection("no_change", "与现有内容相同"))
    except UnreadableError as reason:
        objections.append(Objection("unreadable", str(reason)))
    if not wish.reason.strip():
        objections.append(Objection("no_reason", "须写明理由与依据"))
    if wish.issue and (wish.issue.case_id != case.pk or wish.issue.resolved_at):
        objections.append(Objection("foreign_issue", "所选疑问不属于本案或已处理"))
    if DataCorrection.objects.filter(case=case, field=wish.field, status=Status.WAITING).exists():
        objections.append(Objection("already_asked", "该字段已有待复核的申请"))
    return objections


def _change(case: ClaimCase, action: str, one: DataCorrection, *fields: str) -> Change:
    """The ledger names the field; a personal datum itself stands in the request only."""
    known = FIELDS[one.field]
    details: dict[str, Any] = {"correction": one.pk, "field": one.field}
    if not known.is_personal:
        details |= {"before": one.before, "after": one.after}
    return stay(case, action, *fields).because(one.opinion or one.reason).with_details(details)


def _tell_keepers(asked: DataCorrection) -> None:
    heads = Appointment.objects.on(timezone.localdate()).filter(
        post__unit=asked.case.unit_id, post__post_type__permissions__contains=[MANAGE_UNIT]
    )
    people = Staff.objects.filter(pk__in=heads.values("staff"), is_active=True).exclude(
        pk=asked.requested_by_id
    )
    title = f"数据更正待复核：{asked.case} {FIELDS[asked.field].label}"
    for person in people.order_by("pk"):
        notify(person, kind="data_quality", title=title, url=asked.get_absolute_url())


def _fresh(correction: DataCorrection) -> tuple[ClaimCase, DataCorrection]:
    """Case first, as everywhere."""
    case = lock_case(correction.case_id, None)
    rows = DataCorrection.objects.select_for_update(of=("self",)).select_related("issue", "requested_by")
    fresh = rows.get(pk=correction.pk)
    fresh.case = case
    return case, fresh


@transaction.atomic
def apply_correction(correction: DataCorrection, opinion: str = "", *, by: Staff) -> DataCorrection:
    """同意: the field is set, with history and ledger; doubts that it answers are resolved."""
    case, correction = _fresh(correction)
    insist_on(deciding(correction, case, by))
    value = value_of(correction.field, correction.after)
    _decided(correction, Status.APPLIED, opinion, by)
    if FIELDS[correction.field].kind == "money":
        _set_amount(case, correction, value)
    else:
        setattr(case, correction.field, value)
    apply(case, _change(case, "apply_correction", correction, correction.field), by)
    _answer_doubts(case, correction, by)
    _tell_requester(correction, "数据更正已通过")
    return correction


def deciding(correction: DataCorrection, case: ClaimCase, by: Staff) -> Any:
    return rulings.may_decide(correction, case, rulings.keeper(by), text_of(case, correction.field))


def _set_amount(case: ClaimCase, correction: DataCorrection, value: Decimal) -> None:
    """Whoever asked is the last editor of the amount, for the separation of duties."""
    asker = correction.requested_by
    note_amount(case, correction.field, value, asker, reason=f"数据更正：{correction.reason}")
    note_step(case, Step.EDIT_AMOUNT, asker, since=correction.requested_at)


def _decided(correction: DataCorrection, status: str, opinion: str, by: Staff) -> None:
    correction.status, correction.opinion = status, opinion.strip()
    correction.decided_by, correction.decided_at = by, timezone.now()
    save_as(correction, by, "status", "opinion", "decided_by", "decided_at")


def _answer_doubts(case: ClaimCase, correction: DataCorrection, by: Staff) -> None:
    """The doubt named and all others of the case that are no longer true."""
    now = timezone.now()
    doubts = list(DataQualityIssue.objects.select_for_update().filter(case=case, resolved_at=None))
    standing = still_doubtful(case, {issue.rule for issue in doubts}, now)
    for issue in doubts:
        is_answered = issue.pk == correction.issue_id or issue.rule in FINDERS
        if is_answered and issue.rule not in standing:
            _resolve(issue, Outcome.CORRECTED, f"{FIELDS[correction.field].label}已更正", by)


def _resolve(issue: DataQualityIssue, outcome: str, resolution: str, by: Staff) -> None:
    issue.outcome, issue.resolution = outcome, resolution[:200]
    issue.resolved_by, issue.resolved_at = by, timezone.now()
    save_as(issue, by, "outcome", "resolution", "resolved_by", "resolved_at")


@transaction.atomic
def refuse_correction(correction: DataCorrection, opinion: str, *, by: Staff) -> DataCorrection:
    case, correction = _fresh(correction)
    ruling = rulings.may_refuse(correction, case, rulings.keeper(by))
    missing = [] if opinion.strip() else [Objection("no_reason", "不同意须写明理由")]
    insist_on(with_objections(ruling, missing))
    _decided(correction, Status.REFUSED, opinion, by)
    apply(case, _change(case, "refuse_correction", correction), by)
    _tell_requester(correction, f"数据更正未同意：{correction.opinion}")
    return correction


@transaction.atomic
def withdraw_correction(correction: DataCorrection, *, by: Staff) -> DataCorrection:
    case, correction = _fresh(correction)
    insist_on(rulings.may_withdraw(correction, rulings.keeper(by)))
    _decided(correction, Status.WITHDRAWN, "", by)
    apply(case, _change(case, "withdraw_correction", correction), by)
    return correction


def _tell_requester(correction: DataCorrection, title: str) -> None:
    label = FIELDS[correction.field].label
    url = correction.get_absolute_url()
    notify(correction.requested_by, kind="data_quality", title=f"{correction.case} {label} {title}", url=url)


@transaction.atomic
def confirm_true(issue: DataQualityIssue, reason: str, *, by: Staff) -> DataQualityIssue:
    """属实: the fact is as it stands; the rule does not ask again. Raises Refused."""
    case = lock_case(issue.case_id, None)
    issue = DataQualityIssue.objects.select_for_update(of=("self",)).get(pk=issue.pk)
    missing = [] if reason.strip() else [Objection("no_reason", "须写明核实情况")]
    insist_on(with_objections(rulings.may_confirm(issue, case, rulings.keeper(by)), missing))
    _resolve(issue, Outcome.TRUE_AS_IS, reason.strip(), by)
    details = {"issue": issue.pk, "rule": issue.rule}
    apply(case, stay(case, "confirm_true").because(reason.strip()).with_details(details), by)
    return issue
