"""Who may hold which post: headcount, separation of duties, and who may appoint and relieve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from departments.rulings.actors import (
    Actor,
    UnitFacts,
    closed,
    not_in_charge_of_structure,
    not_managed,
    oneself,
)
from departments.rulings.ruling import Objection, Ruling, ruling_of

FUNCTIONS_APART = "SOD-05"
KEY_POSTS_FOR_EMPLOYEES = "SOD-06"
_FUNCTION_NAMES = {"management": "管理", "operation": "作业", "service": "客户服务"}


@dataclass(frozen=True, slots=True)
class Period:
    """Both days belong to it; `last` None is open-ended."""

    first: date
    last: date | None = None

    def contains(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post a person holds at some time of the proposed period."""

    post_id: int
    code: str
    name: str
    function_type: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """`held`: posts held in the proposed period. `admin_role`: the name of a 三员 role, or ""."""

    staff_id: int
    name: str
    is_active: bool = True
    is_employee: bool = True
    admin_role: str = ""
    held: tuple[HeldPost, ...] = ()


@dataclass(frozen=True, slots=True)
class PostFacts:
    """A post with the periods of its regular holders."""

    post_id: int
    code: str
    name: str
    function_type: str
    unit: UnitFacts
    level: int = 0
    is_key_post: bool = False
    employees_only: bool = False
    headcount: int = 1
    regular: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """How the post is to be held. Acting holders are not counted against the headcount."""

    period: Period
    is_regular: bool = True


@dataclass(frozen=True, slots=True)
class StaticRule:
    """A row of 不相容岗位 asked at appointment: no post of one list together with one of the other."""

    code: str
    statement: str
    post_types: tuple[str, ...] = ()
    other_post_types: tuple[str, ...] = ()


def may_appoint(
    candidate: Candidate, post: PostFacts, terms: Terms, actor: Actor, rules: tuple[StaticRule, ...]
) -> Ruling:
    """May `actor` put the candidate into the post on these terms?

    Sources: 保监发〔2012〕15号 art. 10, 11, 13 for separation and key posts; headcount and level are company
    practice.
    """
    return ruling_of(
        oneself(candidate.staff_id, actor, "任命"),
        _actor_objections(post, actor),
        closed(post.unit),
        _candidate_objections(candidate, post, rules),
        _separation(candidate.held, post, rules),
        _no_room(post, terms),
        near_misses=_what_would_help(post, actor),
    )


def may_fill(post: PostFacts, actor: Actor) -> Ruling:
    """May `actor` appoint anybody at all? The part of `may_appoint` that no candidate changes."""
    return ruling_of(
        _actor_objections(post, actor), closed(post.unit), near_misses=_what_would_help(post, actor)
    )


def may_assign(candidate: Candidate, managed: frozenset[int], actor_id: int) -> Ruling:
    """May somebody who manages these units put the candidate into any post at all?"""
    return ruling_of(
        oneself(candidate.staff_id, Actor(actor_id), "任命"),
        () if managed else (Objection("nothing_managed", "您没有任何机构的管理权限"),),
        _person_objections(candidate),
    )


def may_relieve(held: HeldFor, on: date, today: date, actor: Actor) -> Ruling:
    """May `actor` end this appointment with `on` as its last day?"""
    return ruling_of(
        oneself(held.staff_id, actor, "免去"),
        _actor_objections(held.post, actor),
        _relief_day(held.period, on, today),
        near_misses=_what_would_help(held.post, actor),
    )


def may_withdraw(held: HeldFor, today: date, actor: Actor) -> Ruling:
    """May `actor` take back this appointment before its first day?"""
    return ruling_of(
        oneself(held.staff_id, actor, "取消"),
        _actor_objections(held.post, actor),
        _begun(held.period, today),
        near_misses=_what_would_help(held.post, actor),
    )


def _begun(period: Period, today: date) -> Iterator[Objection]:
    if period.first <= today:
        yield Objection("begun", "任命已开始，不能取消，只能免去")


def may_set_headcount(post: PostFacts, headcount: int, allowed_kinds: frozenset[str], actor: Actor) -> Ruling:
    """May `actor` set the post up in its unit for that many people?"""
    return ruling_of(
        not_in_charge_of_structure(post.unit, actor),
        closed(post.unit),
        _headcount(post, headcount, allowed_kinds),
    )


@dataclass(frozen=True, slots=True)
class HeldFor:
    """An appointment as it stands."""

    staff_id: int
    post: PostFacts
    period: Period


