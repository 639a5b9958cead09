"""加签、转办、拿回: may this person do it, now? Pure: everything is handed in, nothing is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from authority.rulings import Holder, Matter, Objection, Rules, Ruling, may_decide
from cases.chains import never_own
from cases.lifecycle import Stage
from cases.models import ChainStep, ClaimCase, Decision, Outcome, Submission
from cases.rulings import may_sign_beside, refused_for
from cases.signatures import SIGNING
from departments.models import Staff

BEFORE, AFTER = "before", "after"
# What may happen to a case after a decision without anybody having acted on it.
IDLE_ACTS = frozenset({"file_paper", "lend", "return_loan", "hand_over", "hand_escalation", "note_papers"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is to sign, or to take a station over. `sees_case`: he could open it."""

    holder: Holder
    sees_case: bool
    is_on_chain: bool = False
    has_referred: bool = False


def _standing_objections(step: ChainStep, verb: str) -> Iterator[Objection]:
    if step.submission.status != Submission.Status.OPEN:
        yield Objection("not_open", "该报批已终结")
    if step.kind == ChainStep.Kind.HEAD_OFFICE:
        yield Objection("at_head_office", f"已报总公司，不能{verb}")
    elif step.status != ChainStep.Status.NOW:
        yield Objection("not_now", "该环节尚未到达或已办理")


def _personal(staff: Staff) -> Iterator[Objection]:
    if not staff.is_active:
        yield Objection("inactive", "账号已停用")
    if staff.admin_role:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务")


def may_add_signers(step: ChainStep, by: Staff, say: Ruling) -> Ruling:
    """加签: by whose turn it is, while he has a say himself (`say`: the ruling on his authority)."""
    objections = [*_standing_objections(step, "加签"), *_personal(by)]
    if step.kind in SIGNING:
        objections.append(Objection("signs_beside", "会签、加签环节只签署意见，不能再加签"))
    if step.staff_id != by.pk:
        objections.append(Objection("not_my_step", "只有当前办理人可以加签"))
    if not (say.may_sign or say.may_refer):
        objections += say.objections
    return refused_for(objections)


def where_objections(step: ChainStep, where: str, ahead: Sequence[ChainStep]) -> list[Objection]:
    """A decision takes effect at once, and head office is asked through a pack: nobody signs after either."""
    if where not in (BEFORE, AFTER):
        return [Objection("unknown_place", "加签须在本人之前或之后")]
    if where == BEFORE:
        return []
    if step.kind == ChainStep.Kind.FINAL:
        return [Objection("final_step", "终审决定即时生效，加签须在本人之前")]
    if not ahead or ahead[0].kind == ChainStep.Kind.HEAD_OFFICE:
        return [Objection("head_office_next", "下一环节是总公司，加签须在本人之前")]
    return []


def signer_objections(
    candidates: Sequence[Candidate], matter: Matter, rules: Rules, needed: int
) -> list[Objection]:
    """An added signer needs no authority and gets none; he must be free to look at the case at all."""
    objections = []
    if not candidates:
        objections.append(Objection("nobody", "须至少选择一名加签人，空的会签不算通过"))
    elif not 1 <= needed <= len(candidates):
        objections.append(Objection("needed", f"须同意人数应在 1 到 {len(candidates)} 之间"))
    if len({one.holder.person_id for one in candidates}) < len(candidates):
        objections.append(Objection("twice", "同一人只能加签一次"))
    for one in candidates:
        objections += _named("加签人", one, may_sign_beside(matter, one.holder, rules))
        if one.is_on_chain:
            objections.append(Objection("on_chain", f"加签人{one.holder.name}：已在审批链中"))
    return objections


def _named(role: str, one: Candidate, ruling: Ruling) -> list[Objection]:
    found = [*ruling.objections]
    if not one.sees_case:
        found.append(Objection("sees_not", "看不到本案，须先借阅"))
    return [Objection(each.code, f"{role}{one.holder.name}：{each.text}") for each in found]


def may_transfer(step: ChainStep, by: Staff, *, manages: bool) -> Ruling:
    """转办: whose turn it is, or who manages the unit, gives the station to somebody else."""
    objections = [*_standing_objections(step, "转办"), *_personal(by)]
    if step.staff_id != by.pk and not manages:
        objections.append(Objection("not_my_step", "只有当前办理人或机构负责人可以转办"))
    return refused_for(objections)


