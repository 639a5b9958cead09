"""Findings of the last three months in every state, and the letters about them: issued, received, drafted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle

from django.utils import timezone

from authority.refusals import Refused
from cases import services
from cases.models import ClaimCase, FeedbackLetter, ProblemFinding
from cases.services import Problem, SecondLook, feedback
from cases.services.feedback import Text
from claims_admin.demo.clock import set_to
from claims_admin.demo.past import months_before
from claims_admin.demo.people import People
from departments.models import OrgUnit, Staff

UNITS = ("my", "dy", "nc")
EACH = 3
DESCRIBED = (
    ("P2", "survey", "无第一现场照片，查勘报告未写明碰撞痕迹高度", "normal"),
    ("P3", "assess", "左前大灯按总成更换，未扣残值", "normal"),
    ("P5", "submit", "维修发票未加盖财务专用章", "minor"),
    ("P6", "adjust", "三者责任免赔率计算错误，多赔 600 元", "serious"),
    ("P7", "submit", "收款人与被保险人不一致，缺授权书", "normal"),
    ("P8", "survey", "报案后四小时才联系客户", "minor"),
    ("P12", "assess", "复勘后估损未及时调整", "normal"),
)
REPLIES = (
    ("accepts", "情况属实，已对经办人谈话"),
    ("explains", "事发路段封闭，交警已出具证明，照片随后补齐"),
)


def make_problems(units: dict[str, OrgUnit], people: People) -> tuple[int, int]:
    """How many findings and letters."""
    finder = people.one("adj", "QM")
    today = timezone.localdate()
    months = [*months_before(today, 2), today.replace(day=1)]
    described, replies = cycle(DESCRIBED), cycle(REPLIES)
    count = 0
    for month in months:
        for code in UNITS:
            for number, case in enumerate(_cases(units[code], month, today)):
                moment = _moment(month, 3 + 5 * number, today)
                found = _found(case, next(described), finder, moment)
                count += found is not None
                if found is not None:
                    _go_on(found, number, next(replies), people, moment)
    letters = sum(_letter(units[code], month, people) for month in months[:2] for code in UNITS)
    return count, letters


def _moment(month: date, day: int, today: date) -> datetime:
    """Never later than now."""
    wanted = timezone.make_aware(datetime.combine(month + timedelta(days=day), time(15, 20)))
    return min(wanted, timezone.now() - timedelta(hours=3)) if month <= today else wanted


def _cases(unit: OrgUnit, month: date, today: date) -> Iterator[ClaimCase]:
    """Long closed: nothing waits for them."""
    closed = ClaimCase.objects.filter(unit=unit, stage="closed", closing_kind="paid")
    yield from closed.filter(closed_at__date__lt=month).order_by("-closed_at", "pk")[:EACH]


def _found(
    case: ClaimCase, told: tuple[str, str, str, str], by: Staff, moment: datetime
) -> ProblemFinding | None:
    code, step, description, severity = told
    with set_to(moment):
        try:
            return services.find_problem(
                case, Problem(code, step, description, "quality", severity, person=case.handler), by=by
            )
        except Refused:
            return None


def _go_on(
    found: ProblemFinding, number: int, reply: tuple[str, str], people: People, moment: datetime
) -> None:
    """The first is answered and confirmed, the second appealed and looked at again, the third as it comes."""
    head = people.one(found.unit.code, "UNIT_HEAD")
    finder, chief = people.one("adj", "QM"), people.one("adj", "OFFICE_HEAD")
    last = timezone.now() - timedelta(minutes=20)
    with set_to(min(moment + timedelta(days=1), last)):
        if number != 2 or reply[0] == "explains":
            services.reply_to_problem(found, *reply, by=head)
    with set_to(min(moment + timedelta(days=3), last)):
        if number == 0:
            services.confirm_problem(found, by=finder)
            services.correct_problem(found, "已补齐材料并重新上传", by=head)
        elif number == 1:
            services.appeal_problem(found, "已按规定取证，请复核", by=head)
    with set_to(min(moment + timedelta(days=5), last)):
        if number == 1 and reply[0] == "accepts":
            services.look_again(
                found, SecondLook("reduced", "情节较轻，减轻处理", found.points // 2), by=chief
            )


def _letter(unit: OrgUnit, month: date, people: People) -> int:
    """The month before last is received or at least issued, last month's is a draft."""
    finder, chief = people.one("adj", "QM"), people.one("adj", "OFFICE_HEAD")
    is_newest = month == next(months_before(timezone.localdate(), 1))
    after = timezone.make_aware(datetime.combine(month + timedelta(days=33), time(10)))
    with set_to(min(after, timezone.now() - timedelta(minutes=10))):
        letter = feedback.draft_letter(unit, month, by=finder)
        demands = "请于收到通报后五个工作日内完成整改，并组织全员学习。"
        feedback.edit_letter(letter, Text(letter.summary, demands, {}), by=finder)
        if is_newest or not letter.lines.exists():
            return 1
        feedback.sign_letter(letter, by=chief)
    with set_to(min(after + timedelta(days=1), timezone.now())):
        if unit.code != UNITS[-1]:
            _receive(letter, people)
    return 1


def _receive(letter: FeedbackLetter, people: People) -> None:
    feedback.receive_letter(letter, "已组织学习，逐件整改", by=people.one(letter.unit.code, "UNIT_HEAD"))
