"""May this person decide this, now? The one answer for pages, services, admin, bulk and import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from authority.rulings.limits import Tried, try_limit
from authority.rulings.question import Question, measure_name
from authority.rulings.ruling import (
    ALLOWED,
    NEEDS_COSIGN,
    REFER,
    REFUSED,
    Objection,
    Ruling,
    yuan,
)
from authority.rulings.values import HEAD_OFFICE, HeldLimit, Holder, Matter, Rules

# What malformed values can raise in here; such a matter is refused, not let through and not a server error.
BAD_VALUES = (TypeError, AttributeError, LookupError, ValueError, ArithmeticError)

OUTCOME_NAMES = {
    ALLOWED: "有权决定",
    NEEDS_COSIGN: "有权决定，须会签",
    REFER: "超权限，初审后上报",
    REFUSED: "无权决定",
}


def may_decide(matter: Matter, holder: Holder, rules: Rules) -> Ruling:
    """Judge one person on one matter. Never raises: what cannot be judged is refused (code "error")."""
    return rulings_for(matter, (holder,), rules)[0][1]


def rulings_for(matter: Matter, holders: Iterable[Holder], rules: Rules) -> list[tuple[Holder, Ruling]]:
    """The same for many persons: the matter is prepared once."""
    try:
        question = Question(matter, rules)
    except BAD_VALUES as error:
        return [(holder, _failed(error)) for holder in holders]
    return [(holder, _judge(question, holder)) for holder in holders]


def _judge(question: Question, holder: Holder) -> Ruling:
    try:
        return _answer(question, holder)
    except BAD_VALUES as error:
        return _failed(error)


def _answer(question: Question, holder: Holder) -> Ruling:
    against, sampled = question.conflicts(holder.person_id)
    blocks = (*_personal(question.matter, holder), *question.stops, *against)
    tried = sorted(
        (try_limit(question, holder, limit) for limit in _of_item(question, holder)), key=_closeness
    )
    best = tried[0] if tried else None
    outcome = _outcome(blocks, best)
    return Ruling(
        outcome=outcome,
        basis=best.basis if best is not None and outcome != REFUSED else None,
        objections=(*blocks, *_missing(tried)),
        refer_to_level=_next_level(question, tried) if outcome == REFER else None,
        near_misses=_near_misses(tried),
        notices=tuple(dict.fromkeys((*question.notices, *sampled, *(best.sampled if best else ())))),
        trace=tuple(_trace(question, holder, blocks, tried, outcome)),
    )


def _failed(error: Exception) -> Ruling:
    return Ruling(
        REFUSED, objections=(Objection("error", f"判定出错（{type(error).__name__}），按无权处理"),)
    )


def _personal(matter: Matter, holder: Holder) -> Iterator[Objection]:
    if not holder.is_active:
        yield Objection("inactive", "账号已停用")
    if holder.on_leave:
        yield Objection("on_leave", "本人休假或离岗期间不得审批")
    if holder.admin_role:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务审批")
    if matter.is_key and not holder.is_employee:
        yield Objection("not_employee", "关键岗位权限仅限本公司员工")
    for party in sorted(matter.parties & holder.interests):
        yield Objection("interest", f"与当事方 {party} 有利害关系，应当回避")


def _of_item(question: Question, holder: Holder) -> Iterator[HeldLimit]:
    """A grant without a sum is no grant."""
    item = question.matter.item
    return (limit for limit in holder.limits if limit.item == item and type(limit.amount_max) is int)


def _closeness(tried: Tried) -> tuple[object, ...]:
    """Covering grants first (alone before co-signed, own before stand-in, small before large), then others.

    Of those that do not cover, the largest is the nearest: by what each lacks, two grants of different
    measures would change places with the sums of the matter. The tail makes the order total, so that the
    order of the grants handed in never matters.
    """
    limit = tried.limit
    return (
        *_rank(tried),
        -tried.fen if tried.misses else 0,
        limit.cosign_count,
        limit.via_id is not None,
        tried.fen,
        limit.level,
        limit.grant_id,
        limit.version,
        limit.clause,
        limit.via_id or 0,
    )


def _rank(tried: Tried) -> tuple[int, int]:
    """(0, 0) covers, (1, n) wants only money or level, (2, n) wants something else."""
    return (bool(tried.misses) + (not tried.only_lifts), len(tried.misses))


def _outcome(blocks: tuple[Objection, ...], best: Tried | None) -> str:
    if blocks or best is None or not best.only_lifts:
        return REFUSED
    if best.misses:
        return REFER
    return NEEDS_COSIGN if best.limit.cosign_count else ALLOWED


def _missing(tried: list[Tried]) -> tuple[Objection, ...]:
    """What the nearest grants lack: of equally near ones all, each code once."""
    if not tried:
        return (Objection("no_grant", "没有该事项的授权"),)
    rank = _rank(tried[0])
    found: dict[str, str] = {}
    for one in tried:
        if _rank(one) == rank:
            for miss in one.misses:
                found.setdefault(miss.code, miss.text)
    return tuple([Objection(code, text) for code, text in found.items()])


def _next_level(question: Question, tried: list[Tried]) -> int:
    """Above every near grant, and as high as the referral rules ask."""
    highest = max([one.limit.level for one in tried if one.only_lifts])
    return max(question.lowest_level, min(highest + 1, HEAD_OFFICE))


def _near_misses(tried: list[Tried]) -> tuple[str, ...]:
    """Per near grant what it lacks, nearest first; none when a grant covers."""
    if not tried or not tried[0].misses:
        return ()
    near = [one.pieces() for one in tried if one.only_lifts or len(one.misses) == 1]
    return tuple(dict.fromkeys(near))


def _trace(
    question: Question, holder: Holder, blocks: tuple[Objection, ...], tried: list[Tried], outcome: str
) -> Iterator[str]:
    matter = question.matter
    amount = question.amount(matter.measure)
    said = "未知" if amount is None else f"{yuan(amount)} 元"
    yield f"事项 {matter.item}，{measure_name(matter.measure)}金额 {said}，机构 {matter.unit_path}"
    objections = "；".join(block.text for block in blocks)
    yield f"{holder.name}：{objections or '无回避、无不相容岗位、无硬性禁止'}"
    if question.lifts:
        names = "；".join(rule.name for rule in question.lifts)
        yield f"提级：{names}，至少{question.level_name(question.lowest_level)}"
    for one in tried:
        yield one.finding()
    yield f"结论：{OUTCOME_NAMES[outcome]}"
