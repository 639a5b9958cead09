"""Rows of the injured as they are, without the services."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from cases.models import (
    AssistancePaper,
    Dependant,
    HospitalVisit,
    InjuredPerson,
    InjuryAssistance,
    InjuryCost,
    InjuryCostKind,
    Mediation,
    MediationLine,
)
from tests.factories import CaseFactory, OrgUnitFactory, StaffFactory


class InjuredPersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InjuredPerson

    case = factory.SubFactory(CaseFactory, is_injury=True, stage="surveyed")
    label = factory.Sequence("伤者{}".format)
    name = "周秀英"
    sex = "female"
    age = 40
    role = "pedestrian"
    injury_grade = "light"
    hospital = "绵阳市中心医院"
    state = "inpatient"
    region = "四川"
    tracker = factory.SubFactory(StaffFactory)
    next_visit_on = date(2026, 12, 1)
    registered_by = factory.SelfAttribute("tracker")
    registered_at = factory.LazyFunction(timezone.now)


class InjuryCostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InjuryCost

    person = factory.SubFactory(InjuredPersonFactory)
    case = factory.SelfAttribute("person.case")
    kind = factory.LazyFunction(lambda: InjuryCostKind.objects.get(code="medical"))
    claimed = assessed = Decimal("8000")


class VisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HospitalVisit

    person = factory.SubFactory(InjuredPersonFactory)
    visited_at = factory.LazyFunction(timezone.now)
    recorded_at = factory.SelfAttribute("visited_at")
    visitor = factory.SelfAttribute("person.tracker")
    way = "hospital"
    place = "绵阳市中心医院"
    state = "inpatient"
    findings = "神志清，右下肢石膏固定"


class MediationFactory(factory.django.DjangoModelFactory):
    """A draft; `approved=True` for one of 8,000 yuan that may be mediated."""

    class Meta:
        model = Mediation

    class Params:
        approved = factory.Trait(
            status="approved",
            approved_amount=Decimal("8000"),
            approved_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
        )

    case = factory.SubFactory(CaseFactory, is_injury=True, stage="surveyed")
    number = factory.Sequence("TJ{:06}".format)
    mediator = factory.SubFactory(StaffFactory)
    proposed_by = factory.SelfAttribute("mediator")
    proposed_at = factory.LazyFunction(timezone.now)
    basis = "全责，按标准计算"


class MediationLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MediationLine

    mediation = factory.SubFactory(MediationFactory)
    person = factory.LazyAttribute(lambda line: InjuredPersonFactory(case=line.mediation.case))
    kind = factory.LazyFunction(lambda: InjuryCostKind.objects.get(code="medical"))
    amount = Decimal("8000")


class AssistanceFactory(factory.django.DjangoModelFactory):
    """Asked a moment ago, not answered."""

    class Meta:
        model = InjuryAssistance

    number = factory.Sequence("XZ{:06}".format)
    unit = factory.SubFactory(OrgUnitFactory)
    line = "accident"
    department = "意外险理赔部"
    asked_by = "何静"
    injured_name = "周秀英"
    subject = "审核医疗费和误工费"
    asked_at = factory.LazyFunction(timezone.now)
    recorded_at = factory.SelfAttribute("asked_at")
    recorded_by = factory.SubFactory(StaffFactory)
    assigned_to = factory.SelfAttribute("recorded_by")


class AssistancePaperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AssistancePaper

    assistance = factory.SubFactory(AssistanceFactory)
    name = "病历.png"
    file = factory.django.FileField(filename="record.png", data=b"\x89PNG\r\n\x1a\n")
    content_type = "image/png"
    size = 8
    sha256 = factory.Sequence("{:064}".format)
    uploaded_by = factory.SelfAttribute("assistance.recorded_by")


class DependantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Dependant

    person = factory.SubFactory(InjuredPersonFactory)
    name = factory.Sequence("被扶养人{}".format)
    relation = "子"
    age = 8
    supporters = 2
