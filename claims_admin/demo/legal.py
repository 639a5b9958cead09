"""Suits in every stage and conferences from convening to conclusion, made by the services on days gone by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from authority.refusals import Refused
from cases import services
from cases.lawsuits.life import SuitAct
from cases.lifecycle import Stage
from cases.models import ChainStep, ClaimCase, Conference, ConferenceKind, Lawsuit, LawsuitRequest
from cases.services import (
    Answer,
    Appeal,
    Conclusion,
    Ending,
    Heard,
    Invitation,
    Lawyer,
    Meeting,
    Party,
    Plea,
    SuitFacts,
    Summons,
    Terms,
    Verdict,
)
from claims_admin.demo.clock import set_to
from claims_admin.demo.people import People
from departments.models import Staff

DAY = timedelta(days=1)
COURTS = ("旌阳区人民法院", "涪城区人民法院", "翠屏区人民法院", "雁江区人民法院", "金牛区人民法院")
CLAIMANTS = ("周国强", "罗小芳", "谢明亮", "曾丽华", "唐建平", "贺春梅")
DISPUTED = ("误工费标准", "伤残等级", "责任比例", "护理期限", "是否属于保险责任", "交强险分项限额")
SUITS = 22
CONFERENCES = 8
STATIONS = 6  # more than any chain has


@dataclass
class Suit:
    """One suit on its way. `at`: the moment of its last act; `head` consents to lawyers."""

    lawsuit: Lawsuit
    by: Staff
    head: Staff
    upper: Staff
    at: datetime
    number: int

    @property
    def acts(self) -> int:
        """How many acts of its life it comes to see."""
        return self.number % (len(LIFE) + 1)

    def fresh(self) -> Lawsuit:
        return Lawsuit.objects.select_related("case__unit").get(pk=self.lawsuit.pk)

    def answer(self, request: LawsuitRequest) -> None:
        """By whoever has the station, passed up where that is beyond him, to head office in the end."""
        for _ in range(STATIONS):
            step = ChainStep.objects.filter(submission=request.submission, status="now").first()
            if step is None:
                return
            self._answer_at(step, request)

    def _answer_at(self, step: ChainStep, request: LawsuitRequest) -> None:
        submission = step.submission
        if step.staff is None:
            services.answer_escalation(submission.escalation, Answer("agreed"), by=self.upper)
            return
        seen = ClaimCase.objects.values_list("version", flat=True).get(pk=submission.case_id)
        try:
            services.decide(step, Verdict("agree", seen, opinion="同意，注意举证期限"), by=step.staff)
        except Refused:
            up = Verdict("refer_up", seen, opinion="超本人权限，建议同意", missing_papers="卷宗随后报送")
            services.decide(step, up, by=step.staff)


def _report(suit: Suit) -> None:
    plea = Plea(f"应诉，主要争议{DISPUTED[suit.number % 6]}，已收集查勘和医疗证据。")
    services.report_lawsuit(suit.fresh(), plea, by=suit.by, seen=suit.fresh().version)


def _reply(suit: Suit) -> None:
    suit.answer(suit.lawsuit.requests.latest("pk"))


def _enter(suit: Suit) -> None:
    lawsuit = suit.fresh()
    services.enter_lawsuit(lawsuit, f"FL{lawsuit.pk:06}", by=suit.by, seen=lawsuit.version)


def _summon(suit: Suit) -> None:
    """Soon where the suit has come no further; before today's date otherwise."""
    lawsuit = suit.fresh()
    ahead = timedelta(minutes=10)
    if suit.acts == LIFE.index(_summon) + 1:
        ahead = timedelta(days=1 + suit.number % 20, hours=2)
    summons = Summons("first", timezone.now() + ahead, "第三审判庭", attendee=lawsuit.officer or suit.by)
    services.set_hearing(lawsuit, summons, by=suit.by, seen=lawsuit.version)
    if suit.number % 3 == 0:
        asked = Lawyer("first", "何志远", "蜀都律师事务所", Decimal(12000), "标的较大，案情复杂")
        counsel = services.ask_counsel(suit.fresh(), asked, by=suit.by, seen=suit.fresh().version)
        if suit.number % 2:
            services.answer_counsel(counsel, "同意", consents=True, by=suit.head)


