"""Everything that keeps the contents of a letter from coming into force, line by line, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from authority.granting.values import (
    BY_INSTITUTION,
    HEAD_OFFICE_KIND,
    PASSED_ON,
    Contents,
    LetterTerms,
    Proposal,
    ProposedCeiling,
)
from authority.rulings import ANY, Ceiling, HeldLimit, Objection, yuan


@dataclass(frozen=True, slots=True)
class Conflict:
    """`row_id`: the line it is about, 0 for the letter as a whole."""

    row_id: int
    objection: Objection


def conflicts_of(letter: LetterTerms, contents: Contents) -> tuple[Conflict, ...]:
    """In the order of the lines, what is wrong with the letter itself first."""
    whole = [*units(letter), *wrong_mode(letter, contents)]
    if not (contents.grants or contents.ceilings):
        whole.append(Objection("empty", "授权书没有任何条款"))
    found = [Conflict(0, objection) for objection in whole]
    return (*found, *_of_lines(letter, contents))


def notices_of(letter: LetterTerms, contents: Contents) -> tuple[Conflict, ...]:
    """What does not stand in the way, but whoever signs should know."""
    found = [
        Conflict(grant.row_id, notice)
        for grant in contents.grants
        for notice in _heed(letter, grant, contents)
    ]
    cut = [
        Conflict(row.row_id, notice) for row in contents.ceilings for notice in _cut(row, contents.now_held)
    ]
    return (*found, *cut)


def lines(letter: LetterTerms, contents: Contents) -> Iterator[Objection]:
    """What is wrong with a line as such; sums are not compared yet."""
    for grant in contents.grants:
        yield from _of_grant(letter, grant)
    for ceiling in contents.ceilings:
        yield from _of_ceiling(letter, ceiling)


def units(letter: LetterTerms) -> Iterator[Objection]:
    if not letter.scope_path.startswith(letter.issuing_path):
        yield Objection("not_below", "被授权机构不在授权机构之内")
    if letter.mode == BY_INSTITUTION and (letter.issuing_kind, letter.scope_kind) not in PASSED_ON:
        yield Objection("wrong_units", "从机构授权仅限总公司对分公司、分公司对中心支公司")


def wrong_mode(letter: LetterTerms, contents: Contents) -> Iterator[Objection]:
    if letter.mode == BY_INSTITUTION and contents.grants:
        yield Objection("wrong_mode", "从机构授权书不得包含个人授权")
    if letter.mode != BY_INSTITUTION and contents.ceilings:
        yield Objection("wrong_mode", "从人授权书不得包含机构授权")


def _of_lines(letter: LetterTerms, contents: Contents) -> Iterator[Conflict]:
    for grant in contents.grants:
        above = _above(contents.standing, grant.limit.post_path, grant.limit)
        found = [*_own(letter, grant), *_of_grant(letter, grant), *_over(str(grant), grant.limit, above)]
        found += _outlives(str(grant), letter, above, contents)
        yield from (Conflict(grant.row_id, objection) for objection in found)
    for ceiling in contents.ceilings:
        above = _above(contents.standing, ceiling.terms.unit_path, ceiling.terms)
        found = [*_of_ceiling(letter, ceiling), *_over(str(ceiling), ceiling.terms, above)]
        found += _outlives(str(ceiling), letter, above, contents)
        yield from (Conflict(ceiling.row_id, objection) for objection in found)


def _own(letter: LetterTerms, grant: Proposal) -> Iterator[Objection]:
    """SOD-08: nobody grants to himself, by another's signature either."""
    if grant.person_id == letter.drafted_by_id or grant.person_id in letter.edited_by:
        yield Objection("own_grant", f"{grant}：本人起草、修改或提交过这份授权书，不得经手给本人的授权")


def _of_grant(letter: LetterTerms, grant: Proposal) -> Iterator[Objection]:
    yield from _empty_scope(str(grant), grant.limit)
    yield from _person(grant)
    yield from _place(letter, grant)


def _of_ceiling(letter: LetterTerms, ceiling: ProposedCeiling) -> Iterator[Objection]:
    yield from _empty_scope(str(ceiling), ceiling.terms)
    if not ceiling.terms.unit_path.startswith(letter.scope_path):
        yield Objection("not_below", f"{ceiling}：不在被授权机构之内")


def _empty_scope(name: str, terms: HeldLimit | Ceiling) -> Iterator[Objection]:
    if not (terms.lines and terms.loss_classes and terms.special_kinds):
        yield Objection("empty_scope", f"{name}：险别、损失类别、特殊案件类型均须注明，空白等于没有授权")


