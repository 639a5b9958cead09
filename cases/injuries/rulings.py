"""May this person work on the injured of a case, now? Nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.rulings import Objection, Ruling
from cases.injuries.measures import CostRow
from cases.items import INJURY_REVIEW
from cases.lifecycle import Action, Stage, open_actions
from cases.matters import matter_of
from cases.models import CaseLoss, ChainStep, ClaimCase, InjuredPerson, InjuryCost, Outcome, Submission
from cases.rulings import docket_of, may_decide_submission, may_handle, refused_for, with_objections
from departments.models import Staff

_ASSESSED = frozenset({Stage.ASSESSED, Stage.REVIEWING})
_BEFORE = frozenset({Stage.REPORTED, Stage.REGISTERED, Stage.SURVEYED})


def may_track(person: InjuredPerson, staff: Staff) -> Ruling:
    """Visits, facts and dependants: the tracker, and whoever handles the case."""
    ruling = may_handle(person.case, staff)
    if person.tracker_id != staff.pk:
        return ruling
    return refused_for(one for one in ruling.objections if one.code != "not_handling")


def may_enter_costs(person: InjuredPerson, staff: Staff) -> Ruling:
    """While the case is still to be assessed; afterwards only to break down what was assessed."""
    return with_objections(may_track(person, staff), _entering_objections(person))


def _entering_objections(person: InjuredPerson) -> Iterator[Objection]:
    case = person.case
    if is_before_assessment(case):
        return
    if case.stage not in _ASSESSED:
        yield Objection("wrong_stage", f"赔案{case.get_stage_display()}，费用项目不能再改")
    elif person.costs.exclude(reviewed=None).exists():
        yield Objection("already_reviewed", "审核人已开始核定，须退回后再改")


def is_before_assessment(case: ClaimCase) -> bool:
    """The assessment is still to be made, or may be made again."""
    stage = Stage(case.stage)
    return stage in _BEFORE or (
        stage == Stage.RETURNED and Action.ASSESS in open_actions(stage, case.returned_to)
    )


def cost_objections(person: InjuredPerson, rows: Iterable[CostRow], assessed: Decimal) -> Iterator[Objection]:
    """`assessed`: what the rows come to, by the standard where nobody said otherwise."""
    rows = list(rows)
    if len({(row.kind_id, row.part) for row in rows}) < len(rows):
        yield Objection("twice", "同一项目重复；分段计算的请在说明中区分")
    if any(row.claimed < 0 or (row.assessed or 0) < 0 for row in rows):
        yield Objection("negative_amount", "金额不能为负")
    if not is_before_assessment(person.case):
        losses = sum((loss.assessed for loss in losses_of(person)), Decimal(0))
        if losses != assessed:
            text = f"费用项目定损合计 {assessed:,.2f} 元，须等于已定损的 {losses:,.2f} 元"
            yield Objection("sums_differ", text)


def losses_of(person: InjuredPerson) -> list[CaseLoss]:
    """The injury losses of the person's label, over all lines."""
    return list(
        CaseLoss.objects.filter(case=person.case_id, loss_class="injury", label=person.label).order_by("pk")
    )


def may_review_costs(case: ClaimCase, staff: Staff) -> Ruling:
    """Whoever may decide the injury review that is open on the case, or give the opinion on it."""
    step = station_of_review(case)
    if step is None:
        return refused_for([Objection("no_review", "本案没有待办的人伤审核")])
    matter, rules = matter_of(step.submission), rules_for(INJURY_REVIEW)
    docket = docket_of(step, matter, step.submission.chain.all())
    ruling = may_decide_submission(docket, holder_for(staff), rules, Outcome.REFER_UP)
    return refused_for([]) if ruling.may_sign or ruling.may_refer else ruling


def station_of_review(case: ClaimCase) -> ChainStep | None:
    steps = ChainStep.objects.filter(
        submission__case=case,
        submission__item__code=INJURY_REVIEW,
        submission__status=Submission.Status.OPEN,
        status=ChainStep.Status.NOW,
    )
    found = steps.select_related("submission__item", "submission__submitted_by", "staff").first()
    if found is not None:
        found.submission.case = case
    return found


def cut_objections(cost: InjuryCost, reviewed: Decimal, reason_id: int | None, basis: str) -> list[Objection]:
    name = str(cost)
    if not 0 <= reviewed <= cost.assessed:
        return [Objection("over_assessed", f"{name}：核定金额须在零与定损金额之间")]
    if reviewed < cost.assessed and not (reason_id and basis.strip()):
        return [Objection("cut_unexplained", f"{name}：核减须选择原因并写明依据")]
    return []
