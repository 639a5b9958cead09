"""The ledger takes new rows only, and tells when somebody with the keys to the table did otherwise."""

import random
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from authority import ledger
from authority.chain_faults import EDITED, MISSING, UNLINKED
from authority.ledger import LedgerFacts, record, verify
from authority.models import LedgerEntry
from departments.origin import Origin, current_origin, set_origin
from tests.factories import StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seal_file")]


def written(chain: str = "case:1", length: int = 5) -> list[LedgerEntry]:
    actor = StaffFactory()
    facts = LedgerFacts(
        from_state="adjusted",
        to_state="approved",
        amount=Decimal("8000"),
        grant_id=7,
        reason="同意",
        acted_for=StaffFactory(),
        details={"limit": Decimal("100000.00"), "rows": [1, 2], "day": timezone.localdate()},
    )
    return [record(chain, by=actor, action="decide", facts=facts) for _ in range(length)]


def change(entry: LedgerEntry, **values: object) -> None:
    assert LedgerEntry.objects.filter(pk=entry.pk).update(**values)


def remove(entry: LedgerEntry) -> None:
    assert LedgerEntry.objects.filter(pk=entry.pk).delete()


@pytest.fixture
def as_owner():
    """What only the owner of the table can do: the triggers are off until the test rolls back."""
    with connection.cursor() as cursor:
        cursor.execute("alter table authority_ledgerentry disable trigger user")


def test_an_entry_says_everything_and_continues_its_chain():
    before = current_origin()
    set_origin(Origin("req-1", "10.0.0.8"))
    first, second = written(length=2)
    set_origin(before)

    assert (first.sequence, second.sequence) == (1, 2)
    assert (first.previous_hash, second.previous_hash) == ("", first.hash)
    assert (first.request_id, first.address) == ("req-1", "10.0.0.8")
    assert verify() == []


def test_chains_do_not_know_each_other():
    written("case:1")
    (other,) = written("case:2", 1)

    assert other.sequence == 1
    assert verify() == []


def test_a_bare_entry_has_only_actor_and_action():
    entry = record("calendar", by=None, action="sealed")

    entry.refresh_from_db()
    assert (entry.actor, entry.amount, entry.details) == (None, None, {})
    assert verify(["calendar"]) == []


@pytest.mark.parametrize("number", [0.1, float("nan")])
def test_floats_are_refused(number):
    with pytest.raises(TypeError, match="浮点数"):
        record("case:1", by=None, action="decide", facts=LedgerFacts(details={"amount": number}))


def test_an_amount_given_as_a_whole_number_verifies():
    record("case:1", by=None, action="decide", facts=LedgerFacts(amount=8000))

    assert verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "update authority_ledgerentry set reason = 'x'",
        "delete from authority_ledgerentry",
        "truncate authority_ledgerentry cascade",
    ],
)
def test_the_database_refuses_to_change_the_ledger(statement):
    written(length=1)

    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        with pytest.raises(IntegrityError, match="authority_ledger_append_only"), transaction.atomic():
            cursor.execute(statement)


def test_no_two_entries_in_one_place():
    (entry,) = written(length=1)
    entry.pk = None

    with pytest.raises(IntegrityError, match="authority_ledger_no_two_in_one_place"), transaction.atomic():
        entry.save(force_insert=True)


def edits() -> dict[str, object]:
    return {
        "chain": "case:9",
        "sequence": 9,
        "action": "pay",
        "at": timezone.now() + timedelta(microseconds=1),
        "actor_id": StaffFactory().pk,
        "acted_for_id": None,
        "from_state": "",
        "to_state": "paid",
        "amount": Decimal("8000.01"),
        "grant_id": 8,
        "reason": "不同意",
        "details": {"limit": "100000.01"},
        "request_id": "other",
        "address": "::1",
        "previous_hash": "0" * 64,
        "hash": "f" * 64,
    }


@pytest.mark.usefixtures("as_owner")
@pytest.mark.parametrize("field", [*sorted(ledger.HASHED_FIELDS), "hash"])
def test_every_edited_field_is_found(field):
    entries = written()

    change(entries[2], **{field: edits()[field]})

    assert EDITED in {fault.kind for fault in verify()}


@pytest.mark.usefixtures("as_owner")
def test_an_edit_is_found_in_its_place():
    entries = written()
    written("case:2")
    change(entries[2], amount=1)

    (fault,) = verify()

    assert (fault.chain, fault.sequence, fault.kind) == ("case:1", 3, EDITED)
    assert str(fault).startswith("case:1 第 3 项：内容与摘要不符（")
    assert (fault.after, fault.before) == (entries[1].at, entries[2].at)


@pytest.mark.usefixtures("as_owner")
def test_a_deleted_entry_is_missed_in_its_place():
    entries = written()
    remove(entries[2])

    assert [(f.sequence, f.kind) for f in verify()] == [(4, MISSING), (4, UNLINKED)]


@pytest.mark.usefixtures("as_owner")
def test_a_deletion_hidden_by_renumbering_is_found():
    entries = written()
    remove(entries[2])
    for entry in entries[3:]:
        change(entry, sequence=entry.sequence - 1)

    assert {f.sequence for f in verify()} == {3, 4}


@pytest.mark.usefixtures("as_owner")
def test_an_inserted_entry_is_found():
    entries = written()
    for entry in reversed(entries[2:]):
        change(entry, sequence=entry.sequence + 1)
    forged = entries[2]
    forged.pk, forged.sequence = None, 3
    forged.hash = ledger.hash_of({name: getattr(forged, name) for name in ledger.HASHED_FIELDS})
    forged.save(force_insert=True)

    assert min(f.sequence for f in verify()) == 4


@pytest.mark.usefixtures("as_owner")
def test_swapped_entries_are_found():
    entries = written()
    for sequence, entry in ((90, entries[1]), (2, entries[2]), (3, entries[1])):
        change(entry, sequence=sequence)

    assert {f.sequence for f in verify()} >= {2, 3}


@pytest.mark.usefixtures("as_owner")
def test_only_the_chains_asked_for_are_checked():
    entries = written("case:1")
    written("case:2")
    change(entries[0], amount=1)

    assert verify(["case:2"]) == []
    assert len(verify(["case:1"])) == 1


@pytest.mark.usefixtures("as_owner")
def test_random_tampering_is_always_found():
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    entries = [entry for number in range(4) for entry in written(f"case:{number}", 6)]
    for _ in range(200):
        point = transaction.savepoint()
        entry = chance.choice(entries)
        if entry.sequence < 6 and chance.random() < 0.3:
            remove(entry)
        else:
            change(entry, **dict([chance.choice(list(edits().items()))]))
        assert verify() != [], f"seed {seed}"
        transaction.savepoint_rollback(point)
    assert verify() == []


def test_the_command_says_that_all_is_well():
    written(length=3)
    out = StringIO()

    call_command("verify_ledger", stdout=out)
    call_command("verify_ledger", "case:1", stdout=out)

    assert out.getvalue().splitlines() == ["台账完好：3 项，尚未封存", "台账完好：3 项"]


@pytest.mark.usefixtures("as_owner")
def test_the_command_fails_and_names_the_place():
    entries = written()
    change(entries[1], amount=1)
    errors = StringIO()

    with pytest.raises(CommandError, match="1 处异常"):
        call_command("verify_ledger", stderr=errors)

    assert "case:1 第 2 项" in errors.getvalue()
