"""May a mediation scheme be drafted, mediated, concluded by this person; are its sums in order? No writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Q
from django.utils import timezone

from authority.rulings import Objection, Ruling
from cases.items import INJURY_MEDIATION, INJURY_REVIEW
from cases.models import CasePaper, ClaimCase, Decision, InjuredPerson, Mediation, MediationLine
from cases.rulings import may_handle, refused_for, with_objections
from departments.models import Appointment, Certificate, CertificateType, Staff

MEDIATING_POSTS = frozenset({"MEDIATE", "INJ_SURV"})
"""Who may be named: 人伤调解岗, and 人伤查勘岗 for small sums as its grant says."""
UNDER_WAY = frozenset(
    {
        Mediation.Status.DRAFT,
        Mediation.Status.ASKED,
        Mediation.Status.RETURNED,
        Mediation.Status.APPROVED,
    }
)
DECIDED_APART = frozenset({INJURY_REVIEW, INJURY_MEDIATION})
ZERO = Decimal(0)


class Planned(Protocol):
    """A line of a scheme that is still to be written."""

    @property
    def person_id(self) -> int: ...

    @property
    def kind_id(self) -> int: ...

    @property
    def amount(self) -> Decimal: ...


def may_propose(case: ClaimCase, staff: Staff, replaces: Mediation | None = None) -> Ruling:
    """One scheme of a case is under way at a time; one that is approved may give way to a wider one."""
    others = Mediation.objects.filter(case=case, status__in=UNDER_WAY)
    objections = []
    if replaces is not None:
        others = others.exclude(pk=replaces.pk)
        if replaces.status != Mediation.Status.APPROVED:
            objections.append(Objection("wrong_status", "只有已批准的方案可以另拟方案"))
    if others.exists():
        objections.append(Objection("under_way", "本案已有进行中的调解方案"))
    return with_objections(_may_work(case, staff, replaces), objections)


def may_draft(mediation: Mediation, staff: Staff) -> Ruling:
    objections = []
    if mediation.status not in (Mediation.Status.DRAFT, Mediation.Status.RETURNED):
        text = f"调解方案{mediation.get_status_display()}，不能修改"
        objections.append(Objection("wrong_status", text))
    return with_objections(_may_work(mediation.case, staff, mediation), objections)


def may_rename(mediation: Mediation, staff: Staff) -> Ruling:
    """Another mediator is named while the scheme is under way."""
    objections = []
    if mediation.status not in UNDER_WAY:
        text = f"调解{mediation.get_status_display()}，不能改派"
        objections.append(Objection("wrong_status", text))
    return with_objections(_may_work(mediation.case, staff, mediation), objections)


def renaming_objections(mediation: Mediation, to: Staff) -> Iterator[Objection]:
    """SOD-11 the other way round: who decided on the injury or on the scheme does not mediate it."""
    if mediation.mediator_id == to.pk:
        yield Objection("same_mediator", f"{to.name}已是调解人")
    decided = Decision.objects.filter(case=mediation.case_id, submission__item__code__in=DECIDED_APART)
    if decided.filter(Q(decided_by=to) | Q(acted_for=to)).exists():
        yield Objection("sod:SOD-11", f"{to.name}审核过本案人伤或调解方案，不得调解")


def _may_work(case: ClaimCase, staff: Staff, mediation: Mediation | None) -> Ruling:
    """Whoever handles the case, and the mediator."""
    ruling = may_handle(case, staff)
    if mediation is None or mediation.mediator_id != staff.pk:
        return ruling
    return refused_for(one for one in ruling.objections if one.code != "not_handling")


def may_mediate(mediation: Mediation, staff: Staff) -> Ruling:
    """SOD-11: nobody mediates before medical review has approved the scheme; then the mediator alone."""
    objections = list(_unapproved(mediation))
    if mediation.mediator_id != staff.pk:
        objections.append(Objection("not_mediator", f"调解人是{mediation.mediator.name}，他人不得代为调解"))
    else:
        objections += mediator_objections(staff)
    return with_objections(_may_work(mediation.case, staff, mediation), objections)


def may_conclude(mediation: Mediation, staff: Staff) -> Ruling:
    """That it failed may be entered by who handles the case, too."""
    return with_objections(_may_work(mediation.case, staff, mediation), _unapproved(mediation))


def _unapproved(mediation: Mediation) -> Iterator[Objection]:
    if mediation.status in (Mediation.Status.DRAFT, Mediation.Status.ASKED, Mediation.Status.RETURNED):
        yield Objection("sod:SOD-11", "调解方案尚未经医疗审核批准，不得调解")
    elif mediation.status != Mediation.Status.APPROVED:
        yield Objection("wrong_status", f"调解{mediation.get_status_display()}，不能再办理")


def mediator_objections(staff: Staff) -> list[Objection]:
    """In a mediating post, with the certificates that it demands and that are enforced today."""
    today = timezone.localdate()
    held = Appointment.objects.on(today).filter(staff=staff, post__post_type__code__in=MEDIATING_POSTS)
    demands = list(held.values_list("post__post_type__required_certificates", flat=True))
    if not staff.is_active:
        return [Objection("inactive", f"{staff.name}账号已停用")]
    if not demands:
        return [Objection("no_mediator", f"{staff.name}不在人伤调解岗或人伤查勘岗")]
    has = set(Certificate.objects.in_force(today).filter(staff=staff).values_list("type__code", flat=True))
    enforced = dict(CertificateType.objects.enforced_on(today).values_list("code", "name"))
    lacking = [{code for code in demand if code in enforced} - has for demand in demands]
    if not all(lacking):
        return []
    names = "、".join(sorted(enforced[code] for code in min(lacking, key=len)))
    return [Objection("no_certificate", f"{staff.name}没有有效的{names}，不得担任调解人")]


def scheme_objections(case: ClaimCase, lines: Sequence[Planned]) -> Iterator[Objection]:
    if not lines:
        yield Objection("no_lines", "方案至少须有一项金额")
    if len({(line.person_id, line.kind_id) for line in lines}) < len(lines):
        yield Objection("twice", "同一伤者的同一项目只能一行")
    if any(line.amount <= 0 for line in lines):
        yield Objection("no_amount", "方案金额须大于零")
    known = set(InjuredPerson.objects.filter(case=case).values_list("pk", flat=True))
    if {line.person_id for line in lines} - known:
        yield Objection("foreign_person", "含有不属于本案的伤者")


def attempt_objections(
    mediation: Mediation, held_at: datetime, offered: Decimal | None
) -> Iterator[Objection]:
    if held_at > timezone.now():
        yield Objection("in_future", "调解时间不能晚于现在")
    if mediation.approved_at and held_at < mediation.approved_at:
        yield Objection("before_approval", "调解不能早于方案批准")
    if offered is not None and mediation.approved_amount and offered > mediation.approved_amount:
        text = f"报价超过已批准的 {mediation.approved_amount:,.2f} 元，须另拟方案报批"
        yield Objection("over_scheme", text)


def agreement_objections(
    mediation: Mediation,
    lines: Iterable[MediationLine],
    agreed: Mapping[int, Decimal],
    paper: CasePaper,
) -> Iterator[Objection]:
    """Per person the agreement stays inside what was approved; items may trade within it."""
    lines = list(lines)
    if set(agreed) - {line.pk for line in lines}:
        yield Objection("foreign_line", "含有不属于本方案的项目")
    if any(amount < 0 for amount in agreed.values()):
        yield Objection("negative_amount", "金额不能为负")
    if paper.case_id != mediation.case_id:
        yield Objection("foreign_paper", "调解协议不是本案的材料")
    asked: defaultdict[int, list[Any]] = defaultdict(list)
    for line in lines:
        asked[line.person_id].append(line)
    for own in asked.values():
        most = sum((line.amount for line in own), ZERO)
        total = sum((agreed.get(line.pk, ZERO) for line in own), ZERO)
        if total > most:
            text = f"{own[0].person.label}协议 {total:,.2f} 元超过方案 {most:,.2f} 元，须另拟方案报批"
            yield Objection("over_scheme", text)
