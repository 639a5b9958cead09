"""工作交接 in the small company: everything goes where it was sent, at once or not at all."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authority.ledger import verify
from authority.models import LedgerEntry
from cases.models import ClaimCase
from departments import services
from departments.holdings import Changed, holding_kinds
from departments.models import HandOver, OutboxMessage
from departments.refusals import NotAllowed
from departments.services.hand_overs import Plan, holdings_of
from tests.cast import World, hold
from tests.factories import CaseFactory, GrantFactory, StaffFactory

TODAY = timezone.localdate


@pytest.fixture
def leaving(world: World) -> World:
    """陈立案 of 德阳 leaves: a post, two open cases, a grant; a colleague can take the cases."""
    clerk, unit = world["clerk"], world["dy"]
    world.things["cases"] = [CaseFactory(unit=unit, handler=clerk) for _ in range(2)]
    CaseFactory(unit=unit, handler=clerk, closed=True)
    world.things["grant"] = GrantFactory(appointment=world.held["clerk"], unit=unit)
    colleague = StaffFactory(name="接手人")
    hold(colleague, unit, "CASE_REG")
    colleague.refresh_from_db()
    world.people["colleague"] = colleague
    return world


def plan(world: World, occasion: str = "leaving", **to: str) -> Plan:
    """To the colleague, grants kept, posts ended, unless said otherwise by kind."""
    wanted = {"case": str(world["colleague"].pk), "post": "end", **to}
    seen = {
        (group.kind.code, one.thing): one.state
        for group in holdings_of(world["clerk"])
        for one in group.holdings
    }
    chosen = {thing: wanted.get(thing[0], "keep") for thing in seen}
    return Plan(occasion, TODAY(), "辞职获批", chosen, seen)


def test_all_that_is_held_is_listed(leaving: World):
    found = {group.kind.code: len(group.holdings) for group in holdings_of(leaving["clerk"])}

    assert found == {"case": 2, "grant": 1, "post": 1}
    works = ["case", "injured", "assistance", "mediation", "escalation", "recovery"]
    kinds = [*works, "stand_in", "grant", "submission", "post"]
    assert [kind.code for kind in holding_kinds()] == kinds


def test_everything_goes_where_it_was_sent(leaving: World):
    made = services.hand_over(leaving["clerk"], plan(leaving), by=leaving["unit_head"])

    assert set(ClaimCase.objects.outstanding().values_list("handler", flat=True)) == {leaving["colleague"].pk}
    leaving.held["clerk"].refresh_from_db()
    assert leaving.held["clerk"].ends_on == TODAY()
    outcomes = list(made.lines.order_by("pk").values_list("kind", "outcome"))
    assert outcomes == [
        ("在办赔案", "移交 接手人"),
        ("在办赔案", "移交 接手人"),
        ("个人授权", "保留"),
        ("岗位", f"免去，最后一天 {TODAY():%Y-%m-%d}"),
    ]


def test_every_change_has_its_entry(leaving: World):
    made = services.hand_over(leaving["clerk"], plan(leaving), by=leaving["unit_head"])

    chains = {f"case:{case.pk}" for case in leaving["cases"]} | {f"hand_over:{made.pk}"}
    chains.add(f"appointment:{leaving.held['clerk'].pk}")
    assert set(LedgerEntry.objects.values_list("chain", flat=True)) == chains
    assert LedgerEntry.objects.count() == 5  # the post twice: nobody could decide any more, and its end
    assert verify() == []


def test_one_thing_may_go_elsewhere(leaving: World):
    first = leaving["cases"][0]
    other = plan(leaving)
    other.to["case", str(first.pk)] = str(leaving["unit_head"].pk)

    services.hand_over(leaving["clerk"], other, by=leaving["unit_head"])

    first.refresh_from_db()
    assert first.handler == leaving["unit_head"]


def nothing_moved(world: World) -> bool:
    handlers = set(ClaimCase.objects.outstanding().values_list("handler", flat=True))
    return handlers == {world["clerk"].pk} and not HandOver.objects.exists()


@pytest.mark.parametrize(
    ("to", "codes"),
    [
        ({"case": "stranger"}, ["successor_not_handling"] * 2),
        ({"case": "clerk"}, ["same_handler"] * 2),
        ({"case": "end"}, ["no_destination"] * 2),
        ({"case": "999999"}, ["no_destination"] * 2),
        ({"case": "keep", "post": "keep"}, ["must_go"] * 3),
    ],
)
def test_one_refusal_and_nothing_moves(leaving: World, to, codes):
    named = {kind: str(leaving[who].pk) if who in leaving.people else who for kind, who in to.items()}

    with pytest.raises(NotAllowed) as refusal:
        services.hand_over(leaving["clerk"], plan(leaving, **named), by=leaving["unit_head"])

    assert [objection.code for objection in refusal.value.ruling.objections] == codes
    assert nothing_moved(leaving)


@pytest.mark.parametrize("who", ["clerk", "stranger", "reviewer", "system_admin"])
def test_only_who_manages_the_unit_and_never_oneself(leaving: World, who):
    with pytest.raises(NotAllowed):
        services.hand_over(leaving["clerk"], plan(leaving), by=leaving[who])

    assert nothing_moved(leaving)


def test_what_changed_meanwhile_is_named(leaving: World):
    old = plan(leaving)
    case = leaving["cases"][0]
    ClaimCase.objects.filter(pk=case.pk).update(version=9)
    CaseFactory(unit=leaving["dy"], handler=leaving["clerk"], report_no="R-NEW")
    leaving["cases"][1].delete()

    with pytest.raises(Changed) as changed:
        services.hand_over(leaving["clerk"], old, by=leaving["unit_head"])

    assert set(changed.value.things) >= {f"赔案 {case.report_no}", "赔案 R-NEW"}
    assert nothing_moved(leaving)


def test_on_long_leave_things_may_stay(leaving: World):
    stay = plan(leaving, "leave", case="keep", post="keep")

    made = services.hand_over(leaving["clerk"], stay, by=leaving["unit_head"])

    assert set(made.lines.values_list("outcome", flat=True)) == {"保留"}


def test_nobody_is_relieved_at_once_while_work_waits(leaving: World):
    held = leaving.held["clerk"]

    with pytest.raises(NotAllowed, match="还有 2 件在办赔案，请先办理工作交接"):
        services.relieve(held, on=TODAY(), by=leaving["unit_head"])

    later, why = date(2031, 1, 1), {"despite": "上级代办"}
    assert services.relieve(held, on=later, by=leaving["unit_head"], **why).ends_on == later


def test_with_another_post_the_work_has_somebody(leaving: World):
    hold(leaving["clerk"], leaving["my"], "CASE_REG")

    held, why = leaving.held["clerk"], {"despite": "上级代办"}
    assert services.relieve(held, on=TODAY(), by=leaving["unit_head"], **why).ends_on == TODAY()


def test_giver_receiver_and_supervisor_sign_once(leaving: World):
    made = services.hand_over(leaving["clerk"], plan(leaving), by=leaving["unit_head"])
    for who in ("clerk", "colleague", "unit_head"):
        services.sign_hand_over(made, by=leaving[who])

    with pytest.raises(NotAllowed, match="您已签字"):
        services.sign_hand_over(made, by=leaving["clerk"])
    with pytest.raises(NotAllowed, match="不是本次交接"):
        services.sign_hand_over(made, by=leaving["stranger"])
    assert LedgerEntry.objects.filter(chain=f"hand_over:{made.pk}").count() == 4


def test_everybody_concerned_is_told(leaving: World):
    services.hand_over(leaving["clerk"], plan(leaving), by=leaving["unit_head"])

    assert OutboxMessage.objects.filter(payload__kind="hand_over").count() == 2


def fields(world: World, **values: object) -> dict[str, object]:
    seen = {
        f"seen:{group.kind.code}:{one.thing}": one.state
        for group in holdings_of(world["clerk"])
        for one in group.holdings
    }
    return {
        "occasion": "leaving",
        "last_day": TODAY().isoformat(),
        "reason": "辞职获批",
        "to:case": world["colleague"].pk,
        "to:post": "end",
        **seen,
        **values,
    }


def wizard(client, world: World, data: dict[str, object] | None = None):
    client.force_login(world["unit_head"])
    address = reverse("departments:hand_over_new", args=[world["clerk"].pk])
    return client.get(address) if data is None else client.post(address, data)


def test_the_page_lists_things_and_receivers(client, leaving: World):
    page = wizard(client, leaving).content.decode()

    for words in ("在办赔案", leaving["cases"][0].report_no, "接手人（", "全部 2 项的去向", "免去"):
        assert words in page


def test_the_wizard_leads_to_the_paper(client, leaving: World):
    response = wizard(client, leaving, fields(leaving))

    made = HandOver.objects.get()
    assert response.url == made.get_absolute_url()
    for name in ("hand_over", "hand_over_print"):
        page = client.get(reverse(f"departments:{name}", args=[made.pk])).content.decode()
        for words in ("移交 接手人", "监交人", "陈立案", "辞职获批"):
            assert words in page
    assert str(made.pk) in client.get(reverse("departments:hand_overs")).content.decode()


def test_a_stale_page_comes_back_with_what_changed(client, leaving: World):
    case = leaving["cases"][0]

    response = wizard(client, leaving, fields(leaving, **{f"seen:case:{case.pk}": "0"}))

    assert response.status_code == 409
    assert "打开页面之后有变化" in response.content.decode()
    assert nothing_moved(leaving)


@pytest.mark.parametrize(
    ("values", "words"),
    [({"to:case": "keep"}, "离职不能保留"), ({"last_day": ""}, "必填")],
)
def test_a_refused_page_keeps_what_was_chosen(client, leaving: World, values, words):
    response = wizard(client, leaving, fields(leaving, **values))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert nothing_moved(leaving)


def test_signing_on_the_page(client, leaving: World):
    made = services.hand_over(leaving["clerk"], plan(leaving), by=leaving["unit_head"])
    client.force_login(leaving["colleague"])

    page = client.get(made.get_absolute_url()).content.decode()
    client.post(reverse("departments:hand_over_sign", args=[made.pk]))

    assert "签字确认" in page
    assert made.signatures.get().staff == leaving["colleague"]


def test_the_pages_cost_the_same_for_many(leaving: World, client, assert_flat_queries):
    client.force_login(leaving["unit_head"])

    def grow() -> None:
        CaseFactory(unit=leaving["dy"], handler=leaving["clerk"])

    assert_flat_queries(reverse("departments:hand_over_new", args=[leaving["clerk"].pk]), grow=grow)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [({"occasion": "whim"}, "occasion_known"), ({"supervisor": "clerk"}, "not_alone")],
)
def test_the_database_refuses(world: World, values, constraint):
    facts = {"giver": "clerk", "supervisor": "unit_head", "occasion": "leave", **values}
    parties = {name: world[facts.pop(name)] for name in ("giver", "supervisor")}

    with pytest.raises(IntegrityError, match=f"departments_handover_{constraint}"):
        HandOver.objects.create(last_day=TODAY(), **parties, **facts)


def test_a_thing_goes_once_and_a_person_signs_once(leaving: World):
    made = services.hand_over(leaving["clerk"], plan(leaving), by=leaving["unit_head"])
    line = made.lines.first()
    line.pk = None
    with pytest.raises(IntegrityError, match="departments_handoverline_once"), transaction.atomic():
        line.save(force_insert=True)
    signature = services.sign_hand_over(made, by=leaving["clerk"])
    signature.pk = None

    with pytest.raises(IntegrityError, match="departments_handover_signed_once"):
        signature.save(force_insert=True)
