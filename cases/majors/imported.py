"""Major losses that come in with an extract: found set by set, told by the entry of the import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from cases.handlers import department_people
from cases.majors.criteria import facts_for, met, said
from cases.models import CaseLoss, ClaimCase, MajorCriterion, MajorLoss, MajorMeasure
from cases.numbers import next_number
from departments.models import OrgUnit, Staff
from departments.outbox import notify

BATCH = 1000
OFFICER = "MAJOR"


def worth_a_look() -> tuple[Decimal | None, list[str]]:
    """The smallest sum, and the flags, that any criterion asks for: what meets neither meets none."""
    criteria = list(MajorCriterion.objects.on(timezone.localdate()))
    sums = [one.at_least for one in criteria if one.at_least and one.measure != MajorMeasure.VEHICLE_SHARE]
    return min(sums, default=None), sorted({one.flag for one in criteria if one.flag})


def recognise_among(cases: Sequence[int], *, by: Staff | None) -> int:
    """Of these cases the open ones that meet a criterion and were never judged before; how many."""
    criteria = list(MajorCriterion.objects.on(timezone.localdate()))
    found = [major for chunk in _chunks(cases) for major in _recognised(chunk, criteria, by)]
    bulk_create_with_history(found, MajorLoss, batch_size=BATCH, default_user=by)
    marked = [major.case for major in found]
    bulk_update_with_history(marked, ClaimCase, ["is_major", "major_criterion", "version"], default_user=by)
    _tell(found)
    return len(found)


def _chunks(ids: Sequence[int]) -> Iterable[list[ClaimCase]]:
    unjudged = ClaimCase.objects.outstanding().filter(majors=None).select_related("unit").order_by("pk")
    for first in range(0, len(ids), BATCH):
        yield list(unjudged.filter(pk__in=ids[first : first + BATCH]))


def _recognised(
    cases: list[ClaimCase], criteria: list[MajorCriterion], by: Staff | None
) -> Iterable[MajorLoss]:
    losses: defaultdict[int, list[CaseLoss]] = defaultdict(list)
    for loss in CaseLoss.objects.filter(case__in=cases):
        losses[loss.case_id].append(loss)
    for case in cases:
        found = met(criteria, facts_for(case, losses[case.pk]))
        if found:
            yield _major(case, found, by)


def _major(case: ClaimCase, found: list[MajorCriterion], by: Staff | None) -> MajorLoss:
    case.is_major, case.major_criterion, case.version = True, said(found)[:60], case.version + 1
    return MajorLoss(
        case=case,
        number=next_number("DA"),
        origin=MajorLoss.Origin.IMPORT,
        criteria=[one.code for one in found],
        ground=said(found)[:300],
        recognised_at=timezone.now(),
        recognised_by=by,
        officer=_officer(case.unit),
    )


def _officer(unit: OrgUnit) -> Staff | None:
    return department_people(unit, OFFICER).first()


def _tell(found: list[MajorLoss]) -> None:
    """One notification per officer, however many came in."""
    counts: defaultdict[Staff, list[MajorLoss]] = defaultdict(list)
    for major in found:
        if major.officer is not None:
            counts[major.officer].append(major)
    for officer, majors in counts.items():
        title = f"导入清单认定重大赔案 {len(majors)} 件"
        notify(officer, kind="major", title=title, url=majors[0].get_absolute_url())
