"""巡查: once a night the map and the grants are gone through, and what is found is kept until it is gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from authority.coverage.findings import Finding, findings_on, ground_on
from authority.ledger import LedgerFacts, record
from authority.models import AuthorityItem, CoverageFinding, CoverageNight, FindingKind
from authority.refusals import insist_on
from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from departments.access import MANAGE_UNIT
from departments.models import OrgUnit, Staff
from departments.models.people import AdminRole
from departments.outbox import notify


@transaction.atomic
def watch_coverage(day: date) -> CoverageNight | None:
    """The round for a day; None when it was made already. Of two at once one waits, then does nothing."""
    night, is_first = CoverageNight.objects.get_or_create(
        day=day, defaults={"finished_at": timezone.now(), "standing": 0, "fresh": 0, "gone": 0}
    )
    if not is_first:
        return None
    kinds = {kind.code: kind for kind in FindingKind.objects.filter(is_watched=True)}
    ground = ground_on(day)
    found = {one.key: one for one in findings_on(ground, {code: kind.days for code, kind in kinds.items()})}
    known = dict(CoverageFinding.objects.standing().values_list("key", "pk"))
    fresh = [one for key, one in found.items() if key not in known]
    night.gone = _end([pk for key, pk in known.items() if key not in found], day)
    _see_again([pk for key, pk in known.items() if key in found], day)
    _keep(fresh, kinds, day)
    night.standing, night.fresh, night.finished_at = len(found), len(fresh), timezone.now()
    night.save()
    if fresh:
        _tell(len(fresh))
    return night


@transaction.atomic
def acknowledge_finding(finding: CoverageFinding, *, by: Staff, note: str) -> CoverageFinding:
    """Somebody concerned knows, and says what is to be done. Raises Refused."""
    finding = CoverageFinding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    insist_on(may_acknowledge(finding, by))
    finding.acknowledged_by, finding.acknowledged_at, finding.acknowledgement = by, timezone.now(), note
    finding.save(update_fields=["acknowledged_by", "acknowledged_at", "acknowledgement"])
    details = {"finding": finding.text, "key": finding.key}
    facts = LedgerFacts("standing", "acknowledged", reason=note, details=details)
    record(f"finding:{finding.pk}", by=by, action="acknowledge_finding", facts=facts)
    return finding


def may_watch(staff: Staff) -> Ruling:
    """Read what the round found at all: who manages a unit, the security and the audit administrator."""
    watches = staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT)
    if watches or staff.unit_scope.ids(MANAGE_UNIT):
        return Ruling(ALLOWED)
    objection = Objection("no_right", "权限巡查由机构管理者和安全、审计管理员查看")
    return Ruling(REFUSED, objections=(objection,))


def may_acknowledge(finding: CoverageFinding, by: Staff) -> Ruling:
    """Who manages the unit, or the security administrator; nobody else, and once."""
    objections = []
    manages = finding.unit_id in by.unit_scope.ids(MANAGE_UNIT)
    if not (manages or by.admin_role == AdminRole.SECURITY):
        objections.append(Objection("no_right", "不管理该机构，也不是安全管理员，不能确认知悉"))
    if finding.acknowledged_at is not None:
        objections.append(Objection("wrong_status", "已有人确认知悉"))
    if finding.gone_on is not None:
        objections.append(Objection("wrong_status", "该发现已消失"))
    return Ruling(REFUSED if objections else ALLOWED, objections=tuple(objections))


def _end(ids: list[int], day: date) -> int:
    return CoverageFinding.objects.filter(pk__in=ids).update(gone_on=day)


def _see_again(ids: list[int], day: date) -> None:
    CoverageFinding.objects.filter(pk__in=ids).update(last_seen_on=day)


def _keep(fresh: list[Finding], kinds: dict[str, FindingKind], day: date) -> None:
    units = dict(OrgUnit.objects.values_list("path", "pk"))
    items = dict(AuthorityItem.objects.values_list("code", "pk"))
    rows = CoverageFinding.objects.bulk_create(
        CoverageFinding(
            kind=kinds[one.code],
            unit_id=units[one.unit_path],
            item_id=items.get(one.item),
            key=one.key,
            text=one.text,
            url=one.url,
            first_seen_on=day,
            last_seen_on=day,
        )
        for one in fresh
    )
    _concern(rows, fresh)


def _concern(rows: Iterable[CoverageFinding], fresh: Iterable[Finding]) -> None:
    through = CoverageFinding.people.through
    through.objects.bulk_create(
        through(coveragefinding_id=row.pk, staff_id=person_id)
        for row, one in zip(rows, fresh, strict=True)
        for person_id in sorted(one.people)
    )


def _tell(number: int) -> None:
    for staff in Staff.objects.filter(admin_role=AdminRole.SECURITY, is_active=True):
        url = reverse("authority:findings")
        notify(staff, kind="authority", title=f"权限巡查：新发现 {number} 项", url=url)
