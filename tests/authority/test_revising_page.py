"""All lines of a draft on one page: sums, removals, new lines; ids that are not the letter's are refused."""

import pytest
from django.urls import reverse

from authority import services
from authority.models import AuthorityItem, LedgerEntry, PersonalGrant
from authority.refusals import Refused
from tests.authority.pages import another_grant, page
from tests.authority.test_letters import heading

pytestmark = pytest.mark.django_db


def address(letter, **query: object) -> str:
    return reverse("authority:letter_lines", args=[letter.pk], query=query)


@pytest.fixture
def draft(branch):
    letter = branch.draft()
    branch.grant(letter, amount_max=100_000)
    branch.grant(letter, branch.clerk, amount_max=5_000, item=AuthorityItem.objects.get(code="refusal"))
    return letter


def new_line(branch, **values: object) -> dict[str, object]:
    return {
        "new0-appointment": branch.clerk.appointments.get().pk,
        "new0-item": AuthorityItem.objects.get(code="estimate_change").pk,
        "new0-amount_max": "3000",
        **values,
    }


def sums(letter) -> dict[str, object]:
    return {f"amount_{grant.pk}": str(grant.amount_max) for grant in letter.personalgrants.all()}


def test_sums_removals_and_new_lines_are_saved_in_one_go(as_head, branch, draft):
    first, second = draft.personalgrants.order_by("pk")
    sent = {f"amount_{first.pk}": "120000", f"amount_{second.pk}": "5000", f"drop_{second.pk}": "on"}

    assert as_head.post(address(draft), {**sent, **new_line(branch)}).status_code == 302

    kept = list(
        draft.personalgrants.order_by("pk").values_list("clause", "item__code", "amount_max", "lines")
    )
    assert kept == [
        ("第1条", "adjudication", 120_000, ["any"]),
        ("第3条", "estimate_change", 3_000, ["any"]),
    ]
    entry = LedgerEntry.objects.get()
    assert (entry.action, {name: len(part) for name, part in entry.details.items()}) == (
        "revise",
        {"changes": 1, "dropped": 1, "added": 1},
    )


def test_the_history_tells_it_in_numbers(as_head, branch, draft):
    as_head.post(address(draft), {**sums(draft), **new_line(branch)})

    (event,) = page(as_head, "letter", draft.pk).context["page"].events
    assert (event.title, event.text) == ("编辑条款", "增加 第3条 3,000.00 元")


def test_one_more_is_added_without_leaving_the_page(as_head, branch, draft):
    answer = as_head.post(address(draft), {**sums(draft), **new_line(branch), "more": "1"})

    assert answer.url == address(draft)


def test_one_person_is_edited_alone(as_head, branch, draft):
    url = address(draft, person=branch.clerk.pk)
    shown = [line["row"].holder for line in as_head.get(url).context["form"].lines]
    assert shown == [branch.clerk]

    grant = draft.personalgrants.get(holder=branch.clerk)
    assert as_head.post(url, {f"amount_{grant.pk}": "4000"}).status_code == 302
    assert sorted(draft.personalgrants.values_list("amount_max", flat=True)) == [4_000, 100_000]


def test_the_limit_in_force_stands_beside(as_head, branch, draft):
    branch.grant(branch.in_force(), amount_max=90_000)

    lines = as_head.get(address(draft)).context["form"].lines

    assert [line["was"] for line in lines] == [90_000, None]


@pytest.mark.parametrize(
    "values",
    [
        {"new0-item": ""},
        {"new0-amount_max": "-1"},
        {"new0-appointment": "999999"},
    ],
)
def test_a_new_line_that_makes_no_sense_saves_nothing(as_head, branch, draft, values):
    changed = dict.fromkeys(sums(draft), "1")

    assert as_head.post(address(draft), {**changed, **new_line(branch, **values)}).status_code == 422
    assert not LedgerEntry.objects.exists()


def test_a_limit_below_its_minimum_stays_with_its_field(as_head, branch):
    letter = branch.draft()
    grant = branch.grant(letter, amount_min=2_000)

    answer = as_head.post(address(letter), {f"amount_{grant.pk}": "1999.99"})

    assert answer.status_code == 422
    assert "低于金额下限 2,000.00" in answer.content.decode()
    assert (
        as_head.post(address(letter), {f"amount_{grant.pk}": "1", f"drop_{grant.pk}": "on"}).status_code
        == 302
    )


@pytest.mark.parametrize("kind", ["amount", "drop"])
def test_a_line_of_another_letter_is_refused_and_nothing_is_saved(as_head, branch, draft, kind):
    foreign = branch.grant(branch.draft())

    answer = as_head.post(address(draft), {**dict.fromkeys(sums(draft), "7"), f"{kind}_{foreign.pk}": "1"})

    assert answer.status_code == 403
    assert "不属于这份授权书" in answer.content.decode()
    assert not PersonalGrant.objects.filter(amount_max=7).exists()


def test_a_line_is_not_dropped_through_another_letter(as_head, branch, draft):
    foreign = branch.grant(branch.draft())

    answer = as_head.post(reverse("authority:letter_line_drop", args=[draft.pk, foreign.pk]))

    assert answer.status_code == 403
    assert PersonalGrant.objects.filter(pk=foreign.pk).exists()


def test_a_letter_one_may_not_see_is_not_there(client, branch, draft):
    client.force_login(branch.sub_head)

    assert client.post(address(draft), sums(draft)).status_code == 404


def test_somebody_of_another_unit_is_no_choice(as_head, branch):
    letter = branch.draft(scope_unit=branch.units["adj"])

    answer = as_head.post(address(letter), new_line(branch))

    assert answer.status_code == 422
    assert "appointment" in answer.context["new"].forms[0].errors


def test_key_items_are_not_given_from_the_own_level(as_head, branch):
    letter = branch.draft()
    forged = new_line(branch, **{"new0-appointment": branch.deputy.appointments.get().pk})
    forged["new0-item"] = AuthorityItem.objects.get(code="adjudication").pk

    answer = as_head.post(address(letter), forged)

    assert answer.status_code == 403
    assert "须由上级机构授予" in answer.content.decode()


def test_ceilings_are_edited_on_the_same_page(as_head, branch):
    my = branch.units["my"]
    letter = branch.draft(mode="by_institution", scope_unit=my)
    item = AuthorityItem.objects.get(code="refusal")
    sent = {"new0-unit": my.pk, "new0-item": item.pk, "new0-amount_max": "20000"}

    assert as_head.post(address(letter), sent).status_code == 302

    assert letter.unitceilings.get().amount_max == 20_000
    assert as_head.get(address(letter)).status_code == 200


def test_the_mode_does_not_change_under_the_lines(branch, draft):
    with pytest.raises(Refused, match="不能改变授权方式"):
        services.amend_letter(draft, heading(branch, mode="by_institution"), by=branch.deputy)


def test_the_page_costs_the_same_for_many(as_head, branch, draft, assert_flat_queries):
    assert_flat_queries(address(draft), grow=lambda: another_grant(branch, draft))
