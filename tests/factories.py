"""Defaults satisfy every constraint; a status is a trait. One section per app."""

import zlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import factory
from django.utils import timezone

from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    EmergencyGrant,
    Interest,
    LetterScan,
    PersonalGrant,
    Substitution,
    UnitCeiling,
)
from cases.lifecycle import ClosingKind, Stage
from cases.models import (
    CaseLoss,
    ChainStep,
    ClaimCase,
    Submission,
)
from departments.models import (
    Absence,
    Appointment,
    Certificate,
    CertificateType,
    OrgUnit,
    Post,
    PostType,
    Staff,
    UnitKind,
)
from reports.models import ReportDefinition, Run, Snapshot

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONG_AGO = date(2020, 1, 1)

# departments


class OrgUnitFactory(factory.django.DjangoModelFactory):
    """Without a parent: a head office. `OrgUnitFactory(parent=…, kind=…)` for the rest."""

    class Meta:
        model = OrgUnit

    code = factory.Sequence("u{}".format)
    name = factory.LazyAttribute(lambda unit: f"机构{unit.code}")
    short_name = factory.LazyAttribute(lambda unit: unit.code)
    parent = None
    kind = factory.LazyAttribute(lambda unit: UnitKind.SUB_BRANCH if unit.parent else UnitKind.HEAD_OFFICE)
    path = factory.LazyAttribute(lambda unit: f"{unit.parent.path if unit.parent else ''}{unit.code}/")
    path_rank = factory.LazyAttribute(lambda unit: unit.path)
    opened_on = LONG_AGO


class StaffFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Staff

    employee_no = factory.Sequence("T{:05}".format)
    name = factory.Sequence("员工{}".format)
    password_changed_at = factory.LazyFunction(timezone.now)


class PostTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PostType

    code = factory.Sequence("POST{}".format)
    name = factory.Sequence("岗位{}".format)
    english_name = "post"
    unit_kinds = [UnitKind.SUB_BRANCH]
    function_type = "operation"
    duty = "职责"
    source = "测试"


class PostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Post

    unit = factory.SubFactory(OrgUnitFactory)
    post_type = factory.SubFactory(PostTypeFactory)
    headcount = 5


class AppointmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Appointment

    staff = factory.SubFactory(StaffFactory)
    post = factory.SubFactory(PostFactory)
    starts_on = LONG_AGO
    basis = "任命文件"


class AbsenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Absence

    staff = factory.SubFactory(StaffFactory)
    kind = "leave"
    starts_at = factory.LazyFunction(timezone.now)
    ends_at = factory.LazyAttribute(lambda absence: absence.starts_at + timedelta(days=3))
    recorded_by = factory.SubFactory(StaffFactory)


class CertificateFactory(factory.django.DjangoModelFactory):
    """Confirmed, and in force for years; `waiting=True` for one that nobody has confirmed."""

    class Meta:
        model = Certificate

    class Params:
        waiting = factory.Trait(confirmed_by=None, confirmed_at=None)

    staff = factory.SubFactory(StaffFactory)
    type = factory.LazyFunction(lambda: CertificateType.objects.get(code="ADJUDICATOR"))
    number = factory.Sequence("ZJ{:06}".format)
    valid_from = LONG_AGO
    valid_to = date(2099, 12, 31)
    entered_by = factory.SubFactory(StaffFactory)
    confirmed_by = factory.SubFactory(StaffFactory)
    confirmed_at = factory.LazyFunction(timezone.now)


# authority


class InterestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Interest

    staff = factory.SubFactory(StaffFactory)
    kind = "plate"
    name = "川B18K62"
    relation = "配偶的车辆"
    declared_by = factory.SelfAttribute("staff")


class AuthorityItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuthorityItem
        django_get_or_create = ("code",)

    code = "adjudication"
    name = "核赔"
    measure = "case_total"
    source = "测试"


class LetterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuthorityLetter

    class Params:
        in_force = factory.Trait(
            status="in_force",
            submitted_at=factory.LazyFunction(timezone.now),
            approved_by=factory.SubFactory(StaffFactory),
            approved_at=factory.LazyFunction(timezone.now),
        )

    number = factory.Sequence("川理授〔2026〕{}号".format)
    title = "授权书"
    mode = "by_person"
    issuing_unit = factory.SubFactory(OrgUnitFactory)
    scope_unit = factory.SelfAttribute("issuing_unit")
    basis = "总公司授权管理办法"
    valid_from = LONG_AGO
    drafted_by = factory.SubFactory(StaffFactory)


class ScanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LetterScan

    letter = factory.SubFactory(LetterFactory)
    name = "盖章.pdf"
    file = factory.django.FileField(filename="scan.pdf", data=b"%PDF-1.7")
    content_type = "application/pdf"
    size = 8
    sha256 = factory.Sequence("{:064}".format)
    filed_by = factory.SubFactory(StaffFactory)


class GrantFactory(factory.django.DjangoModelFactory):
    """A grant in force for every matter of the appointment's unit, up to `amount_max`."""

    class Meta:
        model = PersonalGrant

    letter = factory.SubFactory(LetterFactory, in_force=True)
    clause = "第1条"
    item = factory.SubFactory(AuthorityItemFactory)
    lines = ["any"]
    loss_classes = ["any"]
    special_kinds = ["any"]
    measure = factory.SelfAttribute("item.measure")
    amount_max = Decimal("100000")
    valid_from = LONG_AGO
    appointment = factory.SubFactory(AppointmentFactory)
    holder = factory.SelfAttribute("appointment.staff")
    unit = factory.SelfAttribute("appointment.post.unit")


class CeilingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnitCeiling

    letter = factory.SubFactory(LetterFactory, in_force=True, mode="by_institution")
    clause = "第1条"
    item = factory.SubFactory(AuthorityItemFactory)
    lines = ["any"]
    loss_classes = ["any"]
    special_kinds = ["any"]
    measure = factory.SelfAttribute("item.measure")
    amount_max = Decimal("500000")
    valid_from = LONG_AGO
    unit = factory.SubFactory(OrgUnitFactory)


class EmergencyFactory(factory.django.DjangoModelFactory):
    """For a day from now on, from the first hundred thousand yuan of the giver's own grant."""

    class Meta:
        model = EmergencyGrant

    number = factory.Sequence("YJ2031-{:04}".format)
    holder = factory.SubFactory(StaffFactory)
    based_on = factory.SubFactory(GrantFactory)
    giver = factory.SelfAttribute("based_on.holder")
    lines = ["any"]
    amount_max = Decimal("50000")
    reason = "有权人均不在岗"
    starts_at = factory.LazyFunction(timezone.now)
    ends_at = factory.LazyAttribute(lambda one: one.starts_at + timedelta(hours=24))
    ratify_hours = 8


class StandInFactory(factory.django.DjangoModelFactory):
    """For the whole of the absence; `accepted=True` for one in force while it lasts."""

    class Meta:
        model = Substitution

    class Params:
        accepted = factory.Trait(
            status="accepted", accepted_at=factory.LazyAttribute(lambda one: one.absence.starts_at)
        )

    absence = factory.SubFactory(AbsenceFactory)
    delegator = factory.SelfAttribute("absence.staff")
    delegate = factory.SubFactory(StaffFactory)
    items = ["adjudication"]
    lines = ["any"]
    starts_at = factory.SelfAttribute("absence.starts_at")
    ends_at = factory.SelfAttribute("absence.ends_at")
    proposed_by = factory.SelfAttribute("delegator")


# cases


class CaseFactory(factory.django.DjangoModelFactory):
    """An adjusted case of 8,000 yuan, not yet submitted; `closed=True` for one that is over."""

    class Meta:
        model = ClaimCase

    class Params:
        closed = factory.Trait(
            stage=Stage.CLOSED,
            closing_kind=ClosingKind.PAID,
            closed_at=datetime(2026, 11, 20, 10, tzinfo=SHANGHAI),
            paid_at=datetime(2026, 11, 20, 10, tzinfo=SHANGHAI),
            approved=Decimal("8000"),
            paid=Decimal("8000"),
        )

    report_no = factory.Sequence("R2026{:08}".format)
    claim_no = factory.Sequence("A2026{:08}".format)
    policy_no = factory.Sequence("P2026{:08}".format)
    unit = factory.SubFactory(OrgUnitFactory)
    insured_name = "刘明"
    plate_no = "川B18K62"
    reported_at = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
    registered_at = factory.LazyAttribute(lambda case: case.reported_at + timedelta(hours=2))
    accident_at = factory.LazyAttribute(lambda case: case.reported_at - timedelta(hours=1))
    lines = ["own_damage"]
    loss_classes = ["vehicle"]
    handler = factory.SubFactory(StaffFactory)
    stage = Stage.ADJUSTED
    estimate = assessed = reviewed = adjusted = Decimal("8000")


class CaseLossFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CaseLoss

    case = factory.SubFactory(CaseFactory)
    line = "own_damage"
    loss_class = "vehicle"
    label = "本车"
    estimate = assessed = reviewed = adjusted = Decimal("8000")


class SubmissionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Submission

    case = factory.SubFactory(CaseFactory, stage=Stage.ADJUDICATING)
    item = factory.SubFactory(AuthorityItemFactory)
    amount = case_total = Decimal("8000")
    submitted_by = factory.SelfAttribute("case.handler")
    submitted_at = factory.LazyFunction(timezone.now)


class ChainStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ChainStep

    submission = factory.SubFactory(SubmissionFactory)
    number = 1
    kind = "final"
    staff = factory.SubFactory(StaffFactory)
    status = "now"
    arrived_at = factory.LazyFunction(timezone.now)


# reports


class RunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Run

    definition = factory.LazyFunction(lambda: ReportDefinition.objects.get(code="R01"))
    unit = factory.SubFactory(OrgUnitFactory)
    period_start = period_end = date(2026, 11, 20)


class SnapshotFactory(factory.django.DjangoModelFactory):
    """A published run's content; the run becomes published with it."""

    class Meta:
        model = Snapshot

    run = factory.SubFactory(
        RunFactory, status="published", attempt=1, published_at=factory.LazyFunction(timezone.now)
    )
    rows = zlib.compress(b'{"columns": [{"title": "a", "kind": "text"}], "rows": [["1"]], "totals": []}')
    row_count = 1
    parameters = {}
    definition_version = 1
    as_of = factory.LazyFunction(timezone.now)
    file = b"file"
    sha256 = "0" * 64
