"""Injured people of the open cases with visits, costs and mediations; what other lines ask about injuries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from authority.refusals import Refused
from cases.injuries.measures import CostRow
from cases.injuries.mediations import mediators_for
from cases.lifecycle import Stage
from cases.models import (
    CasePaper,
    ChainStep,
    ClaimCase,
    InjuredPerson,
    InjuryCostKind,
    Mediation,
    Submission,
)
from cases.services import (
    Request,
    Verdict,
    assisting,
    decide,
    file_paper,
    injuries,
    injury_costs,
    mediating,
    submit,
)
from cases.services.assisting import Opinion
from cases.services.injuries import SupportedPerson, Visit
from cases.services.mediating import Agreement, Round, Scheme, SchemeLine
from claims_admin.demo.clock import set_to
from claims_admin.demo.papers import one_page
from claims_admin.demo.people import People
from departments.models import OrgUnit, Staff

MOST = 36
SCHEMES = 12
NAMES = ("周秀英", "吴国强", "郑小兰", "冯建军", "陈素芬", "褚志明", "卫玉梅", "蒋文斌", "沈桂芳", "韩德海")
HOSPITALS = ("市人民医院", "市中心医院", "中医院", "骨科医院")
FINDINGS = (
    "神志清，右下肢石膏固定，恢复良好",
    "门诊换药，伤口愈合",
    "已拆线，可扶拐行走",
    "等待伤残鉴定，资料齐全",
)
GRADES = ("slight", "light", "light", "serious", "disabled")
ASKED = (
    ("accident", "意外险理赔部", "审核医疗费用是否合理，剔除与本次意外无关的治疗", "8600"),
    ("employer", "责任险理赔部", "审核误工天数与护理期", "35200"),
    ("carrier", "责任险理赔部", "十级伤残，审核残疾赔偿金计算", "118000"),
    ("school", "责任险理赔部", "学生骨折，审核后续治疗费", "12000"),
    ("public", "责任险理赔部", "商场摔伤，审核住院费用清单", "21500"),
)


def make_injuries(people: People, *, random: Random) -> dict[str, int]:
    """How many injured, mediations and requests of other lines."""
    persons = [person for case in _cases() if (person := _injured(case, random))]
    return {
        "injured": len(persons),
        "mediations": _mediations(persons, people, random),
        "assistance": _assistance(people, random),
    }


def _cases() -> Iterator[ClaimCase]:
    """Still to be assessed or under review, the newest first, each with a handler."""
    stages = (Stage.SURVEYED, Stage.REGISTERED, Stage.REVIEWING, Stage.ASSESSED)
    share = MOST // len(stages)
    for stage in stages:
        rows = ClaimCase.objects.filter(stage=stage, is_injury=True).exclude(handler=None)
        yield from rows.select_related("handler", "unit").order_by("-reported_at", "-pk")[:share]


def _injured(case: ClaimCase, random: Random) -> InjuredPerson | None:
    handler = case.handler
    if handler is None:
        return None
    losses = list(case.losses.filter(loss_class="injury"))
    label = losses[0].label if losses else "三者人伤"
    began = _registered_at(case)
    with set_to(began):
        person = injuries.register_injured(
            case, label, _facts(case, random), tracker=_tracker(case, handler), by=handler
        )
    _visits(person, began, random)
    _costs(person, sum((loss.assessed for loss in losses), Decimal(0)), random)
    return person


def _registered_at(case: ClaimCase) -> datetime:
    """The day after the report; of a case that is worked on by the services already, now."""
    if case.stage == Stage.REVIEWING:
        return timezone.now()
    return min(case.reported_at + timedelta(days=1), timezone.now())


def _facts(case: ClaimCase, random: Random) -> dict[str, Any]:
    grade = random.choice(GRADES)
    day = timezone.localdate(case.reported_at)
    return {
        "name": random.choice(NAMES),
        "sex": random.choice(("male", "female")),
        "age": random.randint(8, 78),
        "role": random.choice(("pedestrian", "rider", "other_driver", "own_occupant")),
        "injury_grade": grade,
        "disability_grade": random.randint(8, 10) if grade == "disabled" else None,
        "diagnosis": random.choice(("右胫腓骨骨折", "头皮裂伤", "腰部软组织损伤", "肋骨骨折")),
        "hospital": random.choice(HOSPITALS),
        "department": random.choice(("骨科", "急诊科", "神经外科")),
        "admitted_on": day,
        "state": "inpatient",
        "region": "四川",
    }


def _tracker(case: ClaimCase, handler: Staff) -> Staff:
    """The injury investigator of the unit, where it has one."""
    held = Staff.objects.filter(
        is_active=True, appointments__post__unit=case.unit, appointments__post__post_type__code="INJ_SURV"
    )
    return held.order_by("employee_no").first() or handler


def _visits(person: InjuredPerson, began: datetime, random: Random) -> None:
    """One to three, a week apart; the last leaves a due day behind us or before us."""
    now = timezone.now()
    for number in range(random.randint(0, 3)):
        at = began + timedelta(days=2 + 8 * number, hours=3)
        if at >= now:
            return
        state = ("inpatient", "recovering", "appraisal")[number]
        spent = Decimal(random.randint(2, 30)) * 1000
        visit = Visit(at, "hospital", person.hospital, state, FINDINGS[number], spent, spent * 2)
        with set_to(at):
            injuries.record_visit(person, visit, by=person.tracker)


def _costs(person: InjuredPerson, assessed: Decimal, random: Random) -> None:
    """Once assessed, what they break down; before, claimed freely."""
    kinds = {kind.code: kind.pk for kind in InjuryCostKind.objects.filter(valid_to=None)}
    rows = _broken_down(kinds, assessed) if assessed else _claimed(kinds, random)
    if not assessed and person.disability_grade:
        injuries.add_dependant(person, SupportedPerson("某某", "子", 9, 2), by=person.tracker)
        rows += [
            CostRow(kinds["disability"], Decimal(160_000)),
            CostRow(kinds["dependants"], Decimal(30_000)),
            CostRow(kinds["solace"], Decimal(8_000)),
        ]
    version = ClaimCase.objects.values_list("version", flat=True).get(pk=person.case_id)
    handler = person.case.handler
    if handler is not None:
        injury_costs.save_costs(person, rows, by=handler, seen=version)


def _broken_down(kinds: Mapping[str, int], assessed: Decimal) -> list[CostRow]:
    medical = (assessed * Decimal("0.7")).quantize(Decimal(1))
    rest = assessed - medical
    return [
        CostRow(kinds["medical"], medical + 500, assessed=medical),
        CostRow(kinds["lost_earnings"], rest + 300, days=60, assessed=rest),
    ]


def _claimed(kinds: Mapping[str, int], random: Random) -> list[CostRow]:
    days = random.randint(7, 40)
    return [
        CostRow(kinds["medical"], Decimal(random.randint(30, 400)) * 100),
        CostRow(kinds["meals"], Decimal(60 * days), days=days),
        CostRow(kinds["nursing"], Decimal(200 * days), days=days),
        CostRow(kinds["lost_earnings"], Decimal(220 * 3 * days), days=3 * days),
        CostRow(kinds["transport"], Decimal(600)),
    ]


def _mediations(persons: Sequence[InjuredPerson], people: People, random: Random) -> int:
    """A scheme in every state: drafted, asked, returned, approved, tried, agreed, failed."""
    made = 0
    for person in persons:
        if made == SCHEMES or person.case.stage not in (Stage.SURVEYED, Stage.REGISTERED):
            continue
        mediator = mediators_for(person.case).first()
        if mediator is None:
            continue
        try:
            _mediation(person, mediator, made % 6)
        except Refused:
            continue
        made += 1
    return made


def _mediation(person: InjuredPerson, mediator: Staff, fate: int) -> None:
    case, handler = person.case, person.case.handler
    if handler is None:
        return
    lines = [
        SchemeLine(person.pk, cost.kind_id, cost.claimed, cost.assessed)
        for cost in person.costs.filter(assessed__gt=0)
    ]
    scheme = Scheme(mediator, "本车全责，按核定金额与当地标准计算。", lines, "一次性了结，票据原件齐全后付款")
    mediation = mediating.propose_scheme(case, scheme, by=handler)
    if fate == 0:
        return
    version = ClaimCase.objects.values_list("version", flat=True).get(pk=case.pk)
    request = Request("injury_mediation", version, "伤者要求尽快了结，请审批", subject=mediation.pk)
    submission = submit(case, request, by=handler)
    if fate == 1:
        return
    _decided(submission, "return" if fate == 2 else "agree")
    mediation.refresh_from_db()
    if mediation.status == Mediation.Status.APPROVED and fate > 3:
        _held(mediation, fate)


def _decided(submission: Submission, outcome: str) -> None:
    """By everybody on the chain, until the last has spoken."""
    terms: dict[str, Any] = {"opinion": "项目与标准相符，同意按方案调解"}
    if outcome == "return":
        terms = {"opinion": "误工证明不足，补充后再报", "return_to": "submit", "problem_codes": ("P4",)}
    while step := submission.chain.filter(status=ChainStep.Status.NOW).exclude(staff=None).first():
        is_final = step.kind == ChainStep.Kind.FINAL
        said = outcome if is_final or outcome == "return" else "refer_up"
        version = ClaimCase.objects.values_list("version", flat=True).get(pk=submission.case_id)
        if step.staff is None:
            return
        decide(step, Verdict(said, version, missing_papers="鉴定书在途", **terms), by=step.staff)
        if outcome == "return" or is_final:
            return


def _held(mediation: Mediation, fate: int) -> None:
    mediator, now = mediation.mediator, timezone.now()
    amount = mediation.approved_amount or Decimal(0)
    held = Round(now, "police", "伤者本人、被保险人", "对方要求偏高，说明计算依据", amount + 2000, amount)
    mediating.record_round(mediation, held, by=mediator)
    if fate == 5:
        mediating.fail_mediation(mediation, "对方坚持高于标准的误工费，拟起诉", to_court=True, by=mediator)
        return
    scan = SimpleUploadedFile("调解协议.pdf", one_page((f"调解协议 {mediation.number}", "演示材料")))
    paper = file_paper(mediation.case, scan, CasePaper.Kind.JUDGMENT, by=mediator)
    agreed = {line.pk: line.amount for line in mediation.lines.all()}
    agreement = Agreement(agreed, paper, timezone.localdate(), "双方当场签字")
    mediating.agree_mediation(mediation, agreement, by=mediator)


def _assistance(people: People, random: Random) -> int:
    """Answered, in time and late, and one that was withdrawn."""
    clerk, now = people.one("inj", "OFFICE_HEAD"), timezone.now()
    doctors = people.staff_of("inj", "INJ_REV")
    for number, asked in enumerate(ASKED * 2):
        asked_at = now - timedelta(days=1 + 3 * number)
        facts = _asked(asked, random, asked_at, doctors[number % len(doctors)])
        with set_to(asked_at):
            found = assisting.record_assistance(facts, by=clerk)
        if number == 4:
            assisting.withdraw_assistance(found, "对方已自行定损", by=clerk)
        elif number > 4:
            advised = (Decimal(asked[3]) * Decimal("0.85")).quantize(Decimal(1))
            opinion = Opinion("经审核，剔除与本次事故无关的用药，其余项目合理。", advised)
            with set_to(asked_at + timedelta(days=2)):
                assisting.answer_assistance(found, opinion, by=found.assigned_to)
    return len(ASKED) * 2


def _asked(
    asked: tuple[str, str, str, str], random: Random, asked_at: datetime, doctor: Staff
) -> dict[str, Any]:
    line, department, subject, claimed = asked
    return {
        "unit": OrgUnit.objects.get(code="inj"),
        "line": line,
        "department": department,
        "asked_by": random.choice(("何静", "罗敏", "唐婷")),
        "claim_no": f"FC{asked_at:%Y%m%d}{random.randrange(10**4):04}",
        "injured_name": random.choice(NAMES),
        "subject": subject,
        "claimed": Decimal(claimed),
        "papers": "病历、费用清单、发票",
        "asked_at": asked_at,
        "assigned_to": doctor,
    }
