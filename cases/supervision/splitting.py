"""疑似拆分: cases that belong together, each just under the limit of who agreed to it, together over it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cases.supervision.acts import Act
from cases.supervision.parameters import Parameters

NAMES = {"plate": "车牌", "policy": "保单", "payee": "收款账号", "accident": "事故"}


@dataclass(frozen=True, slots=True)
class Split:
    """`bonds`: what the cases have in common, e.g. ("plate", "川A12345"). `limit`: the highest of them."""

    acts: tuple[Act, ...]
    bonds: tuple[tuple[str, str], ...]
    limit: Decimal

    @property
    def amount(self) -> Decimal:
        return sum((act.asked for act in self.acts), Decimal(0))


def splits_among(acts: Iterable[Act], parameters: Parameters, *, since: datetime) -> list[Split]:
    """Groups with at least one decision from `since` on. Earlier acts are those of the window before it."""
    part = parameters.share("split_under_percent")
    suspects = [act for act in acts if act.is_final_yes and act.is_just_under(part)]
    groups: defaultdict[tuple[str, str, str], list[Act]] = defaultdict(list)
    for act in suspects:
        for kind, value in _bonds(act):
            groups[act.item, kind, value].append(act)
    found: defaultdict[tuple[Act, ...], list[tuple[str, str]]] = defaultdict(list)
    for (_, kind, value), group in sorted(groups.items()):
        for cluster in _clusters(group, parameters):
            if _is_over(cluster) and cluster[-1].decided_at >= since:
                found[cluster].append((kind, value))
    return [Split(cluster, tuple(bonds), _limit(cluster)) for cluster, bonds in found.items()]


def _bonds(act: Act) -> Iterator[tuple[str, str]]:
    for kind, value in (("plate", act.plate_no), ("policy", act.policy_no), ("accident", act.accident)):
        if value:
            yield kind, value
    for account in act.payees:
        yield "payee", account


def _clusters(group: list[Act], parameters: Parameters) -> Iterator[tuple[Act, ...]]:
    """Runs of acts that lie within the window of their first one; one act per case, the latest."""
    by_case = {act.case_id: act for act in group}
    rest = sorted(by_case.values(), key=lambda act: (act.decided_at, act.pk))
    while rest:
        end = rest[0].decided_at + parameters.window
        inside = [act for act in rest if act.decided_at <= end]
        yield tuple(inside)
        rest = rest[len(inside) :]


def _is_over(cluster: tuple[Act, ...]) -> bool:
    return len(cluster) > 1 and sum(act.asked for act in cluster) > _limit(cluster)


def _limit(cluster: tuple[Act, ...]) -> Decimal:
    return max(act.limit or Decimal(0) for act in cluster)
