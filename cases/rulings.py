"""May this person take this step on the case, now? Pure: everything is handed in, nothing is read.

`authority.rulings` judges the authority; here the state of the case and of its chain are added as further
objections, so that a page, a refusal and a stored decision all show every reason at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from authority.rulings import (
    ALLOWED,
    MUST_CONSULT,
    REFUSED,
    Holder,
    Matter,
    Objection,
    Rules,
    Ruling,
    may_decide,
)
from cases.chains import never_own
from cases.items import CASE_ITEMS, possible_on
from cases.lifecycle import Action, Stage, open_actions
from cases.models import AnswerCondition, ChainStep, ClaimCase, Escalation, Outcome, Submission
from cases.signatures import SIGNING, Signature, agreeing, is_vetoed, signatures
from departments.access import HANDLE_CASES, MANAGE_UNIT
from departments.models import Staff

AGREEING = frozenset({Outcome.AGREE, Outcome.AGREE_WITH_CONDITIONS})
DECIDING = AGREEING | {Outcome.REFUSE}
STANDING = frozenset({ChainStep.Status.NOW, ChainStep.Status.WAITING})
SENDING_BACK = frozenset({Outcome.RETURN, Outcome.REFUSE})
_SAYABLE: Mapping[str, tuple[Outcome, ...]] = {
    ChainStep.Kind.COSIGN: (Outcome.AGREE, Outcome.REFUSE, Outcome.RETURN),
    ChainStep.Kind.ADDED: (Outcome.AGREE, Outcome.REFUSE),
}
_PERSONAL = frozenset({"inactive", "on_leave", "admin_role", "interest", "error"})
HEAD_OFFICE_POSTS = frozenset({"HQ_REVIEW", "HQ_HEAD"})
ENTERING_POSTS = frozenset({"STAT", "ADMIN"})


@dataclass(frozen=True, slots=True)
class Docket:
    """A submission at one station of its chain, as a ruling sees it.

    `referred_by`: who gave his opinion and passed it up; `has_decider`: somebody of the branch can still
    decide it finally, here or further on; `is_other_sent`: something else of the case lies at head office.
    """

    matter: Matter
    stage: Stage
    is_open: bool
    step_kind: str
    step_status: str
    step_level: int
    step_person_id: int | None
    step_person_name: str = ""
    cosigned: tuple[Signature, ...] = ()
    is_vetoed: bool = False  # a co-signer refused, and one refusal is enough
    referred_by: frozenset[int] = frozenset()
    has_decider: bool = False
    is_other_sent: bool = False
    consulted: tuple[tuple[str, int], ...] = ()  # the opinions given: code of the rule, who gave it


def may_work(case: ClaimCase, action: Action, staff: Staff) -> Ruling:
    """The handler, co-handlers and whoever handles the unit's cases do the work that the stage allows."""
    possible = open_actions(Stage(case.stage), case.returned_to)
    return _ruling(_work_objections(case, action, staff, possible))


def may_work_on(submission: Submission, action: Action, staff: Staff) -> Ruling:
    """The same for what is done with a request under way; one beside the case's way has its own stages."""
    case = submission.case
    possible = possible_on(submission.item.code, Stage(case.stage))
    return _ruling(_work_objections(case, action, staff, possible))


def _work_objections(
    case: ClaimCase, action: Action, staff: Staff, possible: frozenset[Action]
) -> Iterator[Objection]:
    if action not in possible:
        yield wrong_stage(Stage(case.stage), action)
    yield from _handling(case, staff)


def may_handle(case: ClaimCase, staff: Staff) -> Ruling:
    """Work on what hangs on an open case, which leaves its stage alone."""
    objections = list(_handling(case, staff))
    if case.stage == Stage.CLOSED:
        objections.append(Objection("wrong_stage", "赔案已结案"))
    return _ruling(objections)


def _handling(case: ClaimCase, staff: Staff) -> Iterator[Objection]:
    yield from handling_objections(case, staff)


def handling_objections(case: ClaimCase, staff: Staff) -> Iterator[Objection]:
    """Whatever the stage: work on a case is for its handler and for who handles the unit's cases."""
    yield from _personal(staff)
    handles = case.handler_id == staff.pk or case.unit_id in staff.unit_scope.ids(HANDLE_CASES)
    if not handles and staff.pk not in case.co_handler_ids:
        yield Objection("not_handling", "不是本案责任人或协办人，也没有该机构的赔案处理权限")


