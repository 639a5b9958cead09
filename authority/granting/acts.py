"""Who may take which step in the life of a letter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from authority.granting.conflicts import Conflict, conflicts_of, lines, notices_of, units, wrong_mode
from authority.granting.values import (
    DRAFT,
    IN_FORCE,
    STATUS_NAMES,
    SUBMITTED,
    Actor,
    Contents,
    LetterTerms,
)
from authority.rulings import ALLOWED, REFUSED, Objection, Ruling


def may_begin(actor: Actor) -> Ruling:
    """Draft anything at all; `manages`: some unit."""
    return _ruling(_drafters_right(actor), "起草授权书")


def may_draft(letter: LetterTerms, actor: Actor) -> Ruling:
    """Begin a letter of this kind for these units."""
    return _ruling([*_drafters_right(actor), *units(letter)], "起草授权书")


def may_edit(letter: LetterTerms, actor: Actor) -> Ruling:
    """Change a draft, and nothing but a draft: what was submitted is approved as it stands or sent back."""
    return _ruling([*_status(letter, DRAFT, "修改"), *_drafters_right(actor)], "修改授权书")


def may_add(letter: LetterTerms, actor: Actor, contents: Contents) -> Ruling:
    """Put these lines into a draft; amounts are compared with the ceilings only when it is submitted."""
    return _ruling(
        [*may_edit(letter, actor).objections, *wrong_mode(letter, contents), *lines(letter, contents)],
        "修改授权书",
    )


def may_touch(letter: LetterTerms, actor: Actor, asked: Collection[int], own: Collection[int]) -> Ruling:
    """Change or take out these lines by id: each must be the letter's own, or the request was made up."""
    strange = sorted(set(asked) - set(own))
    foreign = [Objection("foreign_line", f"条款 {row} 不属于这份授权书") for row in strange]
    return _ruling([*may_edit(letter, actor).objections, *foreign], "修改授权书")


def may_amend(letter: LetterTerms, actor: Actor, mode: str, *, has_lines: bool) -> Ruling:
    """Give a draft another heading; its lines are of one mode."""
    objections = list(may_edit(letter, actor).objections)
    if has_lines and mode != letter.mode:
        objections.append(
            Objection("mode_with_lines", "已有条款，不能改变授权方式：请先删除条款，或另行起草")
        )
    return _ruling(objections, "修改授权书")


def may_import(faults: int, *, is_drafted: bool, is_taken: bool) -> Ruling:
    """Make a draft of a matrix read from a workbook; whether one may draft at all is asked besides."""
    objections = []
    if is_drafted:
        objections.append(Objection("imported", "这份文件已经生成草稿"))
    if faults:
        objections.append(Objection("faulty_rows", f"有 {faults} 处错误：改正文件后重新上传"))
    if is_taken and not is_drafted:
        objections.append(Objection("number_taken", "授权书号已被使用：重新上传并改用别的号"))
    return _ruling(objections, "导入授权矩阵")


def may_submit(letter: LetterTerms, actor: Actor, contents: Contents) -> Ruling:
    """With what is told to whoever submits among the notices."""
    objections = [
        *_status(letter, DRAFT, "提交"),
        *_drafters_right(actor),
        *_said(conflicts_of(letter, contents)),
    ]
    return _ruling(objections, "提交授权书", _said(notices_of(letter, contents)))


def may_send_back(letter: LetterTerms, actor: Actor) -> Ruling:
    """The approver returns it, or the drafter takes it back."""
    objections = list(_status(letter, SUBMITTED, "退回"))
    if not actor.manages and actor.person_id != letter.drafted_by_id:
        objections.append(Objection("no_right", "不管理授权机构，不能退回"))
    return _ruling(objections, "退回授权书")


def may_approve(letter: LetterTerms, actor: Actor, contents: Contents, day: date) -> Ruling:
    """Everything is judged anew: posts, ceilings and certificates may have changed since it was submitted."""
    objections = [
        *_status(letter, SUBMITTED, "批准"),
        *_approvers_right(letter, actor),
        *_approved_for(actor, contents),
        *_expired(letter, day),
        *_said(conflicts_of(letter, contents)),
    ]
    return _ruling(objections, "批准授权书", _said(notices_of(letter, contents)))


def may_revoke(letter: LetterTerms, actor: Actor, holders: Iterable[int]) -> Ruling:
    """One person is enough to take authority away at once; not from himself: that changes his own grants."""
    objections = list(_status(letter, IN_FORCE, "撤销"))
    if not (actor.manages or actor.is_security_admin):
        objections.append(Objection("no_right", "不管理授权机构，也不是安全管理员，不能撤销"))
    if actor.person_id in holders:
        objections.append(Objection("own_grant", "含本人的权限，须由他人办理"))
    return _ruling(objections, "撤销授权")


def may_keep_catalogue(is_security_admin: bool) -> Ruling:
    """Add to the catalogue of what is decided, or change it."""
    refused = Objection("no_right", "授权目录由安全管理员维护")
    return _ruling([] if is_security_admin else [refused], "维护授权目录")


def may_discard(letter: LetterTerms, actor: Actor, *, has_scans: bool) -> Ruling:
    """Throw a draft away with its lines; its ledger chain stays."""
    objections = list(may_edit(letter, actor).objections)
    if has_scans:
        objections.append(Objection("has_scans", "已归档扫描件，不能删除草稿"))
    return _ruling(objections, "删除草稿")


def may_file(letter: LetterTerms, actor: Actor) -> Ruling:
    """Add the scan of the signed paper; whatever state the letter is in."""
    objections = []
    if not (actor.manages or actor.is_security_admin or actor.person_id == letter.drafted_by_id):
        objections.append(Objection("no_right", "不管理授权机构，也不是起草人或安全管理员，不能归档扫描件"))
    return _ruling(objections, "归档扫描件")


def _ruling(objections: Iterable[Objection], act: str, notices: Iterable[Objection] = ()) -> Ruling:
    found, heed = tuple(dict.fromkeys(objections)), tuple(dict.fromkeys(notices))
    conclusion = f"结论：{'不得' if found else '可以'}{act}"
    outcome = REFUSED if found else ALLOWED
    return Ruling(outcome, objections=found, notices=heed, trace=(conclusion,))


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


def _expired(letter: LetterTerms, day: date) -> Iterator[Objection]:
    if letter.valid_to and letter.valid_to < day:
        yield Objection("expired", f"失效日期 {letter.valid_to:%Y-%m-%d} 已过")


def _said(conflicts: Iterable[Conflict]) -> list[Objection]:
    return [conflict.objection for conflict in conflicts]
