"""What happened to the case, from the ledger; imported work that the ledger does not know from the steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from authority.models import LedgerEntry
from cases.lawsuits.life import SuitAct
from cases.lifecycle import Action, Stage
from cases.models import CasePaper, CaseStep, ClaimCase, Outcome

_OTHERS = {
    "report": "报案登记",
    "consult": "请求会商",
    "opine": "出具会商意见",
    "reroute": "重新安排审批链",
    "reassign": "改派审批人",
    "add_signers": "加签",
    "call_off_signers": "取消加签",
    "excuse_signer": "加签人不在岗",
    "transfer": "转办",
    "take_back": "拿回",
    "ratify": "追认",
    "open_reversal": "不予追认",
    "finish_reversal": "撤销办结",
    "lend": "借阅",
    "file_paper": "归档材料",
    "return_loan": "归还借阅",
    "hand_escalation": "移交上报件跟进",
    "convene": "召集会商",
    "sign_opinion": "签署会商意见",
    "withdraw_opinion": "撤回会商意见",
    "hold_meeting": "登记会商",
    "conclude": "形成会商结论",
    "call_off_conference": "取消会商",
    "remind_members": "催办会商意见",
    "confirm_execution": "确认批复已执行",
    "check_condition": "核对批复条件",
    "transmit": "报送总公司",
    "import": "导入",
    "ask_correction": "申请数据更正",
    "apply_correction": "数据更正",
    "refuse_correction": "数据更正未同意",
    "withdraw_correction": "撤回数据更正",
    "confirm_true": "核实数据属实",
    "find_problem": "登记问题件",
    "amend_problem": "修改问题件",
    "reply_problem": "答复问题件",
    "correct_problem": "整改问题件",
    "appeal_problem": "问题件申诉",
    "look_again": "问题件申诉复核",
    "confirm_problem": "确认问题件",
    "withdraw_problem": "撤销问题件",
    "add_co_handler": "增加协办人",
    "remove_co_handler": "撤出协办人",
    "draft_notice": "制作补充材料告知书",
    "send_notice": "发出补充材料告知书",
    "deliver_notice": "补充材料告知书送达",
    "receive_papers": "材料补齐",
    "cancel_notice": "作废补充材料告知书",
    "special_draft": "起草特殊案件申请",
    "special_change": "修改特殊案件申请",
    "special_lapse": "作废特殊案件申请",
    "special_notice": "发出拒赔通知书",
    "special_follow": "拒赔通知书进展",
    "special_enter": "登记特殊案件台账",
    "pay_special": "专项支付",
    "recover": "登记追回款",
    "strike_recovery": "冲正追回款",
    "assign_recovery": "改派追偿负责人",
    "link_fraud": "线索关联拒赔",
    "register_injured": "登记伤者",
    "propose_mediation": "拟定调解方案",
    "change_mediation": "修改调解方案",
    "appoint_mediator": "改派调解人",
    "mediate": "调解",
    "mediation_agreed": "调解达成协议",
    "mediation_failed": "调解未成",
    "mediation_court": "调解转诉讼",
    "change_injured": "更正伤者信息",
    "visit_injured": "人伤访视",
    "end_tracking": "结束人伤跟踪",
    "resume_tracking": "恢复人伤跟踪",
    "add_dependant": "登记被扶养人",
    "remove_dependant": "删除被扶养人",
    "enter_injury_costs": "录入人伤费用",
    "review_injury_costs": "审核人伤费用",
    "review_lines": "核定明细",
    "order_resurvey": "安排复勘",
    "assign_resurvey": "改派复勘人",
    "resurvey": "复勘",
    "confirm_resurvey": "确认复勘结果",
    "cancel_resurvey": "取消复勘",
    "open_fraud": "登记欺诈线索",
    "assign_fraud": "指定调查人",
    "task_fraud": "调查任务",
    "evidence_fraud": "调查证据",
    "report_fraud": "提交调查报告",
    "conclude_fraud": "线索结论",
    "police_fraud": "移送公安",
    "recognise_major": "认定重大赔案",
    "report_major": "大案首报",
    "progress_major": "大案进展报告",
    "visit_major": "大案介入",
    "expert_major": "大案专家意见",
    "assign_major": "大案负责人",
    "close_major": "大案结束",
    "withdraw_major": "撤销大案认定",
    "confirm_estimate": "确认估损",
}
LABELS = {**dict(Action.choices), **dict(Outcome.choices), **dict(SuitAct.choices), **_OTHERS}
_TONES = {
    "approve": "good",
    "pass_review": "good",
    "agree": "good",
    "pay": "good",
    "return": "attention",
    "withdraw": "attention",
    "take_back": "attention",
    "escalate": "attention",
    "refer_up": "attention",
    "refuse": "bad",
    "close": "idle",
    "recognise_major": "bad",
}


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    title: str
    who: str
    text: str = ""
    tone: str = "active"


def timeline_of(case: ClaimCase) -> list[Event]:
    """Newest first; three statements."""
    entries = LedgerEntry.objects.filter(chain=f"case:{case.pk}").select_related("actor", "acted_for")
    events = [event_of(entry) for entry in entries]
    if not events:
        events = list(_steps(case))
    papers = CasePaper.objects.filter(case=case).select_related("uploaded_by")
    events += [_filed(paper) for paper in papers]
    return sorted(events, key=lambda event: event.at, reverse=True)


def entries_since(case: ClaimCase, seen: int) -> list[Event]:
    """What happened after the version that somebody saw: every change of a case makes one entry."""
    missed = max(case.version - seen, 0)
    entries = LedgerEntry.objects.filter(chain=f"case:{case.pk}").select_related("actor", "acted_for")
    return [event_of(entry) for entry in entries.order_by("-sequence")[:missed]]


def event_of(entry: LedgerEntry) -> Event:
    who = entry.actor.name if entry.actor else "系统"
    if entry.acted_for:
        who += f"（代{entry.acted_for.name}）"
    return Event(
        entry.at,
        LABELS.get(entry.action, entry.action),
        who,
        "，".join(_facts(entry)),
        _TONES.get(entry.action, "active"),
    )


def _facts(entry: LedgerEntry) -> Iterator[str]:
    if entry.amount is not None:
        yield f"{entry.amount:,.2f} 元"
    if entry.from_state and entry.from_state != entry.to_state:
        yield f"{_stage(entry.from_state)} → {_stage(entry.to_state)}"
    if entry.reason:
        yield entry.reason


def _filed(paper: CasePaper) -> Event:
    text = f"{paper.get_kind_display()} {paper.name}"
    return Event(paper.uploaded_at, "材料", paper.uploaded_by.name, text, "idle")


def _stage(code: str) -> str:
    return dict(Stage.choices).get(code, code)


def _steps(case: ClaimCase) -> Iterator[Event]:
    for step in CaseStep.objects.filter(case=case).select_related("person"):
        yield Event(step.left_at or step.entered_at, step.get_step_display(), step.person.name, step.result)
