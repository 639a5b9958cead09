"""Sealed every minute, outside the database too: whatever is done to the ledger afterwards is found."""

import os
import random
import threading
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from authority.jobs import seal
from authority.ledger import LedgerFacts, record
from authority.models import LedgerEntry, LedgerSeal, SealedHead
from authority.seals import sealing
from authority.seals.keys import SealError
from authority.seals.sealing import begin_file, is_late, last_sealed_at, seal_ledger
from authority.seals.statement import Statement
from authority.seals.verifying import Ledger, verify_chains, verify_everything
from tests.authority.tampering import KINDS, UNSEALED, Copy, Known

TAMPERINGS = int(os.environ.get("TAMPERINGS", "1000"))
IN_DATABASE = int(os.environ.get("DATABASE_TAMPERINGS", "50"))
TABLES = ("authority_ledgerentry", "authority_ledgerseal", "authority_sealedhead")


pytestmark = pytest.mark.usefixtures("seal_file")


@pytest.fixture
def as_owner(db):
    """What only the owner of the tables can do: the triggers are off until the test rolls back."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"alter table {table} disable trigger user")


def write(chain: str, times: int = 1) -> None:
    facts = LedgerFacts(from_state="adjusted", to_state="approved", amount=Decimal(8000), reason="同意")
    for _ in range(times):
        record(chain, by=None, action="decide", facts=facts)


def faults() -> list[str]:
    return [fault.kind for fault in verify_everything(Ledger())]


def sealed_ledger() -> None:
    """Ten chains that grew through six seals, and one begun since the last."""
    for step in range(6):
        for number in range(10):
            write(f"case:{number}", 1 + (step + number) % 3)
        seal_ledger()
    write(UNSEALED)


@pytest.mark.django_db
def test_a_seal_says_how_far_each_chain_has_come(seal_file):
    write("case:1", 3)
    write("case:2")

    assert seal_ledger() == 1

    (made,) = LedgerSeal.objects.all()
    assert (made.sequence, made.entry_count, made.head_count) == (1, 4, 2)
    assert set(made.heads.values_list("chain", "sequence")) == {("case:1", 3), ("case:2", 1)}
    assert len(seal_file.read_text().splitlines()) == 1
    assert faults() == []


@pytest.mark.django_db
def test_only_what_grew_is_sealed_again():
    write("case:1")
    write("case:2")
    seal_ledger()
    write("case:2")
    seal_ledger()

    assert SealedHead.objects.get(seal__sequence=2).chain == "case:2"
    assert faults() == []


@pytest.mark.django_db
def test_a_quiet_ledger_is_sealed_every_few_minutes(monkeypatch):
    write("case:1")
    assert [seal_ledger(), seal_ledger()] == [1, 0]
    monkeypatch.setattr(sealing, "QUIET", timedelta(0))

    assert seal_ledger() == 1

    assert LedgerSeal.objects.last().head_count == 0
    assert faults() == []


@pytest.mark.django_db
def test_a_long_backlog_takes_several_seals(monkeypatch):
    monkeypatch.setattr(sealing, "MOST_ENTRIES", 4)
    for number in range(10):
        write(f"case:{number}")

    assert seal_ledger() == 3
    assert list(LedgerSeal.objects.order_by("sequence").values_list("entry_count", flat=True)) == [4, 4, 2]
    assert LedgerSeal.objects.filter(since=None).count() == 3
    assert faults() == []


@pytest.mark.parametrize(
    ("ranges", "ids", "left"),
    [
        ([], [], []),
        ([[1, 5, None]], [1, 2, 3, 4, 5], []),
        ([[1, 5, None]], [2, 4], [[1, 1, None], [3, 3, None], [5, 5, None]]),
        ([[2, 3, 70], [8, 9, None]], [3, 8], [[2, 2, 70], [9, 9, None]]),
        ([[4, 3, None]], [], []),
    ],
)
def test_what_was_not_committed_is_remembered(ranges, ids, left):
    assert sealing.without(ranges, ids) == left


def test_what_was_rolled_back_is_forgotten_when_all_that_ran_then_has_ended():
    assert sealing.aged([[1, 1, None], [2, 2, 70], [3, 3, 90]], 80, 99) == [[1, 1, 99], [3, 3, 90]]


def write_slowly(written: threading.Event, may_commit: threading.Event) -> None:
    with transaction.atomic():
        write("case:1")
        written.set()
        may_commit.wait(20)
    connection.close()


def test_an_entry_committed_late_is_sealed_late(own_database):
    """Its number is below the watermark: it was waited for."""
    written, may_commit = threading.Event(), threading.Event()
    slow = threading.Thread(target=write_slowly, args=(written, may_commit))
    slow.start()
    written.wait(20)
    write("case:2")
    seal_ledger()
    may_commit.set()
    slow.join()
    seal_ledger()

    assert list(SealedHead.objects.order_by("pk").values_list("chain", flat=True)) == ["case:2", "case:1"]
    assert LedgerSeal.objects.order_by("sequence").first().pending != []
    assert faults() == []


def test_two_sealers_make_one_seal(own_database):
    write("case:1", 3)
    start, made = threading.Barrier(2), []

    def seal_too() -> None:
        start.wait(20)
        made.append(seal_ledger())
        connection.close()

    threads = [threading.Thread(target=seal_too) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == [0, 1]
    assert LedgerSeal.objects.count() == 1
    assert faults() == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES[1:])
@pytest.mark.parametrize("deed", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_the_database_refuses_to_change_seals(table, deed):
    write("case:1")
    seal_ledger()

    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        with pytest.raises(IntegrityError, match="authority_ledger_append_only"), transaction.atomic():
            cursor.execute(deed.format(table))


@pytest.mark.django_db
def test_a_place_is_sealed_once():
    write("case:1")
    seal_ledger()
    head = SealedHead.objects.get()
    head.pk = None

    with pytest.raises(IntegrityError, match="authority_sealed_head_once"), transaction.atomic():
        head.save(force_insert=True)


@pytest.mark.django_db
def test_what_a_killed_sealer_left_out_of_the_file_is_made_up_for(seal_file):
    write("case:1")
    seal_ledger()
    whole = seal_file.read_text()
    write("case:1")
    seal_ledger()
    seal_file.write_text(whole + '{"half": ')

    write("case:1")
    seal_ledger()

    assert len(seal_file.read_text().splitlines()) == 3
    assert faults() == []


@pytest.mark.django_db
def test_no_sealing_over_a_database_that_was_put_back(seal_file, as_owner):
    """Restored from a backup, or cut: the file knows more. Sealing goes on when somebody says why."""
    write("case:1")
    seal_ledger()
    write("case:1")
    seal_ledger()
    SealedHead.objects.filter(seal__sequence=2).delete()
    LedgerSeal.objects.filter(sequence=2).delete()

    with pytest.raises(SealError, match="已到第 2 次"):
        seal_ledger()
    assert seal() == 0
    begin_file("恢复到上午的备份")

    assert seal_ledger() == 1
    assert faults() == []
    assert LedgerEntry.objects.get(chain="seals").reason == "恢复到上午的备份"
    assert len(list(seal_file.parent.glob("seals.until-*"))) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.unlink(), "不见了"),
        (lambda path: path.write_text("nothing\n"), "不是封存记录"),
        (lambda path: path.write_text(path.read_text().replace('"watermark":', '"watermark":9')), None),
    ],
)
def test_no_sealing_beside_a_spoilt_file(seal_file, spoil, sentence):
    for _ in range(2):
        write("case:1")
        seal_ledger()
    spoil(seal_file)

    if sentence:
        with pytest.raises(SealError, match=sentence):
            seal_ledger()
    assert faults() != []


@pytest.mark.django_db
def test_no_seal_with_a_forged_signature_gets_into_the_file(seal_file, as_owner):
    write("case:1")
    seal_ledger()
    seal_file.write_text("")
    LedgerSeal.objects.update(entry_count=7)

    with pytest.raises(SealError, match="签名不符"):
        seal_ledger()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, "", "short"])
def test_nothing_without_a_key(settings, tmp_path, content):
    settings.SEAL_KEY_FILE = tmp_path / "other"
    if content is not None:
        settings.SEAL_KEY_FILE.write_text(content)

    with pytest.raises(SealError, match="封存密钥"):
        seal_ledger()
    with pytest.raises(CommandError, match="封存密钥"):
        call_command("verify_ledger")
    with pytest.raises(CommandError, match="封存密钥"):
        call_command("seal_ledger")


@pytest.mark.django_db
def test_keys_are_changed_without_losing_the_old_seals(settings):
    write("case:1")
    seal_ledger()
    settings.SEAL_KEY_FILE.write_text("k" * 40 + "\n" + "n" * 40)
    write("case:1")
    seal_ledger()

    assert len(set(LedgerSeal.objects.values_list("key_name", flat=True))) == 2
    assert faults() == []
    settings.SEAL_KEY_FILE.write_text("n" * 40)
    assert "forged" in faults()


@pytest.mark.parametrize(("age", "late"), [(0, False), (299, False), (301, True), (None, True)])
def test_late_after_five_minutes(age, late):
    now = timezone.now()

    assert is_late(None if age is None else now - timedelta(seconds=age), now) is late


@pytest.mark.django_db
def test_the_place_and_the_times_of_a_cut_tail(as_owner):
    write("case:1", 4)
    seal_ledger()
    LedgerEntry.objects.filter(chain="case:1", sequence__gt=2).delete()

    (fault,) = verify_everything(Ledger())

    assert (fault.chain, fault.sequence, fault.kind) == ("case:1", 3, "cut")
    assert fault.after == LedgerEntry.objects.get(sequence=2).at
    assert fault.before == last_sealed_at()
    assert "封存时有 4 项，现止于第 2 项" in str(fault)
    assert [found.kind for found in verify_chains(["case:1"])] == ["cut"]
    assert verify_chains(["case:2"]) == []


@pytest.mark.django_db
def test_a_chain_removed_with_its_seals_is_named_by_the_file(as_owner):
    write("case:1")
    write("case:2")
    seal_ledger()
    LedgerEntry.objects.filter(chain="case:1").delete()
    SealedHead.objects.filter(chain="case:1").delete()

    found = {(fault.chain, fault.kind) for fault in verify_everything(Ledger())}

    assert found == {("封存", "heads_changed"), ("case:1", "removed")}


@pytest.mark.django_db
def test_one_chain_is_checked_with_the_seals_over_it(as_owner):
    write("case:1")
    seal_ledger()
    LedgerSeal.objects.update(watermark=10**9)

    assert "forged" in [fault.kind for fault in verify_chains(["case:1"])]


@pytest.mark.django_db
def test_the_commands_say_what_they_did():
    write("case:1")
    out = StringIO()

    call_command("seal_ledger", begin_file="新服务器", stdout=out)
    call_command("verify_ledger", stdout=out)
    call_command("verify_ledger", "--without-file", stdout=out)

    assert "新封存 1 次" in out.getvalue()
    assert out.getvalue().count("台账完好：2 项，1 次封存") == 2


@pytest.mark.django_db
def test_every_random_tampering_is_found():
    """`TAMPERINGS=10000` for the long run."""
    sealed_ledger()
    assert faults() == []
    known, seed = Known(), random.randrange(2**32)
    chance = random.Random(seed)
    for number in range(TAMPERINGS):
        copy, kind = Copy.of(known), KINDS[number % len(KINDS)]
        kind(copy, chance)
        assert any(verify_everything(copy)), f"seed {seed}, {kind.__name__} {number}"
    assert not any(verify_everything(Copy.of(known)))


@pytest.mark.django_db
def test_tamperings_with_the_tables_are_found(as_owner, seal_file):
    sealed_ledger()
    known, seed = Known(), random.randrange(2**32)
    chance = random.Random(seed)
    for number in range(IN_DATABASE):
        copy, kind = Copy.of(known), KINDS[number % (len(KINDS) - 1)]
        kind(copy, chance)
        with suppress(IntegrityError), transaction.atomic():
            store(copy)
            assert faults(), f"seed {seed}, {kind.__name__} {number}"
            transaction.set_rollback(True)
    assert faults() == []


def store(copy: Copy) -> None:
    """The tables as the tampered copy has them."""
    for model in (SealedHead, LedgerSeal, LedgerEntry):
        model.objects.all().delete()
    LedgerEntry.objects.bulk_create(LedgerEntry(**row) for row in copy.rows)
    for seal_no, (statement, heads) in enumerate(copy.sealed, start=1):
        values = {name: getattr(statement, name) for name in Statement.__slots__}
        made = LedgerSeal.objects.create(pk=seal_no, **values)
        SealedHead.objects.bulk_create(
            SealedHead(seal=made, chain=chain, sequence=sequence, hash=digest)
            for chain, sequence, digest in heads
        )
