"""赔付测算: what an injured person's damage comes to by 交强险 and the share of fault, with every step. Pure.

Sources: 交强险条例 art. 21–23 (limits, kept as data), 民法典 art. 1213 (compulsory cover first). Several
injured of one accident share a limit in proportion to their damage: common practice, 待核实. An estimate
beside the review: what is paid is settled by 理算.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cases.injuries.calculator import WHOLE, plain, to_fen, yuan

GROUP_NAMES = {"medical": "医疗费用", "death_disability": "死亡伤残"}


@dataclass(frozen=True, slots=True)
class Settled:
    """In fen. `within`: by the compulsory cover, `beyond`: of the rest by the share of fault."""

    within: int
    beyond: int
    steps: tuple[str, ...]

    @property
    def total(self) -> int:
        return self.within + self.beyond


def settle(
    own: Mapping[str, int], everybody: Mapping[str, int], limits: Mapping[str, int], ratio: int
) -> Settled:
    """`own` and `everybody`: fen by group of limits, of this person and of all injured third parties.

    `limits`: fen by group; empty for people whom the compulsory cover does not protect. `ratio` in percent.
    """
    within, steps = Fraction(0), []
    for group, name in GROUP_NAMES.items():
        damage = own.get(group, 0)
        if damage and group in limits:
            paid, said = _within(damage, everybody.get(group, damage), limits[group])
            within += paid
            steps.append(f"{name} {yuan(damage)} 元，{said}")
        elif damage:
            steps.append(f"{name} {yuan(damage)} 元，不在交强险内")
    paid_within = to_fen(within)
    rest = sum(own.values()) - paid_within
    beyond = to_fen(Fraction(rest * ratio, WHOLE))
    if rest:
        steps.append(f"其余 {yuan(rest)} 元 × 责任比例 {ratio}% = {yuan(beyond)} 元")
    steps.append(f"合计 {yuan(paid_within)} + {yuan(beyond)} = {yuan(paid_within + beyond)} 元")
    return Settled(paid_within, beyond, tuple(steps))


def _within(damage: int, of_all: int, limit: int) -> tuple[Fraction, str]:
    """This person's part of the limit, and how it comes about."""
    if of_all <= limit:
        return Fraction(damage), f"在交强险限额 {yuan(limit)} 元内"
    if of_all == damage:
        return Fraction(limit), f"交强险限额内 {yuan(limit)} 元"
    part = Fraction(limit * damage, of_all)
    share = plain(Fraction(to_fen(Fraction(damage * 10_000, of_all)), 100))
    return part, f"多名伤者按损失比例 {share}% 分得交强险限额 {yuan(part)} 元"
