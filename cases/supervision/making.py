"""The month's rows, made exactly once: whoever inserts the month makes all of it, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from cases.models import (
    FindingCase,
    PersonFigures,
    SampledDecision,
    SupervisionFinding,
    SupervisionMonth,
)
from cases.supervision.acts import acts_of, midnight
from cases.supervision.figures import Conduct, conducts_of
from cases.supervision.findings import Found, findings_in
from cases.supervision.parameters import Parameters, parameters_on
from cases.supervision.referrals import answers_of
from cases.supervision.sampling import Drawn, digest_of, draw, population_of, targeted
from cases.supervision.splitting import splits_among
from departments.models import OrgUnit

MOST_MONTHS = 13


def chain_of(month: SupervisionMonth) -> str:
    """The ledger chain of a month's review."""
    return f"supervision:{month.pk}"


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def months_to_make(unit: OrgUnit) -> list[date]:
    """After the unit's newest review up to last month, in order; last month alone where it has none.

    What an outage left out is made up for, at most MOST_MONTHS back.
    """
    this = timezone.localdate().replace(day=1)
    reach = [(this - timedelta(days=1)).replace(day=1)]
    while len(reach) < MOST_MONTHS:
        reach.append((reach[-1] - timedelta(days=1)).replace(day=1))
    newest = SupervisionMonth.objects.filter(unit=unit, month__lt=this).aggregate(Max("month"))["month__max"]
    return sorted(month for month in reach if month > newest) if newest else reach[:1]


@transaction.atomic
def make_month(unit: OrgUnit, month: date) -> SupervisionMonth | None:
    """The review of what was decided in that month, with figures, findings and sample.

    None where it is there already, or is just being made by somebody else: the unique month decides, and a
    worker that dies on the way leaves nothing behind. `month`: its first day.
    """
    parameters = parameters_on(next_month(month) - timedelta(days=1))
    row = SupervisionMonth(
        unit=unit, month=month, parameters=dict(parameters.values), seed=secrets.token_hex(8)
    )
    SupervisionMonth.objects.bulk_create([row], ignore_conflicts=True)
    made = SupervisionMonth.objects.filter(unit=unit, month=month, seed=row.seed).first()
    if made is None:
        return None
    _fill(made, parameters)
    details = {"decided": made.decided, "seed": made.seed, "population": made.population_digest}
    record(chain_of(made), by=None, action="make", facts=LedgerFacts(to_state="open", details=details))
    return made


def _fill(month: SupervisionMonth, parameters: Parameters) -> None:
    path, since, until = month.unit.path, month.month, next_month(month.month)
    all_acts = list(acts_of(path, since - parameters.window, until))
    acts = [act for act in all_acts if act.decided_at >= midnight(since)]
    conducts = conducts_of(acts, answers_of(path, since, until), parameters)
    splits = splits_among(all_acts, parameters, since=midnight(since))
    found = list(findings_in(conducts.values(), splits, parameters))
    population = population_of(acts)
    month.decided, month.population = len(acts), len(population)
    month.population_digest = digest_of(population)
    month.save(update_fields=["decided", "population", "population_digest"])
    PersonFigures.objects.bulk_create(_figures(month, one) for one in conducts.values())
    _write_findings(month, found)
    at_random = draw(month.seed, population, parameters.whole("sample_size"))
    for_a_reason = targeted(found, parameters.whole("targeted_size"))
    _write_sample(month, [*map(Drawn, at_random), *for_a_reason])


def _figures(month: SupervisionMonth, one: Conduct) -> PersonFigures:
    answers = one.answers
    return PersonFigures(
        month=month,
        person_id=one.person_id,
        post_name=one.post_name,
        decided=len(one.acts),
        amount=one.amount,
        agreed=len(one.agreed),
        near_limit=len(one.near_limit),
        fast=len(one.fast),
        stand_in=len(one.stand_in),
        emergency=len(one.emergency),
        conflicts=len(one.conflicts),
        referred=answers.count,
        upheld=len(answers.upheld),
        altered=len(answers.altered),
        refused=len(answers.refused),
    )


def _write_findings(month: SupervisionMonth, found: Iterable[Found]) -> None:
    for one in found:
        finding = SupervisionFinding.objects.create(
            month=month,
            kind=one.kind,
            person_id=one.person_id,
            people=one.people,
            title=one.title[:200],
            count=len(one.acts),
            amount=one.amount,
        )
        FindingCase.objects.bulk_create(
            FindingCase(
                finding=finding, decision_id=act.pk, case_id=act.case_id, note=one.notes.get(act.pk, "")[:100]
            )
            for act in one.acts
        )


def _write_sample(month: SupervisionMonth, drawn: Sequence[Drawn]) -> None:
    """Each decision once; what was drawn at random stays so, whatever else speaks for it."""
    first: dict[int, Drawn] = {}
    for one in drawn:
        first.setdefault(one.decision_id, one)
    SampledDecision.objects.bulk_create(
        SampledDecision(
            month=month,
            number=number,
            decision_id=one.decision_id,
            way=SampledDecision.Way.TARGETED if one.reason else SampledDecision.Way.RANDOM,
            reason=one.reason,
        )
        for number, one in enumerate(first.values(), start=1)
    )
