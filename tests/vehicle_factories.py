"""Records of the vehicle office. Defaults satisfy every constraint; a status is a trait."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from cases.models import FraudLead, MajorLoss, MajorReport, Resurvey
from tests.factories import CaseFactory, StaffFactory


class MajorLossFactory(factory.django.DjangoModelFactory):
    """Recognised a day ago, nothing reported; `reported=True` with the first report sent."""

    class Meta:
        model = MajorLoss

    class Params:
        reported = factory.Trait(
            first_reported_at=factory.SelfAttribute("recognised_at"),
            last_reported_at=factory.SelfAttribute("recognised_at"),
        )

    number = factory.Sequence("DA2026{:06}".format)
    case = factory.SubFactory(CaseFactory, is_major=True)
    origin = "manual"
    ground = "造成死亡"
    recognised_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    recognised_by = factory.SubFactory(StaffFactory)


class MajorReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MajorReport

    major = factory.SubFactory(MajorLossFactory, reported=True)
    case = factory.SelfAttribute("major.case")
    number = 1
    kind = "first"
    addressee = "总公司"
    estimate = Decimal("600000")
    liability = "全责"
    progress = "追尾致一人死亡"
    next_step = "跟踪鉴定"
    reported_at = factory.LazyFunction(timezone.now)
    reported_by = factory.SubFactory(StaffFactory)


class ResurveyFactory(factory.django.DjangoModelFactory):
    """Ordered on purpose, not done; `done=True` with a result that nobody confirmed."""

    class Meta:
        model = Resurvey

    class Params:
        done = factory.Trait(
            status="done",
            result="consistent",
            findings="与核损一致",
            done_by=factory.SubFactory(StaffFactory),
            done_at=factory.LazyFunction(timezone.now),
        )

    number = factory.Sequence("FK2026{:06}".format)
    case = factory.SubFactory(CaseFactory)
    kind = "targeted"
    reason = "单价偏高"
    amount = Decimal("8000")
    ordered_at = factory.LazyFunction(timezone.now)


class FraudLeadFactory(factory.django.DjangoModelFactory):
    """Nobody investigates yet; `concluded=True` for a confirmed one."""

    class Meta:
        model = FraudLead

    class Params:
        concluded = factory.Trait(
            status="confirmed",
            conclusion="伪造现场",
            concluded_by=factory.SubFactory(StaffFactory),
            concluded_at=factory.LazyFunction(timezone.now),
        )

    number = factory.Sequence("QZ2026{:06}".format)
    case = factory.SubFactory(CaseFactory, is_fraud_suspected=True)
    source = "survey"
    description = "现场与描述不符"
    opened_by = factory.SubFactory(StaffFactory)
    opened_at = factory.LazyFunction(timezone.now)
