"""May this stand-in be proposed, answered, recalled? Pure: values in, ruling out.

Sources: substitution is a dated grant and never a loan of the account (domain reference 2.4); nobody gives
himself authority (SOD-08); posts that one person may not hold he may not stand in for (SOD-01); company
practice where nothing else is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from authority.rulings import ALLOWED, REFUSED, Objection, Ruling

PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is to be handed over while the delegator is away; all moments aware.

    `away_from`, `away_to`: the absence, `is_away` False once it was cancelled or is over. `held`: the items
    of which the delegator has a limit of his own in force; `names`: of items by code.
    """

    delegator_id: int
    items: frozenset[str]
    starts_at: datetime
    ends_at: datetime
    away_from: datetime
    away_to: datetime
    is_away: bool
    held: frozenset[str]
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, item: str) -> str:
        return self.names.get(item, item)


@dataclass(frozen=True, slots=True)
class Delegate:
    """Who is to stand in. `reach`: the items of which the own post may hold anything for another.

    `taken`: the items handed to somebody else at that time. `barred`: sentences of the static rules that
    forbid one person both posts. `sees_cases`: of the units whose cases are handed over.
    """

    person_id: int
    name: str
    reach: frozenset[str]
    taken: frozenset[str] = frozenset()
    barred: tuple[str, ...] = ()
    is_active: bool = True
    is_employee: bool = True
    is_away: bool = False
    has_post: bool = True
    sees_cases: bool = True
    admin_role: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Who wants to do something about a stand-in; `manages` a unit in which the delegator has a post."""

    person_id: int
    manages: bool = False


def may_begin(delegator_id: int, party: Party) -> Ruling:
    """Propose any stand-in at all for this person."""
    return _ruling(_proposers_right(delegator_id, party))


def may_propose(proposed: Proposed, delegate: Delegate, party: Party) -> Ruling:
    return _ruling(
        [
            *_proposers_right(proposed.delegator_id, party),
            *_times(proposed),
            *_content(proposed, delegate),
            *_person(proposed, delegate, party),
        ]
    )


def may_answer(delegate_id: int, status: str, is_over: bool, person_id: int) -> Ruling:
    """Only the delegate says yes or no, once, and before it is over."""
    objections = []
    if person_id != delegate_id:
        objections.append(Objection("not_delegate", "只有代岗人本人可以接受或谢绝"))
    if status != PROPOSED:
        objections.append(Objection("wrong_status", "该代岗已答复或已终止"))
    elif is_over:
        objections.append(Objection("already_over", "该代岗期间已过"))
    return _ruling(objections)


def may_accept(proposed: Proposed, delegate: Delegate) -> Ruling:
    """What was true when it was proposed must still be true when it is accepted."""
    return _ruling([*_times(proposed), *_content(proposed, delegate), *_able(delegate)])


def may_recall(delegator_id: int, is_open: bool, party: Party) -> Ruling:
    """The delegator or whoever manages his unit takes it back, accepted or not."""
    objections = list(_proposers_right(delegator_id, party))
    if not is_open:
        objections.append(Objection("wrong_status", "该代岗已终止"))
    return _ruling(objections)


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(dict.fromkeys(objections))
    return Ruling(REFUSED if found else ALLOWED, objections=found)


def _proposers_right(delegator_id: int, party: Party) -> Iterator[Objection]:
    if party.person_id != delegator_id and not party.manages:
        yield Objection("no_right", "只有本人或其机构的管理人可以安排、收回代岗")


def _times(proposed: Proposed) -> Iterator[Objection]:
    if not proposed.is_away:
        yield Objection("not_away", "该缺勤已取消或已结束，不能安排代岗")
    if proposed.ends_at <= proposed.starts_at:
        yield Objection("dates", "代岗结束时间须晚于开始时间")
    if proposed.starts_at < proposed.away_from or proposed.ends_at > proposed.away_to:
        yield Objection("outside_absence", "代岗期间须在缺勤期间之内")


def _content(proposed: Proposed, delegate: Delegate) -> Iterator[Objection]:
    if not proposed.items:
        yield Objection("no_items", "须注明移交哪些事项，空白等于没有移交")
    for item in sorted(proposed.items - proposed.held):
        yield Objection(f"not_held:{item}", f"被代岗人没有生效的{proposed.name(item)}权限可移交")
    for item in sorted(proposed.items & delegate.taken):
        yield Objection(f"overlap:{item}", f"该期间{proposed.name(item)}已安排他人代岗")
    if delegate.has_post:
        for item in sorted(proposed.items - delegate.reach):
            yield Objection(f"beyond_post:{item}", f"{delegate.name}的岗位级别不能代行{proposed.name(item)}")


def _person(proposed: Proposed, delegate: Delegate, party: Party) -> Iterator[Objection]:
    if delegate.person_id == proposed.delegator_id:
        yield Objection("oneself", "不得由本人代本人的岗")
    if delegate.person_id == party.person_id:
        yield Objection("own_proposal", "不得提出由本人代岗，须由被代岗人或其他管理人提出（SOD-08）")
    yield from _able(delegate)


def _able(delegate: Delegate) -> Iterator[Objection]:
    who = delegate.name
    if not delegate.is_active:
        yield Objection("inactive", f"{who}的账号已停用")
    if not delegate.is_employee:
        yield Objection("not_employee", f"{who}不是正式员工，不得代岗")
    if delegate.admin_role:
        yield Objection("admin_role", f"{who}是系统、安全或审计管理员，不得代行业务权限")
    if not delegate.has_post:
        yield Objection("no_post", f"{who}没有任岗，不得代岗")
    if delegate.is_away:
        yield Objection("delegate_away", f"{who}在代岗期间也有缺勤登记")
    if not delegate.sees_cases:
        yield Objection("sees_no_cases", f"{who}看不到所移交机构的赔案，无法代岗")
    for statement in delegate.barred:
        yield Objection("incompatible_posts", f"{who}：{statement}")