def _person(grant: Proposal) -> Iterator[Objection]:
    if not grant.holds_post:
        yield Objection("not_in_post", f"{grant}：本人不在该岗位（任岗已结束、未开始或属于他人）")
    if not grant.is_active:
        yield Objection("inactive", f"{grant}：账号已停用")
    if grant.admin_role:
        yield Objection("admin_role", f"{grant}：系统、安全、审计管理员不得持有业务权限")
    if grant.is_key and not grant.is_employee:
        yield Objection("not_employee", f"{grant}：关键岗位权限仅限本公司员工")
    for code, name in grant.missing.items():
        yield Objection(f"certificate:{code}", f"{grant}：没有有效的{name}")
    for sentence in grant.separated:
        yield Objection("incompatible_posts", f"{grant}：{sentence}")


def _place(letter: LetterTerms, grant: Proposal) -> Iterator[Objection]:
    post_path = grant.limit.post_path
    if not post_path.startswith(letter.scope_path):
        yield Objection("not_below", f"{grant}：任岗机构不在被授权机构之内")
    if not grant.limit.unit_path.startswith(letter.issuing_path):
        yield Objection("outside_scope", f"{grant}：适用机构超出授权机构的管辖")
    is_above = post_path != letter.issuing_path or letter.issuing_kind == HEAD_OFFICE_KIND
    if grant.is_key and not is_above:
        yield Objection("own_level", f"{grant}：关键岗位权限须由上级机构授予，不得由本级授予")


def _above(standing: Iterable[Ceiling], path: str, terms: HeldLimit | Ceiling) -> list[Ceiling]:
    """The ceilings over a unit that bear on any matter these terms cover."""
    return [
        ceiling
        for ceiling in standing
        if path.startswith(ceiling.unit_path)
        and ceiling.item == terms.item
        and ceiling.measure == terms.measure
        and _meet(ceiling.lines, terms.lines)
        and _meet(ceiling.loss_classes, terms.loss_classes)
        and _meet(ceiling.special_kinds, terms.special_kinds)
        and (ANY in (ceiling.litigation, terms.litigation) or ceiling.litigation == terms.litigation)
    ]


def _meet(one: frozenset[str], other: frozenset[str]) -> bool:
    return ANY in one or ANY in other or not one.isdisjoint(other)


def _over(name: str, terms: HeldLimit | Ceiling, above: list[Ceiling]) -> Iterator[Objection]:
    narrowest = min(above, key=lambda ceiling: (ceiling.amount_max, ceiling.letter_no), default=None)
    if narrowest is not None and terms.amount_max > narrowest.amount_max:
        over = yuan(terms.amount_max - narrowest.amount_max)
        mandate = f"{narrowest.unit_name}机构授权 {yuan(narrowest.amount_max)} 元（{narrowest.letter_no}）"
        yield Objection("ceiling", f"{name} {yuan(terms.amount_max)} 元超过{mandate}，超出 {over} 元")


def _outlives(
    name: str, letter: LetterTerms, above: list[Ceiling], contents: Contents
) -> Iterator[Objection]:
    """A limit may not be in force longer than the mandate it is inside: it would lose its ceiling."""
    ends = {one.letter_no: contents.standing_until.get(one.letter_no, date.max) for one in above}
    first = min(ends, key=lambda number: (ends[number], number), default=None)
    if first is not None and (letter.valid_to or date.max) > ends[first]:
        yield Objection("outlives", f"{name}：机构授权（{first}）{ends[first]:%Y-%m-%d} 到期，早于本授权书")


def _heed(letter: LetterTerms, grant: Proposal, contents: Contents) -> Iterator[Objection]:
    above = _above(contents.standing, grant.limit.post_path, grant.limit)
    if not above and letter.issuing_kind != HEAD_OFFICE_KIND:
        yield Objection("no_mandate", f"{grant}：上级没有该事项的机构授权，金额没有上限约束")
    for name in grant.lacking:
        yield Objection("certificate_soon", f"{grant}：没有有效的{name}，开始强制执行后权限将冻结")
    if grant.until and grant.until < (letter.valid_to or date.max):
        yield Objection("leaves_post", f"{grant}：{grant.until:%Y-%m-%d} 离岗，权限同日终止")


def _cut(ceiling: ProposedCeiling, held: Iterable[Proposal]) -> Iterator[Objection]:
    """Grants in force that a new ceiling would hold below what is written in them."""
    for grant in held:
        binds = _above([ceiling.terms], grant.limit.post_path, grant.limit)
        if binds and grant.limit.amount_max > ceiling.terms.amount_max:
            sums = f"{yuan(grant.limit.amount_max)} 元将受限于 {yuan(ceiling.terms.amount_max)} 元"
            yield Objection("cut", f"{grant.limit.letter_no} {grant}：{sums}")