def may_take_part(staff: Staff) -> Ruling:
    """People of the business; those who keep accounts, rules or logs leave no word on a case."""
    return _ruling(_personal(staff))


def _personal(staff: Staff) -> Iterator[Objection]:
    if not staff.is_active:
        yield Objection("inactive", "账号已停用")
    if staff.admin_role:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务")


def may_register_in(unit_id: int, staff: Staff) -> Ruling:
    """A new case belongs to a unit whose cases the person handles."""
    objections = list(_personal(staff))
    if unit_id not in staff.unit_scope.ids(HANDLE_CASES):
        objections.append(Objection("not_handling", "没有该机构的赔案处理权限"))
    return _ruling(objections)


def may_reroute(case: ClaimCase, staff: Staff) -> Ruling:
    """Whoever manages the unit has chains of its cases made anew."""
    objections = list(_personal(staff))
    if case.unit_id not in staff.unit_scope.ids(MANAGE_UNIT):
        objections.append(Objection("not_managing", "没有该机构的管理权限，不能重新路由"))
    return _ruling(objections)


def may_dismiss(case: ClaimCase, co_handler_id: int, staff: Staff) -> Ruling:
    """A co-handler goes by himself, or whoever manages the unit takes him off; never the handler he helps."""
    objections = list(_personal(staff))
    if staff.pk != co_handler_id and case.unit_id not in staff.unit_scope.ids(MANAGE_UNIT):
        objections.append(Objection("not_managing", "只有协办人本人或机构管理者可以撤出协办"))
    return _ruling(objections)


def may_take_over(case: ClaimCase, successor: Staff) -> Ruling:
    """Whoever becomes responsible must be able to act: at work, and handling cases of the unit."""
    objections = [
        Objection(objection.code, f"接手人：{objection.text}") for objection in _personal(successor)
    ]
    if case.unit_id not in successor.unit_scope.ids(HANDLE_CASES):
        objections.append(Objection("successor_not_handling", "接手人没有该机构的赔案处理权限"))
    if case.handler_id == successor.pk:
        objections.append(Objection("same_handler", "接手人已是本案责任人"))
    return _ruling(objections)


def may_decide_submission(
    docket: Docket, holder: Holder, rules: Rules, outcome: str, *, is_straight_up: bool = False
) -> Ruling:
    """The ruling on one outcome at one station; `permits` says whether it is a yes.

    Everything that stands in the way before a word is filled in. `is_straight_up`: past every station left.
    """
    is_added = docket.step_kind == ChainStep.Kind.ADDED
    ruling = may_sign_beside(docket.matter, holder, rules) if is_added else _authority(docket, holder, rules)
    objections = [
        *_chain_objections(docket, ruling, holder, outcome),
        *_outcome_objections(docket, outcome),
    ]
    if is_straight_up and docket.has_decider and not ruling.may_sign:
        objections.append(Objection("decidable_here", "本机构仍有有权人可以决定，不必上报总公司"))
    for objection in reversed(objections):
        ruling = ruling.with_objection(objection)
    return ruling


def _authority(docket: Docket, holder: Holder, rules: Rules) -> Ruling:
    return may_decide(docket.matter, holder, never_own(rules))


def may_sign_beside(matter: Matter, holder: Holder, rules: Rules) -> Ruling:
    """加签: an opinion needs no authority and gives none; separation of duties holds for it, too."""
    found = may_decide(matter, holder, never_own(rules)).objections
    return _ruling(one for one in found if one.code.startswith("sod:") or one.code in _PERSONAL)


def _outcome_objections(docket: Docket, outcome: str) -> Iterator[Objection]:
    """A review sent back takes the other reviews with it, but not what head office is deciding on."""
    is_signing = docket.step_kind in SIGNING
    if docket.is_other_sent and outcome in SENDING_BACK and not (is_signing and outcome == Outcome.REFUSE):
        yield Objection("other_at_head_office", "本案另有报批已报总公司，须待批复后再退回")
    sayable = _SAYABLE.get(docket.step_kind)
    if sayable is not None and outcome not in sayable:
        name = ChainStep.Kind(docket.step_kind).label
        yield Objection("cosign_only", f"{name}只能{'、'.join(str(Outcome(one).label) for one in sayable)}")


