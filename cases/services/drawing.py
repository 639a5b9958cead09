"""抽样: the month's list made exactly once, and lists for a purpose; assigned to those who may look."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.refusals import insist_on
from authority.rulings import Objection
from cases.models import (
    CaseStep,
    ClaimCase,
    Decision,
    DrawnRule,
    QualityDraw,
    QualitySample,
    SampleRule,
    ScoreSheet,
    Submission,
)
from cases.quality import rulings
from cases.quality.criteria import population_of
from cases.quality.drawing import Measure, digest_of, draw, merged
from cases.rulings import with_objections
from departments.authorship import save_as
from departments.models import Appointment, CalendarDay, OrgUnit, Staff
from departments.outbox import notify

INSPECTING_POST = "QM"
MOST_MONTHS = 13
KEPT = (
    "code", "name", "population", "criterion", "limit", "amount_min", "amount_max", "share", "per_unit_min",
    "per_unit_max", "sheet_code", "due_days", "appeal_days",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is drawn: the department, the days (`until` is the last), the name of the list."""

    unit: OrgUnit
    since: date
    until: date
    title: str


def month_of(unit: OrgUnit, first: date) -> Occasion:
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Occasion(unit, first, last, f"{first:%Y年%m月}案卷抽检")


def months_to_draw(unit: OrgUnit) -> list[date]:
    """After the unit's newest month up to last month, oldest first; last month alone where it has none.

    What an outage left out is made up for, at most MOST_MONTHS back.
    """
    this = timezone.localdate().replace(day=1)
    drawn = QualityDraw.objects.filter(unit=unit, kind="monthly", since__lt=this)
    newest = drawn.aggregate(newest=Max("since"))["newest"]
    reach = [before(this)]
    while len(reach) < MOST_MONTHS:
        reach.append(before(reach[-1]))
    return sorted(first for first in reach if first > newest) if newest else reach[:1]


def before(first: date) -> date:
    """The first of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


@transaction.atomic
def draw_month(unit: OrgUnit, first: date) -> QualityDraw | None:
    """The list of a month by all rules in force at its end; None where somebody made it, or is making it."""
    occasion = month_of(unit, first)
    row = QualityDraw(kind="monthly", seed=secrets.token_hex(8), **_values(occasion))
    QualityDraw.objects.bulk_create([row], ignore_conflicts=True)
    made = QualityDraw.objects.filter(
        unit=unit, kind="monthly", since=occasion.since, until=occasion.until, seed=row.seed
    ).first()
    if made is None:
        return None
    return _filled(made, SampleRule.objects.on(occasion.until), None)


@transaction.atomic
def draw_special(occasion: Occasion, rules: Sequence[SampleRule], *, by: Staff) -> QualityDraw:
    """A list for a purpose, by the rules chosen. Raises Refused."""
    ruling = rulings.may_draw(occasion.unit.pk, rulings.inspector(by))
    insist_on(with_objections(ruling, _objections(occasion, rules)))
    made = QualityDraw.objects.create(
        kind="special", seed=secrets.token_hex(8), drawn_by=by, **_values(occasion)
    )
    return _filled(made, rules, by)


def _values(occasion: Occasion) -> dict[str, Any]:
    names = ("unit", "since", "until", "title")
    return {name: getattr(occasion, name) for name in names} | {"drawn_at": timezone.now()}


def _objections(occasion: Occasion, rules: Sequence[SampleRule]) -> list[Objection]:
    objections = []
    if not rules:
        objections.append(Objection("no_rule", "至少选择一条抽样规则"))
    if occasion.until < occasion.since:
        objections.append(Objection("dates", "期间止须不早于期间始"))
    if occasion.until > timezone.localdate():
        objections.append(Objection("future", "期间尚未结束"))
    return objections


def _filled(made: QualityDraw, rules: Iterable[SampleRule], by: Staff | None) -> QualityDraw:
    """One query per rule for its population, one insert for the list."""
    drawn = [_drawn(made, rule) for rule in rules]
    by_rule = {one.pk: one for one in drawn}
    lists = [(one.pk, draw(made.seed, Measure.of(one.settings), _pairs(one))) for one in drawn]
    chosen = {case_id: by_rule[rule_id] for case_id, rule_id in merged(lists).items()}
    QualitySample.objects.bulk_create(_samples(made, chosen))
    details = {
        "seed": made.seed,
        "drawn": len(chosen),
        "populations": {one.settings["code"]: one.digest for one in drawn},
    }
    facts = LedgerFacts(to_state="drawn", details=details)
    record(f"quality_draw:{made.pk}", by=by, action="draw_files", facts=facts)
    _tell(made)
    return made


def _drawn(made: QualityDraw, rule: SampleRule) -> DrawnRule:
    population = population_of(rule, made.unit.path, made.since, made.until)
    return DrawnRule.objects.create(
        draw=made,
        rule=rule,
        settings={name: _plain(getattr(rule, name)) for name in KEPT},
        case_ids=[case for case, _ in population],
        unit_ids=[unit for _, unit in population],
        digest=digest_of(population),
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)


def _pairs(drawn: DrawnRule) -> list[tuple[int, int]]:
    return list(zip(drawn.case_ids, drawn.unit_ids, strict=True))


def _samples(made: QualityDraw, chosen: Mapping[int, DrawnRule]) -> list[QualitySample]:
    today, calendar = timezone.localdate(), CalendarDay.objects.all().as_calendar()
    sheets = {sheet.code: sheet for sheet in ScoreSheet.objects.on(today).order_by("version")}
    people = _assigned(chosen, inspectors_of(made.unit, today))
    units = {case: unit for rule in set(chosen.values()) for case, unit in _pairs(rule)}
    days = {rule.pk: calendar.add_working_days(today, rule.settings["due_days"]) for rule in chosen.values()}
    return [
        QualitySample(
            draw=made,
            drawn_rule=rule,
            number=number,
            case_id=case_id,
            unit_id=units[case_id],
            sheet=sheets[rule.settings["sheet_code"]],
            assigned_to_id=people.get(case_id),
            due_on=days[rule.pk],
        )
        for number, (case_id, rule) in enumerate(chosen.items(), start=1)
    ]


def inspectors_of(unit: OrgUnit, day: date) -> list[int]:
    """Who holds the quality officer's post in the department that day, by key."""
    held = Appointment.objects.on(day).filter(
        post__post_type__code=INSPECTING_POST, post__unit__path__startswith=unit.path, staff__is_active=True
    )
    return sorted(set(held.values_list("staff_id", flat=True)))


