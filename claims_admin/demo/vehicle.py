"""The desk of vehicle and property: major losses, lines under review, prices, re-surveys, leads of fraud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import connection, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from authority.refusals import Refused
from cases import services
from cases.damage.parsing import LineRow
from cases.damage.rulings import station_of
from cases.items import DAMAGE_REVIEW
from cases.lifecycle import UNDER_WAY, Stage
from cases.models import (
    CaseLoss,
    ChainStep,
    ClaimCase,
    FraudLead,
    Kind,
    MajorLoss,
    MajorReport,
    ReductionReason,
    Resurvey,
    SpecialReason,
)
from cases.numbers import next_number
from cases.services import (
    OpinionFacts,
    ReportFacts,
    Request,
    Verdict,
    VisitFacts,
    fraud,
    itemising,
    pricing,
    resurveying,
)
from cases.services.itemising import LineVerdict, SheetFacts
from claims_admin.demo.clock import set_to
from claims_admin.demo.papers import file_papers
from claims_admin.demo.people import People
from departments.models import Staff

HEAD_OFFICE = "总公司车险理赔管理中心"
VEHICLES = (("大众", "朗逸"), ("丰田", "卡罗拉"), ("比亚迪", "宋PLUS"), ("本田", "CR-V"), ("奔驰", "C级"))
SHOPS = ("新城汽修", "通达4S店", "蜀道综合修理厂", "华阳快修", "锦程汽车服务")
SUPPLIERS = ("川汽配", "西部配件城", "厂家直供")
PARTS = (
    ("51117", "前保险杠", 980), ("63117", "左前大灯", 1650), ("41617", "发动机盖", 2100),
    ("51137", "前翼子板", 860), ("17117", "散热器", 1240), ("51767", "右后视镜", 720),
    ("41527", "左前门", 1980), ("51317", "前风挡玻璃", 1350), ("64117", "冷凝器", 1120),
)  # fmt: skip
WORK = (("labour", "拆装工时", 160), ("labour", "钣金修复", 180), ("paint", "喷漆", 320))
ITEMISED, SENT, DECIDED, QUOTES = 36, 18, 8, 3
MAJORS, LEADS = 12, 7
LONGEST = 26  # days that the oldest of them is followed
SUSPICIONS = (
    ("hint", "同车牌一年内多次出险，碰撞部位相近，怀疑重复索赔。"),
    ("survey", "散落物与碰撞形态不符，驾驶人说法前后矛盾。"),
    ("informant", "举报称修理厂更换旧件后按新件报价。"),
    ("industry", "行业平台提示该车在外公司已就同一损失索赔。"),
)


class Desk:
    """Writes the records through the services, on the days on which they happened."""

    def __init__(self, people: People, random: Random) -> None:
        self.people, self.random = people, random
        self.now = timezone.now()
        self.head, self.office = people.one("motor", "DEPT_HEAD"), people.one("veh", "OFFICE_HEAD")
        self.inspector = people.one("veh", "REINSP")

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def cases(self, count: int, **facts: object) -> list[ClaimCase]:
        """Open ones with a handler, the dearest first."""
        rows = ClaimCase.objects.outstanding().exclude(handler=None).filter(**facts)
        return list(rows.select_related("handler", "unit").order_by("-estimate", "pk")[:count])


def _try(act: Callable[..., object], *args: object, **options: object) -> bool:
    """A refusal is an answer, too."""
    try:
        with transaction.atomic():
            act(*args, **options)
    except Refused:
        return False
    return True


def _seen(case_id: int) -> int:
    return ClaimCase.objects.values_list("version", flat=True).get(pk=case_id)


def make_vehicle_desk(people: People, random: Random) -> str:
    """What was made, in words.

    Copying the cases in left every constraint immediate; lines and sums agree only once both are written.
    """
    with connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")
    desk = Desk(people, random)
    majors = _make_majors(desk)
    lines = _make_lines(desk)
    resurveys, leads = _make_resurveys(desk), _make_leads(desk)
    return f"重大赔案 {majors} 件，定损明细 {lines} 件，复勘 {resurveys} 件，欺诈线索 {leads} 件"


def _make_majors(desk: Desk) -> int:
    """All that are marked are followed; of the older ones the dearest in every state, with dear cases that
    nobody marked where there are too few, the rest reported in time."""
    marked, since = desk.cases(400, is_major=True, majors=None), desk.ago(LONGEST)
    shown = [case for case in marked if case.reported_at < since][:MAJORS]
    others = [_followed(desk, case) for case in marked if case not in shown]
    told = bulk_create_with_history(others, MajorLoss, default_user=desk.head)
    MajorReport.objects.bulk_create(_first_of(major) for major in told)
    more = {"is_major": False, "stage__in": UNDER_WAY, "reported_at__lt": since}
    shown += desk.cases(MAJORS - len(shown), **more)
    for place, case in enumerate(shown):
        _live_major(desk, case, place)
    return len(others) + len(shown)


def _followed(desk: Desk, case: ClaimCase) -> MajorLoss:
    since = case.registered_at or case.reported_at
    first = min(since + timedelta(hours=desk.random.randint(2, 20)), desk.now)
    officers = desk.people.staff_of("veh", "MAJOR")
    return MajorLoss(
        case=case, number=next_number("DA"), origin=MajorLoss.Origin.IMPORT,
        ground=case.major_criterion or "达到重大赔案标准", recognised_at=since, recognised_by=case.handler,
        officer=officers[case.pk % len(officers)], first_reported_at=first,
        last_reported_at=max(first, desk.ago(desk.random.uniform(1, 14))),
    )  # fmt: skip


def _first_of(major: MajorLoss) -> MajorReport:
    case = major.case
    return MajorReport(
        major=major, case=case, number=1, kind=MajorReport.Kind.FIRST, addressee=HEAD_OFFICE,
        estimate=case.estimate, liability=f"本方责任 {case.liability_ratio}%",
        progress=f"{case.accident_cause or '碰撞'}事故，损失较大，已立案跟踪。",
        next_step="跟踪定损和治疗情况",
        reported_at=major.first_reported_at or major.recognised_at, reported_by=case.handler,
    )  # fmt: skip


def _live_major(desk: Desk, case: ClaimCase, place: int) -> None:
    """By its place: waiting for the first report, reported, visited, late with the progress, ended."""
    handler = case.handler
    if handler is None:
        return
    days = (0.3, 1.6, 3, 9, 18, 24)[place % 6]
    with set_to(desk.ago(days)):
        if not _try(services.recognise_by_hand, case, "损失重大，按标准跟踪", by=handler, seen=case.version):
            return
    major = case.majors.latest("pk")
    if place % 6 < 2:
        return
    with set_to(desk.ago(days - 0.5)):
        _report(major, "first", handler, "高速公路追尾，标的车严重受损，一人受伤送医。")
    if place % 6 in (3, 5):
        _visit(desk, major, days - 1)
    if place % 6 == 5:
        with set_to(desk.ago(2)):
            facts = ReportFacts("本方全责", "定损完毕，按核定金额赔付", "归档", HEAD_OFFICE, injured=1)
            _try(services.close_major, major, facts, by=handler, seen=_seen(case.pk))


def _report(major: MajorLoss, kind: str, by: Staff, text: str) -> None:
    facts = ReportFacts(
        f"本方责任 {major.case.liability_ratio}%", text, "跟踪定损、伤情和责任认定", HEAD_OFFICE, injured=1
    )
    _try(services.report_major, major, kind, facts, by=by, seen=_seen(major.case_id))


def _visit(desk: Desk, major: MajorLoss, days: float) -> None:
    went = [major.officer or desk.office, desk.office]
    with set_to(desk.ago(max(days, 0.1))):
        facts = VisitFacts(
            timezone.localdate(), major.case.accident_place or "停车场", went,
            "前部骨架变形，气囊起爆，发动机总成待拆检。", "拆检后再定总成，比照本地价格核价。",
            major.case.estimate,
        )  # fmt: skip
        _try(services.visit_major, major, facts, by=went[0], seen=_seen(major.case_id))
        expert = OpinionFacts("陈工", "省汽车工程学会", "总成可修复，不必更换。", timezone.localdate())
        _try(services.note_expert, major, expert, by=went[0], seen=_seen(major.case_id))


def _make_lines(desk: Desk) -> int:
    """Assessed cases with lines; some sent, some reviewed line by line, some decided."""
    _quote(desk)
    done = 0
    stage = {"stage": Stage.ASSESSED, "estimate__lt": 40_000, "loss_classes": ["vehicle"]}
    for place, case in enumerate(desk.cases(ITEMISED, **stage)):
        loss = CaseLoss.objects.filter(case=case, loss_class="vehicle").order_by("pk").first()
        handler = case.handler
        if loss is None or handler is None or not loss.assessed:
            continue
        with set_to(desk.ago(desk.random.uniform(1, 3))):
            done += _itemised(desk, loss, handler, parts=1 if place < DECIDED else desk.random.randint(2, 5))
            if place < SENT:
                _sent(desk, case, handler, place)
    return done


def _itemised(desk: Desk, loss: CaseLoss, by: Staff, *, parts: int) -> bool:
    """With one part it stays within what the reviewer may decide himself."""
    brand, series = desk.random.choice(VEHICLES)
    facts = SheetFacts(brand, series, desk.random.choice(SHOPS), "brand" if brand == "奔驰" else "general")
    rows = list(_rows(desk.random, parts))
    return _try(itemising.itemise, loss, facts, rows, by=by, seen=_seen(loss.case_id))


def _rows(random: Random, parts: int) -> Iterator[LineRow]:
    for code, name, price in random.sample(PARTS, parts):
        asked = Decimal(round(price * random.uniform(0.92, 1.35), -1))
        yield LineRow("part", code, name, Decimal(1), asked, Decimal(random.choice((0, 0, 20, 50))), "川汽配")
    for kind, name, price in WORK:
        yield LineRow(kind, "", name, Decimal(random.randint(2, 8)) / 2, Decimal(price))


def _quote(desk: Desk) -> None:
    """What the price reviewers asked the market for, and what earlier reviews would have left."""
    reviewers, units = desk.people.staff_of("veh", "PPR"), [one.unit for one in desk.cases(8)]
    for code, name, price in PARTS:
        for number in range(QUOTES):
            with set_to(desk.ago(desk.random.uniform(10, 200))):
                quote = pricing.Quote(
                    units[number % len(units)], name, desk.random.choice(SUPPLIERS),
                    Decimal(round(price * desk.random.uniform(0.93, 1.07), -1)), timezone.localdate(), code,
                )  # fmt: skip
                _try(pricing.note_quote, quote, by=reviewers[0])


def _sent(desk: Desk, case: ClaimCase, handler: Staff, place: int) -> None:
    request = Request(DAMAGE_REVIEW, _seen(case.pk), opinion="明细齐全，请核损。")
    if not _try(services.submit, case, request, by=handler) or place >= SENT - 4:
        return
    step = station_of(case, handler)
    if step is None or step.staff is None:
        return
    reviewer = step.staff
    _try(itemising.review_lines, case, _verdicts(case), by=reviewer, seen=_seen(case.pk))
    if place < DECIDED:
        _decided(case, step, reviewer)


def _decided(case: ClaimCase, step: ChainStep, reviewer: Staff) -> None:
    """Within the limit by himself; beyond it with his opinion by whoever comes next."""
    verdict = Verdict("agree", _seen(case.pk), opinion="按明细核定，同意。")
    if _try(services.decide, step, verdict, by=reviewer):
        return
    up = Verdict("refer_up", _seen(case.pk), opinion="明细已核，超本人权限，建议同意。")
    if not _try(services.decide, step, up, by=reviewer):
        return
    upper = station_of(case, reviewer)
    if upper is not None and upper.staff is not None:
        _try(services.decide, upper, replace(verdict, seen=_seen(case.pk)), by=upper.staff)


def _verdicts(case: ClaimCase) -> dict[int, LineVerdict]:
    """Dear parts are cut to a tenth less."""
    dear = ReductionReason.objects.get(code="PRICE").pk
    found = {}
    for line in itemising.lines_of(case):
        price = line.price * Decimal("0.9") if line.kind == "part" and line.price > 1500 else line.price
        price = price.quantize(Decimal("0.01"))
        cut = dear if price < line.price else None
        found[line.pk] = LineVerdict(
            line.quantity, price, line.residual, cut, "高于本地中位价" if cut else ""
        )
    return found


def _make_resurveys(desk: Desk) -> int:
    """Beside what chance has drawn: some ordered, done, confirmed, one handed to the problem findings."""
    for place, case in enumerate(desk.cases(6, stage=Stage.REVIEWED, reviewed__gt=5000)):
        order = resurveying.Order("同一修理厂多件单价偏高，定向复勘")
        with set_to(desk.ago(6 - place)):
            _try(resurveying.order_resurvey, case, order, by=desk.office, seen=_seen(case.pk))
    for place, resurvey in enumerate(Resurvey.objects.waiting().select_related("case").order_by("pk")[:5]):
        _looked_at(desk, resurvey, place)
    return Resurvey.objects.count()


def _looked_at(desk: Desk, resurvey: Resurvey, place: int) -> None:
    differs = place % 2 == 0
    amount = (resurvey.amount * Decimal("0.85")).quantize(Decimal("0.01"))
    found = resurveying.Found(
        "different" if differs else "consistent",
        "左前大灯仍为旧件，未更换。" if differs else "更换件与明细一致。",
        timezone.localdate(), "修理厂", amount if differs else None,
    )  # fmt: skip
    by = resurvey.assignee or desk.inspector
    _try(resurveying.do_resurvey, resurvey, found, by=by, seen=_seen(resurvey.case_id))
    if place < 3:
        _try(resurveying.confirm_resurvey, resurvey, "属实", by=desk.head, seen=_seen(resurvey.case_id))
    if place == 0:
        _try(
            resurveying.hand_to_problems, resurvey, "P3", "assess", by=desk.head, seen=_seen(resurvey.case_id)
        )


def _make_leads(desk: Desk) -> int:
    for place, case in enumerate(desk.cases(LEADS, stage=Stage.SURVEYED, estimate__gt=3000)):
        handler = case.handler
        if handler is None:
            continue
        source, text = SUSPICIONS[place % len(SUSPICIONS)]
        suspicion = fraud.Suspicion(source, text, ["PLATE"] if source == "hint" else [])
        with set_to(desk.ago(12 - place)):
            if _try(fraud.open_lead, case, suspicion, by=handler, seen=_seen(case.pk)):
                _investigated(desk, case.fraud_leads.latest("pk"), handler, place)
    return FraudLead.objects.count()


def _investigated(desk: Desk, lead: FraudLead, handler: Staff, place: int) -> None:
    """By its place: only opened, under investigation, with a report, concluded one way or the other."""
    if place == 0:
        return
    officer = desk.people.staff_of("veh", "MAJOR")[0]
    _try(fraud.assign_lead, lead, officer, by=desk.head, seen=_seen(lead.case_id))
    lead.refresh_from_db()
    task = fraud.TaskOrder("走访现场证人，调取监控", handler)
    _try(fraud.order_task, lead, task, by=officer, seen=_seen(lead.case_id))
    if place > 2:
        _reported(desk, lead, handler, officer)
    if place > 4:
        is_true = place == 5
        avoided = lead.case.estimate if is_true else Decimal(0)
        ended = fraud.Conclusion("confirmed" if is_true else "not_confirmed", "据调查报告认定。", avoided)
        _try(fraud.conclude_lead, lead, ended, by=desk.head, seen=_seen(lead.case_id))
        if is_true:
            _refused(lead, handler, officer)


def _refused(lead: FraudLead, handler: Staff, officer: Staff) -> None:
    """The refusal that rests on it is drafted by who handles the case, and linked by who investigated."""
    values = {
        "reason": SpecialReason.objects.filter(kind=Kind.REFUSAL).order_by("rank")[0],
        "statement": f"线索 {lead.number} 认定属实，损伤早于报案事故，整案拒赔。",
        "clause": "条款责任免除：编造保险事故", "evidence": "调查报告、监控录像",
    }  # fmt: skip
    seen = _seen(lead.case_id)
    if _try(services.draft_special, lead.case, Kind.REFUSAL, values, by=handler, seen=seen):
        refusal = lead.case.special_requests.latest("pk")
        _try(fraud.link_refusal, lead, refusal, by=officer, seen=_seen(lead.case_id))


def _reported(desk: Desk, lead: FraudLead, handler: Staff, officer: Staff) -> None:
    outcome = "监控显示碰撞前车辆已有损伤。"
    for task in lead.tasks.all():
        _try(fraud.finish_task, task, outcome, by=handler, seen=_seen(lead.case_id))
    if not lead.case.papers.exists():
        file_papers(lead.case, desk.random, by=handler)
    paper = lead.case.papers.first()
    if paper is not None:
        _try(fraud.add_evidence, lead, paper, "损伤早于事故", by=officer, seen=_seen(lead.case_id))
    _try(
        fraud.report_lead, lead, "经走访和调取监控，损伤早于报案事故。", by=officer, seen=_seen(lead.case_id)
    )
