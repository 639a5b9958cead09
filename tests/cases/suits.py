"""Suits for tests: the papers came two days ago, on a case of the branch; a legal officer is at work."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from authority.refusals import Refused
from cases import services
from cases.models import ClaimCase, Lawsuit
from cases.services import Party, Plea, SuitFacts
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, grant, in_post, say

PARTIES = (
    Party("plaintiff", "周小伤", "伤者"),
    Party("defendant", "刘明", "被保险人"),
    Party("defendant", "四川分公司", "保险人", is_us=True),
)


def legal_officer(branch: Branch, limit: str = "150000") -> Staff:
    post = in_post("LEGAL", branch.department)
    grant(post, "litigation", limit)
    staff: Staff = post.staff
    return staff


def values(by: Staff, **fields: Any) -> dict[str, Any]:
    return {
        "court": "德阳市旌阳区人民法院",
        "docket_no": "（2026）川0603民初123号",
        "cause": "traffic",
        "our_side": "defendant",
        "papers": "起诉状副本、传票",
        "received_at": timezone.now() - timedelta(days=2),
        "received_by": by,
        "claimed": Decimal("120000"),
        "estimate": Decimal("80000"),
        "disputed": "误工费标准",
        **fields,
    }


def sued(branch: Branch, case: ClaimCase | None = None, *, pauses: bool = False, **fields: Any) -> Lawsuit:
    """Registered by the clerk."""
    case = case or adjusted_case(branch, "8000", reported_at=timezone.now() - timedelta(days=90))
    facts = SuitFacts(values(branch.clerk, **fields), PARTIES, pauses)
    return services.register_lawsuit(case, facts, by=branch.clerk, seen=case.version)


def now(lawsuit: Lawsuit) -> Lawsuit:
    return Lawsuit.objects.select_related("case__unit").get(pk=lawsuit.pk)


def reported(branch: Branch, **fields: Any) -> Lawsuit:
    lawsuit = sued(branch, **fields)
    services.report_lawsuit(lawsuit, Plea("应诉，争议误工费"), by=branch.clerk, seen=lawsuit.version)
    return now(lawsuit)


def replied(branch: Branch, officer: Staff, **fields: Any) -> Lawsuit:
    lawsuit = reported(branch, **fields)
    request = lawsuit.requests.get()
    say(request.submission, "agree", by=officer, opinion="同意应诉，补充误工证据")
    return now(lawsuit)


def entered(branch: Branch, officer: Staff, **fields: Any) -> Lawsuit:
    lawsuit = replied(branch, officer, **fields)
    services.enter_lawsuit(lawsuit, "FL-1", by=branch.clerk, seen=lawsuit.version)
    return now(lawsuit)


def judgment_values(**fields: Any) -> dict[str, Any]:
    received = timezone.now() - timedelta(days=1)
    return {
        "court_level": "first",
        "kind": "judgment",
        "docket_no": "（2026）川0603民初123号",
        "judged_on": timezone.localdate(received) - timedelta(days=3),
        "received_at": received,
        "amount": Decimal("60000"),
        "court_costs": Decimal("1200"),
        **fields,
    }


def judged(branch: Branch, officer: Staff, **fields: Any) -> Lawsuit:
    lawsuit = entered(branch, officer)
    services.note_judgment(lawsuit, judgment_values(**fields), by=branch.clerk, seen=lawsuit.version)
    return now(lawsuit)


def codes(deed, *args, **kwargs) -> list[str]:
    with pytest.raises(Refused) as refused:
        deed(*args, **kwargs)
    return list(refused.value.ruling.codes)
