"""The stations a submission will pass: shown before it is sent and made when it is, by the same function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from authority.rulings import (
    ANY,
    FINAL,
    HEAD_OFFICE,
    Chain,
    ChainStep,
    Holder,
    IncompatibleDuty,
    Matter,
    Objection,
    ReferralRule,
    Rules,
    chain_for,
    equals_for,
    rulings_for,
)

OWN_SUBMISSION = IncompatibleDuty(
    "own_submission", frozenset({"submit"}), frozenset({ANY}), text="不得审批本人提交的事项"
)


@dataclass(frozen=True, slots=True)
class Station:
    """Whose turn it will be; no person at the head office."""

    kind: str
    level: int
    person_id: int | None = None
    name: str = ""
    post_name: str = ""
    via_id: int | None = None
    via_name: str = ""
    needed: int = 0  # of all co-signers asked at once, how many must agree
    on_refusal: str = ""


@dataclass(frozen=True, slots=True)
class SigningTerms:
    """How many more co-signers than needed are asked at once, and what a refusal does (OnRefusal)."""

    spare: int = 0
    on_refusal: str = "counts_not"


AS_NEEDED = SigningTerms()


@dataclass(frozen=True, slots=True)
class Plan:
    """`stops`: nobody may decide until these causes are gone. `alert`: nobody below head office may.

    `consults`: the rules that demand an opinion before the decision. `away`: names of those on leave who
    could decide, and are passed over.
    """

    stations: tuple[Station, ...]
    stops: tuple[Objection, ...] = ()
    alert: bool = False
    consults: tuple[ReferralRule, ...] = ()
    away: tuple[str, ...] = ()


def plan_chain(
    matter: Matter,
    holders: Iterable[Holder],
    rules: Rules,
    above: int = 0,
    terms: SigningTerms = AS_NEEDED,
) -> Plan:
    """Opinion of who is in charge, co-signatures, final decision; or opinions, then the head office.

    `above`: only people of a higher level. What head office decides comes through an escalation, never
    through a grant in this system.
    """
    rules = never_own(rules)
    local = [_between(holder, above) for holder in holders]
    chain = chain_for(matter, local, rules)
    if chain.stops:
        return Plan((), chain.stops)
    before, signing = _signed(chain, matter, local, rules)
    final = chain.final
    if final is not None and len(signing) >= final.basis.cosign_count:
        asked = signing[: final.basis.cosign_count + terms.spare] if final.basis.cosign_count else []
        joint = [replace(one, needed=final.basis.cosign_count, on_refusal=terms.on_refusal) for one in asked]
        return Plan((*before, *joint, _station(final)))
    return _through_department(chain, matter, local, rules)


def away_from(matter: Matter, holders: Iterable[Holder], rules: Rules) -> tuple[str, ...]:
    """Who could decide were it not for the leave; by person id."""
    absent = [replace(_between(holder, 0), on_leave=False) for holder in holders if holder.on_leave]
    able = [holder for holder, ruling in rulings_for(matter, absent, never_own(rules)) if ruling.may_sign]
    return tuple(holder.name for holder in sorted(able, key=lambda holder: holder.person_id))


def deciders(matter: Matter, holders: Iterable[Holder], rules: Rules) -> dict[int, int]:
    """The persons of the branch among whom only their load chooses who decides; level by person id."""
    local = [_between(holder, 0) for holder in holders]
    return equals_for(matter, local, never_own(rules))


def never_own(rules: Rules) -> Rules:
    """Nobody decides what he submitted, whatever the table of incompatible duties says."""
    if any(_is_as_strict(duty) for duty in rules.incompatible):
        return rules
    return replace(rules, incompatible=(*rules.incompatible, OWN_SUBMISSION))


def _is_as_strict(duty: IncompatibleDuty) -> bool:
    return "submit" in duty.steps and ANY in duty.items and not duty.concurrent_limit


def _between(holder: Holder, above: int) -> Holder:
    """The limits above a level and below head office; `above` 0 keeps those of posts without a level too."""
    lowest = above + 1 if above else 0
    return replace(holder, limits=tuple(one for one in holder.limits if lowest <= one.level < HEAD_OFFICE))


def _signed(
    chain: Chain, matter: Matter, holders: Sequence[Holder], rules: Rules
) -> tuple[list[Station], list[Station]]:
    """The opinions before the final decision, and everybody who could co-sign it: an empty group, or one
    that is too small, approves nothing."""
    final = chain.final
    if final is None:
        return [], []
    before = [_station(step) for step in chain.steps[:-1]]
    taken = {step.person_id for step in chain.steps} | {final.basis.via_id}
    return before, _apart(_cosigners(final, matter, holders, rules), taken)


def _apart(cosigners: Iterable[Station], taken: set[int | None]) -> list[Station]:
    """Distinct persons, whoever stands in for whom: nobody signs beside himself, nor twice."""
    found = []
    for one in cosigners:
        persons = {one.person_id, one.via_id} - {None}
        if taken.isdisjoint(persons):
            found.append(one)
            taken = taken | persons
    return found


def _cosigners(final: ChainStep, matter: Matter, holders: Sequence[Holder], rules: Rules) -> list[Station]:
    post = final.basis.cosign_post
    if not final.basis.cosign_count:
        return []
    return [
        Station("cosign", basis.level, holder.person_id, holder.name, post, basis.via_id, basis.via_name)
        for holder, ruling in rulings_for(matter, holders, rules)
        if (basis := ruling.basis) and any(limit.post_name == post for limit in holder.limits)
    ]


def _through_department(chain: Chain, matter: Matter, holders: Sequence[Holder], rules: Rules) -> Plan:
    """The lowest in charge gives an opinion, the highest the department's proposal."""
    stations = [_station(step) for step in chain.steps if step.kind != FINAL]
    known = {station.person_id for station in stations}
    highest = max((station.level for station in stations), default=0)
    above = [
        Station(
            "preliminary", basis.level, holder.person_id, holder.name, basis.post_name, basis.via_id,
            basis.via_name,
        )
        for holder, ruling in rulings_for(matter, holders, rules)
        if (basis := ruling.basis) and basis.level > highest and holder.person_id not in known
    ]  # fmt: skip
    if above:
        loads = {holder.person_id: holder.load for holder in holders}
        stations.append(min(above, key=lambda one: (-one.level, loads[one.person_id or 0], one.person_id)))
    return Plan((*stations, Station("head_office", HEAD_OFFICE)), alert=not stations)


def _station(step: ChainStep) -> Station:
    basis = step.basis
    return Station(
        step.kind, basis.level, step.person_id, step.name, basis.post_name, basis.via_id, basis.via_name
    )
