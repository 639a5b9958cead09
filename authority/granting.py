"""May this person draft, submit, approve or revoke what gives authority to others? Pure: values in, ruling
out.

Sources: 保监发〔2012〕15号 art. 10-12 (key posts are authorised from above, from-institution and from-person
modes, limits inside the unit's mandate); two people, never to oneself, never above one's own level: SOD-07,
SOD-08, company practice. Being a superuser is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from authority.rulings import ALLOWED, ANY, REFUSED, Ceiling, HeldLimit, Objection, Ruling, yuan

DRAFT, SUBMITTED, IN_FORCE = "draft", "submitted", "in_force"
BY_INSTITUTION = "by_institution"
HEAD_OFFICE_KIND = "head_office"

PASSED_ON = {
    (HEAD_OFFICE_KIND, "branch"),
    (HEAD_OFFICE_KIND, "department"),
    ("branch", "sub_branch"),
    ("department", "sub_branch"),
}
"""From-institution letters: from head office to a branch, and from there (its department) to a sub-branch."""

STATUS_NAMES = {DRAFT: "草拟", SUBMITTED: "待批准", IN_FORCE: "生效"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to change authority: `manages` the issuing unit or is the security administrator."""

    person_id: int
    manages: bool = False
    is_security_admin: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class LetterTerms:
    """A letter as far as it matters here; `replaces` says that another one of its kind is in force.

    `edited_by`: everybody who drafted, changed or submitted it, by id.
    """

    status: str
    mode: str
    issuing_path: str
    issuing_kind: str
    scope_path: str
    scope_kind: str
    drafted_by_id: int
    valid_from: date
    valid_to: date | None = None
    replaces: bool = False
    edited_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A grant of a draft: its limit with the post it goes to, and what is true of the person today."""

    limit: HeldLimit
    person_id: int
    name: str
    item_name: str
    is_key: bool = False
    holds_post: bool = True
    is_active: bool = True
    is_employee: bool = True
    admin_role: str = ""

    def __str__(self) -> str:
        return f"{self.limit.clause} {self.name} {self.item_name}"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a draft would put in force, beside the ceilings that are in force and stay so."""

    grants: tuple[Proposal, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    standing: tuple[Ceiling, ...] = ()


def may_begin(actor: Actor) -> Ruling:
    """Draft anything at all; `manages`: some unit."""
    return _ruling(_drafters_right(actor), "起草授权书")


def may_draft(letter: LetterTerms, actor: Actor) -> Ruling:
    """Begin a letter of this kind for these units."""
    return _ruling([*_drafters_right(actor), *_units(letter)], "起草授权书")


def may_edit(letter: LetterTerms, actor: Actor) -> Ruling:
    """Change a draft, and nothing but a draft: what was submitted is approved as it stands or sent back."""
    return _ruling([*_status(letter, DRAFT, "修改"), *_drafters_right(actor)], "修改授权书")


def may_add(letter: LetterTerms, actor: Actor, contents: Contents) -> Ruling:
    """Put these lines into a draft; amounts are compared with the ceilings only when it is submitted."""
    return _ruling(
        [*may_edit(letter, actor).objections, *_wrong_mode(letter, contents), *_lines(letter, contents)],
        "修改授权书",
    )


def may_submit(letter: LetterTerms, actor: Actor, contents: Contents) -> Ruling:
    objections = [*_status(letter, DRAFT, "提交"), *_drafters_right(actor), *_defects(letter, contents)]
    return _ruling(objections, "提交授权书")


def may_send_back(letter: LetterTerms, actor: Actor) -> Ruling:
    """The approver returns it, or the drafter takes it back."""
    objections = list(_status(letter, SUBMITTED, "退回"))
    if not actor.manages and actor.person_id != letter.drafted_by_id:
        objections.append(Objection("no_right", "不管理授权机构，不能退回"))
    return _ruling(objections, "退回授权书")


def may_approve(letter: LetterTerms, actor: Actor, contents: Contents, day: date) -> Ruling:
    objections = [
        *_status(letter, SUBMITTED, "批准"),
        *_approvers_right(letter, actor),
        *_approved_for(actor, contents),
        *_date_gap(letter, day),
        *_defects(letter, contents),
    ]
    return _ruling(objections, "批准授权书")


def may_revoke(letter: LetterTerms, actor: Actor, holders: Iterable[int]) -> Ruling:
    """One person is enough to take authority away at once; not from himself: that changes his own grants."""
    objections = list(_status(letter, IN_FORCE, "撤销"))
    if not (actor.manages or actor.is_security_admin):
        objections.append(Objection("no_right", "不管理授权机构，也不是安全管理员，不能撤销"))
    if actor.person_id in holders:
        objections.append(Objection("own_grant", "含本人的权限，须由他人办理"))
    return _ruling(objections, "撤销授权")


def _ruling(objections: Iterable[Objection], act: str) -> Ruling:
    found = tuple(dict.fromkeys(objections))
    conclusion = f"结论：{'不得' if found else '可以'}{act}"
    return Ruling(REFUSED if found else ALLOWED, objections=found, trace=(conclusion,))


def _status(letter: LetterTerms, wanted: str, act: str) -> Iterator[Objection]:
    if letter.status != wanted:
        yield Objection("wrong_status", f"授权书不是「{STATUS_NAMES[wanted]}」状态，不能{act}")


def _drafters_right(actor: Actor) -> Iterator[Objection]:
    if not (actor.manages or actor.is_security_admin):
        yield Objection("no_right", "不管理授权机构，也不是安全管理员，不能起草授权书")


def _approvers_right(letter: LetterTerms, actor: Actor) -> Iterator[Objection]:
    if actor.person_id == letter.drafted_by_id:
        yield Objection("own_draft", "起草人不得批准本人起草的授权书")
    elif actor.person_id in letter.edited_by:
        yield Objection("own_edit", "本人修改或提交过这份授权书，须由未经手的人批准")
    if not actor.manages:
        yield Objection("no_right", "不管理授权机构，不能批准授权书")


def _approved_for(actor: Actor, contents: Contents) -> Iterator[Objection]:
    for grant in contents.grants:
        if grant.person_id == actor.person_id:
            yield Objection("own_grant", f"{grant}：不得批准给本人的授权")
        elif grant.limit.level > actor.level:
            yield Objection("above_own_level", f"{grant}：岗位级别高于批准人本级，须由上级批准")


def _date_gap(letter: LetterTerms, day: date) -> Iterator[Objection]:
    if letter.valid_to and letter.valid_to < day:
        yield Objection("expired", f"失效日期 {letter.valid_to:%Y-%m-%d} 已过")
    if letter.replaces and letter.valid_from > day:
        text = f"生效日期 {letter.valid_from:%Y-%m-%d} 未到，现在批准会使现行授权书提前失效"
        yield Objection("too_early", text)


def _units(letter: LetterTerms) -> Iterator[Objection]:
    if not letter.scope_path.startswith(letter.issuing_path):
        yield Objection("not_below", "被授权机构不在授权机构之内")
    if letter.mode == BY_INSTITUTION and (letter.issuing_kind, letter.scope_kind) not in PASSED_ON:
        yield Objection("wrong_units", "从机构授权仅限总公司对分公司、分公司对中心支公司")


def _defects(letter: LetterTerms, contents: Contents) -> Iterator[Objection]:
    """All that keeps these contents from coming into force, whoever asks."""
    yield from _units(letter)
    yield from _wrong_mode(letter, contents)
    if not (contents.grants or contents.ceilings):
        yield Objection("empty", "授权书没有任何条款")
    yield from _lines(letter, contents)
    for grant in contents.grants:
        above = _above(contents.standing, grant.limit.post_path, grant.limit)
        yield from _over(str(grant), grant.limit, above)
    for ceiling in contents.ceilings:
        above = _above(contents.standing, ceiling.unit_path, ceiling)
        yield from _over(f"{ceiling.unit_name}机构授权", ceiling, above)


def _wrong_mode(letter: LetterTerms, contents: Contents) -> Iterator[Objection]:
    if letter.mode == BY_INSTITUTION and contents.grants:
        yield Objection("wrong_mode", "从机构授权书不得包含个人授权")
    if letter.mode != BY_INSTITUTION and contents.ceilings:
        yield Objection("wrong_mode", "从人授权书不得包含机构授权")


def _lines(letter: LetterTerms, contents: Contents) -> Iterator[Objection]:
    for grant in contents.grants:
        yield from _empty_scope(str(grant), grant.limit)
        yield from _person(grant)
        yield from _place(letter, grant)
    for ceiling in contents.ceilings:
        yield from _empty_scope(f"{ceiling.unit_name}机构授权", ceiling)
        if not ceiling.unit_path.startswith(letter.scope_path):
            yield Objection("not_below", f"{ceiling.unit_name}不在被授权机构之内")


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