def permits(ruling: Ruling, outcome: str, step_kind: str) -> bool:
    """A preliminary or co-signing station needs a say; a decision needs the authority."""
    if outcome in DECIDING and step_kind not in SIGNING:
        return ruling.may_sign
    return ruling.may_sign or ruling.may_refer


def _chain_objections(docket: Docket, ruling: Ruling, holder: Holder, outcome: str) -> Iterator[Objection]:
    if not docket.is_open:
        yield Objection("not_open", "该报批已终结")
    action, item = _action(docket.matter.item, outcome), CASE_ITEMS[docket.matter.item]
    needed = {action} if item.is_beside else {action, item.grants}
    if not needed <= possible_on(docket.matter.item, docket.stage):
        yield wrong_stage(docket.stage, action)
    if docket.step_status != ChainStep.Status.NOW:
        yield Objection("not_now", "该环节尚未到达或已办理")
    elif docket.step_kind == ChainStep.Kind.HEAD_OFFICE:
        yield Objection("at_head_office", "已报总公司，须待批复")
    elif docket.step_person_id != holder.person_id:
        yield from _others_station(docket, ruling, holder)
    if outcome in AGREEING and ruling.may_sign and docket.step_kind not in SIGNING:
        yield from _cosign_objections(docket, ruling, holder)
    if outcome in DECIDING and ruling.may_sign and docket.step_kind not in SIGNING:
        yield from _opinion_objections(docket, ruling, holder)


def _others_station(docket: Docket, ruling: Ruling, holder: Holder) -> Iterator[Objection]:
    """Who asked for somebody higher does not take the matter back from him."""
    if holder.person_id in docket.referred_by:
        yield Objection("already_referred", f"本人已初核上报，现由{docket.step_person_name}决定")
    elif not _outranks(docket, ruling):
        yield Objection("not_my_step", f"当前由{docket.step_person_name}办理，本人权限不能代其办理")


def _outranks(docket: Docket, ruling: Ruling) -> bool:
    """Somebody else's station may be taken by who could decide; an opinion by who stands as high, too."""
    if docket.step_kind in SIGNING:
        return False
    is_as_high = ruling.basis is not None and ruling.basis.level >= docket.step_level
    is_opinion = docket.step_kind == ChainStep.Kind.PRELIMINARY
    return ruling.may_sign or (ruling.may_refer and is_as_high and is_opinion)


def _cosign_objections(docket: Docket, ruling: Ruling, holder: Holder) -> Iterator[Objection]:
    """Who decides, or is stood in for, does not count among those who sign beside him."""
    needed = ruling.basis.cosign_count if ruling.basis else 0
    deciding = {holder.person_id, ruling.basis.via_id if ruling.basis else None}
    counted = agreeing(docket.cosigned, deciding)
    if counted < needed:
        yield Objection("cosign_missing", f"须决定人以外 {needed} 人会签，已会签 {counted} 人")
    if needed and docket.is_vetoed:
        yield Objection("cosign_vetoed", "有会签人不同意，按会签规则不能同意，可退回、不同意或上报")


def _opinion_objections(docket: Docket, ruling: Ruling, holder: Holder) -> Iterator[Objection]:
    """The opinion a rule demands is in writing, and of somebody else than who decides."""
    deciding = {holder.person_id, ruling.basis.via_id if ruling.basis else None}
    given = {code for code, author in docket.consulted if author not in deciding}
    for notice in ruling.notices:
        kind, _, code = notice.code.partition(":")
        if kind == MUST_CONSULT and code not in given:
            yield Objection(f"consult_missing:{code}", f"{notice.text}：须先取得书面会商意见")


def docket_of(
    step: ChainStep, matter: Matter, chain: Iterable[ChainStep], *, is_other_sent: bool = False
) -> Docket:
    """`chain`: all stations of the submission, each with its decision at hand."""
    submission, steps = step.submission, list(chain)
    return Docket(
        matter=matter,
        stage=Stage(submission.case.stage),
        is_open=submission.status == Submission.Status.OPEN,
        step_kind=step.kind,
        step_status=step.status,
        step_level=step.level,
        step_person_id=step.staff_id,
        step_person_name=step.staff.name if step.staff else "",
        cosigned=signatures(steps),
        is_vetoed=is_vetoed(steps),
        referred_by=referrers(steps),
        has_decider=any(one.kind == ChainStep.Kind.FINAL and one.status in STANDING for one in steps),
        is_other_sent=is_other_sent,
    )


