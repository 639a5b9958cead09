"""docs/coverage.md is true: each example covers what it says."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from authority.coverage.oddities import inversions, shadowed
from authority.coverage.survey import Survey
from authority.rulings import Ceiling, Holder, Rules
from tests.authority.test_coverage_survey import KIND, UNIT, limit

BOOK = (Path(__file__).parents[2] / "docs" / "coverage.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```toml\n# (.+?)\n(.*?)```", BOOK, re.DOTALL))
POSTS = {5: "hq/sc/", 3: "hq/sc/motor/"}


def fen(yuan: float) -> int:
    return round(yuan * 100)


def holder_of(table: dict[str, Any]) -> Holder:
    level = table.get("level", 3)
    limits = tuple(
        limit(
            table["id"] * 10 + number,
            amount_max=fen(terms["yuan"]),
            amount_min=fen(terms.get("from", 0)),
            level=level,
            post_path=POSTS[level],
        )
        for number, terms in enumerate(table["grants"])
    )
    return Holder(table["id"], f"员工{table['id']}", limits, on_leave=table.get("away", False))


def rules_of(yuan: float | None) -> Rules:
    anything = frozenset({"any"})
    scope = ("hq/sc/", "分公司", "adjudication", anything, anything, anything, "any", "case_total")
    return Rules() if yuan is None else Rules(ceilings=(Ceiling(*scope, fen(yuan), "总1号"),))


@pytest.mark.parametrize("title", EXAMPLES)
def test_each_example_covers_what_it_says(title: str) -> None:
    example = tomllib.loads(EXAMPLES[title])
    people = [holder_of(table) for table in example["person"]]
    survey, expect = Survey(people, rules_of(example.get("ceiling"))), example["expect"]

    cells = [[cell.band.high or 0, cell.state] for cell in survey.cells(UNIT, KIND)]
    odd = [[one.superior.person_id, one.subordinate.person_id] for one in inversions(survey.held(KIND.item))]
    needless = [one.amount_max for person in people for one, _ in shadowed(person.limits)]

    assert cells == [[fen(end), state] for end, state in expect["cells"]]
    assert odd == expect.get("inversions", [])
    assert needless == [fen(yuan) for yuan in expect.get("needless", [])]