def _actor_objections(post: PostFacts, actor: Actor) -> Iterator[Objection]:
    """Key posts are filled from the unit above (art. 11); nobody fills a post above his own level.

    A unit that nobody manages yet (a new company, the head office) is staffed by the system administrator.
    """
    if actor.is_system_administrator and not post.unit.managers:
        return
    yield from not_managed(post.unit, actor)
    above = post.unit.parent_id
    if post.is_key_post and above is not None and above not in actor.managed:
        yield Objection("key_post_from_above", f"{post.name}是关键岗位，须由上一级机构任免")
    if post.level > actor.level:
        yield Objection(
            "above_own_level", f"{post.name}的权限级别 {post.level} 高于您的级别 {actor.level}（SOD-08）"
        )


def _what_would_help(post: PostFacts, actor: Actor) -> Iterator[str]:
    if post.unit.unit_id not in actor.managed:
        yield f"请由管理{post.unit.name}的负责人办理"
        if not post.unit.managers:
            yield f"{post.unit.name}目前无人管理：系统管理员可以办理"


def _candidate_objections(
    candidate: Candidate, post: PostFacts, rules: tuple[StaticRule, ...]
) -> Iterator[Objection]:
    yield from _person_objections(candidate)
    if candidate.is_employee:
        return
    key_rule = next((rule for rule in rules if rule.code == KEY_POSTS_FOR_EMPLOYEES), None)
    if post.is_key_post and key_rule:
        yield Objection("key_post_for_employees", f"{key_rule.statement}（{key_rule.code}）")
    elif post.employees_only:
        yield Objection("employees_only", f"{post.name}仅限正式员工")


def _person_objections(candidate: Candidate) -> Iterator[Objection]:
    if not candidate.is_active:
        yield Objection("person_inactive", f"{candidate.name}的账号已停用")
    if candidate.admin_role:
        yield Objection(
            "administrator", f"{candidate.name}是{candidate.admin_role}，不得担任业务岗位（三员分立）"
        )


def _separation(
    held: tuple[HeldPost, ...], post: PostFacts, rules: tuple[StaticRule, ...]
) -> Iterator[Objection]:
    """Static separation of duties between the post and every other one held in the period."""
    for other in held:
        if other.post_id == post.post_id:
            yield Objection("already_held", f"该期间已任{post.unit.name}{post.name}")
            continue
        for rule in rules:
            if _is_incompatible(rule, post, other):
                yield Objection("incompatible_posts", f"{rule.statement}（{rule.code}）：已任{other.name}")


def clashes(held: Iterable[HeldPost], rules: Iterable[StaticRule]) -> tuple[str, ...]:
    """The static rules that posts of one person break together, as sentences."""
    pairs = list(combinations(held, 2))
    return tuple(
        f"{rule.statement}（{rule.code}）：兼任{one.name}、{other.name}"
        for rule in rules
        for one, other in pairs
        if _is_incompatible(rule, one, other)
    )


def _is_incompatible(rule: StaticRule, post: PostFacts | HeldPost, other: HeldPost) -> bool:
    if rule.code == FUNCTIONS_APART:
        return post.function_type != other.function_type
    pairs = ((post.code, other.code), (other.code, post.code))
    return any(one in rule.post_types and two in rule.other_post_types for one, two in pairs)


def _no_room(post: PostFacts, terms: Terms) -> Iterator[Objection]:
    if not terms.is_regular:
        return
    busiest = most_at_once(post.regular, terms.period)
    if busiest >= post.headcount:
        yield Objection(
            "over_headcount",
            f"{post.name}编制 {post.headcount} 人，该期间已有 {busiest} 人：须先免去、增加编制，或改为代理",
        )


def most_at_once(periods: tuple[Period, ...], within: Period) -> int:
    """The largest number of these periods that fall on one day of `within`."""
    days = [within.first, *(period.first for period in periods if within.contains(period.first))]
    return max(sum(period.contains(day) for period in periods) for day in days)


def _relief_day(period: Period, on: date, today: date) -> Iterator[Objection]:
    if period.last is not None and period.last < today:
        yield Objection("already_ended", f"该任岗已于 {period.last:%Y-%m-%d} 结束")
    elif period.last is not None and on > period.last:
        yield Objection("after_the_end", f"该任岗原定于 {period.last:%Y-%m-%d} 结束，离岗日期不得更晚")
    if on < today - timedelta(days=1):
        yield Objection("backdated", "离岗日期最早为昨天：此前已按在岗行使的权限不能追溯取消")
    if on < period.first:
        yield Objection("before_the_start", f"离岗日期不得早于到岗日期 {period.first:%Y-%m-%d}")


def _headcount(post: PostFacts, headcount: int, allowed_kinds: frozenset[str]) -> Iterator[Objection]:
    if post.unit.kind not in allowed_kinds:
        yield Objection("wrong_kind_of_unit", f"{post.name}不设于这一类机构")
    if headcount < 1:
        yield Objection("headcount_too_small", "编制至少 1 人")
    busiest = max((most_at_once(post.regular, period) for period in post.regular), default=0)
    if headcount < busiest:
        yield Objection("headcount_below_holders", f"现有或将有 {busiest} 人同时正式任岗，编制不得少于此数")
