"""The reviews of the last two months and one trial of a letter: what there is to see on the first day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import cycle

from django.utils import timezone

from authority.models import AuthorityLetter, LetterStatus
from authority.refusals import Refused
from cases.models import SupervisionMonth
from cases.services import supervising
from cases.services.trying import order_what_if
from cases.supervision.making import make_month, next_month
from cases.what_if import work
from claims_admin.demo.clock import set_to
from claims_admin.demo.past import months_before
from claims_admin.demo.people import People
from departments.models import OrgUnit, Staff

EXPLAINED = (
    ("explained", "已调阅案卷，金额与损失相符，属正常分布。"),
    ("explained", "本人说明为集中处理同类简单案件，抽看三件无异议。"),
    ("look_at", "请车物理赔室复勘后再定。"),
)


def make_reviews(units: dict[str, OrgUnit], people: People) -> int:
    """The month before last is signed by two, last month waits; how many months were made."""
    made = []
    for first in months_before(timezone.localdate(), 2):
        with set_to(_morning_after(first)):
            month = make_month(units["motor"], first)
        if month is not None:
            made.append(month)
    if len(made) > 1:
        _finish(made[0], people)
    return len(made)


def _morning_after(month: date) -> datetime:
    return timezone.make_aware(datetime.combine(next_month(month), time(6, 10)))


def _finish(month: SupervisionMonth, people: People) -> None:
    """Reviewed by the quality officer, or where it is about somebody above by head office."""
    reviewer, head = people.one("adj", "QM"), people.one("motor", "DEPT_HEAD")
    moment = _morning_after(month.month) + timedelta(days=4, hours=4)
    with set_to(moment):
        for finding, (conclusion, opinion) in zip(month.findings.all(), cycle(EXPLAINED), strict=False):
            supervising.conclude_finding(finding, conclusion, opinion, by=reviewer)
        for number, sampled in enumerate(month.sample.all()):
            note = "缺修理厂结算清单，已补" if number % 9 == 4 else ""
            supervising.check_sampled(sampled, "defect" if note else "in_order", note, by=reviewer)
    with set_to(moment + timedelta(hours=2)):
        supervising.sign_month(month, "本月权限履行总体正常；一件须复勘，结果列入下月。", by=reviewer)
    with set_to(moment + timedelta(days=1)):
        _countersign(month, head, people.one("hq", "HQ_REVIEW"))


def _countersign(month: SupervisionMonth, *superiors: Staff) -> None:
    """The head of the department, unless the month is about him: then head office."""
    for superior in superiors:
        try:
            supervising.countersign_month(month, by=superior)
        except Refused:
            continue
        return


def try_a_letter(units: dict[str, OrgUnit], people: People) -> int:
    """The draft of the department on what was decided this quarter; how many requests."""
    letter = AuthorityLetter.objects.filter(status=LetterStatus.DRAFT, scope_unit=units["motor"]).first()
    if letter is None:
        return 0
    today = timezone.localdate()
    period = (today - timedelta(days=90), today)
    run = order_what_if(letter, units["motor"], period, by=people.one("motor", "DEPT_HEAD"))
    work.work(run.pk)
    run.refresh_from_db()
    return run.read
