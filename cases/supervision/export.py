"""A month as a workbook: figures per person, findings with their cases, the sample."""

from __future__ import annotations

from collections.abc import Sequence

from cases.models import FindingCase, SupervisionMonth
from cases.supervision.page import MonthPage
from departments.sheets import Cell, Sheet, sheets

_PEOPLE = (
    "人员", "岗位", "审批件数", "终审同意", "同意金额", "临近上限", "快于阅读时间", "代岗", "应急",
    "限额内兼任", "上报已批复", "总公司同意", "总公司调整", "总公司不同意",
)  # fmt: skip
_FINDINGS = ("类别", "人员", "发现", "件数", "金额", "结论", "复核意见", "复核人", "复核时间")
_BEHIND = ("发现", "案件号", "机构", "事项", "审批人", "金额", "权限", "审批时间", "说明")
_SAMPLE = (
    "序号", "方式", "原因", "案件号", "机构", "事项", "审批人", "金额", "结果", "说明", "抽查人", "抽查时间",
)  # fmt: skip


def workbook(page: MonthPage) -> bytes:
    return sheets(
        [
            Sheet("说明", ("项目", "内容"), _facts(page.month)),
            Sheet("人员", _PEOPLE, _people(page)),
            Sheet("发现", _FINDINGS, _findings(page)),
            Sheet("发现的案件", _BEHIND, _behind(page.month)),
            Sheet("抽查", _SAMPLE, _sample(page)),
        ]
    )


def _facts(month: SupervisionMonth) -> list[Sequence[Cell]]:
    return [
        ("机构", month.unit.name),
        ("月份", month.label),
        ("状态", month.get_status_display()),
        ("审批件数", month.decided),
        ("抽样种子", month.seed),
        ("抽样总体", month.population),
        ("总体摘要", month.population_digest),
        ("复核", month.signed_by.name if month.signed_by else ""),
        ("复核时间", month.signed_at),
        ("复核结论", month.summary),
        ("上级签署", month.countersigned_by.name if month.countersigned_by else ""),
        ("上级签署时间", month.countersigned_at),
        *((f"参数 {code}", value) for code, value in month.parameters.items()),
    ]


def _people(page: MonthPage) -> list[Sequence[Cell]]:
    return [
        (
            one.person.name, one.post_name, one.decided, one.agreed, one.amount, one.near_limit, one.fast,
            one.stand_in, one.emergency, one.conflicts, one.referred, one.upheld, one.altered, one.refused,
        )
        for one in page.figures
    ]  # fmt: skip


def _findings(page: MonthPage) -> list[Sequence[Cell]]:
    return [
        (
            one.get_kind_display(), one.person.name if one.person else "", one.title, one.count, one.amount,
            one.get_conclusion_display(), one.opinion, one.concluded_by.name if one.concluded_by else "",
            one.concluded_at,
        )
        for one in page.findings
    ]  # fmt: skip


def _behind(month: SupervisionMonth) -> list[Sequence[Cell]]:
    rows = FindingCase.objects.filter(finding__month=month).order_by("finding", "pk")
    found = rows.select_related("finding", "case__unit", "decision__decided_by", "decision__submission__item")
    return [
        (
            row.finding.title, str(row.case), row.case.unit.short_name, row.decision.submission.item.name,
            row.decision.decided_by.name, row.decision.amount, row.decision.limit, row.decision.decided_at,
            row.note,
        )
        for row in found
    ]  # fmt: skip


def _sample(page: MonthPage) -> list[Sequence[Cell]]:
    return [
        (
            one.number, one.get_way_display(), one.reason, str(one.decision.case),
            one.decision.case.unit.short_name, one.decision.submission.item.name,
            one.decision.decided_by.name, one.decision.amount, one.get_result_display(), one.note,
            one.checked_by.name if one.checked_by else "", one.checked_at,
        )
        for one in page.sample
    ]  # fmt: skip
