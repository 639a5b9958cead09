"""谁能批: everybody asked about one matter by the one ruling; who may, who nearly may, and the chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from authority.bounds import rules_for
from authority.holders import holders_of
from authority.rulings import (
    Chain,
    ChainStep,
    Holder,
    Matter,
    Objection,
    Rules,
    Ruling,
    chain_for,
    rulings_for,
)
from authority.usual_times import Usual, usual_times
from departments.models import Absence


@dataclass(frozen=True, slots=True)
class Asked:
    """A person with the answer for the matter."""

    holder: Holder
    ruling: Ruling

    @property
    def limit(self) -> int | None:
        """The highest limit for the item in fen, for those whose ruling rests on none."""
        if self.ruling.basis:
            return self.ruling.basis.limit
        return max((limit.amount_max for limit in self.holder.limits), default=None)

    @property
    def post_name(self) -> str:
        basis = self.ruling.basis
        return basis.post_name if basis else self.holder.limits[0].post_name


@dataclass(frozen=True, slots=True)
class Approvers:
    chain: Chain
    able: tuple[Asked, ...]
    near: tuple[Asked, ...]
    others: tuple[Asked, ...]
    notices: tuple[Objection, ...]
    away: tuple[Absence, ...] = ()
    usual: Usual = field(default_factory=dict)

    @property
    def steps(self) -> list[tuple[ChainStep, timedelta | None]]:
        """Each station of the chain with how long one of its kind usually takes."""
        return [(step, self.usual.get((step.kind, step.level))) for step in self.chain.steps]


def approvers_of(matter: Matter) -> Approvers:
    """Reads whom to ask and asks them: seven queries. `able` in the order in which the work is given out."""
    holders, rules = holders_of(matter.item), rules_for(matter.item)
    asked = [Asked(holder, ruling) for holder, ruling in rulings_for(matter, holders, rules)]
    return Approvers(
        chain=chain_for(matter, holders, rules),
        able=tuple(sorted((one for one in asked if one.ruling.may_sign), key=_nearness)),
        near=tuple(sorted((one for one in asked if one.ruling.may_refer), key=_nearness)),
        others=tuple(one for one in asked if not (one.ruling.may_sign or one.ruling.may_refer)),
        notices=_notices(matter, rules),
        away=_away(holder.person_id for holder in holders),
        usual=usual_times(matter.item),
    )


def _away(people: Iterable[int]) -> tuple[Absence, ...]:
    """Those who hold the item and are away now: the chain goes round them."""
    rows = Absence.objects.at(timezone.now()).filter(staff__in=list(people))
    return tuple(rows.select_related("staff").order_by("ends_at", "pk"))


def address_of(matter: Matter) -> str:
    """The page 谁能批, filled in with this matter."""
    query = {
        "item": matter.item,
        "amount": f"{Decimal(matter.amounts.get(matter.measure, 0)) / 100:.2f}",
        "unit": matter.unit_path,
        "lines": sorted(matter.lines),
        "loss_classes": sorted(matter.loss_classes),
        "special_kind": matter.special_kind,
        "flags": sorted(matter.flags),
        "steps": ",".join(f"{done.step}:{done.person_id}" for done in matter.steps),
        **({"is_litigated": "on"} if matter.is_litigated else {}),
    }
    return f"{reverse('authority:who_can')}?{urlencode(query, doseq=True)}"


def _nearness(asked: Asked) -> tuple[int, ...]:
    """As the chain chooses: deepest unit first, then the lowest sufficient limit, then load."""
    basis = asked.ruling.basis
    path, limit = (basis.unit_path, basis.limit) if basis else ("", 0)
    return (-path.count("/"), limit, asked.holder.load, asked.holder.person_id)


def _notices(matter: Matter, rules: Rules) -> tuple[Objection, ...]:
    """What is to be heeded whoever decides."""
    nobody = Holder(0, "")
    return rulings_for(matter, (nobody,), rules)[0][1].notices
