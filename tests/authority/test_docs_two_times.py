"""docs/two-times.md is true: what each example records and asks gives the answer it promises."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.models import PersonalGrant
from authority.rulings import Matter, may_decide
from departments.models import Appointment
from tests.factories import SHANGHAI, AbsenceFactory, AppointmentFactory, GrantFactory, StaffFactory

pytestmark = pytest.mark.django_db

BOOK = (Path(__file__).parents[2] / "docs" / "two-times.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```toml\n# (.+?)\n(.*?)```", BOOK, re.DOTALL))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


def enter(record: dict[str, Any], staff: Any) -> None:
    """What the record says, as the services would write it."""
    if "appointed" in record:
        AppointmentFactory(staff=staff, starts_on=record["appointed"]["from"])
    if "grant" in record:
        terms = record["grant"]
        appointment = Appointment.objects.get(staff=staff)
        moment = noon(terms["from"])
        GrantFactory(
            appointment=appointment,
            amount_max=terms["yuan"],
            valid_from=terms["from"],
            letter__approved_at=moment,
        )
    if "away" in record:
        AbsenceFactory(
            staff=staff, starts_at=noon(record["away"]["from"]), ends_at=noon(record["away"]["to"])
        )
    if "relieved" in record:
        change(Appointment.objects.get(staff=staff), ends_on=record["relieved"]["last_day"])
    if "revoked" in record:
        change(PersonalGrant.objects.get(holder=staff), revoked_at=noon(record["revoked"]["at"]))


def change(row: Any, **values: object) -> None:
    vars(row).update(values)
    row.save()


def date_back(known: set[tuple[str, int]], to: datetime) -> Iterator[tuple[str, int]]:
    """The records written since, as if written then."""
    for model in (model for model in apps.get_models() if hasattr(model, "history_type")):
        fresh = [pk for pk in model.objects.values_list("pk", flat=True) if (model.__name__, pk) not in known]
        model.objects.filter(pk__in=fresh, history_change_reason=None).update(history_date=to)
        yield from ((model.__name__, pk) for pk in fresh)


@pytest.mark.parametrize("title", EXAMPLES)
def test_each_example_is_true(title: str) -> None:
    example = tomllib.loads(EXAMPLES[title])
    staff, known = StaffFactory(), set()
    for record in example["record"]:
        enter(record, staff)
        known |= set(date_back(known, noon(record["on"])))

    for ask in example["ask"]:
        moments = {"at": noon(ask["at"]), "known_at": noon(ask["known_at"])}
        holder, rules = holder_for(staff, **moments), rules_for("adjudication", **moments)
        ruling = may_decide(matter(ask["yuan"] * 100, staff), holder, rules)
        assert (ruling.outcome, list(ruling.codes)) == (ask["outcome"], ask.get("codes", []))


def matter(fen: int, staff: Any) -> Matter:
    return Matter(
        item="adjudication",
        measure="case_total",
        amounts={"case_total": fen},
        unit_path=Appointment.objects.get(staff=staff).post.unit.path,
        lines=frozenset({"own_damage"}),
        loss_classes=frozenset({"vehicle"}),
    )
