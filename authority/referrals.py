"""提级规则 as values: from rows and from proposals, and who may propose and agree to a change.

Sources: rules of referral are company practice on the frame of head office; two people: SOD-07.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from authority.models import ReferralRule, RuleCase
from authority.rulings import ALLOWED, HARD_STOP, MUST_REFER, REFUSED, Objection, Ruling
from authority.rulings import ReferralRule as ReferralTerms
from authority.terms import LEVEL_NAMES, fen
from authority.trials import REFERS, Outcome, Trial

TERMS = (
    "code", "name", "kind", "items", "flags", "figures_over", "to_level", "post", "text", "source",
    "is_verified", "valid_from", "valid_to",
)  # fmt: skip
TRIAL = ("name", "item", "amount", "flags", "figures", "level", "expects", "to_level")
AGREEING_LEVEL = 5


def chain_of(code: str) -> str:
    """All versions of a rule are one chain."""
    return f"rule:{code}"


def terms_of(rule: ReferralRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in TERMS}


def referral(terms: Mapping[str, Any]) -> ReferralTerms:
    """As a ruling reads it."""
    return ReferralTerms(
        code=terms["code"],
        name=terms["name"],
        kind=terms["kind"],
        items=frozenset(terms["items"]),
        flags=frozenset(terms["flags"]),
        figures_over=_fens(terms["figures_over"]),
        to_level=terms["to_level"],
        text=terms["text"],
        post=terms["post"],
    )


def trial(code: str, values: Mapping[str, Any]) -> Trial:
    return Trial(
        name=values["name"],
        item=values["item"],
        amount=fen(Decimal(values["amount"])),
        level=values["level"],
        expects=values["expects"],
        to_level=values["to_level"],
        flags=frozenset(values["flags"]),
        figures=_fens(values["figures"]),
        code=code,
    )


def trial_values(case: RuleCase) -> dict[str, Any]:
    return {name: getattr(case, name) for name in TRIAL}


def _fens(sums: Mapping[str, Any]) -> dict[str, int]:
    return {name: fen(Decimal(str(amount))) for name, amount in sums.items()}


@dataclass(frozen=True, slots=True)
class Ruler:
    """Who acts: the security administrator, or somebody whose post is as high as the department's head."""

    person_id: int
    is_active: bool = True
    is_security_admin: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A change as it is to be judged. `is_taken`: another proposal for the code waits, or it is in use."""

    terms: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]
    own_trials: int
    earliest: date
    is_end: bool = False
    is_taken: bool = False
    known_posts: frozenset[str] = frozenset()


def may_propose(asked: Asked | None, actor: Ruler) -> Ruling:
    """`asked` None: anything at all, before the page offers the form."""
    objections = []
    if not actor.is_active:
        objections.append(Objection("inactive", "账号已停用"))
    if not actor.is_security_admin:
        objections.append(Objection("not_security_admin", "提级规则由安全管理员提出变更"))
    if asked is not None:
        objections += _faults(asked)
    return _ruling(objections)


def may_agree(asked: Asked, proposed_by_id: int, is_waiting: bool, actor: Ruler) -> Ruling:
    """A second person: another security administrator, or a head of the department."""
    objections = list(_second(proposed_by_id, actor))
    if not is_waiting:
        objections.append(Objection("already_decided", "该变更已办结"))
    return _ruling([*objections, *_faults(asked)])


def may_reject(proposed_by_id: int, is_waiting: bool, actor: Ruler) -> Ruling:
    """By who could agree, or taken back by who proposed it."""
    objections = [] if actor.person_id == proposed_by_id else list(_second(proposed_by_id, actor))
    if not is_waiting:
        objections.append(Objection("already_decided", "该变更已办结"))
    return _ruling(objections)


def _second(proposed_by_id: int, actor: Ruler) -> Iterable[Objection]:
    if not actor.is_active:
        yield Objection("inactive", "账号已停用")
    if actor.person_id == proposed_by_id:
        yield Objection("same_person", "提出人不得自行批准，须由另一人办理（SOD-07）")
    if not actor.is_security_admin and actor.level < AGREEING_LEVEL:
        yield Objection("not_second_person", "由另一名安全管理员或部门负责人批准")


def _faults(asked: Asked) -> Iterable[Objection]:
    terms = asked.terms
    if asked.is_taken:
        yield Objection("taken", "该代码已有待批准的变更，或已被其他规则使用")
    day = terms["valid_to"] if asked.is_end else terms["valid_from"]
    if day is None or day < asked.earliest:
        yield Objection("backdated", f"日期不得早于 {asked.earliest:%Y-%m-%d}：已作出的决定不受影响")
    if not asked.is_end:
        yield from _content_faults(asked)
    for one in asked.outcomes:
        if not one.is_as_expected:
            yield Objection("trial_failed", _failure(one))


def _content_faults(asked: Asked) -> Iterable[Objection]:
    terms = asked.terms
    if terms["valid_to"] and terms["valid_to"] < terms["valid_from"]:
        yield Objection("dates", "失效日期早于生效日期")
    if terms["kind"] not in (MUST_REFER, HARD_STOP) and terms["post"] not in asked.known_posts:
        yield Objection("no_post", "会商或报告须指定岗位")
    if not terms["items"]:
        yield Objection("no_item", "须指定适用事项")
    if not asked.own_trials:
        yield Objection("no_trial", "至少写一个试案，说明这条规则应当怎样判定")


def _failure(one: Outcome) -> str:
    wanted = said(one.trial.expects, one.trial.to_level)
    got = said(one.answer, one.to_level)
    return f"试案「{one.trial.name}」（{one.trial.code}）应为{wanted}，按此规则为{got}"


NAMES = {
    "decides": "可以决定",
    "notifies": "可以决定，须报告",
    "consults": "可以决定，须先会商",
    "refers": "须提级",
    "stops": "禁止办理",
}


def said(answer: str, to_level: int | None) -> str:
    level = f"至{LEVEL_NAMES.get(to_level, to_level)}" if answer == REFERS and to_level else ""
    return f"{NAMES.get(answer, answer)}{level}"


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)
