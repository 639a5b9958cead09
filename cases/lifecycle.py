"""The life of a case as one table: which action leads from which stages to which."""

from django.db.models import TextChoices


class Stage(TextChoices):
    REPORTED = "reported", "已报案"
    REGISTERED = "registered", "已立案"
    SURVEYED = "surveyed", "已查勘"
    ASSESSED = "assessed", "已定损"
    REVIEWING = "reviewing", "审核中"
    REVIEWED = "reviewed", "已核损"
    ADJUSTED = "adjusted", "已理算"
    ADJUDICATING = "adjudicating", "核赔中"
    OVER_AUTHORITY = "over_authority", "已报总公司"
    RETURNED = "returned", "已退回"
    SUSPENDED = "suspended", "已中止"
    APPROVED = "approved", "已核赔"
    PAID = "paid", "已支付"
    CLOSED = "closed", "已结案"


class ClosingKind(TextChoices):
    PAID = "paid", "赔付结案"
    ZERO = "zero", "零赔付"
    REFUSED = "refused", "拒赔"
    CANCELLED = "cancelled", "注销"


class Action(TextChoices):
    REGISTER = "register", "立案"
    SURVEY = "survey", "查勘"
    ASSESS = "assess", "定损"
    ITEMISE = "itemise", "录入定损明细"
    SUBMIT_REVIEW = "submit_review", "提交审核"
    PASS_REVIEW = "pass_review", "审核通过"
    ADJUST = "adjust", "理算"
    SUBMIT_ADJUDICATION = "submit_adjudication", "提交核赔"
    APPROVE = "approve", "核赔通过"
    ESCALATE = "escalate", "上报总公司"
    RETURN = "return", "退回"
    WITHDRAW = "withdraw", "撤回"
    REFUSE = "refuse", "不同意"
    PAY = "pay", "支付"
    CLOSE = "close", "结案"
    SUBMIT_ZERO = "submit_zero", "提交零赔付"
    CHANGE_ESTIMATE = "change_estimate", "调整估损"
    AMEND = "amend", "更正报批金额"
    HAND_OVER = "hand_over", "移交"
    SUSPEND = "suspend", "中止"
    RESUME = "resume", "恢复"
    NOTE_PAPERS = "note_papers", "确认材料收齐"
    ASK = "ask", "提交专项报批"
    GRANT = "grant", "同意专项报批"
    NOTE_MOMENTS = "note_moments", "登记时点"
    REOPEN = "reopen", "重开"
    CLOSE_SPECIAL = "close_special", "专项结案"


OPEN = frozenset(Stage) - {Stage.CLOSED}
WITH_REVIEWER = frozenset({Stage.REVIEWING, Stage.ADJUDICATING, Stage.OVER_AUTHORITY})
UNDER_WAY = frozenset(
    {Stage.REGISTERED, Stage.SURVEYED, Stage.ASSESSED, Stage.REVIEWED, Stage.ADJUSTED, Stage.RETURNED}
)

# RESUME leads back to where the case was suspended. RETURN, REFUSE and WITHDRAW lead to the named step; the
# stage here is where the case waits meanwhile.
# None: the stage stays as it is.
LIFECYCLE: dict[Action, tuple[frozenset[Stage], Stage | None]] = {
    Action.REGISTER: (frozenset({Stage.REPORTED}), Stage.REGISTERED),
    Action.SURVEY: (frozenset({Stage.REGISTERED, Stage.RETURNED}), Stage.SURVEYED),
    Action.ASSESS: (frozenset({Stage.SURVEYED, Stage.RETURNED}), Stage.ASSESSED),
    Action.ITEMISE: (frozenset({Stage.SURVEYED, Stage.ASSESSED, Stage.RETURNED}), Stage.ASSESSED),
    Action.SUBMIT_REVIEW: (frozenset({Stage.ASSESSED, Stage.REVIEWING, Stage.RETURNED}), Stage.REVIEWING),
    Action.PASS_REVIEW: (frozenset({Stage.REVIEWING, Stage.OVER_AUTHORITY}), Stage.REVIEWED),
    Action.ADJUST: (frozenset({Stage.REVIEWED, Stage.RETURNED}), Stage.ADJUSTED),
    Action.SUBMIT_ADJUDICATION: (frozenset({Stage.ADJUSTED, Stage.RETURNED}), Stage.ADJUDICATING),
    Action.APPROVE: (frozenset({Stage.ADJUDICATING, Stage.OVER_AUTHORITY}), Stage.APPROVED),
    Action.ESCALATE: (WITH_REVIEWER, Stage.OVER_AUTHORITY),
    Action.RETURN: (WITH_REVIEWER, Stage.RETURNED),
    Action.WITHDRAW: (frozenset({Stage.REVIEWING, Stage.ADJUDICATING}), Stage.RETURNED),
    Action.REFUSE: (WITH_REVIEWER, Stage.RETURNED),
    Action.PAY: (frozenset({Stage.APPROVED}), Stage.PAID),
    Action.CLOSE: (frozenset({Stage.PAID, Stage.APPROVED}), Stage.CLOSED),
    Action.SUBMIT_ZERO: (UNDER_WAY, Stage.ADJUDICATING),
    Action.CHANGE_ESTIMATE: (UNDER_WAY | {Stage.REPORTED}, None),
    Action.AMEND: (WITH_REVIEWER, None),
    Action.HAND_OVER: (OPEN, None),
    Action.SUSPEND: (UNDER_WAY | {Stage.APPROVED}, Stage.SUSPENDED),
    Action.RESUME: (frozenset({Stage.SUSPENDED}), None),
    Action.NOTE_PAPERS: (UNDER_WAY | WITH_REVIEWER | {Stage.REPORTED, Stage.SUSPENDED}, None),
    Action.ASK: (frozenset(Stage), None),
    Action.GRANT: (frozenset(Stage), None),
    Action.NOTE_MOMENTS: (OPEN, None),
    Action.REOPEN: (frozenset({Stage.CLOSED}), Stage.REGISTERED),
    Action.CLOSE_SPECIAL: (UNDER_WAY | {Stage.REPORTED}, Stage.CLOSED),
}

# A returned case goes on from the step it was returned to, or from an earlier one; nothing is skipped.
WORK_ORDER = (
    Action.SURVEY,
    Action.ASSESS,
    Action.SUBMIT_REVIEW,
    Action.ADJUST,
    Action.SUBMIT_ADJUDICATION,
)


def open_actions(stage: Stage, returned_to: str = "") -> frozenset[Action]:
    """The actions that the stage allows; whether a person may take them is a ruling's business.

    `returned_to` is the action a returned case was sent back to; unknown, the case starts from the survey.
    """
    actions = frozenset(action for action, (stages, _) in LIFECYCLE.items() if stage in stages)
    if stage != Stage.RETURNED:
        return actions
    last = WORK_ORDER.index(Action(returned_to)) if returned_to in WORK_ORDER else 0
    later = frozenset(WORK_ORDER[last + 1 :])
    return actions - later - ({Action.ITEMISE} if Action.ASSESS in later else set())


def next_stage(action: Action, stage: Stage) -> Stage:
    return LIFECYCLE[action][1] or stage
