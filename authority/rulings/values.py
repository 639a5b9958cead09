"""What a ruling is made from: plain frozen values that the caller read; no database, no clock behind them.

All sums are integer fen. All paths end with a slash ("hq/sc/motor/my/"). An empty set means nothing;
whoever means everything writes `ANY`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ANY = "any"
HEAD_OFFICE = 6

MUST_REFER = "must_refer"
MUST_CONSULT = "must_consult"
NOTIFY = "notify"
HARD_STOP = "hard_stop"


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step somebody did on the case; done as a stand-in, it counts for both persons."""

    step: str
    person_id: int
    via_id: int | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be decided. `amounts` is keyed by measure; `case_total` includes what was decided before."""

    item: str
    measure: str
    amounts: Mapping[str, int]
    unit_path: str
    lines: frozenset[str]
    loss_classes: frozenset[str]
    special_kind: str = ""
    is_litigated: bool = False
    flags: frozenset[str] = frozenset()
    figures: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[StepDone, ...] = ()
    parties: frozenset[str] = frozenset()
    is_key: bool = True


@dataclass(frozen=True, slots=True)
class HeldLimit:
    """One grant in force, as its holder has it. Held as a stand-in (`via_id`), it is intersected already.

    `unit_path` says whose cases it covers, `post_path` where the post sits (the same unit when empty):
    the ceilings of the post's units cap it.
    """

    grant_id: int
    version: int
    letter_no: str
    clause: str
    item: str
    unit_path: str
    includes_below: bool
    lines: frozenset[str]
    loss_classes: frozenset[str]
    special_kinds: frozenset[str]
    litigation: str
    measure: str
    amount_max: int
    amount_min: int = 0
    level: int = 0
    post_name: str = ""
    post_level_name: str = ""
    via_id: int | None = None
    via_name: str = ""
    cosign_count: int = 0
    cosign_post: str = ""
    required_certificates: frozenset[str] = frozenset()
    source: str = "base"
    post_path: str = ""
    via_interests: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Holder:
    """A person with the limits in force today. Being a superuser is not known here."""

    person_id: int
    name: str
    limits: tuple[HeldLimit, ...] = ()
    interests: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()
    is_active: bool = True
    on_leave: bool = False
    admin_role: str = ""
    is_employee: bool = True
    unit_path: str = ""
    unit_name: str = ""
    load: int = 0


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that anybody with a post at or below `unit_path` may decide (机构授权)."""

    unit_path: str
    unit_name: str
    item: str
    lines: frozenset[str]
    loss_classes: frozenset[str]
    special_kinds: frozenset[str]
    litigation: str
    measure: str
    amount_max: int
    letter_no: str


@dataclass(frozen=True, slots=True)
class ReferralRule:
    """提级规则. Applies when all `flags` are present and every figure is above its sum in `figures_over`.

    `post`: whose opinion must be had, or who is told.
    """

    code: str
    name: str
    kind: str
    items: frozenset[str]
    flags: frozenset[str]
    figures_over: Mapping[str, int] = field(default_factory=dict)
    to_level: int = HEAD_OFFICE
    text: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class IncompatibleDuty:
    """Who did any of `steps` may not decide `items` on that case, or only up to `concurrent_limit` fen."""

    code: str
    steps: frozenset[str]
    items: frozenset[str]
    concurrent_limit: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rows in force that limit everybody."""

    ceilings: tuple[Ceiling, ...] = ()
    referrals: tuple[ReferralRule, ...] = ()
    incompatible: tuple[IncompatibleDuty, ...] = ()
    level_names: Mapping[int, str] = field(default_factory=dict)
