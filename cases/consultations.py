"""会商与报告: whose opinion the rules demand before a decision, who has given it, whom to tell afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from django.utils import timezone

from authority.rulings import (
    MUST_CONSULT,
    Holder,
    Matter,
    Objection,
    ReferralRule,
    Rules,
    Ruling,
    may_decide,
)
from cases.models import Consultation, Submission
from cases.rulings import Docket, kept_apart, refused_for
from departments.models import Appointment, OrgUnit, Staff

_NOBODY = Holder(0, "")


def to_consult(matter: Matter, rules: Rules) -> list[ReferralRule]:
    """The rules that demand an opinion on the matter, as the ruling itself finds them."""
    if not may_need_opinion(matter, rules):
        return []
    by_code = {rule.code: rule for rule in rules.referrals if rule.kind == MUST_CONSULT}
    found = [notice.code.partition(":") for notice in may_decide(matter, _NOBODY, rules).notices]
    return [by_code[code] for kind, _, code in found if kind == MUST_CONSULT]


def may_need_opinion(matter: Matter, rules: Rules) -> bool:
    """Cheaper than `to_consult`, and never says no where that finds something."""
    return any(rule.kind == MUST_CONSULT and rule.flags <= matter.flags for rule in rules.referrals)


def opinions_on(submission_ids: Iterable[int]) -> dict[int, tuple[tuple[str, int], ...]]:
    """Rule and author of every opinion given, by submission; one query."""
    rows = Consultation.objects.filter(submission__in=list(submission_ids), answered_at__isnull=False)
    found: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for submission_id, code, author in rows.values_list("submission", "rule_code", "answered_by"):
        if author is not None:
            found[submission_id].append((code, author))
    return {submission_id: tuple(given) for submission_id, given in found.items()}


def heard(docket: Docket, submission_id: int, rules: Rules) -> Docket:
    """With the opinions given; asks the database only where a rule may demand one."""
    if not may_need_opinion(docket.matter, rules):
        return docket
    return replace(docket, consulted=opinions_on([submission_id]).get(submission_id, ()))


def holders_of_post(code: str, unit: OrgUnit) -> list[Staff]:
    """Who holds the post nearest to the unit today: in it, above it, or beside it; one query."""
    held = Appointment.objects.on(timezone.localdate()).filter(post__post_type__code=code)
    rows = held.filter(staff__is_active=True).select_related("staff", "post__unit").order_by("staff")
    near: defaultdict[int, list[Staff]] = defaultdict(list)
    for one in rows:
        near[_shared(one.post.unit.path, unit.path)].append(one.staff)
    return near[max(near)] if near else []


def _shared(path: str, other: str) -> int:
    """How many units two paths have in common, from the head office down."""
    pairs = zip(path.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@dataclass(frozen=True, slots=True)
class Counsel:
    """A consultation as it stands, and who wants to answer it."""

    is_open: bool
    is_answered: bool
    post_name: str
    holds_post: bool


def may_opine(counsel: Counsel, matter: Matter, holder: Holder, rules: Rules) -> Ruling:
    """By a holder of the post, who did nothing on the case that would forbid deciding it. Once."""
    return refused_for([*_counsel_objections(counsel, holder), *kept_apart(matter, holder, rules)])


def _counsel_objections(counsel: Counsel, holder: Holder) -> Iterator[Objection]:
    if not counsel.is_open:
        yield Objection("not_open", "该报批已终结")
    if counsel.is_answered:
        yield Objection("already_answered", "会商意见已出具")
    if not holder.is_active or holder.admin_role:
        yield Objection("inactive", "账号已停用或为三员账号")
    if not counsel.holds_post:
        yield Objection("not_consulted", f"须由{counsel.post_name}出具会商意见")


def consultations_of(submissions: Iterable[Submission]) -> list[Consultation]:
    """Of the case's submissions, the latest asked first; one query."""
    rows = Consultation.objects.filter(submission__in=[one.pk for one in submissions])
    return list(rows.with_case().order_by("-asked_at"))