def _hear(suit: Suit) -> None:
    lawsuit = suit.fresh()
    hearing = lawsuit.hearings.get(status="planned")
    with set_to(max(suit.at, hearing.at + timedelta(minutes=20))):
        heard = Heard("held", "双方举证质证，法庭辩论，择期宣判。")
        services.note_hearing(hearing, heard, by=suit.by, seen=lawsuit.version)
        cost = {
            "kind": "court",
            "amount": Decimal(1250),
            "incurred_on": timezone.localdate(),
            "payee": lawsuit.court,
        }
        services.note_cost(suit.fresh(), cost, by=suit.by, seen=suit.fresh().version)


def _judge(suit: Suit, level: str = "first") -> None:
    lawsuit = suit.fresh()
    values = {
        "court_level": level,
        "kind": "judgment",
        "docket_no": f"{lawsuit.docket_no}{'终' if level == 'second' else ''}",
        "judged_on": timezone.localdate() - 2 * DAY,
        "received_at": timezone.now() - timedelta(hours=2),
        "amount": (lawsuit.claimed * Decimal("0.62")).quantize(Decimal("0.01")),
        "court_costs": Decimal(1250),
        "share": Decimal(70),
        "summary": "原告主张的误工费部分支持，其余按照标准核定。",
    }
    services.note_judgment(lawsuit, values, by=suit.by, seen=lawsuit.version)


def _opine(suit: Suit) -> None:
    lawsuit = suit.fresh()
    appeals = suit.number % 2 == 0
    plea = Plea("认定事实清楚，金额在估损之内。", opinion="accept")
    if appeals:
        plea = Plea("误工期限明显过长，没有依据。", opinion="appeal")
    judgment = lawsuit.judgments.latest("pk")
    suit.answer(services.opine_on_judgment(judgment, plea, by=suit.by, seen=lawsuit.version))


def _appeal(suit: Suit) -> None:
    lawsuit = suit.fresh()
    who = "us" if suit.number % 2 == 0 else "other"
    services.appeal(lawsuit, Appeal(who, timezone.now()), by=suit.by, seen=lawsuit.version)


def _judge_again(suit: Suit) -> None:
    lawsuit = suit.fresh()
    services.move_on(lawsuit, SuitAct.TRY_AGAIN, timezone.now(), by=suit.by, seen=lawsuit.version)
    _judge(suit, "second")


def _perform(suit: Suit) -> None:
    lawsuit = suit.fresh()
    terms = Terms(timezone.now(), lawsuit.judgments.latest("pk").amount, "按判决支付", suit.number % 5 == 0)
    services.perform_lawsuit(lawsuit, terms, by=suit.by, seen=lawsuit.version)


def _close(suit: Suit) -> None:
    lawsuit = suit.fresh()
    borne = (lawsuit.performed_amount or Decimal(0)) + Decimal(1250)
    ending = Ending("partly", borne, "法院采信原告提交的误工证明", resumes_case=True)
    services.close_lawsuit(lawsuit, ending, by=suit.by, seen=lawsuit.version)


LIFE: Sequence[Callable[[Suit], None]] = (
    _report, _reply, _enter, _summon, _hear, _judge, _opine, _appeal, _judge_again, _perform, _close,
)  # fmt: skip


def make_lawsuits(people: People, *, random: Random) -> int:
    """Each a little further on its way than the one before; how many."""
    now = timezone.now()
    heads = people.one("motor", "DEPT_HEAD"), people.of_type("HQ_REVIEW")[0].staff
    made = 0
    for number, case in enumerate(_injury_cases(random)):
        acts = number % (len(LIFE) + 1)
        suit = _registered(case, number, heads, now - (9 * acts + 1 + number % 3) * DAY)
        made += 1
        for act in LIFE[:acts]:
            suit.at = min(suit.at + 8 * DAY, now - timedelta(hours=1))
            try:
                with set_to(suit.at):
                    act(suit)
            except Refused:
                break
    return made


