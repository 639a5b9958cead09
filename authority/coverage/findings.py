"""What the nightly round finds, from the map and from the grants: plain values, each with a lasting key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from itertools import groupby, product
from os.path import commonpath

from authority.coverage.bands import Kind
from authority.coverage.map import cell_address, covered_units, special_kind_of, survey_at
from authority.coverage.oddities import Inversion, inversions, shadowed
from authority.coverage.survey import NOBODY, Cell, Survey
from authority.models import AuthorityItem, FindingCode, LineCode, LossCode, PersonalGrant, SpecialCode
from authority.rulings import HeldLimit, Holder, yuan
from departments.models import OrgUnit

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """`unit_path` is where it belongs; `people` by id; `key` the same every night that it stands."""

    code: str
    unit_path: str
    item: str
    key: str
    text: str
    people: frozenset[int] = frozenset()
    url: str = ""


@dataclass(frozen=True)
class Ground:
    """All that a round looks at, read at one moment in a constant number of queries."""

    day: date
    survey: Survey
    units: Sequence[OrgUnit]
    items: Sequence[AuthorityItem]
    grants: Sequence[PersonalGrant]

    @property
    def top(self) -> str:
        """The nearest unit above all those in which cases arise; "" without any."""
        paths = [unit.path for unit in self.units]
        return f"{commonpath(paths)}/" if paths else ""


def ground_on(day: date) -> Ground:
    """As of now; the day is the one the round is for."""
    grants = PersonalGrant.objects.effective(day).with_terms().order_by("pk")
    return Ground(day, survey_at(None), covered_units(day), list(AuthorityItem.objects.all()), list(grants))


def findings_on(ground: Ground, days: Mapping[str, int | None]) -> Iterator[Finding]:
    """All that is found of the kinds in `days`; the number is how far ahead one looks, where that matters."""
    found = [*_of_cells(ground), *_oddities(ground), *_unneeded(ground)]
    ahead = days.get(FindingCode.EXPIRING)
    if ahead is not None:
        found += _expiring(ground, ground.day + timedelta(days=ahead))
    return (one for one in found if one.code in days)


@dataclass(slots=True)
class _Spot:
    """The same cell in several units and kinds of matter."""

    code: str
    item: AuthorityItem
    cell: Cell
    units: dict[str, OrgUnit] = field(default_factory=dict)
    kinds: dict[Kind, None] = field(default_factory=dict)
    is_any_kind: bool = False


def _of_cells(ground: Ground) -> Iterator[Finding]:
    """What is the same in every unit is one finding, of the unit above them all."""
    for item in ground.items if ground.units else ():
        if item.code not in ground.survey.items:
            yield _unheld(ground, item)
            continue
        for spot in _spots(ground, item):
            if len(spot.units) == len(ground.units) > 1:
                yield _of_spot(ground, spot, ground.top, "各机构")
            else:
                for unit in spot.units.values():
                    yield _of_spot(ground, spot, unit.path, unit.short_name)


def _unheld(ground: Ground, item: AuthorityItem) -> Finding:
    text = f"{item.name}：没有任何人持有该事项的授权，全部须上报"
    return Finding(FindingCode.UNHELD, ground.top, item.code, f"unheld:{item.code}", text)


def _spots(ground: Ground, item: AuthorityItem) -> list[_Spot]:
    spots: dict[tuple[object, ...], _Spot] = {}
    differences = ground.survey.differences(item.code)
    kinds = list(differences.kinds(item.code, item.measure, special_kind_of(item), is_key=item.is_key))
    for unit, kind in product(ground.units, kinds):
        for cell in ground.survey.cells(unit.path, kind):
            if code := _code(cell):
                key = (code, cell.band, cell.person_ids, len(cell.present))
                spot = spots.setdefault(key, _Spot(code, item, cell))
                spot.units[unit.path] = unit
                spot.kinds[kind] = None
    for spot in spots.values():
        spot.is_any_kind = len(spot.kinds) == len(kinds)
    return list(spots.values())


def _code(cell: Cell) -> str:
    """What a cell is worth telling; one of two people away for the day leaves one for the day."""
    if cell.state == NOBODY:
        return FindingCode.GAP
    if cell.people and not cell.present:
        return FindingCode.AWAY
    return FindingCode.SINGLE if len(cell.present) == 1 else ""


def _of_spot(ground: Ground, spot: _Spot, path: str, unit_name: str) -> Finding:
    cell, item = spot.cell, spot.item
    kinds = "" if spot.is_any_kind else f"（{'；'.join(map(kind_name, spot.kinds))}）"
    text = f"{unit_name} {item.name}{kinds} {_between(cell)}：{_told(spot.code, cell)}"
    people = ",".join(map(str, sorted(cell.person_ids)))
    place = f"{path}:{item.code}:{cell.band.low}-{cell.band.high}"
    key = f"{spot.code}:{place}:{people}:{len(cell.present)}:{kinds}"
    unit_path = path if path in spot.units else next(iter(spot.units))
    url = cell_address(next(iter(spot.kinds)).matter(unit_path, cell.band.probe), ground.day)
    return Finding(spot.code, path, item.code, short_key(key), text[:300], cell.person_ids, url)


def _told(code: str, cell: Cell) -> str:
    names = "、".join(one.name for one in cell.people)
    if code == FindingCode.GAP:
        return "没有人有权决定"
    if code == FindingCode.AWAY:
        return f"有权的 {names} 都不在岗"
    if len(cell.people) == 1:
        return f"只有 {names} 一人"
    return f"有权的 {names} 中只有 {cell.present[0].name} 在岗"


def short_key(key: str) -> str:
    """Long keys by their digest: the same every night."""
    return key if len(key) <= LONGEST_KEY else f"{key[:100]}#{sha256(key.encode()).hexdigest()}"


def _between(cell: Cell) -> str:
    low, high = cell.band.low, cell.band.high
    return f"{yuan(low)} 元以上" if high is None else f"{yuan(low)} 至 {yuan(high)} 元"


def kind_name(kind: Kind) -> str:
    parts = [str(LineCode(kind.line).label), str(LossCode(kind.loss_class).label)]
    if kind.special_kind:
        parts.append(str(SpecialCode(kind.special_kind).label))
    return "·".join([*parts, "涉诉" if kind.is_litigated else "非诉"])


def _oddities(ground: Ground) -> Iterator[Finding]:
    for item in ground.items:
        for odd in inversions(ground.survey.held(item.code)):
            yield _of_inversion(item, odd)
    yield from _shadowed(ground)


def _of_inversion(item: AuthorityItem, odd: Inversion) -> Finding:
    lower = f"{odd.subordinate.name}（{odd.limit.post_name}）{yuan(odd.limit.amount_max)} 元"
    own = odd.superior_limit
    upper = f"{odd.superior.name}（{own.post_name}）{yuan(own.amount_max)} 元"
    people = frozenset({odd.superior.person_id, odd.subordinate.person_id})
    key = f"inversion:{item.code}:{odd.superior.person_id}:{odd.subordinate.person_id}"
    text = f"{item.name}：{lower}，高于上级 {upper}"
    return Finding(FindingCode.INVERSION, odd.limit.post_path, item.code, key, text, people)


def _shadowed(ground: Ground) -> Iterator[Finding]:
    for item in ground.items:
        limits = ground.survey.held(item.code)
        for _, held in groupby(limits, key=lambda one: one[0].person_id):
            own = list(held)
            for needless, wide in shadowed(limit for _, limit in own):
                yield _of_shadow(item, own[0][0], needless, wide)


def _of_shadow(item: AuthorityItem, who: Holder, needless: HeldLimit, wide: HeldLimit) -> Finding:
    text = f"{who.name} {item.name} {_paper(needless)} 已被 {_paper(wide)} 包含"
    path = needless.post_path or needless.unit_path
    people = frozenset({who.person_id})
    return Finding(FindingCode.SHADOWED, path, item.code, f"shadowed:{needless.grant_id}", text, people)


def _paper(limit: HeldLimit) -> str:
    return f"{yuan(limit.amount_max)} 元（{limit.letter_no} {limit.clause}）"


def _unneeded(ground: Ground) -> Iterator[Finding]:
    posts = {item.pk: item.post_types for item in ground.items}
    for grant in ground.grants:
        post_type = grant.appointment.post.post_type
        if posts[grant.item_id] and post_type.code not in posts[grant.item_id]:
            text = f"{grant.holder.name}（{post_type.name}）持有 {grant.item.name}，该岗位不办理这一事项"
            yield _of_grant(FindingCode.UNNEEDED, grant, f"unneeded:{grant.pk}", text)


def _of_grant(code: str, grant: PersonalGrant, key: str, text: str) -> Finding:
    path = grant.appointment.post.unit.path
    return Finding(code, path, grant.item.code, key, text, frozenset({grant.holder_id}))


def _expiring(ground: Ground, until: date) -> Iterator[Finding]:
    """Per person, last day and what ends: the items."""
    ending: dict[tuple[int, date, str], list[PersonalGrant]] = {}
    for grant in ground.grants:
        last, why = _end(grant)
        if last is not None and last <= until:
            ending.setdefault((grant.holder_id, last, why), []).append(grant)
    for (holder_id, last, why), grants in ending.items():
        items = "、".join(dict.fromkeys(grant.item.name for grant in grants))
        text = f"{grants[0].holder.name}的 {items} 权限于 {last:%Y-%m-%d} 到期（{why}）"
        key = short_key(f"expiring:{holder_id}:{last:%Y%m%d}:{why}")
        path = grants[0].appointment.post.unit.path
        yield Finding(FindingCode.EXPIRING, path, "", key, text[:300], frozenset({holder_id}))


def _end(grant: PersonalGrant) -> tuple[date | None, str]:
    ends = [
        (grant.valid_to, f"{grant.letter.number} {grant.clause}"),
        (grant.letter.valid_to, f"授权书 {grant.letter.number}"),
        (grant.appointment.ends_on, "任岗结束"),
    ]
    return min(((day, why) for day, why in ends if day is not None), default=(None, ""))
