"""Who in the branch could decide what somebody is about to send to head office."""

from __future__ import annotations

from collections.abc import Sequence

from authority.bounds import rules_for
from authority.holders import holders_of
from authority.rulings import HEAD_OFFICE, rulings_for
from cases.chains import never_own
from cases.matters import matters_of
from cases.models import ChainStep


def insiders_of(steps: Sequence[ChainStep]) -> dict[int, list[str]]:
    """Names with posts by station, the lowest sufficient limit first; statements by item, not by station."""
    items = {step.submission.item.code for step in steps}
    known = {code: (holders_of(code), never_own(rules_for(code))) for code in items}
    found = {}
    for step, matter in zip(steps, matters_of([step.submission for step in steps]), strict=True):
        holders, rules = known[step.submission.item.code]
        able = [
            (ruling.basis, holder.name)
            for holder, ruling in rulings_for(matter, holders, rules)
            if ruling.may_sign and ruling.basis and ruling.basis.level < HEAD_OFFICE
        ]
        able.sort(key=lambda one: (one[0].limit, one[1]))
        found[step.pk] = [f"{name}（{basis.post_name}）" for basis, name in able]
    return found
