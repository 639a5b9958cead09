"""特殊案件: drafted by who handles the case, sent like any request, given up where it is not carried out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.lifecycle import Stage
from cases.matters import Asked
from cases.models import MONEY, ClaimCase, Kind, SpecialRequest, Submission
from cases.numbers import next_number
from cases.rulings import may_work, refused_for, with_objections
from cases.services.special_ends import release, settle_special
from cases.services.subjects import About, SubjectKind, register_subject
from cases.services.transition import apply, lock_case, stay
from cases.specials.facts import objections_now
from cases.specials.kinds import KINDS, item_of
from departments.models import Staff

State = SpecialRequest.State
LIVE = (State.DRAFT, State.OPEN, State.RETURNED)
COMMON = ("reason", "statement", "amount")


def may_draft(case: ClaimCase, kind: str, by: Staff) -> Ruling:
    """May this person begin a request of the kind on the case as it stands?"""
    ruling = may_work(case, KINDS[kind].action, by)
    if "wrong_stage" not in ruling.codes and not KINDS[kind].fits(Stage(case.stage)):
        told = f"赔案{case.get_stage_display()}，不能申请{Kind(kind).label}"
        ruling = with_objections(ruling, [Objection("wrong_stage", told)])
    return with_objections(ruling, _live_objections(case, kind))


def _live_objections(case: ClaimCase, kind: str) -> Iterator[Objection]:
    """One at a time per item, so that two of them never race for the same limit."""
    kinds = [one for one in KINDS if item_of(one) == item_of(kind)]
    rows = SpecialRequest.objects.filter(case=case, kind__in=kinds)
    to_be_done = Q(state=State.AGREED) & ~Q(kind__in=MONEY)
    live = rows.filter(Q(state__in=LIVE) | to_be_done).first()
    if live:
        yield Objection("already_live", f"本案已有{live.get_state_display()}的{live.get_kind_display()}申请")


@transaction.atomic
def draft_special(
    case: ClaimCase, kind: str, values: Mapping[str, Any], *, by: Staff, seen: int
) -> SpecialRequest:
    """`values`: by column, those of COMMON and of the kind; any other name is a KeyError."""
    case = lock_case(case.pk, seen)
    insist_on(may_draft(case, kind, by))
    request = SpecialRequest(case=case, kind=kind, round=case.round, requested_by=by)
    _fill(request, values)
    request.number = next_number("TS")
    request.save()
    apply(case, stay(case, "special_draft").with_details(told(request)).costing(request.amount), by)
    return request


def _fill(request: SpecialRequest, values: Mapping[str, Any]) -> None:
    known = KINDS[request.kind]
    unknown = set(values) - {*COMMON, *known.fields}
    if unknown:
        raise KeyError(*sorted(unknown))
    for name, value in values.items():
        setattr(request, name, value)
    if known.whole_case or (request.kind == Kind.REFUSAL and not request.is_partial):
        request.amount = request.case.estimate
    if request.kind in (Kind.RESCUE_PAYMENT, Kind.RESCUE_ADVANCE):
        request.payee = request.hospital


def told(request: SpecialRequest) -> dict[str, Any]:
    """What the ledger names of a request."""
    return {"special": request.pk, "number": request.number, "kind": request.kind}


def locked_special(request: SpecialRequest, seen: int | None) -> SpecialRequest:
    """The request as it is now; its case is held until the transaction ends."""
    case = lock_case(request.case_id, seen)
    rows = SpecialRequest.objects.select_for_update(of=("self",)).select_related("reason", "requested_by")
    found = rows.get(pk=request.pk)
    found.case = case
    return found


def may_change(request: SpecialRequest, by: Staff) -> Ruling:
    objections = []
    if not request.is_editable:
        objections.append(Objection("not_editable", f"申请{request.get_state_display()}，不能修改"))
    return with_objections(may_follow(request, by), objections)


def may_follow(request: SpecialRequest, by: Staff) -> Ruling:
    """Whoever handles the case or the cases of its unit does what follows from a request."""
    return refused_for(
        one for one in may_work(request.case, KINDS[request.kind].action, by).objections
        if one.code != "wrong_stage"
    )  # fmt: skip


@transaction.atomic
def change_special(
    request: SpecialRequest, values: Mapping[str, Any], *, by: Staff, seen: int
) -> SpecialRequest:
    request = locked_special(request, seen)
    insist_on(may_change(request, by))
    _fill(request, values)
    request.save()
    change = stay(request.case, "special_change").with_details(told(request)).costing(request.amount)
    apply(request.case, change, by)
    return request


def may_give_up(request: SpecialRequest, by: Staff) -> Ruling:
    objections = []
    open_ends = (*LIVE, State.AGREED)
    if request.state not in open_ends or request.state == State.OPEN:
        objections.append(Objection("not_open", f"申请{request.get_state_display()}，不能作废"))
    return with_objections(may_follow(request, by), objections)


@transaction.atomic
def give_up_special(request: SpecialRequest, reason: str, *, by: Staff, seen: int) -> SpecialRequest:
    """作废: a draft is dropped; what was agreed to and not carried out lapses, and its money with it."""
    request = locked_special(request, seen)
    ruling = may_give_up(request, by)
    if not reason.strip():
        ruling = with_objections(ruling, [Objection("no_reason", "作废须说明原因")])
    insist_on(ruling)
    fields = release(request, by) if request.state == State.AGREED else ()
    request.state = State.EXECUTED if request.paid else State.LAPSED
    if request.paid:
        request.granted, request.executed_at = request.paid, timezone.now()
    request.save()
    apply(
        request.case,
        stay(request.case, "special_lapse", *fields).because(reason).with_details(told(request)),
        by,
    )
    return request


def _about(case: ClaimCase, pk: int) -> About | None:
    request = SpecialRequest.objects.filter(pk=pk, case=case).select_related("reason").first()
    if request is None:
        return None
    request.case = case
    asked = Asked(request.pk, request.amount)
    return About(str(request), request.get_absolute_url(), asked, tuple(_asking(request)))


def _asking(request: SpecialRequest) -> Iterator[Objection]:
    if not request.is_editable:
        yield Objection("not_editable", f"申请{request.get_state_display()}，不能提交")
    yield from objections_now(request)


def _granting(submission: Submission) -> tuple[Objection, ...]:
    """The rules of today on the case of today: what was within a limit when sent may not be any more."""
    request = _of(submission)
    return objections_now(request)


def _of(submission: Submission) -> SpecialRequest:
    request = SpecialRequest.objects.select_related("reason", "requested_by").get(
        pk=submission.subject_id or 0
    )
    request.case = submission.case
    return request


def _send(submission: Submission) -> None:
    """The request waits with its submission; the case says which kinds it has had."""
    request, case = _of(submission), submission.case
    request.state = State.OPEN
    request.save(update_fields=["state"])
    if request.kind not in case.special_kinds:
        case.special_kinds = [*case.special_kinds, request.kind]
        case.save(update_fields=["special_kinds"])


for _item in dict.fromkeys(item_of(kind) for kind in KINDS):
    register_subject(_item, SubjectKind(_about, settle_special, _granting, _send))
