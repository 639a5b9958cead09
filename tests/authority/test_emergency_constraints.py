"""What the database refuses of 临时授权 and its rule, whatever the path."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from authority.models import EmergencyGrant, EmergencyRule
from tests.factories import EmergencyFactory


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("authority_emergency_not_to_oneself", lambda e: {"giver": e.holder}),
        ("authority_emergency_dates_in_order", lambda e: {"ends_at": e.starts_at}),
        ("authority_emergency_amount_positive", lambda e: {"amount_max": 0}),
        ("authority_emergency_has_a_reason", lambda e: {"reason": ""}),
        ("authority_emergency_names_lines", lambda e: {"lines": []}),
        ("authority_emergencygrant_number", lambda e: {"number": EmergencyFactory().number}),
    ],
)
def test_the_database_refuses_an_emergency(db, constraint, values):
    row = EmergencyFactory()
    with pytest.raises(IntegrityError, match=constraint):
        EmergencyGrant.objects.filter(pk=row.pk).update(**values(row))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("authority_emergencyrule_positive", {"grant_hours": 0}),
        ("authority_emergencyrule_dates_in_order", {"valid_to": "2000-01-01"}),
    ],
)
def test_the_database_refuses_a_rule(db, constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        EmergencyRule.objects.update(**values)
