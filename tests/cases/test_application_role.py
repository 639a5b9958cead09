"""What the program's own role may not do, by whatever statement: on the embedded server the role that web and
workers connect as, elsewhere one made for the test."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2.extensions
import pytest
from django.db import DatabaseError, connection

from authority.ledger import record
from authority.models import LedgerEntry
from cases.models import ClaimCase
from claims_admin.embedded.places import APP_ROLE
from tests.factories import CaseFactory, GrantFactory

Line = psycopg2.extensions.connection
ON_THE_LEDGER = (
    "update authority_ledgerentry set reason = 'x'",
    "delete from authority_ledgerentry",
    "truncate authority_ledgerentry",
    "alter table authority_ledgerentry disable trigger all",
    "drop trigger authority_ledger_no_change on authority_ledgerentry",
    "create or replace function authority_ledger_refuse() returns trigger language plpgsql as"
    " 'begin return new; end'",
    "set session_replication_role = replica",
    "set role claims_owner",
)


@pytest.fixture
def owner(own_database, django_db_blocker) -> Iterator[ClaimCase]:
    """A case and a grant with their history told, committed; the application's role may write rows."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", [APP_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"create role {APP_ROLE} login")
        cursor.execute(f"grant select, insert, update, delete on all tables in schema public to {APP_ROLE}")
        cursor.execute(f"grant usage on all sequences in schema public to {APP_ROLE}")
        GrantFactory()
        case = CaseFactory()
        record(f"case:{case.pk}", by=None, action="register")
        yield case


@pytest.fixture
def application(owner: ClaimCase) -> Iterator[Line]:
    given = connection.get_connection_params()
    names = ("host", "port", "dbname", "password")
    line = psycopg2.connect(user=APP_ROLE, **{name: given[name] for name in names if given.get(name)})
    yield line
    line.close()


def told(line: Line, *statements: str) -> str:
    """What the database says to these statements in one transaction; "" when it takes them."""
    try:
        with line, line.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except psycopg2.Error as error:
        return str(error)
    return ""


def test_it_is_another_role_and_writes_rows(application: Line, owner: ClaimCase):
    assert told(application, "select 1 / (current_user = 'claims_app')::int") == ""
    assert told(application, "update cases_claimcase set insured_name = '某'") == ""
    owner.refresh_from_db()
    assert owner.insured_name == "某"


@pytest.mark.parametrize("statement", ON_THE_LEDGER)
def test_it_changes_nothing_of_the_ledger(application: Line, owner: ClaimCase, statement: str):
    said = told(application, statement)

    assert "authority_ledger_append_only" in said or "permission denied" in said or "must be owner" in said
    assert LedgerEntry.objects.get().reason == ""


@pytest.mark.parametrize(
    "statement",
    [
        "update cases_claimcase set adjusted = 9",
        "update authority_personalgrant set revoked_at = now()",
        "update authority_authorityletter set end_reason = 'x'",
        "update departments_staff set is_active = false",
        "update departments_appointment set ends_on = '2031-01-01'",
        "update authority_standinceiling set amount_max = 9",
    ],
)
def test_nothing_guarded_changes_without_an_entry(application: Line, statement: str):
    """Though it says that it fills in rows: only the owner of the tables may."""
    said = told(application, "set local claims.filling = 'on'", statement)

    assert "authority_ledger_missing" in said
    assert not ClaimCase.objects.filter(adjusted=9).exists()


def test_an_entry_lets_a_change_pass(application: Line, owner: ClaimCase):
    """The refusals above are not for want of rights."""
    entry = (
        "insert into authority_ledgerentry (chain, sequence, action, at, from_state, to_state, reason,"
        " details, request_id, address, previous_hash, hash)"
        " select 'case:' || id, 2, 'adjust', now(), '', '', '', '{}', '', '', repeat('0', 64),"
        " repeat('1', 64)"
        " from cases_claimcase"
    )
    change = "update cases_claimcase set adjusted = 9"

    assert told(application, entry, change) == ""
    assert ClaimCase.objects.get(pk=owner.pk).adjusted == 9


def test_the_owner_is_refused_the_ledger_as_well(owner: ClaimCase):
    with pytest.raises(DatabaseError, match="append_only"):
        LedgerEntry.objects.update(reason="x")
