"""代岗: what is handed over, narrowed by every scope; never more, never passed on."""

from typing import Any

import pytest

from authority.rulings import HeldLimit, Scope, stand_in_limits
from tests.authority.samples import BOSS, MOTOR, MY, ORDINARY, codes, holder, limit


def handed(scope: Scope | None = None, **changes: Any) -> HeldLimit | None:
    boss = holder(limit(**changes), person_id=BOSS, name="李四", interests=codes("王五"))
    return next(iter(stand_in_limits(boss, *([scope] if scope else []))), None)


def test_it_is_held_in_the_delegators_name() -> None:
    held = handed()

    assert held == limit(
        via_id=BOSS, via_name="李四", via_interests=codes("王五"), source="substitution", post_path=MOTOR
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"is_active": False},
        {"is_employee": False},
        {"admin_role": "audit"},
        {"limits": (limit(via_id=9),)},
        {"limits": (limit(None),)},
        {"limits": (limit(required_certificates=codes("核赔师")),)},
    ],
)
def test_nothing_comes_of(changes: dict[str, Any]) -> None:
    assert stand_in_limits(holder(**({"limits": (limit(),), "person_id": BOSS} | changes))) == ()


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(amount_max=50_000_00), {"amount_max": 50_000_00}),
        (Scope(amount_max=900_000_00), {"amount_max": 100_000_00}),
        (Scope(items=codes("adjudication", "refusal")), {"item": "adjudication"}),
        (Scope(lines=codes("ctpl")), {"lines": codes("ctpl")}),
        (Scope(special_kinds=codes("", "ex_gratia")), {"special_kinds": ORDINARY}),
        (Scope(litigation="no"), {"litigation": "no"}),
        (Scope(unit_path="hq/"), {"unit_path": MOTOR, "includes_below": True}),
        (Scope(unit_path=MY), {"unit_path": MY, "includes_below": True}),
        (Scope(unit_path=MY, includes_below=False), {"unit_path": MY, "includes_below": False}),
        (Scope(unit_path=MOTOR, includes_below=False), {"unit_path": MOTOR, "includes_below": False}),
    ],
)
def test_what_a_scope_leaves(scope: Scope, expected: dict[str, Any]) -> None:
    held = handed(scope)

    assert {name: getattr(held, name) for name in expected} == expected


def test_exactly_one_unit_stays_exactly_one() -> None:
    held = handed(Scope(unit_path=MOTOR), includes_below=False)

    assert held is not None
    assert not held.includes_below


@pytest.mark.parametrize(
    "scope",
    [
        Scope(items=codes("refusal")),
        Scope(items=codes()),
        Scope(lines=codes()),
        Scope(loss_classes=codes()),
        Scope(special_kinds=codes("ex_gratia")),
        Scope(litigation="yes"),
        Scope(unit_path="hq/gd/"),
        Scope(unit_path=""),
        Scope(unit_path="hq"),
        Scope(unit_path="hq/", includes_below=False),
    ],
)
def test_what_leaves_nothing(scope: Scope) -> None:
    assert handed(scope) is None


def test_every_scope_narrows() -> None:
    boss = holder(limit(), person_id=BOSS)

    assert stand_in_limits(boss, Scope(unit_path=MY), Scope(amount_max=1))[0].amount_max == 1
    assert stand_in_limits(boss, Scope(items=codes()), Scope(amount_max=1)) == ()
