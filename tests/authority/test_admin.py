"""The admin: rules are the security administrator's, the ledger the auditor's, the rest is only read."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from authority.ledger import record
from authority.models import AuthorityItem, LedgerEntry, ReferralRule
from tests.factories import CeilingFactory, StaffFactory

pytestmark = pytest.mark.django_db

LISTS = ("authorityitem", "referralrule", "authorityletter", "unitceiling", "personalgrant", "ledgerentry")


def statuses(client, staff, page: str = "changelist") -> dict[str, int]:
    client.force_login(staff)
    return {name: client.get(reverse(f"admin:authority_{name}_{page}")).status_code for name in LISTS}


@pytest.fixture
def security(db):
    return StaffFactory(admin_role="security", is_staff=True)


@pytest.mark.parametrize(
    ("values", "ledger"),
    [
        ({"admin_role": "audit"}, 200),
        ({"admin_role": "security"}, 403),
        ({"is_superuser": True}, 403),
        ({}, 403),
    ],
)
def test_who_reads(client, values, ledger):
    found = statuses(client, StaffFactory(is_staff=True, **values))

    assert found == {**dict.fromkeys(LISTS, 200), "ledgerentry": ledger}


@pytest.mark.parametrize("values", [{"admin_role": "audit"}, {"is_superuser": True}, {}])
def test_nobody_else_writes(client, values):
    assert set(statuses(client, StaffFactory(is_staff=True, **values), "add").values()) == {403}


def test_the_security_administrator_writes_items_letters_and_their_lines(client, security):
    writable = {name for name, status in statuses(client, security, "add").items() if status == 200}

    assert writable == {"authorityitem", "authorityletter", "unitceiling", "personalgrant"}


def test_a_rule_is_changed_on_its_page(client, security):
    rule = ReferralRule.objects.get(code="DEATH")
    client.force_login(security)

    page = client.get(reverse("admin:authority_referralrule_change", args=[rule.pk])).content.decode()

    assert f"/admin/r/{ContentType.objects.get_for_model(rule).pk}/{rule.pk}/" in page
    assert rule.get_absolute_url() == f"/authority/rules/{rule.pk}/"


def test_a_new_item_is_in_the_ledger(client, security):
    client.force_login(security)
    values = {"code": "new_item", "name": "新事项", "measure": "item", "rank": "99", "source": "测试"}

    client.post(reverse("admin:authority_authorityitem_add"), values)

    item = AuthorityItem.objects.get(code="new_item")
    assert LedgerEntry.objects.get().action == "add_rule"
    change = client.get(reverse("admin:authority_authorityitem_change", args=[item.pk]))
    assert 'name="code"' not in change.content.decode()


def test_letters_in_the_admin_are_those_one_may_see(client, branch, in_force):
    url = reverse("admin:authority_authorityletter_changelist")
    for who, count in ((branch.head, 1), (branch.sub_head, 0)):
        type(who).objects.filter(pk=who.pk).update(is_staff=True)
        client.force_login(who)
        assert len(client.get(url).context["cl"].result_list) == count


def test_the_ledger_names_the_acts_of_letters(client):
    for chain, action in (("letter:1", "supersede"), ("case:1", "agree")):
        record(chain, by=None, action=action)
    client.force_login(StaffFactory(is_staff=True, admin_role="audit"))

    text = client.get(reverse("admin:authority_ledgerentry_changelist")).content.decode()

    assert "被替代" in text
    assert ">同意<" in text
    assert str(LedgerEntry.objects.get(chain="case:1")) == "case:1/1 agree"


def test_history_is_shown(client, branch, in_force):
    type(branch.head).objects.filter(pk=branch.head.pk).update(is_staff=True)
    client.force_login(branch.head)

    for name, row in (("authorityletter", in_force.letter), ("personalgrant", in_force)):
        assert client.get(reverse(f"admin:authority_{name}_history", args=[row.pk])).status_code == 200


def test_limits_are_listed_with_separators(client, security, in_force):
    CeilingFactory(amount_max=500_000)
    client.force_login(security)

    grants = client.get(reverse("admin:authority_personalgrant_changelist")).content.decode()
    ceilings = client.get(reverse("admin:authority_unitceiling_changelist")).content.decode()

    assert "100,000.00" in grants
    assert "500,000.00" in ceilings
