"""What the chains of the ledger are about, in the department's words.

An app registers each kind of chain it writes in its `AppConfig.ready`:

    register_chain(ChainKind("case", "赔案", acts=…, states=dict(Stage.choices), subjects=cases_of, find=…))

Chains are named `<prefix>:<id of the row>`. What nobody registered is shown by its bare name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from authority.models import LedgerEntry
from departments.models import Staff


@dataclass(frozen=True, slots=True)
class Subject:
    """What one chain is about; `url` is empty where the viewer may not see it."""

    title: str
    url: str = ""


Subjects = Callable[[Collection[int], Staff], Mapping[int, Subject]]


def no_subjects(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    return {}


def nothing_found(text: str) -> Collection[int]:
    return ()


@dataclass(frozen=True, slots=True)
class ChainKind:
    """`subjects`: names of rows by id, in a constant number of queries. `find`: ids by what people write."""

    prefix: str
    name: str
    acts: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    subjects: Subjects = no_subjects
    find: Callable[[str], Collection[int]] = nothing_found


@dataclass(frozen=True, slots=True)
class Told:
    """An entry in words."""

    entry: LedgerEntry
    kind: str
    subject: Subject
    act: str
    from_state: str
    to_state: str


_kinds: dict[str, ChainKind] = {}


def register_chain(kind: ChainKind) -> None:
    _kinds[kind.prefix] = kind


def kinds() -> list[ChainKind]:
    return list(_kinds.values())


def acts() -> dict[str, str]:
    """Every act of every kind by its code; two kinds may call one code differently."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    for kind in _kinds.values():
        for code, name in kind.acts.items():
            if name not in named[code]:
                named[code].append(name)
    return {code: " / ".join(names) for code, names in named.items()}


def told(entries: Collection[LedgerEntry], viewer: Staff) -> list[Told]:
    """In the order given; a constant number of queries per kind."""
    subjects = subjects_of({entry.chain for entry in entries}, viewer)
    return [_told(entry, subjects[entry.chain]) for entry in entries]


def subjects_of(chains: Iterable[str], viewer: Staff) -> dict[str, Subject]:
    """The subject of each chain; the bare name where there is none."""
    named: defaultdict[str, dict[int, str]] = defaultdict(dict)
    found: dict[str, Subject] = {}
    for chain in chains:
        prefix, _, number = chain.partition(":")
        found[chain] = Subject(_kinds[prefix].name if prefix in _kinds and not number else chain)
        if prefix in _kinds and number.isdecimal():
            named[prefix][int(number)] = chain
    for prefix, by_id in named.items():
        for pk, subject in _kinds[prefix].subjects(by_id.keys(), viewer).items():
            found[by_id[pk]] = subject
    return found


def chains_found(text: str) -> list[str]:
    """The chains of all kinds whose number people would write so."""
    return [f"{kind.prefix}:{number}" for kind in _kinds.values() for number in kind.find(text)]


def _told(entry: LedgerEntry, subject: Subject) -> Told:
    kind = _kinds.get(entry.chain.partition(":")[0], ChainKind("", ""))
    return Told(
        entry,
        kind.name,
        subject,
        kind.acts.get(entry.action, entry.action),
        kind.states.get(entry.from_state, entry.from_state),
        kind.states.get(entry.to_state, entry.to_state),
    )
