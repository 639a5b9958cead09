"""SOD-01 to SOD-12, each by name: it bites, or the page says what it waits for. And the sampling pool."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from authority import services as authority_services
from authority.bounds import rules_for
from authority.ledger import verify
from authority.models import SeparationChange
from authority.refusals import Refused
from authority.rulings import StepDone, may_decide
from cases import services
from cases.models import ConcurrentAct, SupervisionParameter
from departments.models import IncompatibleDuty
from departments.standing import clashes_of
from tests.authority.samples import holder, limit, matter
from tests.cases.branch import Branch, adjusted_case, in_post, say, send
from tests.cast import post_in
from tests.factories import AppointmentFactory, GrantFactory, StaffFactory

pytestmark = pytest.mark.django_db
ME = 1


def codes(item: str, *steps: str, yuan: int = 80_000, **facts: object) -> set[str]:
    """What forbids me to decide the item after these steps, by the rules as they are seeded."""
    done = tuple(StepDone(step, ME) for step in steps)
    asked = holder(limit(100_000, item=item), person_id=ME, **facts)
    return set(may_decide(matter(yuan, item=item, steps=done), asked, rules_for()).codes)


def clashes_in(world, *posts: str) -> str:
    staff = StaffFactory()
    for code in posts:
        AppointmentFactory(staff=staff, post=post_in(world["sc"], code))
    return "；".join(clashes_of({staff.pk}, timezone.localdate()).get(staff.pk, ()))


@pytest.mark.parametrize("post", ["LAR", "PPR", "ADJ"])
def test_sod_01_underwriting_never_with_reviewing(world, post):
    assert "SOD-01" in clashes_in(world, "UNDERWRITE", post)
    assert clashes_in(world, "LAR", "PPR") == ""


@pytest.mark.parametrize("step", ["survey", "assess"])
def test_sod_02_who_surveyed_or_assessed_does_not_adjudicate(step):
    assert codes("adjudication", step) == {"sod:SOD-02"}
    assert codes("adjudication", step, yuan=1) == {"sod:SOD-02"}, "however small"


@pytest.mark.parametrize("item", ["damage_review", "price_review", "injury_review"])
def test_sod_03_assessing_and_reviewing_by_one_person_for_small_sums_only(item):
    assert codes(item, "assess", yuan=2_000) == set()
    assert codes(item, "assess", yuan=2_001) == {"sod:SOD-03"}


def test_sod_04_computing_and_adjudicating_by_one_person_for_small_sums_only():
    assert codes("adjudication", "adjust", yuan=2_000) == set()
    assert codes("adjudication", "adjust", yuan=2_001) == {"sod:SOD-04"}


def test_sod_05_management_operation_and_service_are_kept_apart(world):
    assert "SOD-05" in clashes_in(world, "ADJ", "COMPL")
    assert "SOD-05" in clashes_in(world, "QM", "ADJ")


def test_sod_06_key_posts_are_for_employees():
    assert IncompatibleDuty.objects.get(code="SOD-06").kind == "both"
    assert codes("adjudication", is_employee=False) == {"not_employee"}


@pytest.mark.parametrize("step", ["submit", "edit_amount"])
def test_sod_07_who_asks_does_not_approve(step):
    assert codes("ex_gratia", step) == {"sod:SOD-07", "must_refer:EX_GRATIA_PROVINCE"}


def test_sod_08_nobody_grants_to_himself():
    staff = StaffFactory()

    with pytest.raises(IntegrityError, match="authority_grant_not_to_oneself"):
        GrantFactory(appointment__staff=staff, granted_by=staff)


@pytest.mark.parametrize(
    ("code", "step", "item"),
    [
        pytest.param("SOD-09", "finder", "refusal_reward", id="SOD-09 receiver of a reward"),
        pytest.param("SOD-10", "handler", "complaint", id="SOD-10 complaint"),
        pytest.param("SOD-12", "expense", "direct_expense", id="SOD-12 direct claim expense"),
    ],
)
def test_ready_but_its_register_is_still_to_come(client, code, step, item):
    """The ruling would bite; nothing records the step yet, and the page says so."""
    duty = IncompatibleDuty.objects.get(code=code)
    client.force_login(StaffFactory())
    page = client.get(reverse("authority:separation")).content.decode()

    assert codes(item, step) == {f"sod:{code}"}
    assert (duty.is_enforced, duty.enforcement in page, "尚不能核对" in page) == (False, True, True)


def test_every_rule_is_listed_with_where_it_bites(client):
    client.force_login(StaffFactory())
    page = client.get(reverse("authority:separation")).content.decode()

    for duty in IncompatibleDuty.objects.all():
        assert duty.enforcement, duty.code
        assert duty.code in page


TERMS = {
    "statement": "规则",
    "concurrent_limit": 5000,
    "source": "办法",
    "is_verified": True,
    "valid_to": None,
}


def refused(act, *args, **options) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


def test_a_limit_is_changed_by_two_people(world):
    duty = IncompatibleDuty.objects.get(code="SOD-04")
    propose, agree = authority_services.propose_separation, authority_services.agree_to_separation
    change = propose(duty, TERMS, reason="办法修订", by=world["security_admin"])
    assert codes("adjudication", "adjust", yuan=5_000) == {"sod:SOD-04"}

    assert refused(propose, duty, TERMS, reason="x", by=world["security_admin"]) == ("taken",)
    assert "same_person" in refused(agree, change, by=world["security_admin"])
    assert refused(agree, change, by=world["clerk"]) == ("not_second_person",)
    agree(change, by=world["department_head"])

    assert codes("adjudication", "adjust", yuan=5_000) == set()
    assert verify() == []


def test_a_change_is_turned_down_or_wrong(world):
    duty = IncompatibleDuty.objects.get(code="SOD-04")
    propose = authority_services.propose_separation
    past = {**TERMS, "valid_to": timezone.localdate().replace(year=2020)}
    assert refused(propose, duty, past, reason="x", by=world["security_admin"]) == ("backdated",)
    assert refused(propose, duty, TERMS, reason="x", by=world["clerk"]) == ("not_security_admin",)
    change = propose(duty, TERMS, reason="x", by=world["security_admin"])

    done = authority_services.reject_separation(change, by=world["security_admin"], reason="收回")

    assert done.status == "rejected"
    assert codes("adjudication", "adjust", yuan=5_000) == {"sod:SOD-04"}


def test_no_code_shows_where_a_name_belongs(client):
    client.force_login(StaffFactory())
    shown = [row["what"] for row in client.get(reverse("authority:separation")).context["rows"]]

    assert [what for what in shown if any(letter.isascii() and letter.isalpha() for letter in what)] == []


def test_changing_on_the_pages(client, world):
    duty = IncompatibleDuty.objects.get(code="SOD-03")
    address = reverse("authority:separation_change", args=[duty.pk])
    form = {"statement": duty.statement, "concurrent_limit": "3000", "source": "办法", "reason": "修订"}
    client.force_login(world["security_admin"])
    assert client.post(address, {**form, "valid_to": "2020-01-01"}).status_code == 422
    assert client.post(address, {**form, "valid_to": "2099-01-01"}).status_code == 302
    change = SeparationChange.objects.get()

    client.force_login(world["department_head"])
    assert "2000.00 → 3000.00" in client.get(reverse("authority:separation")).content.decode()
    client.post(reverse("authority:separation_reject", args=[change.pk]), {"reason": ""})
    client.post(reverse("authority:separation_agree", args=[change.pk]))
    duty.refresh_from_db()
    assert (duty.concurrent_limit, str(duty.valid_to)) == (3000, "2099-01-01")


def decided_by_one_person(branch: Branch) -> ConcurrentAct:
    """The adjudicator computed a case of 1,500 yuan himself, and decides it."""
    SupervisionParameter.objects.filter(code="concurrent_share").update(value=100)
    case = adjusted_case(branch, "1500")
    note = {
        "case": case,
        "person": branch.adjudicator,
        "entered_at": timezone.now(),
        "left_at": timezone.now(),
    }
    case.steps.create(step="adjust", **note)
    submission = send(case, by=branch.clerk)
    say(submission, "agree", by=branch.adjudicator)
    return ConcurrentAct.objects.get()


def test_small_sums_decided_by_one_person_enter_the_pool(branch):
    act = decided_by_one_person(branch)

    assert (act.rule_code, act.is_drawn, act.decision.decided_by) == ("SOD-04", True, branch.adjudicator)


def test_of_a_share_of_nothing_nothing_is_drawn(branch):
    decided_by_one_person(branch)
    SupervisionParameter.objects.filter(code="concurrent_share").update(value=0)
    case = adjusted_case(branch, "1500")
    now = timezone.now()
    case.steps.create(step="adjust", person=branch.adjudicator, entered_at=now, left_at=now)

    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)

    assert list(ConcurrentAct.objects.order_by("pk").values_list("is_drawn", flat=True)) == [True, False]


def test_an_ordinary_decision_does_not(branch):
    say(send(adjusted_case(branch), by=branch.clerk), "agree", by=branch.adjudicator)

    assert not ConcurrentAct.objects.exists()


def test_it_is_checked_by_somebody_else(client, branch):
    act = decided_by_one_person(branch)
    reviewer = in_post("QM", branch.department).staff
    check = services.check_concurrent
    assert refused(check, act, "in_order", "", by=branch.adjudicator) == ("not_reviewing", "own_work")
    client.force_login(reviewer)
    address = reverse("cases:concurrent_check", args=[act.pk])

    assert str(act.decision.case) in client.get(reverse("cases:concurrent")).content.decode()
    client.post(address, {"result": ""})
    client.post(address, {"result": "defect", "note": "缺照片"})
    act.refresh_from_db()
    assert (act.result, act.checked_by) == ("defect", reviewer)
    assert "缺照片" in client.get(reverse("cases:concurrent"), {"state": "checked"}).content.decode()
    assert (
        "SOD-04" in client.get(reverse("cases:concurrent"), {"state": "pool", "rule": "SOD"}).content.decode()
    )
    assert refused(check, act, "in_order", "", by=reviewer) == ("already_checked",)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_concurrent_once_per_rule", {"rule_code": "SOD-04"}),
        ("cases_concurrent_checked_by_somebody", {"rule_code": "SOD-03", "result": "defect"}),
    ],
)
def test_the_pool_refuses(branch, constraint, values):
    act = decided_by_one_person(branch)

    with pytest.raises(IntegrityError, match=constraint):
        ConcurrentAct.objects.create(decision=act.decision, text="x", **values)


def change(**values: object) -> None:
    given = {"duty": IncompatibleDuty.objects.get(code="SOD-04"), "terms": {}, "reason": "x"}
    SeparationChange.objects.create(**{**given, "proposed_by": StaffFactory(), **values})


def agreed_by_oneself() -> None:
    staff = StaffFactory()
    change(proposed_by=staff, decided_by=staff, decided_at=timezone.now(), status="approved")


@pytest.mark.parametrize(
    ("constraint", "act"),
    [
        ("authority_separation_decided_by_somebody", lambda: change(status="approved")),
        ("authority_separation_two_people", agreed_by_oneself),
        ("authority_separation_one_waiting", lambda: [change(), change()]),
    ],
)
def test_changes_are_refused_by_the_database(constraint, act):
    with pytest.raises(IntegrityError, match=constraint):
        act()
