"""Two letters side by side: every clause once, nothing changed is nothing said, and the page of it."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from authority.comparison.changes import Change, Clause, Term, compare, counts
from authority.comparison.clauses import as_clauses, clauses_of
from authority.comparison.sheet import baseline_of, compared
from authority.models import AuthorityItem, AuthorityLetter
from tests.authority.pages import another_grant, page
from tests.factories import CeilingFactory

CLAUSE = Clause("1:1", "王敏", "核赔室 · 核赔岗", "adjudication", "核赔", 10_000_00)
SCOPES = st.sampled_from([(), (Term("险别", "own_damage", "车损险"),)])
CLAUSES = st.lists(
    st.builds(
        lambda who, item, amount, terms: replace(CLAUSE, who=who, item=item, amount=amount, terms=terms),
        st.sampled_from(["1:1", "2:1", "unit:3"]),
        st.sampled_from(["adjudication", "refusal"]),
        st.integers(0, 3),
        SCOPES,
    ),
    max_size=6,
)


@given(CLAUSES)
def test_a_letter_against_itself_changes_nothing(clauses):
    assert {change.kind for change in compare(clauses, list(reversed(clauses)))} <= {"same"}


@given(CLAUSES, CLAUSES)
def test_every_clause_is_in_the_comparison_exactly_once(before, after):
    changes = compare(before, after)

    assert Counter(change.before for change in changes if change.before) == Counter(before)
    assert Counter(change.after for change in changes if change.after) == Counter(after)
    assert sum(counts(changes).values()) == len(changes)


@given(CLAUSES, CLAUSES)
def test_turned_round_what_rose_falls(before, after):
    opposite = {"added": "removed", "removed": "added", "raised": "lowered", "lowered": "raised"}
    there, back = counts(compare(before, after)), counts(compare(after, before))

    assert {opposite.get(kind, kind): number for kind, number in there.items()} == back


def test_a_change_without_clauses_is_none():
    with pytest.raises(ValueError, match="没有条款"):
        assert Change("same", None, None).clause


@pytest.fixture
def two(branch) -> tuple[AuthorityLetter, AuthorityLetter]:
    """In force: 核赔 100,000 and 拒赔 50,000 of one person; the draft raises one and drops the other."""
    refusal = AuthorityItem.objects.get(code="refusal")
    old, new = branch.in_force(number="旧1号"), branch.draft(number="新2号")
    branch.grant(old, amount_max=100_000)
    branch.grant(old, item=refusal, amount_max=50_000)
    branch.grant(new, amount_max=120_000)
    branch.grant(new, branch.clerk, item=refusal, amount_max=5_000)
    return old, new


@pytest.mark.django_db
def test_what_a_draft_changes(branch, two):
    comparison = compared(baseline_of(two[1]), two[1], branch.head)

    told = [(one.name, one.clause.name, one.clause.item_name, one.difference) for one in comparison.changes]
    assert told == [
        ("提高", "核赔员", "核赔", 2_000_000),
        ("取消", "核赔员", "拒赔", None),
        ("新增", "理算员", "拒赔", None),
    ]
    assert [group.title for group in comparison.groups("item")] == ["核赔", "拒赔"]


@pytest.mark.django_db
def test_a_changed_scope_names_the_dimensions(branch):
    old, new = branch.in_force(), branch.draft()
    branch.grant(old)
    narrower = {"lines": ["own_damage"], "litigation": "no", "includes_below": False, "amount_min": 2000}
    branch.grant(new, **narrower)

    (change,) = compared(old, new, branch.head).changes

    assert (change.kind, change.difference) == ("rescoped", None)
    assert [(label, was, is_now) for label, was, is_now in change.differing] == [
        ("适用机构", "motor（含下级）", "motor（仅本机构）"),
        ("险别", "不限", "车损险"),
        ("涉诉", "不限", "仅非诉"),
        ("金额下限", "无", "2,000.00 元起"),
    ]


@pytest.mark.django_db
def test_what_was_taken_away_is_not_compared(branch, two):
    old, _ = two
    grant = old.personalgrants.first()
    grant.revoked_at, grant.revoked_by = "2026-11-01T00:00Z", branch.head
    grant.save()

    assert len(clauses_of(old, branch.head)) == 1


@pytest.mark.django_db
def test_ceilings_are_compared_by_unit(branch):
    units = branch.units
    old = branch.in_force(mode="by_institution", scope_unit=units["my"])
    new = branch.draft(mode="by_institution", scope_unit=units["my"])
    CeilingFactory(letter=old, unit=units["my"], amount_max=30_000)
    row = CeilingFactory(letter=new, unit=units["my"], amount_max=Decimal(20_000))

    (change,) = compared(baseline_of(new), new, branch.head).changes

    assert (change.kind, change.clause.name, change.difference) == ("lowered", "绵阳", -1_000_000)
    assert as_clauses([row]) == clauses_of(new, branch.head)


@pytest.mark.django_db
def test_cosigning_is_part_of_the_scope(branch, two):
    post_type = branch.adjudicator.appointments.get().post.post_type
    grant = branch.grant(two[1], branch.clerk, cosign_count=2, cosign_post_type=post_type)

    (clause,) = as_clauses([grant])

    assert clause.terms[-1].words == "核赔员岗 2 人"


@pytest.mark.django_db
def test_the_page_compares_with_the_letter_in_force(as_head, two):
    answer = page(as_head, "letter_compare", two[1].pk)

    text = answer.content.decode()
    assert [tally.count for tally in answer.context["comparison"].tallies] == [1, 1, 0, 0, 1, 0]
    assert "+20,000.00" in text
    assert "旧1号" in text


@pytest.mark.django_db
def test_the_page_compares_any_two_letters(as_head, branch, two):
    other = branch.draft(number="他3号")
    branch.grant(other, amount_max=120_000)

    answer = page(as_head, "letter_compare", two[1].pk, before=other.pk, by="item", same="on")

    assert answer.context["comparison"].before == other
    assert [group.title for group in answer.context["groups"]] == ["核赔", "拒赔"]
    nothing = page(as_head, "letter_compare", other.pk, before=other.pk)
    assert nothing.context["comparison"].before == two[0], "a letter is not compared with itself"


@pytest.mark.django_db
def test_nothing_changed_says_so(as_head, branch):
    old, new = branch.in_force(), branch.draft()
    branch.grant(old)
    branch.grant(new)

    assert "没有差别" in page(as_head, "letter_compare", new.pk).content.decode()
    assert "完全相同" in page(as_head, "letter", new.pk).content.decode()
    assert "没有差别" in page(as_head, "letter_compare_print", new.pk).content.decode()


@pytest.mark.django_db
def test_a_letter_one_may_not_see_is_not_compared_with(client, branch):
    old = branch.in_force(scope_unit=branch.units["my"])
    new = branch.draft(scope_unit=branch.units["my"], drafted_by=branch.clerk)
    branch.grant(old, branch.sub_head)
    client.force_login(branch.clerk)

    assert page(client, "letter_compare", new.pk).context["comparison"].before is None
    chosen = page(client, "letter_compare", new.pk, before=old.pk)
    assert chosen.context["comparison"].before is None


@pytest.mark.django_db
def test_the_approver_sees_the_changes_on_the_letter(as_head, branch, two):
    AuthorityLetter.objects.filter(pk=two[1].pk).update(status="submitted")

    answer = page(as_head, "letter", two[1].pk)

    assert [old.number for old in answer.context["page"].replaces] == ["旧1号"]
    assert "同时终止" in answer.content.decode()
    assert "取消" in answer.content.decode()


@pytest.mark.django_db
def test_a_conflict_leads_to_its_line(as_head, branch, two):
    CeilingFactory(unit=branch.units["sc"], amount_max=110_000)
    line = two[1].personalgrants.get(holder=branch.adjudicator)

    text = page(as_head, "letter", two[1].pk).content.decode()

    assert f'href="#line-{line.pk}"' in text
    assert f'<tr id="line-{line.pk}" class="is-in-conflict">' in text


@pytest.mark.django_db
def test_the_page_costs_the_same_for_many(as_head, branch, two, assert_flat_queries):
    assert_flat_queries(
        reverse("authority:letter_compare", args=[two[1].pk]), grow=lambda: another_grant(branch, two[1])
    )