def _injury_cases(random: Random) -> list[ClaimCase]:
    """Calm ones, on which nothing is entered in the ledger yet."""
    calm = ClaimCase.objects.filter(is_injury=True, submissions=None, stage__in=_CALM, handler__isnull=False)
    ids = list(calm.order_by("pk").values_list("pk", flat=True)[: SUITS * 4])
    chosen = random.sample(ids, min(SUITS, len(ids)))
    return list(ClaimCase.objects.filter(pk__in=chosen).select_related("unit", "handler").order_by("pk"))


_CALM = (Stage.REGISTERED, Stage.SURVEYED, Stage.ASSESSED, Stage.REVIEWED)


def _registered(case: ClaimCase, number: int, heads: tuple[Staff, Staff], at: datetime) -> Suit:
    by = case.handler
    if by is None:
        raise ValueError("an open case has a handler")
    at = max(at, case.reported_at + timedelta(hours=3))
    with set_to(at):
        facts = SuitFacts(_papers(case, number, by), _parties(case, number), number % 4 == 1)
        lawsuit = services.register_lawsuit(case, facts, by=by, seen=case.version)
    return Suit(lawsuit, by, *heads, at, number)


def _papers(case: ClaimCase, number: int, by: Staff) -> dict[str, object]:
    claimed = Decimal(38_000 + 23_500 * (number % 9))
    return {
        "court": COURTS[number % len(COURTS)],
        "docket_no": f"（{timezone.localdate().year}）川06民初{1200 + number}号",
        "cause": "traffic" if number % 5 else "insurance",
        "our_side": "defendant",
        "papers": "起诉状副本、证据材料、应诉通知书、传票",
        "received_at": max(timezone.now() - timedelta(hours=2), case.reported_at),
        "received_by": by,
        "claimed": claimed,
        "estimate": (claimed * Decimal("0.7")).quantize(Decimal(1)),
        "disputed": DISPUTED[number % len(DISPUTED)],
    }


def _parties(case: ClaimCase, number: int) -> tuple[Party, ...]:
    return (
        Party("plaintiff", CLAIMANTS[number % len(CLAIMANTS)], "伤者"),
        Party("defendant", case.insured_name or "被保险人", "被保险人"),
        Party("defendant", case.unit.name, "保险人", is_us=True),
    )


def make_conferences(people: People) -> int:
    """On cases that wait for adjudication, so that a binding conclusion is met by who decides."""
    convener, chair = people.staff_of("adj", "ADJ")[0], people.one("adj", "OFFICE_HEAD")
    others = [people.one("inj", "LEGAL"), people.one("veh", "LAR")]
    waiting = ClaimCase.objects.filter(stage=Stage.ADJUDICATING).order_by("-estimate", "pk")[:CONFERENCES]
    kind, made = ConferenceKind.objects.get(code="hard_case"), 0
    for number, case in enumerate(waiting):
        asked = Invitation(
            kind=kind,
            chair=chair,
            reason=("责任认定有争议", "材料相互矛盾", "免责条款是否适用")[number % 3],
            question="驾驶人离开现场后返回报案，是否适用责任免除？赔付金额如何认定？",
            people=[chair, convener, *others],
            place="三楼会议室",
            papers=list(case.papers.values_list("pk", flat=True)[:3]),
        )
        try:
            _led_on(services.convene(case, asked, by=convener, seen=case.version), number)
        except Refused:
            continue
        made += 1
    return made


def _led_on(conference: Conference, number: int) -> None:
    """As far as the number says: nobody has written, some have, all have, held, concluded, called off."""
    members = list(conference.members.select_related("staff", "conference"))
    for member in members[: number if number < len(members) else len(members)]:
        if member.staff:
            text = "现有证据不足以认定逃逸，倾向部分赔付，残值扣除后核定。"
            services.sign_opinion(member, "part", text, by=member.staff)
    if number in (4, 5, 6):
        meeting = Meeting(timezone.now(), [one.pk for one in members[:3]])
        services.hold_meeting(conference, meeting, by=conference.chair)
    if number in (5, 6):
        conclusion = Conclusion("不适用责任免除，按责任比例赔付。", "pay", is_binding=number == 5)
        services.conclude(conference, conclusion, by=conference.chair)
    if number == CONFERENCES - 1:
        services.call_off(conference, "当事人已达成一致，无需会商", by=conference.chair)
