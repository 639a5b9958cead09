"""The ledger as the audit administrator reads it: in words, filtered, checked, taken along with a record."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from authority.chain_kinds import Subject, subjects_of
from authority.ledger import LedgerFacts, record
from authority.models import LedgerEntry
from authority.seals.sealing import seal_ledger
from departments.models import AccessRecord
from tests.factories import CaseFactory, GrantFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seal_file")]


@pytest.fixture
def auditor(client):
    staff = StaffFactory(admin_role="audit", is_staff=True)
    client.force_login(staff)
    return staff


@pytest.fixture
def entry(auditor) -> LedgerEntry:
    case, grant = CaseFactory(report_no="R20260042"), GrantFactory()
    facts = LedgerFacts("adjusted", "approved", Decimal("8000"), grant.pk, "同意", StaffFactory(name="甲某"))
    return record(f"case:{case.pk}", by=StaffFactory(name="乙某"), action="approve", facts=facts)


def listed(client, **query: object) -> str:
    response = client.get(reverse("authority:ledger"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_an_entry_in_words(client, entry):
    page = listed(client)

    for words in (
        "赔案 R20260042",
        "核赔通过",
        "乙某</a>",
        "（代甲某）",
        "已理算 → 已核赔",
        "8,000.00",
        "同意",
    ):
        assert words in page
    assert "100,000.00" in page  # the limit it rested on
    assert f"case:{entry.chain}" not in page


def test_the_case_itself_is_not_the_auditors(client, entry):
    assert reverse("cases:detail", args=[entry.chain.removeprefix("case:")]) not in listed(client)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"number": "R20260042"}, True),
        ({"number": "R2026004"}, False),
        ({"kind": "case"}, True),
        ({"kind": "letter"}, False),
        ({"action": "approve"}, True),
        ({"action": "pay"}, False),
        ({"person": "乙"}, True),
        ({"person": "甲某"}, False),
        ({"acted_for": "甲某"}, True),
        ({"amount_from": "8000", "amount_to": "8000"}, True),
        ({"amount_from": "8000.01"}, False),
        ({"day_from": "2020-01-01", "day_to": "2999-12-31"}, True),
        ({"day_to": "2020-01-01"}, False),
        ({"letter": "川理授"}, True),
        ({"letter": "京"}, False),
        ({"grant": "999999"}, False),
        ({"day_from": "nonsense", "amount_from": "x", "cursor": "x", "grant": "9" * 30}, True),
    ],
)
def test_filters(client, entry, query, found):
    assert ("8,000.00" in listed(client, **query)) is found


def test_the_day_of_an_entry_is_ours(client, entry):
    today = timezone.localdate().isoformat()

    assert "8,000.00" in listed(client, day_from=today, day_to=today)


def test_letters_are_found_by_their_number(client, auditor):
    grant = GrantFactory()
    record(f"letter:{grant.letter_id}", by=None, action="approve", facts=LedgerFacts(to_state="in_force"))

    page = listed(client, number=grant.letter.number)

    assert f"授权书 {grant.letter.number}" in page
    assert "批准生效" in page
    assert "系统" in page


def test_what_nobody_named_is_shown_by_its_bare_name(auditor):
    chains = ["unheard:7", "case:x", "seals", "case:999999"]

    assert subjects_of(chains, auditor) == {
        "unheard:7": Subject("unheard:7"),
        "case:x": Subject("case:x"),
        "seals": Subject("台账封存"),
        "case:999999": Subject("case:999999"),
    }


def test_a_page_costs_the_same_for_many_entries(auditor, assert_flat_queries):
    def grow() -> None:
        case, grant = CaseFactory(), GrantFactory()
        record(f"case:{case.pk}", by=StaffFactory(), action="pay", facts=LedgerFacts(grant_id=grant.pk))

    assert_flat_queries(reverse("authority:ledger"), grow=grow)
    assert_flat_queries(reverse("admin:authority_ledgerentry_changelist"), grow=grow)


def test_the_strip_says_when_the_ledger_was_sealed(client, entry):
    assert "尚未封存过" in listed(client)
    seal_ledger()

    assert "每分钟一次" in listed(client)


def unguard() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table authority_ledgerentry disable trigger user")


def chain(client, name: str) -> str:
    return client.get(reverse("authority:ledger_chain", args=[name])).content.decode()


def test_opening_a_chain_checks_it(client, entry):
    assert "尚未封存" in chain(client, entry.chain)
    seal_ledger()

    page = chain(client, entry.chain)

    assert "核验完好" in page
    assert "已封存至第 1 项" in page
    assert entry.hash in page


def test_a_faulty_chain_says_where(client, entry):
    unguard()
    LedgerEntry.objects.update(amount=1)

    assert f"{entry.chain} 第 1 项：内容与摘要不符" in chain(client, entry.chain)


def test_a_removed_chain_is_still_a_page(client, entry):
    seal_ledger()
    unguard()
    LedgerEntry.objects.all().delete()

    assert "整条链不见了" in chain(client, entry.chain)


def test_without_a_key_a_chain_is_shown_unchecked(client, entry, settings):
    settings.SEAL_KEY_FILE.unlink()

    assert "无法核验" in chain(client, entry.chain)


def test_a_chain_that_never_was(client, auditor):
    assert client.get(reverse("authority:ledger_chain", args=["case:12"])).status_code == 404


def test_what_is_taken_along_is_recorded(client, entry):
    response = client.get(reverse("authority:ledger_export"), {"number": "R20260042"})

    heading, row = load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True)
    told = dict(zip(heading, row, strict=True))
    assert (told["事项"], told["动作"], told["代何人"]) == ("赔案 R20260042", "核赔通过", "甲某")
    assert (told["金额(元)"], told["限额(元)"]) == (8000, 100000)
    taken = AccessRecord.objects.get()
    assert (taken.subject, taken.row_count) == ("授权行使台账", 1)


def test_the_admin_list_speaks_the_same_words(client, entry):
    page = client.get(reverse("admin:authority_ledgerentry_changelist"), {"q": "R20260042"}).content.decode()

    for words in ("赔案 R20260042", "核赔通过", "乙某（代甲某）", "已理算 → 已核赔", "8,000.00"):
        assert words in page
    narrowed = client.get(
        reverse("admin:authority_ledgerentry_changelist"), {"q": entry.chain, "action": "pay"}
    )
    assert "8,000.00" not in narrowed.content.decode()
