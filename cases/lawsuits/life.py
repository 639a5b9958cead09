"""The life of a suit as one table: which act leads from which stages to which. None: the stage stays."""

from __future__ import annotations

from django.db.models import TextChoices

from cases.models import Lawsuit

Stage = Lawsuit.Stage


class SuitAct(TextChoices):
    REGISTER = "register_suit", "登记诉讼"
    REPORT = "report_suit", "上报诉讼"
    REPLY = "reply_suit", "答复应诉方案"
    ENTER = "enter_suit", "录入法律系统"
    DEFEND = "defend_suit", "提交答辩状"
    TRY = "try_suit", "转入一审审理"
    JUDGE = "judge_suit", "登记裁判文书"
    OPINE = "opine_suit", "上报上诉意见"
    APPEAL = "appeal_suit", "登记上诉"
    TRY_AGAIN = "try_again_suit", "转入二审审理"
    PROPOSE = "propose_settlement", "报批调解方案"
    SETTLE = "settle_suit", "登记调解"
    PERFORM = "perform_suit", "登记履行"
    CLOSE = "close_suit", "诉讼结案"
    CORRECT = "correct_suit", "更正诉讼信息"
    LINK = "link_suit", "关联赔案"
    ASSIGN = "assign_suit", "指定承办法务"
    SET_HEARING = "set_hearing", "安排开庭"
    NOTE_HEARING = "note_hearing", "记录庭审"
    ASK_COUNSEL = "ask_counsel", "提出聘请律师"
    ANSWER_COUNSEL = "answer_counsel", "答复聘请律师"
    NAME_COUNSEL = "name_counsel", "指派本公司代理人"
    NOTE_COST = "note_litigation_cost", "登记诉讼费用"


OPEN = frozenset(Stage) - {Stage.CLOSED}
BEFORE_COURT = frozenset({Stage.RECEIVED, Stage.REPORTED, Stage.REPLIED, Stage.ENTERED})
IN_COURT = frozenset({Stage.FIRST_INSTANCE, Stage.JUDGED, Stage.APPEALED, Stage.SECOND_INSTANCE})
ENDING = frozenset({Stage.SETTLED, Stage.PERFORMED})
PAPERWORK = (Stage.RECEIVED, Stage.REPORTED, Stage.REPLIED, Stage.ENTERED)

# A court does not wait for our paperwork: what it does is entered whatever has been left undone before, and
# what was left undone can still be done, without leading the suit back.
LIFE: dict[SuitAct, tuple[frozenset[Stage], Stage | None]] = {
    SuitAct.REPORT: (OPEN - ENDING, Stage.REPORTED),
    SuitAct.REPLY: (OPEN, Stage.REPLIED),
    SuitAct.ENTER: (OPEN - {Stage.RECEIVED, Stage.REPORTED}, Stage.ENTERED),
    SuitAct.DEFEND: (OPEN - ENDING, None),
    SuitAct.TRY: (BEFORE_COURT, Stage.FIRST_INSTANCE),
    SuitAct.JUDGE: (BEFORE_COURT | IN_COURT - {Stage.JUDGED}, Stage.JUDGED),
    SuitAct.OPINE: (frozenset({Stage.JUDGED}), None),
    SuitAct.APPEAL: (frozenset({Stage.JUDGED}), Stage.APPEALED),
    SuitAct.TRY_AGAIN: (frozenset({Stage.APPEALED}), Stage.SECOND_INSTANCE),
    SuitAct.PROPOSE: ((BEFORE_COURT | IN_COURT) - {Stage.RECEIVED, Stage.REPORTED}, None),
    SuitAct.SETTLE: ((BEFORE_COURT | IN_COURT) - {Stage.RECEIVED, Stage.REPORTED}, Stage.SETTLED),
    SuitAct.PERFORM: (frozenset({Stage.JUDGED, Stage.SETTLED}), Stage.PERFORMED),
    SuitAct.CLOSE: (frozenset({Stage.JUDGED, Stage.SETTLED, Stage.PERFORMED}), Stage.CLOSED),
    SuitAct.CORRECT: (OPEN, None),
    SuitAct.LINK: (OPEN, None),
    SuitAct.ASSIGN: (OPEN, None),
    SuitAct.SET_HEARING: (OPEN - ENDING, None),
    SuitAct.NOTE_HEARING: (OPEN, None),
    SuitAct.ASK_COUNSEL: (OPEN, None),
    SuitAct.ANSWER_COUNSEL: (OPEN, None),
    SuitAct.NAME_COUNSEL: (OPEN, None),
    SuitAct.NOTE_COST: (frozenset(Stage), None),
}  # fmt: skip


def next_stage(act: SuitAct, stage: str) -> str:
    after = LIFE[act][1] or stage
    if after in PAPERWORK and (stage not in PAPERWORK or PAPERWORK.index(stage) > PAPERWORK.index(after)):
        return stage
    return after


def is_open_to(act: SuitAct, stage: str) -> bool:
    return stage in LIFE[act][0]
