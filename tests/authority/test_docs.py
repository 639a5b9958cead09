"""The book of the ruling is true: every example in docs/authority.md gives the answer it promises."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from authority.rulings import (
    Ceiling,
    HeldLimit,
    Holder,
    IncompatibleDuty,
    Matter,
    ReferralRule,
    Rules,
    Ruling,
    Scope,
    StepDone,
    chain_for,
    may_decide,
    narrowed_to,
    stand_in_limits,
)
from tests.authority.letter_examples import told_of_change, told_of_letter
from tests.authority.test_rulings_properties import CODES

BOOK = (Path(__file__).parents[2] / "docs" / "authority.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```toml\n# (.+?)\n(.*?)```", BOOK, re.DOTALL))
TABLES = {title: tomllib.loads(text, parse_float=Decimal) for title, text in BLOCKS.items()}
DEFAULTS = TABLES.pop("defaults")


def value(name: str, raw: Any) -> tuple[str, Any]:
    """As the code wants it: lists are sets, sums in yuan are fen."""
    if name.endswith("_yuan"):
        fen = {key: int(yuan * 100) for key, yuan in raw.items()} if isinstance(raw, dict) else int(raw * 100)
        return name.removesuffix("_yuan"), fen
    return name, frozenset(raw) if isinstance(raw, list) else raw


def row(kind: str, changes: dict[str, Any]) -> dict[str, Any]:
    return dict(value(name, raw) for name, raw in {**DEFAULTS[kind], **changes}.items())


def matter_of(table: dict[str, Any]) -> Matter:
    changes = dict(table.get("matter", {}))
    steps = tuple(StepDone(**step) for step in changes.pop("steps", []))
    return Matter(**row("matter", changes), steps=steps)


def holder_of(table: dict[str, Any]) -> Holder:
    changes = {name: raw for name, raw in table.items() if name != "grants"}
    limits = tuple(HeldLimit(**row("grant", grant)) for grant in table["grants"])
    return Holder(**row("holder", changes), limits=limits)


SCOPE = ("items", "lines", "unit_path")


def stood_in(table: dict[str, Any]) -> Iterator[HeldLimit]:
    for one in table.get("stand_in", []):
        boss = holder_of({name: one[name] for name in ("person_id", "name", "grants")})
        scope = Scope(**dict(value(name, one[name]) for name in SCOPE if name in one))
        yield from stand_in_limits(boss, scope, Scope(amount_max=int(one["post_ceiling_yuan"] * 100)))


def given(table: dict[str, Any]) -> Iterator[HeldLimit]:
    for one in table.get("emergency", []):
        for limit in holder_of({"grants": one["grants"]}).limits:
            kept = narrowed_to(limit, Scope(amount_max=int(one["amount_max_yuan"] * 100)))
            if kept is not None:
                yield replace(kept, source="emergency", letter_no=one["number"], clause="临时授权")


def rules_of(table: dict[str, Any]) -> Rules:
    return Rules(
        tuple(Ceiling(**row("ceiling", changes)) for changes in table.get("ceiling", [])),
        tuple(ReferralRule(**row("referral", changes)) for changes in table.get("referral", [])),
        tuple(IncompatibleDuty(**row("incompatible", changes)) for changes in table.get("incompatible", [])),
        {int(level): name for level, name in DEFAULTS["rules"]["level_names"].items()},
    )


def said(ruling: Ruling) -> dict[str, Any]:
    return {
        "outcome": ruling.outcome,
        "codes": list(ruling.codes),
        "basis": str(ruling.basis),
        "ceiling_letter_no": ruling.basis.ceiling_letter_no if ruling.basis else "",
        "near_misses": list(ruling.near_misses),
        "notices": [notice.code for notice in ruling.notices],
        "refer_to_level": ruling.refer_to_level,
    }


def told(table: dict[str, Any]) -> dict[str, Any]:
    """What the code answers to an example, by the names that `expect` uses."""
    if "letter" in table:
        return told_of_letter(table, row)
    if "after" in table:
        return told_of_change(table)
    if "person" not in table:
        who = holder_of({**table.get("holder", {}), "grants": table.get("grant", [])})
        who = replace(who, limits=(*who.limits, *stood_in(table), *given(table)))
        return said(may_decide(matter_of(table), who, rules_of(table)))
    people = [holder_of(person) for person in table["person"]]
    chain = chain_for(matter_of(table), people, rules_of(table))
    steps = [f"{step.kind} {step.person_id}" for step in chain.steps]
    return {"steps": steps, "ends_at": chain.ends_at, "alert": chain.alert}


@pytest.mark.parametrize("title", TABLES)
def test_the_example_is_true(title: str) -> None:
    expected = TABLES[title]["expect"]
    answer = told(TABLES[title])

    assert {name: answer[name] for name in expected} == expected


def test_every_block_is_an_example_of_its_own() -> None:
    assert BOOK.count("```toml") == len(BLOCKS) > 30


def test_every_code_is_in_the_book() -> None:
    table = BOOK.split("## Codes of objections")[1]
    written = {re.sub("<.*>", "", code) for code in re.findall(r"`([a-z_]+:?(?:<\w+>)?)`", table)}

    assert CODES | {"error"} <= written