def receiver_objections(
    step: ChainStep, one: Candidate, matter: Matter, rules: Rules
) -> tuple[list[Objection], Ruling]:
    """Who takes the station over could have been its person: with the ruling he would act on."""
    is_added = step.kind == ChainStep.Kind.ADDED
    judge = may_sign_beside if is_added else _authority
    ruling = judge(matter, one.holder, rules)
    objections = [] if _suffices(step, ruling) else _named("接手人", one, ruling)
    if _suffices(step, ruling) and not one.sees_case:
        objections += _named("接手人", one, refused_for(()))
    if step.staff_id == one.holder.person_id:
        objections.append(Objection("same_person", "接手人就是当前办理人"))
    if step.kind in SIGNING and one.is_on_chain:
        objections.append(Objection("on_chain", f"接手人{one.holder.name}：已在审批链中，不能一人两签"))
    if one.has_referred:
        objections.append(Objection("already_referred", f"接手人{one.holder.name}：已初核上报，不再决定"))
    if step.kind == ChainStep.Kind.COSIGN and not _holds_post(one.holder, step.post_name):
        objections.append(Objection("other_post", f"接手人{one.holder.name}：会签须由{step.post_name}签署"))
    return objections, ruling


def _authority(matter: Matter, holder: Holder, rules: Rules) -> Ruling:
    return may_decide(matter, holder, never_own(rules))


def _suffices(step: ChainStep, ruling: Ruling) -> bool:
    """A decision needs the authority, an opinion or a co-signature a say."""
    if step.kind == ChainStep.Kind.FINAL:
        return ruling.may_sign
    return ruling.may_sign or ruling.may_refer


def _holds_post(holder: Holder, post_name: str) -> bool:
    return not post_name or any(limit.post_name == post_name for limit in holder.limits)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What happened since a decision. `acts`: of the case's ledger, after the decision's own entry."""

    acts: tuple[str, ...]
    is_taken_back: bool = False
    is_under_ratification: bool = False
    fell_with_it: bool = False
    went_to_head_office: bool = False
    wrote_a_record: bool = False


def may_take_back(decision: Decision, case: ClaimCase, by: Staff, after: Aftermath) -> Ruling:
    """拿回: my own last decision, before anybody acted on it; never once money went out."""
    return refused_for(_taking_back_objections(decision, case, by, after))


def _taking_back_objections(
    decision: Decision, case: ClaimCase, by: Staff, after: Aftermath
) -> Iterator[Objection]:
    yield from _personal(by)
    if decision.decided_by_id != by.pk:
        yield Objection("not_mine", "只能拿回本人的意见")
    if after.is_taken_back:
        yield Objection("taken_back", "该意见已拿回")
    if decision.chain_step.kind == ChainStep.Kind.HEAD_OFFICE:
        yield Objection("head_office", "总公司批复不能拿回")
    if after.went_to_head_office:
        yield Objection("at_head_office", "已报总公司，须待批复")
    if case.stage in (Stage.PAID, Stage.CLOSED) or "pay" in after.acts:
        yield Objection("paid", "已支付或结案，不能拿回")
    elif set(after.acts) - IDLE_ACTS:
        yield Objection("acted", "下一环节已办理，不能拿回")
    yield from _entangled(decision, after)


def _entangled(decision: Decision, after: Aftermath) -> Iterator[Objection]:
    if after.is_under_ratification:
        yield Objection("ratification", "本意见依临时授权作出，须待追认，不能拿回")
    if after.wrote_a_record:
        yield Objection("wrote_a_record", f"{decision.submission.item.name}的结果已记入其办理记录，不能拿回")
    if after.fell_with_it:
        yield Objection("fell_with_it", "同案其他报批已随之撤回，不能拿回")
    if decision.outcome == Outcome.RETURN and decision.return_to == "preliminary":
        yield Objection("back_to_opinion", "已退回初核，由初核人重新办理后再到本环节")


def may_call_off(step_people: Iterable[int], caller_id: int | None, by: Staff, *, is_over: bool) -> Ruling:
    """取消加签: by who added the signers, while some of them have not signed."""
    objections = [*_personal(by)]
    if is_over or not list(step_people):
        objections.append(Objection("over", "加签已结束"))
    if caller_id != by.pk:
        objections.append(Objection("not_caller", "只有加签人可以取消"))
    return refused_for(objections)
