"""Who may do what in a suit: who handles one of its cases, its officer; the head alone on outside lawyers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from authority.rulings import Objection, Ruling
from cases.lawsuits.life import SuitAct, is_open_to
from cases.models import ClaimCase, Counsel, Lawsuit
from cases.rulings import refused_for
from departments.access import HANDLE_CASES
from departments.models import Staff

LEGAL_POST = "LEGAL"
HEAD_POST = "DEPT_HEAD"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as the rulings on suits see him. `posts`: pairs of post and path of its unit, held today."""

    person_id: int
    is_active: bool
    admin_role: str
    handles: frozenset[int]
    posts: frozenset[tuple[str, str]]

    def holds(self, post: str, path: str) -> bool:
        """The post, in a unit at or above the path, or in an office beside it under the same department."""
        return any(code == post and _covers(unit, path) for code, unit in self.posts)


def _covers(unit: str, path: str) -> bool:
    above = unit.rstrip("/").rpartition("/")[0]
    return path.startswith(unit) or (above.count("/") > 0 and path.startswith(f"{above}/"))


def actor_of(staff: Staff) -> Actor:
    posts = {(held.post.post_type.code, held.post.unit.path) for held in staff.posts_today}
    handles = staff.unit_scope.ids(HANDLE_CASES)
    return Actor(staff.pk, staff.is_active, staff.admin_role, handles, frozenset(posts))


def may_sue_on(case: ClaimCase, actor: Actor) -> Ruling:
    """Whoever handles the case registers what the court sent; a closed case may be sued upon, too."""
    return refused_for([*_personal(actor), *_handling([case], (), actor)])


def may_act(lawsuit: Lawsuit, act: SuitAct, actor: Actor) -> Ruling:
    """Needs `case`, and `links` with their cases at hand."""
    return refused_for(_acting(lawsuit, act, actor))


def _acting(lawsuit: Lawsuit, act: SuitAct, actor: Actor) -> Iterator[Objection]:
    if not is_open_to(act, lawsuit.stage):
        yield Objection("wrong_stage", f"诉讼{lawsuit.get_stage_display()}，不能{act.label}")
    yield from _personal(actor)
    if act == SuitAct.ANSWER_COUNSEL:
        if not actor.holds(HEAD_POST, lawsuit.case.unit.path):
            yield Objection("not_head", "聘请外部律师逐案由部门负责人同意")
        return
    yield from _handling(cases_of(lawsuit), (lawsuit.officer_id,), actor)


def cases_of(lawsuit: Lawsuit) -> list[ClaimCase]:
    return [lawsuit.case, *(link.case for link in lawsuit.links.all())]


def _personal(actor: Actor) -> Iterator[Objection]:
    if not actor.is_active:
        yield Objection("inactive", "账号已停用")
    if actor.admin_role:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务")


def _handling(cases: Iterable[ClaimCase], others: Iterable[int | None], actor: Actor) -> Iterator[Objection]:
    concerned = {*(case.handler_id for case in cases), *others}
    if actor.person_id in concerned or any(case.unit_id in actor.handles for case in cases):
        return
    yield Objection("not_handling", "不是本案责任人或承办法务，也没有该机构的赔案处理权限")


def may_answer_counsel(counsel: Counsel, actor: Actor) -> Ruling:
    """Each outside lawyer by himself, per case, and never by who asked for him."""
    objections = list(may_act(counsel.lawsuit, SuitAct.ANSWER_COUNSEL, actor).objections)
    if counsel.status != Counsel.Status.ASKED:
        objections.append(Objection("already_answered", "该聘请事项已答复"))
    if counsel.asked_by_id == actor.person_id:
        objections.append(Objection("own_request", "提出人不得同意本人提出的聘请"))
    return refused_for(objections)


def dated(what: str, moment: datetime, since: datetime, now: datetime) -> Iterator[Objection]:
    """Something that happened: after the papers came, and not in the future."""
    if moment > now:
        yield Objection("in_future", f"{what}不能晚于现在")
    if moment < since:
        yield Objection("before_receipt", f"{what}不能早于收文时间")