def referrers(steps: Iterable[ChainStep]) -> frozenset[int]:
    """Who passed the submission up, by what still stands of its chain."""
    made = [getattr(step, "decision", None) for step in steps if step.status == ChainStep.Status.DONE]
    return frozenset(one.decided_by_id for one in made if one and one.outcome == Outcome.REFER_UP)


def _action(item_code: str, outcome: str) -> Action:
    if outcome in AGREEING:
        return CASE_ITEMS[item_code].grants
    return {
        Outcome.RETURN: Action.RETURN,
        Outcome.REFUSE: Action.REFUSE,
        Outcome.REFER_UP: Action.ESCALATE,
    }[Outcome(outcome)]


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """What 综合室 must have in hand to enter head office's answer from paper."""

    has_scan: bool = True
    has_number: bool = True


COMPLETE = PaperAnswer()


def may_answer(
    escalation_status: str, staff: Staff, posts: Iterable[str], paper: PaperAnswer = COMPLETE
) -> Ruling:
    """Head office answers in the system; 综合室 enters the paper answer with its number and scan."""
    return _ruling(_answer_objections(escalation_status, staff, frozenset(posts), paper))


def _answer_objections(
    status: str, staff: Staff, posts: frozenset[str], paper: PaperAnswer
) -> Iterator[Objection]:
    yield from _personal(staff)
    if status != "sent":
        yield Objection("already_answered", "该上报件已批复")
    if posts & HEAD_OFFICE_POSTS:
        return
    if not posts & ENTERING_POSTS:
        yield Objection("not_head_office", "仅总公司审批人员可批复，或由综合室录入书面批复")
        return
    if not paper.has_scan:
        yield Objection("no_scan", "录入书面批复须上传扫描件")
    if not paper.has_number:
        yield Objection("no_number", "录入书面批复须填写批复号")


def kept_apart(matter: Matter, holder: Holder, rules: Rules) -> list[Objection]:
    """Separation of duties alone: head office answers by its post, and the same holds for it."""
    found = may_decide(matter, holder, never_own(rules)).objections
    return [one for one in found if one.code.startswith("sod:") or one.code in ("interest", "error")]


def may_confirm(case: ClaimCase, escalation: Escalation, staff: Staff, posts: Iterable[str]) -> Ruling:
    """Whoever handles the unit's cases confirms that the answer was carried out; never its author."""
    objections = list(handling_objections(case, staff))
    if escalation.status != "answered":
        objections.append(Objection("not_answered", "总公司尚未批复或已确认执行"))
    if frozenset(posts) & HEAD_OFFICE_POSTS:
        objections.append(Objection("head_office", "执行情况由分公司确认，总公司人员不得确认本公司的批复"))
    elif escalation.entered_by_id == staff.pk:
        objections.append(Objection("same_person", "批复由本人录入，执行情况须由另一人确认"))
    return _ruling(objections)


def may_check(case: ClaimCase, condition: AnswerCondition, staff: Staff, posts: Iterable[str]) -> Ruling:
    """As confirming the whole: by the branch, before that, and never by who entered the answer."""
    ruling = may_confirm(case, condition.escalation, staff, posts)
    met = condition.status == AnswerCondition.Status.MET
    return with_objections(ruling, [Objection("already_met", "该条件已落实")] if met else [])


def wrong_stage(stage: Stage, action: Action) -> Objection:
    return Objection("wrong_stage", f"赔案{stage.label}，不能{action.label}")


def refused_for(objections: Iterable[Objection]) -> Ruling:
    return _ruling(objections)


def joined(first: Ruling, second: Ruling) -> Ruling:
    """Both must say yes; every reason of both is kept."""
    return _ruling((*first.objections, *second.objections))


def with_objections(ruling: Ruling, objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return replace(ruling, outcome=REFUSED, objections=(*ruling.objections, *found)) if found else ruling


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)
