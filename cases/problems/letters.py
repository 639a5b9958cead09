"""问题件通报: who drafts, signs and receives one, and what it says. The rulings are pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from cases.models import FeedbackLetter, FeedbackLine, ProblemFinding
from cases.problems.rulings import Party
from departments.models import OrgUnit
from departments.sheets import Cell, Sheet, sheets

Status = FeedbackLetter.Status


def may_draft(unit: OrgUnit, who: Party) -> Ruling:
    return _ruling(_reviewing(unit.pk, who))


def may_edit(letter: FeedbackLetter, who: Party) -> Ruling:
    return _ruling([*_in_status(letter, Status.DRAFT, "修改"), *_reviewing(letter.unit_id, who)])


def may_sign(letter: FeedbackLetter, who: Party, line_count: int) -> Ruling:
    """The head of an office or above, not the one who drafted it, not of the unit it goes to."""
    objections = [*_in_status(letter, Status.DRAFT, "签发"), *_reviewing(letter.unit_id, who)]
    if not who.looks_again:
        objections.append(Objection("not_office_head", "通报由室主任或部门负责人签发"))
    if letter.drafted_by_id == who.person_id:
        objections.append(Objection("own_draft", "拟稿人不得签发自己拟的通报"))
    if letter.unit_id in who.units:
        objections.append(Objection("own_unit", "责任机构的人员不得签发给本机构的通报"))
    if not line_count:
        objections.append(Objection("empty", "该月没有已确认的问题件，无须通报"))
    return _ruling(objections)


def may_receive(letter: FeedbackLetter, who: Party, heads: Iterable[int]) -> Ruling:
    """`heads`: who leads the unit by a post of its own."""
    objections = [*_in_status(letter, Status.ISSUED, "签收")]
    if not who.is_in_business or who.person_id not in set(heads):
        objections.append(Objection("not_unit_head", "由责任机构负责人签收"))
    return _ruling(objections)


def may_correct_letter(letter: FeedbackLetter, who: Party, *, has_draft: bool) -> Ruling:
    objections = list(_reviewing(letter.unit_id, who))
    if letter.status not in (Status.ISSUED, Status.RECEIVED):
        objections.append(Objection("wrong_status", f"通报{letter.get_status_display()}，不能更正"))
    if has_draft:
        objections.append(Objection("draft_open", "更正稿已在拟稿中"))
    return _ruling(objections)


def _in_status(letter: FeedbackLetter, status: str, act: str) -> Iterator[Objection]:
    if letter.status != status:
        yield Objection("wrong_status", f"通报{letter.get_status_display()}，不能{act}")


def _reviewing(unit_id: int, who: Party) -> Iterator[Objection]:
    if not who.is_in_business:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务")
    elif not who.reviews:
        yield Objection("not_reviewing", "通报由分公司审核和品质人员拟稿")
    elif unit_id not in who.sees:
        yield Objection("not_seeing", "没有该机构的赔案查看权限")


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)


def lines_of(letter: FeedbackLetter, remarks: dict[int, str]) -> list[FeedbackLine]:
    """What counts in the month, by class and number; `remarks` by finding, kept from an earlier reading."""
    counted = ProblemFinding.objects.counted(letter.month, letter.month).filter(unit=letter.unit_id)
    found = counted.for_list().order_by("problem_class__rank", "found_at", "pk")
    return [_line(letter, position, finding, remarks) for position, finding in enumerate(found, 1)]


def _line(
    letter: FeedbackLetter, position: int, finding: ProblemFinding, remarks: dict[int, str]
) -> FeedbackLine:
    return FeedbackLine(
        letter=letter,
        finding=finding,
        position=position,
        class_code=finding.problem_class.code,
        class_name=finding.problem_class.name,
        severity=finding.severity,
        case_no=str(finding.case),
        person_name=finding.person.name if finding.person else "",
        description=finding.description,
        points=finding.points,
        outcome=outcome_of(finding),
        remark=remarks.get(finding.pk, ""),
    )


def outcome_of(finding: ProblemFinding) -> str:
    """认可，已整改 · 逾期未答复，未整改 · 申诉减轻（原扣 5 分）."""
    answered = finding.get_reply_kind_display() if finding.reply_kind else "未按期答复"
    if finding.look:
        before = f"（原扣 {finding.points_before} 分）" if finding.points_before is not None else ""
        answered = f"申诉{finding.get_look_display()}{before}"
    if not finding.needs_correction:
        return f"{answered}，无须整改"
    return f"{answered}，{'已整改' if finding.corrected_at else '未整改'}"


def first_summary(lines: Sequence[FeedbackLine]) -> str:
    """The opening of a new draft; whoever drafts it goes on from here."""
    if not lines:
        return ""
    points = sum(line.points for line in lines)
    classes = Counter(line.class_name for line in lines).most_common(3)
    most = "、".join(f"{name} {count} 件" for name, count in classes)
    waiting = sum("未整改" in line.outcome for line in lines)
    tail = f"尚有 {waiting} 件未整改。" if waiting else "均已整改。"
    return f"本月确认问题件 {len(lines)} 件，扣 {points} 分；以{most}为主。{tail}"


@dataclass(frozen=True, slots=True)
class Subtotal:
    """One class in the letter."""

    code: str
    name: str
    count: int
    points: int


def subtotals(lines: Iterable[FeedbackLine]) -> list[Subtotal]:
    counts: Counter[tuple[str, str]] = Counter()
    points: Counter[tuple[str, str]] = Counter()
    for line in lines:
        counts[line.class_code, line.class_name] += 1
        points[line.class_code, line.class_name] += line.points
    order = sorted(counts, key=lambda key: int(key[0][1:]) if key[0][1:].isdecimal() else 0)
    return [Subtotal(*key, counts[key], points[key]) for key in order]


_HEADINGS = ("序号", "赔案号", "类别", "程度", "问题描述", "责任人", "扣分", "处理情况", "通报意见")


def workbook(letter: FeedbackLetter, lines: Sequence[FeedbackLine]) -> bytes:
    sums: list[Sequence[Cell]] = [
        (f"{one.code} {one.name}", one.count, one.points) for one in subtotals(lines)
    ]
    return sheets(
        [
            Sheet("通报", ("项目", "内容"), _facts(letter)),
            Sheet("明细", _HEADINGS, [_cells(line) for line in lines]),
            Sheet("分类", ("类别", "件数", "扣分"), sums),
        ]
    )


def _facts(letter: FeedbackLetter) -> list[Sequence[Cell]]:
    return [
        ("文号", letter.number or "（拟稿）"),
        ("机构", letter.unit.name),
        ("月份", letter.label),
        ("版本", letter.version),
        ("总体情况", letter.summary),
        ("整改要求", letter.demands),
        ("签发", letter.signed_by.name if letter.signed_by else ""),
        ("签发时间", letter.signed_at),
        ("签收", letter.received_by.name if letter.received_by else ""),
        ("签收时间", letter.received_at),
    ]


def _cells(line: FeedbackLine) -> Sequence[Cell]:
    return (
        line.position, line.case_no, f"{line.class_code} {line.class_name}", line.get_severity_display(),
        line.description, line.person_name, line.points, line.outcome, line.remark,
    )  # fmt: skip
