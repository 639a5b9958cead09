"""The examples of the book that are about letters, as the code answers them."""

from datetime import date
from typing import Any

from authority.comparison.changes import Change, Clause, Term, compare
from authority.granting import Contents, LetterTerms, Proposal, conflicts_of, notices_of
from authority.rulings import Ceiling, HeldLimit, yuan

HEADING: dict[str, Any] = {
    "status": "draft",
    "mode": "by_person",
    "issuing_path": "hq/sc/motor/",
    "issuing_kind": "department",
    "scope_path": "hq/sc/motor/",
    "scope_kind": "department",
    "drafted_by_id": 9,
    "valid_from": date(2026, 11, 23),
}
LIMITS = set(HeldLimit.__dataclass_fields__)


def told_of_letter(table: dict[str, Any], row: Any) -> dict[str, Any]:
    """`row`: makes the values of a limit or ceiling from what the example writes."""
    letter = LetterTerms(**HEADING | table["letter"])
    ceilings = [dict(one) for one in table.get("ceiling", [])]
    until = [one.pop("until", None) for one in ceilings]
    standing = tuple(Ceiling(**row("ceiling", one)) for one in ceilings)
    ends = {one.letter_no: end for one, end in zip(standing, until, strict=True) if end}
    contents = Contents(tuple(_given(one, row) for one in table["give"]), (), standing, ends)
    return {
        "conflicts": [found.objection.code for found in conflicts_of(letter, contents)],
        "notices": [found.objection.code for found in notices_of(letter, contents)],
    }


def _given(values: dict[str, Any], row: Any) -> Proposal:
    person = {"person_id": 1, "name": "王敏", "item_name": "核赔"}
    terms = {"post_path": "hq/sc/motor/adj/"}
    for name, value in values.items():
        (terms if name.removesuffix("_yuan") in LIMITS else person)[name] = value
    person = {name: tuple(raw) if isinstance(raw, list) else raw for name, raw in person.items()}
    return Proposal(HeldLimit(**row("grant", terms)), **person)


def told_of_change(table: dict[str, Any]) -> dict[str, Any]:
    before, after = ([_clause(one) for one in table.get(side, [])] for side in ("before", "after"))
    return {"changes": [_in_words(change) for change in compare(before, after)]}


def _clause(values: dict[str, Any]) -> Clause:
    who, item, scope = values["who"], values["item"], values.get("scope", "不限")
    return Clause(who, who, "", item, item, int(values["amount_yuan"] * 100), (Term("险别", scope, scope),))


def _in_words(change: Change) -> str:
    rise = [f"+{yuan(change.difference)}"] if change.difference else []
    scope = [f"{was}→{is_now}" for _, was, is_now in change.differing]
    return " ".join([change.name, change.clause.name, change.clause.item_name, *rise, *scope])
