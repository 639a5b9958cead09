"""One ordinary matter, limit, holder and rule of each kind; tests change what they are about."""

from typing import Any

from authority.rulings import (
    ANY,
    Ceiling,
    HeldLimit,
    Holder,
    IncompatibleDuty,
    Matter,
    ReferralRule,
    Rules,
    Ruling,
    StepDone,
    may_decide,
)

EVERYTHING = frozenset({ANY})
ORDINARY = frozenset({""})
ME, OTHER, BOSS = 1, 2, 3
MY = "hq/sc/motor/my/"
MOTOR = "hq/sc/motor/"

ALLOWED, REFUSED, REFER = "allowed", "refused", "refer"


def codes(*words: str) -> frozenset[str]:
    return frozenset(words)


def matter(yuan: int | None = 80_000, **changes: Any) -> Matter:
    """An adjudication of 80,000 yuan in the sub-branch."""
    fen = None if yuan is None else yuan * 100
    values: dict[str, Any] = {
        "item": "adjudication",
        "measure": "case_total",
        "amounts": {"item": fen, "case_total": fen},
        "unit_path": MY,
        "lines": codes("ctpl", "own_damage"),
        "loss_classes": codes("vehicle"),
    }
    return Matter(**(values | changes))


def limit(yuan: int | None = 100_000, **changes: Any) -> HeldLimit:
    """A branch reviewer's grant for the department and all below it."""
    values: dict[str, Any] = {
        "grant_id": 7,
        "version": 2,
        "letter_no": "川理授〔2026〕3号",
        "clause": "第2条",
        "item": "adjudication",
        "unit_path": MOTOR,
        "includes_below": True,
        "lines": EVERYTHING,
        "loss_classes": EVERYTHING,
        "special_kinds": ORDINARY,
        "litigation": "no",
        "measure": "case_total",
        "amount_max": None if yuan is None else yuan * 100,
        "level": 3,
        "post_name": "核赔岗",
    }
    return HeldLimit(**(values | changes))


def holder(*limits: HeldLimit, **changes: Any) -> Holder:
    return Holder(**({"person_id": ME, "name": "张三", "limits": limits} | changes))


def ceiling(yuan: int = 50_000, **changes: Any) -> Ceiling:
    values: dict[str, Any] = {
        "unit_path": "hq/sc/",
        "unit_name": "四川分公司",
        "item": "adjudication",
        "lines": EVERYTHING,
        "loss_classes": EVERYTHING,
        "special_kinds": EVERYTHING,
        "litigation": ANY,
        "measure": "case_total",
        "amount_max": yuan * 100,
        "letter_no": "总理授〔2026〕1号",
    }
    return Ceiling(**(values | changes))


def referral(**changes: Any) -> ReferralRule:
    values: dict[str, Any] = {
        "code": "imported",
        "name": "进口车",
        "kind": "must_refer",
        "items": EVERYTHING,
        "flags": codes("imported_vehicle"),
        "to_level": 5,
    }
    return ReferralRule(**(values | changes))


def duty(**changes: Any) -> IncompatibleDuty:
    values: dict[str, Any] = {
        "code": "SOD-02",
        "steps": codes("survey", "assess"),
        "items": codes("adjudication"),
        "text": "查勘定损人员不得核赔同一案件",
    }
    return IncompatibleDuty(**(values | changes))


def rules(*rows: Ceiling | ReferralRule | IncompatibleDuty) -> Rules:
    names = {3: "分公司审核岗", 4: "室主任", 5: "部门负责人", 6: "总公司"}
    return Rules(
        tuple(row for row in rows if isinstance(row, Ceiling)),
        tuple(row for row in rows if isinstance(row, ReferralRule)),
        tuple(row for row in rows if isinstance(row, IncompatibleDuty)),
        names,
    )


def did(*steps: str, person_id: int = ME, via_id: int | None = None) -> tuple[StepDone, ...]:
    return tuple(StepDone(step, person_id, via_id) for step in steps)


def ask(of: Any = None, who: Any = None, under: Rules | None = None) -> Ruling:
    """The ordinary holder about the ordinary matter, without any rule."""
    return may_decide(of or matter(), who or holder(limit()), under or rules())
