"""Whatever the path: a guarded row changes with an entry of its chain, or the commit is refused."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from authority.ledger import filling, record, told_by
from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    EmergencyGrant,
    Interest,
    LedgerEntry,
    PersonalGrant,
    Ratification,
    ReferralRule,
    StandInCeiling,
    Substitution,
    UnitCeiling,
)
from cases import services
from cases.models import (
    AnswerCondition,
    AssistancePaper,
    CampaignCase,
    CaseLoss,
    ClaimCase,
    CoHandler,
    Conference,
    ConferenceOpinion,
    Consultation,
    DamageItem,
    DamageSheet,
    DataCorrection,
    Decision,
    Escalation,
    FeedbackLetter,
    FraudLead,
    InjuredPerson,
    InjuryAssistance,
    InjuryCost,
    Judgment,
    Lawsuit,
    LitigationCost,
    MajorLoss,
    MajorLossVisit,
    MajorReport,
    Mediation,
    OutstandingCampaign,
    PapersNotice,
    Payment,
    ProblemClass,
    ProblemFinding,
    QualityDraw,
    QualitySample,
    RecoveryPlaceholder,
    RecoveryReceipt,
    RefusalNotice,
    Resurvey,
    ReversalTask,
    SpecialRequest,
    Submission,
)
from departments.models import Absence, Appointment, Certificate, CertificateType, IncompatibleDuty, Staff
from tests.cases.branch import Branch
from tests.cases.test_notices import notice_row
from tests.factories import (
    AbsenceFactory,
    CaseFactory,
    CaseLossFactory,
    CertificateFactory,
    EmergencyFactory,
    GrantFactory,
    InterestFactory,
    LetterFactory,
    SubmissionFactory,
)

MONEY = ["adjusted"]
REFUSED = "authority_ledger_missing"
Rows = dict[str, object]


@pytest.fixture
def rows(db) -> Rows:
    case = CaseFactory()
    letter = LetterFactory()
    return {
        "case": case,
        "loss": CaseLossFactory(case=case),
        "submission": SubmissionFactory(case=case),
        "letter": letter,
        "grant": GrantFactory(letter=letter),
        "item": AuthorityItem.objects.first(),
        "rule": ReferralRule.objects.first(),
        "interest": InterestFactory(),
        "certificate": CertificateFactory(),
        "notice": notice_row(case=case),
    }


def raw(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def saved(row, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


PATHS: dict[str, Callable[[Rows], object]] = {
    "save": lambda rows: saved(rows["case"], stage="closed", closing_kind="paid", closed_at=timezone.now()),
    "save some fields": lambda rows: saved(rows["case"], approved=Decimal(9)),
    "update": lambda rows: ClaimCase.objects.update(adjusted=9),
    "bulk_update": lambda rows: ClaimCase.objects.bulk_update([changed(rows["case"])], ["approved"]),
    "bulk_create": lambda rows: ClaimCase.objects.bulk_create([built(rows["case"])]),
    "create": lambda rows: CaseFactory(),
    "bulk with history": lambda rows: bulk_update_with_history([changed(rows["loss"])], CaseLoss, MONEY),
    "raw update of a case": lambda rows: raw("update cases_claimcase set version = version + 1"),
    "raw update of a loss": lambda rows: raw("update cases_caseloss set assessed = assessed + 1"),
    "raw delete of a loss": lambda rows: raw("delete from cases_caseloss"),
    "raw update of a request": lambda rows: raw("update cases_submission set amount = amount - 1"),
    "a finding": lambda rows: ProblemFinding.objects.create(**found_in(rows["case"])),
    "a payment": lambda rows: Payment.objects.create(
        case=paid_up(rows["case"]), amount=1, payee="刘", paid_by=rows["case"].handler, paid_at=timezone.now()
    ),
    "a letter": lambda rows: LetterFactory(),
    "a letter's state": lambda rows: AuthorityLetter.objects.update(title="别的"),
    "a line of a letter": lambda rows: GrantFactory(letter=rows["letter"]),
    "a limit": lambda rows: PersonalGrant.objects.update(amount_max=10**6),
    "a line dropped": lambda rows: PersonalGrant.objects.all().delete(),
    "an item": lambda rows: AuthorityItem.objects.update(is_key=False),
    "a rule": lambda rows: raw("update authority_referralrule set name = name || '改'"),
    "an interest": lambda rows: saved(rows["interest"], relation="别的"),
    "a notice": lambda rows: raw("update cases_papersnotice set items = array['别的']"),
    "a certificate": lambda rows: Certificate.objects.update(valid_to="2999-01-01"),
    "what certificates freeze": lambda rows: CertificateType.objects.update(enforced_from="2026-01-01"),
    "a post": lambda rows: Appointment.objects.update(ends_on="2999-01-01"),
    "an absence": lambda rows: AbsenceFactory(),
    "separated duties": lambda rows: IncompatibleDuty.objects.update(concurrent_limit=10**6),
    "what a stand-in may hold": lambda rows: StandInCeiling.objects.update(amount_max=10**6),
    "an emergency": lambda rows: EmergencyFactory(based_on=rows["grant"]),
}  # fmt: skip


def changed(row):
    row.approved = row.adjusted = Decimal(77)
    return row


def built(like: ClaimCase) -> ClaimCase:
    return CaseFactory.build(unit=like.unit, handler=like.handler)


def found_in(case: ClaimCase) -> Rows:
    facts = {"problem_class": ProblemClass.objects.first(), "points": 1, "description": "缺照片"}
    return {
        **facts, "number": "WT1", "case": case, "unit": case.unit, "source": "review", "step": "survey",
        "found_by": case.handler, "found_at": timezone.now(),
    }  # fmt: skip


def paid_up(case: ClaimCase) -> ClaimCase:
    raw("set local claims.filling = 'on'")
    ClaimCase.objects.filter(pk=case.pk).update(approved=100)
    raw("set local claims.filling = 'off'")
    return case


def is_refused(deed: Callable[[], object], guarded: Callable[[], None]) -> bool:
    """Does the transaction of the deed fail for want of an entry?"""
    try:
        with transaction.atomic():
            deed()
            guarded()
    except IntegrityError as error:
        return REFUSED in str(error)
    return False


@pytest.mark.parametrize("path", PATHS)
def test_no_path_without_an_entry(rows: Rows, guarded: Callable[[], None], path: str):
    assert is_refused(lambda: PATHS[path](rows), guarded)


@pytest.mark.parametrize("path", ["update", "raw update of a loss", "raw update of a request"])
def test_an_entry_of_the_case_lets_it_pass(rows: Rows, guarded, path: str):
    with transaction.atomic():  # in a part of the transaction that ends before it
        record(f"case:{rows['case'].pk}", by=None, action="adjust")
    PATHS[path](rows)

    guarded()


def test_an_entry_of_another_chain_does_not(rows: Rows, guarded):
    record("case:0", by=None, action="adjust")

    assert is_refused(lambda: PATHS["update"](rows), guarded)


def test_many_rows_may_be_told_by_one_entry(rows: Rows, guarded):
    told_by("import:1")
    assert is_refused(lambda: PATHS["update"](rows), guarded)
    record("import:1", by=None, action="import_committed")
    ClaimCase.objects.update(adjusted=10)

    guarded()


def test_what_bears_on_nothing_is_free(rows: Rows, guarded):
    ClaimCase.objects.update(uncleared_reasons=["A"], expected_close_on=timezone.localdate())
    Certificate.objects.update(warned=[30])

    guarded()


def test_an_entry_committed_before_does_not_count(own_database):
    with filling():
        case = CaseFactory()
    record(f"case:{case.pk}", by=None, action="adjust")
    raw("set claims.filling = 'off'")

    with pytest.raises(IntegrityError, match=REFUSED):
        ClaimCase.objects.update(adjusted=9)
    connection.close()


def test_the_services_pass(branch: Branch, guarded):
    new = CaseFactory.build(
        unit=branch.unit, handler=None, report_no="", stage="reported", registered_at=None
    )

    case = services.register_case(new, by=branch.clerk)
    services.register(case, Decimal(500), by=branch.clerk, seen=case.version)

    guarded()
    assert LedgerEntry.objects.filter(chain=f"case:{case.pk}").count() == 2


GUARDED = (
    ClaimCase, CaseLoss, Submission, Decision, Payment, Escalation, AuthorityLetter, PersonalGrant,
    UnitCeiling, AuthorityItem, ReferralRule, Substitution, Interest, Certificate, ProblemFinding,
    Lawsuit, Judgment, LitigationCost, Conference, ConferenceOpinion,
    MajorLoss, MajorReport, MajorLossVisit, DamageSheet, DamageItem, Resurvey, FraudLead,
    Appointment, Absence, Staff, CertificateType, IncompatibleDuty, EmergencyGrant, Ratification,
    StandInCeiling, CoHandler, ReversalTask, Consultation,
    AnswerCondition, DataCorrection, InjuredPerson, InjuryAssistance, AssistancePaper, InjuryCost,
    Mediation, QualityDraw, QualitySample, RecoveryPlaceholder, RecoveryReceipt, RefusalNotice,
    SpecialRequest, PapersNotice, CampaignCase, OutstandingCampaign, FeedbackLetter,
)  # fmt: skip


@pytest.mark.django_db
def test_every_guarded_model_is_named_here():
    tables = {model._meta.db_table for model in GUARDED}
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct tgrelid::regclass::text from pg_trigger where tgname like %s", ["%_told"]
        )
        assert {name for (name,) in cursor.fetchall()} == tables


def test_filling_within_filling_ends_with_the_outer_one(guarded):
    def mode():
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('claims.filling', true)")
            return cursor.fetchone()[0]

    with filling():
        with filling():
            pass
        assert mode() == "on"
    assert mode() == "off"