def _assigned(cases: Iterable[int], people: Collection[int]) -> dict[int, int]:
    """Case → whoever has fewest so far and had no part in it; a case that all had a part in stays open."""
    load = dict.fromkeys(sorted(people), 0)
    cases = list(cases)
    parts = involved_in(cases)
    found: dict[int, int] = {}
    for case_id in cases:
        free = [person for person in load if person not in parts.get(case_id, ())]
        if free:
            found[case_id] = min(free, key=lambda person: (load[person], person))
            load[found[case_id]] += 1
    return found


def involved_in(cases: Collection[int]) -> dict[int, set[int]]:
    """Case → everybody who had a hand in it; four queries however many."""
    found: dict[int, set[int]] = {}
    steps = CaseStep.objects.filter(case__in=cases).values_list("case", "person", "acted_for")
    decisions = Decision.objects.filter(case__in=cases).values_list("case", "decided_by", "acted_for")
    asked = Submission.objects.filter(case__in=cases).values_list("case", "submitted_by")
    handlers = ClaimCase.objects.filter(pk__in=cases).values_list("pk", "handler")
    for rows in (steps, decisions, asked, handlers):
        for case_id, *people in rows:
            found.setdefault(case_id, set()).update(person for person in people if person)
    return found


def _tell(made: QualityDraw) -> None:
    people = made.samples.exclude(assigned_to=None).values_list("assigned_to", flat=True).distinct()
    for person in Staff.objects.filter(pk__in=people.order_by()):
        count = made.samples.filter(assigned_to=person).count()
        notify(person, kind="quality", title=f"{made}：{count} 份案卷待您评分", url=made.get_absolute_url())


@transaction.atomic
def assign(sample: QualitySample, to: Staff, *, by: Staff) -> QualitySample:
    """改派: the file goes to somebody else who may look at it. Raises Refused."""
    sample = QualitySample.objects.select_for_update(of=("self",)).select_related("draw").get(pk=sample.pk)
    involved = involved_in([sample.case_id]).get(sample.case_id, set())
    taking = rulings.may_take(sample, rulings.inspector(to), involved).objections
    named = [Objection(one.code, f"{to.name}：{one.text}") for one in taking]
    insist_on(with_objections(rulings.may_assign(sample, rulings.inspector(by)), named))
    field = "assigned_to" if sample.status == QualitySample.Status.WAITING else "second_assigned_to"
    setattr(sample, field, to)
    save_as(sample, by, field)
    facts = LedgerFacts(sample.status, sample.status, details={"to": to.pk})
    record(f"quality_sample:{sample.pk}", by=by, action="assign_file", facts=facts)
    notify(to, kind="quality", title=f"{sample}待您评分", url=sample.get_absolute_url())
    return sample
