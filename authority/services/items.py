"""The catalogues of what is decided and of what is looked for, kept by the security administrator."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from authority.granting import may_keep_catalogue
from authority.ledger import LedgerFacts, record
from authority.models import AuthorityItem, FindingKind
from authority.refusals import insist_on
from departments.models import Staff
from departments.models.people import AdminRole


@transaction.atomic
def keep_in_catalogue(row: AuthorityItem | FindingKind, changed: Mapping[str, str], *, by: Staff) -> None:
    """Save a new or changed row. `changed`: the fields that were changed, as texts for the ledger."""
    is_security = Staff.objects.filter(pk=by.pk, is_active=True, admin_role=AdminRole.SECURITY).exists()
    insist_on(may_keep_catalogue(is_security))
    action = "change_rule" if row.pk else "add_rule"
    row.save()
    facts = LedgerFacts(details={"code": row.code, "changed": dict(changed)})
    record(f"{row._meta.model_name}:{row.pk}", by=by, action=action, facts=facts)
