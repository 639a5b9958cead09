"""授权一览: whom it shows to whom, what it says, and the exported file."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from authority.ledger import LedgerFacts, record
from authority.models import AuthorityItem
from departments.models import AccessRecord
from tests.authority.pages import another_grant, page
from tests.factories import AppointmentFactory, GrantFactory, PostFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_the_matrix_shows_who_holds_what(as_head, in_force):
    answer = page(as_head, "matrix")

    matrix = answer.context["matrix"]
    assert [item.code for item in matrix.items] == ["adjudication"]
    assert [row.appointment.staff.name for row in matrix.rows] == ["核赔员"]
    assert "100,000</a>" in answer.content.decode()
    assert "refusal" in [item.code for item in matrix.unheld]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("head", ["核赔员"]),
        ("security", ["核赔员"]),
        ("adjudicator", ["核赔员"]),
        ("clerk", []),
        ("sub_head", []),
    ],
)
def test_the_matrix_shows_whom_one_may_see(client, branch, in_force, who, seen):
    client.force_login(getattr(branch, who))

    rows = page(client, "matrix").context["matrix"].rows

    assert [row.appointment.staff.name for row in rows] == seen


def test_the_matrix_is_filtered(as_head, branch, in_force):
    clerks = branch.grant(in_force.letter, branch.clerk, item=AuthorityItem.objects.get(code="refusal"))

    def names(**query: object) -> list[str]:
        return [row.appointment.staff.name for row in page(as_head, "matrix", **query).context["matrix"].rows]

    assert names() == ["核赔员", "理算员"]
    assert names(unit=branch.units["my"].pk) == ["理算员"]
    assert names(item=clerks.item_id) == ["理算员"]
    assert names(post_type=in_force.appointment.post.post_type_id) == ["核赔员"]
    assert names(person="理算") == ["理算员"]
    assert names(unit="nonsense") == ["核赔员", "理算员"]


def test_the_scope_of_a_limit_is_said_where_it_is_narrow(as_head, branch):
    branch.grant(
        branch.in_force(),
        lines=["own_damage", "ctpl"],
        loss_classes=["injury"],
        special_kinds=[""],
        litigation="no",
        includes_below=False,
        amount_min=2000,
    )

    (row,) = page(as_head, "matrix").context["matrix"].rows

    (limit,) = row.cells[0]
    assert limit.scope == "车损险、交强险 · 人 · 普通案件 · 仅非诉 · 仅本机构 · 2,000 元起"


def test_the_matrix_costs_the_same_for_many(as_head, branch, in_force, assert_flat_queries):
    assert_flat_queries(reverse("authority:matrix"), grow=lambda: another_grant(branch, in_force.letter))


def test_the_export_is_what_the_matrix_shows(as_head, branch, in_force):
    branch.grant(in_force.letter, branch.clerk)
    for outcome in ("agree", "agree", "refer_up"):
        facts = LedgerFacts(grant_id=in_force.pk, details={"outcome": outcome})
        record("case:1", by=branch.adjudicator, action="decide", facts=facts)

    answer = page(as_head, "matrix_export", unit=branch.units["adj"].pk)

    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.values)
    assert rows[2][:5] == ("被授权人", "工号", "机构", "岗位", "环节")
    assert [(row[0], row[7], *row[11:15]) for row in rows[3:]] == [
        ("核赔员", 100_000, in_force.letter.number, "第1条", 2, 1)
    ]
    taken = AccessRecord.objects.get()
    assert (taken.staff, taken.kind, taken.row_count) == (branch.head, "export", 1)


def test_no_exported_cell_is_a_formula(as_head, branch):
    staff = StaffFactory(name="=1+1")
    appointment = AppointmentFactory(staff=staff, post=PostFactory(unit=branch.units["adj"]))
    GrantFactory(letter=branch.in_force(), appointment=appointment, unit=branch.units["motor"])

    sheet = openpyxl.load_workbook(BytesIO(page(as_head, "matrix_export").content)).active

    assert (sheet["A4"].value, sheet["A4"].data_type) == ("=1+1", "s")
