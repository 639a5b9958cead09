"""Rows that only the database's own refusals need, one function per model."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from authority.models import LedgerEntry
from cases.models import (
    AverageCost,
    CasePaper,
    CasePause,
    CaseStep,
    ClockAlert,
    DataQualityIssue,
    Decision,
    Escalation,
    EstimateChange,
    ImportBatch,
    Payment,
    ProblemClass,
    ProblemFinding,
    SavedFilter,
)
from tests.factories import (
    SHANGHAI,
    CaseFactory,
    CaseLossFactory,
    ChainStepFactory,
    StaffFactory,
    SubmissionFactory,
)


def a_key() -> UUID:
    return UUID(int=1)


def case(**fields: Any):
    return CaseFactory(**fields)


def submission(**fields: Any):
    return SubmissionFactory(**fields)


def submission_over(**fields: Any):
    return SubmissionFactory(**{"status": "agreed", "decided_at": timezone.now(), **fields})


def station(**fields: Any):
    return ChainStepFactory(**fields)


def decision(**fields: Any):
    step = fields.pop("step", None) or ChainStepFactory()
    request = step.submission
    chain = f"case:{request.case_id}:{step.pk}"
    entry = LedgerEntry.objects.create(chain=chain, sequence=1, action="approve", at=timezone.now())
    values = {
        "outcome": "agree", "decided_by": step.staff, "amount": request.amount, "ruling": {},
        "case_version": 1, "decided_at": timezone.now(), **fields,
    }  # fmt: skip
    return Decision.objects.create(
        case=request.case, submission=request, chain_step=step, ledger_entry=entry, **values
    )


def escalation(**fields: Any):
    request = fields.pop("submission", None) or SubmissionFactory()
    values = {"number": f"SB{request.pk}", "proposal": "请批", "amount": request.amount, "pack": {}, **fields}
    return Escalation.objects.create(
        case=request.case, submission=request, sent_by=StaffFactory(), sent_at=timezone.now(), **values
    )


def loss(**fields: Any):
    return CaseLossFactory(**fields)


def change(**fields: Any):
    values = {"before": 0, "after": 1, **fields}
    return EstimateChange.objects.create(
        case=CaseFactory(), subject="estimate", reason="理由", changed_at=timezone.now(), **values
    )


def payment(**fields: Any):
    paid_on = fields.pop("case", None) or CaseFactory(approved=Decimal("8000"))
    values = {"amount": Decimal("1000"), **fields}
    return Payment.objects.create(
        case=paid_on, payee="刘明", paid_at=timezone.now(), paid_by=StaffFactory(), **values
    )


def paper(**fields: Any):
    values = {"case": None, "size": 10, "sha256": "0" * 64, **fields}
    values["case"] = values["case"] or CaseFactory()
    return CasePaper.objects.create(
        kind="photo",
        name="a.jpg",
        file="a.jpg",
        content_type="image/jpeg",
        uploaded_by=StaffFactory(),
        **values,
    )


def finding(**fields: Any):
    made = fields.pop("decision", None) or decision()
    values = {"number": f"WT{ProblemFinding.objects.count() + 1}", "description": "缺照片", **fields}
    return ProblemFinding.objects.create(
        case=made.case, decision=made, problem_class=ProblemClass.objects.get(code="P2"), unit=made.case.unit,
        step="survey", points=3, found_by=made.decided_by, found_at=timezone.now(), **values,
    )  # fmt: skip


def step(**fields: Any):
    values = {"step": "survey", "entered_at": timezone.now(), **fields}
    return CaseStep.objects.create(case=CaseFactory(), person=StaffFactory(), **values)


def saved_filter(**fields: Any):
    values = {"owner": None, "name": "我的", **fields}
    values["owner"] = values["owner"] or StaffFactory()
    return SavedFilter.objects.create(**values)


def batch(**fields: Any):
    values = {"file_name": "a.csv", "file": "a.csv", "size": 1, "sha256": "0" * 64, **fields}
    return ImportBatch.objects.create(uploaded_by=StaffFactory(), **values)


def issue(**fields: Any):
    values = {"case": None, "rule": "in_the_future", **fields}
    values["case"] = values["case"] or CaseFactory()
    return DataQualityIssue.objects.create(**values)


def a_day_ago() -> Any:
    return timezone.now() - timedelta(days=1)


def pause(**fields: Any):
    facts = {"case": CaseFactory, "paused_by": StaffFactory, "reason": "police", "since": timezone.now()}
    return CasePause.objects.create(**_made({**facts, "stage_before": "adjusted", **fields}))


def alert(**fields: Any):
    now = a_moment()
    facts = {"case": CaseFactory, "told": StaffFactory, "rule_code": "registration", "mark": "overdue"}
    return ClockAlert.objects.create(**_made({**facts, "started_at": now, "due_at": now, **fields}))


def average(**fields: Any):
    facts = {"is_injury": False, "amount": 1, "count": 1, "as_of": timezone.localdate()}
    return AverageCost.objects.create(**{**facts, **fields})


def a_moment() -> datetime:
    return datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)


def _made(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value() if isinstance(value, type) else value for name, value in facts.items()}
