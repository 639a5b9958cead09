"""试算 on real submissions: nothing for the letter in force, moves for another one, and its pages."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm
from openpyxl import load_workbook

from authority.models import AuthorityItem, AuthorityLetter
from authority.refusals import Refused
from cases.jobs import pick_up_what_ifs
from cases.matters import facts_of, matter_of
from cases.models import CaseLoss, Decision, Submission, WhatIfRun
from cases.services.trying import cancel_what_if, order_what_if
from cases.what_if import work
from cases.what_if.page import result_of
from cases.what_if.reading import Period, read
from cases.what_if.work import replay
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, grant, in_post, say, send
from tests.factories import AbsenceFactory, CeilingFactory, GrantFactory, LetterFactory

AMOUNTS = ("8000", "40000", "60000", "150000", "450000")


@pytest.fixture
def decided(branch: Branch) -> list[Submission]:
    """Five adjudications, each decided by whoever the chain ended at."""
    assign_perm("manage_unit", branch.manager, branch.department)
    return [_decide(branch, amount) for amount in AMOUNTS]


def _decide(branch: Branch, amount: str, **fields) -> Submission:
    submission = send(adjusted_case(branch, amount, **fields), by=branch.clerk)
    while step := submission.chain.filter(status="now").select_related("staff").first():
        outcome = "agree" if step.kind == "final" else "refer_up"
        if step.staff is None:
            Submission.objects.filter(pk=submission.pk).update(status="agreed", decided_at=timezone.now())
            break
        say(submission, outcome, by=step.staff, opinion="同意", missing_papers="后补")
    submission.refresh_from_db()
    return submission


def draft_of(branch: Branch, limit: str, **fields) -> AuthorityLetter:
    """A draft that gives the adjudicator another limit than the letter in force does."""
    letter = branch.adjudicator.grants.get(item__code="adjudication").letter
    units = {"issuing_unit": letter.issuing_unit, "scope_unit": letter.scope_unit}
    assign_perm("manage_unit", branch.manager, letter.issuing_unit)
    branch.manager = Staff.objects.get(pk=branch.manager.pk)
    draft = LetterFactory(**units, drafted_by=branch.statistician, **fields)
    GrantFactory(
        letter=draft,
        appointment=branch.adjudicator.appointments.get(),
        item=AuthorityItem.objects.get(code="adjudication"),
        amount_max=Decimal(limit),
    )
    return draft


def ordered(branch: Branch, letter: AuthorityLetter) -> WhatIfRun:
    """As the worker leaves it."""
    today = timezone.localdate()
    run = order_what_if(letter, branch.department, (today, today), by=branch.manager)
    work.work(run.pk)
    run.refresh_from_db()
    return run


def test_every_letter_in_force_changes_nothing(branch: Branch, decided):
    letters = AuthorityLetter.objects.filter(status="in_force")

    runs = [_replayed(branch, letter) for letter in letters]

    assert len(runs) > 3
    assert all(tally.read == len(AMOUNTS) for tally, _ in runs)
    assert not any(move.is_change for tally, _ in runs for move in tally.moves)


@pytest.mark.parametrize("seed", range(4))
def test_in_force_against_in_force_is_nothing_for_any_letters(branch: Branch, seed: int):
    random = Random(seed)
    assign_perm("manage_unit", branch.manager, branch.department)
    people = [in_post("ADJ", branch.department) for _ in range(3)]
    for _ in range(8):
        terms = {
            "lines": [random.choice(["any", "own_damage", "ctpl"])],
            "litigation": random.choice(["any", "no"]),
        }
        grant(random.choice(people), "adjudication", str(random.choice([5_000, 50_000, 300_000])), **terms)
    CeilingFactory(unit=branch.department, amount_max=random.choice([40_000, 200_000]))
    for amount in random.sample(AMOUNTS, 3):
        _decide(branch, amount, is_litigated=random.random() < 0.5, flags=random.choice([[], ["death"]]))

    for letter in AuthorityLetter.objects.filter(status="in_force"):
        assert not any(move.is_change for move in _replayed(branch, letter)[0].moves)


def _replayed(branch: Branch, letter: AuthorityLetter):
    today = timezone.localdate()
    run = WhatIfRun(letter=letter, unit=branch.department, period_start=today, period_end=today)
    return replay(run, lambda done, total: None)


def test_a_lower_limit_moves_cases_up(branch: Branch, decided):
    run = ordered(branch, draft_of(branch, "50000"))

    result = result_of(run)
    assert (run.status, run.read, run.rebuilt) == ("done", 5, 0)
    assert (result.total.up.count, result.total.up.amount) == (1, 60_000)
    assert result.total.down.count == 0
    (line,) = result.lines
    assert (line.place_before, line.place_after, line.direction) == ("分公司审核岗", "室主任", "up")
    assert line.submissions == [decided[2].pk]
    loads = {load.person_id: (load.before, load.after) for load in result.loads}
    assert loads[branch.adjudicator.pk] == (3, 2)
    assert loads[branch.office_head.pk] == (1, 2)


def test_a_higher_limit_moves_cases_down(branch: Branch, decided):
    result = result_of(ordered(branch, draft_of(branch, "200000")))

    assert (result.total.down.count, result.total.down.amount) == (1, 150_000)


def test_equal_people_share_the_load(branch: Branch, decided):
    grant(in_post("ADJ", branch.department), "adjudication", "100000")

    loads = result_of(ordered(branch, draft_of(branch, "100000"))).loads

    shared = [(load.before, load.after) for load in loads if load.before == Decimal("1.5")]
    assert shared == [(Decimal("1.5"), Decimal("1.5"))] * 2


def test_nobody_left_is_a_gap(branch: Branch, decided):
    letters = AuthorityLetter.objects.filter(personalgrants__item__code="adjudication")
    for letter in letters.exclude(personalgrants__holder=branch.adjudicator):
        letter.personalgrants.update(revoked_at=timezone.now())

    result = result_of(ordered(branch, draft_of(branch, "1", mode="by_person")))

    assert result.total.gaps.count == 0
    assert result.total.head_office[1].count == 5
    assert result.total.share_after == "100.0%"


def test_a_letter_that_takes_all_away_leaves_gaps(branch: Branch, decided):
    for staff in (branch.office_head, branch.manager):
        staff.grants.update(revoked_at=timezone.now())
    letter = branch.adjudicator.grants.get(item__code="adjudication").letter
    empty = LetterFactory(issuing_unit=letter.issuing_unit, scope_unit=letter.scope_unit)

    result = result_of(ordered(branch, empty))

    assert result.total.gaps.count == 5
    assert {line.place_after for line in result.lines if line.is_new_gap} == {"总公司（无人受理）"}


def test_a_ceiling_is_tried_too(branch: Branch, decided):
    draft = LetterFactory(
        mode="by_institution", issuing_unit=branch.head_office, scope_unit=branch.department
    )
    CeilingFactory(letter=draft, unit=branch.department, amount_max=Decimal("50000"))

    assert result_of(ordered(branch, draft)).total.head_office[1].count == 3


def test_who_is_away_today_does_not_matter(branch: Branch, decided):
    AbsenceFactory(staff=branch.adjudicator)

    assert result_of(ordered(branch, draft_of(branch, "100000"))).lines == []


def test_a_newcomer_is_asked_as_he_is(branch: Branch, decided):
    draft = draft_of(branch, "100000")
    newcomer = in_post("ADJ", branch.unit)
    GrantFactory(letter=draft, appointment=newcomer, item=AuthorityItem.objects.get(code="adjudication"))

    result = result_of(ordered(branch, draft))

    assert result.total.others.count == 3
    assert {load.person_id for load in result.loads if not load.before} == {newcomer.staff_id}


def test_what_was_decided_is_kept_with_the_decision(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    as_sent = facts_of(matter_of(submission))
    say(submission, "agree", by=branch.adjudicator, opinion="同意")
    CaseLoss.objects.filter(case=submission.case).update(line="ctpl")

    assert Decision.objects.get(submission=submission).matter == as_sent


def test_old_decisions_are_rebuilt_and_counted(branch: Branch, decided):
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table cases_decision disable trigger user")
        cursor.execute("update cases_decision set matter = null")
        cursor.execute("alter table cases_decision enable trigger user")
    period = Period(timezone.localdate(), timezone.localdate(), branch.department.path)

    with transaction.atomic():
        rebuilt = [one for batch in read(period, with_parties=True) for one in batch]

    assert all(one.is_rebuilt for one in rebuilt)
    assert {one.facts["amounts"]["item"] for one in rebuilt} == {int(a) * 100 for a in AMOUNTS}
    assert all(step[0] == "submit" for one in rebuilt for step in one.facts["steps"])
    assert ordered(branch, draft_of(branch, "50000")).rebuilt == 5


def test_other_units_and_days_are_left_out(branch: Branch, decided):
    yesterday = timezone.localdate() - timedelta(days=1)
    run = order_what_if(draft_of(branch, "1"), branch.department, (yesterday, yesterday), by=branch.manager)
    work.work(run.pk)
    run.refresh_from_db()

    assert (run.status, run.read, run.message) == ("done", 0, work.NOTHING)


def test_a_cancelled_run_keeps_nothing(branch: Branch, decided):
    today = timezone.localdate()
    run = order_what_if(draft_of(branch, "1"), branch.department, (today, today), by=branch.manager)

    cancel_what_if(run, by=branch.manager)
    work.work(run.pk)

    run.refresh_from_db()
    assert (run.status, run.lines.count()) == ("cancelled", 0)
    with pytest.raises(Refused):
        cancel_what_if(run, by=branch.manager)


def test_a_run_at_work_stops_at_the_next_batch(branch: Branch, decided):
    run = ordered(branch, draft_of(branch, "50000"))
    held = {"status": "running", "attempt": 1, "finished_at": None}
    WhatIfRun.objects.filter(pk=run.pk).update(**held, lease_until=timezone.now() + work.LEASE)
    run.refresh_from_db()

    assert cancel_what_if(run, by=branch.manager).is_cancel_asked
    with pytest.raises(work.StoppedError):
        work._beat(run, connection, 1, 5)  # noqa: SLF001 - between two batches nothing else runs


def test_a_worker_that_lost_its_lease_publishes_nothing(branch: Branch, decided):
    run = ordered(branch, draft_of(branch, "50000"))
    tally, _ = _replayed(branch, run.letter)
    run.attempt = 7

    with pytest.raises(work.StoppedError):
        work._publish(run, tally)  # noqa: SLF001 - what the fence is for

    assert run.lines.filter(submissions__len__gt=0).count() == 1


def test_a_run_that_dies_again_and_again_is_given_up(branch: Branch, decided):
    run = ordered(branch, draft_of(branch, "50000"))
    gone = {"status": "running", "attempt": work.MOST_ATTEMPTS, "finished_at": None}
    WhatIfRun.objects.filter(pk=run.pk).update(**gone)

    assert pick_up_what_ifs() == 1

    run.refresh_from_db()
    assert (run.status, run.message) == ("failed", work.GAVE_UP)


def test_a_faulty_run_says_why(branch: Branch, decided, monkeypatch):
    draft = draft_of(branch, "1")
    monkeypatch.setattr(work, "MOST_ATTEMPTS", 3)
    monkeypatch.setattr(work, "replay", lambda run, beat: 1 / 0)

    run = ordered(branch, draft)

    assert (run.status, run.message) == ("failed", "ZeroDivisionError: division by zero")


def test_only_who_manages_the_unit_may_order(branch: Branch, decided):
    today = timezone.localdate()

    with pytest.raises(Refused) as refusal:
        order_what_if(draft_of(branch, "1"), branch.department, (today, today), by=branch.office_head)

    assert refusal.value.ruling.codes == ("not_managing", "foreign_unit")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_whatif_status_known", {"status": "lost", "finished_at": None}),
        ("cases_whatif_period_in_order", {"period_end": "2020-01-01"}),
        ("cases_whatif_percent", {"percent": 101}),
        ("cases_whatif_finished_when_done", {"finished_at": None}),
    ],
)
def test_the_database_refuses(branch: Branch, decided, constraint: str, values: dict):
    run = ordered(branch, draft_of(branch, "50000"))

    with pytest.raises(IntegrityError, match=constraint):
        WhatIfRun.objects.filter(pk=run.pk).update(**values)


def test_one_load_per_person(branch: Branch, decided):
    load = ordered(branch, draft_of(branch, "50000")).loads.all()[0]
    load.pk = None

    with pytest.raises(IntegrityError, match="cases_whatif_load_once"):
        load.save(force_insert=True)


def test_from_the_letter_to_the_cases(branch: Branch, decided, client):
    client.force_login(branch.manager)
    draft = draft_of(branch, "50000")
    page = client.get(reverse("cases:what_if_new"), {"letter": draft.pk})
    assert page.context["form"].initial["unit"] == draft.scope_unit_id
    today = timezone.localdate().isoformat()

    order = {"letter": draft.pk, "unit": branch.department.pk, "start": today, "end": today}
    answer = client.post(reverse("cases:what_if_new"), order)
    run = WhatIfRun.objects.get()
    assert "排队中" in client.get(answer.url).content.decode()
    work.work(run.pk)

    html = client.get(answer.url).content.decode()
    line = run.lines.get(submissions__len__gt=0)
    assert reverse("cases:what_if_line", args=[line.pk]) in html
    cases = client.get(reverse("cases:what_if_line", args=[line.pk])).content.decode()
    assert decided[2].case.claim_no in cases
    assert decided[0].case.claim_no not in cases


def test_a_wrong_period_is_told_at_the_form(branch: Branch, decided, client):
    client.force_login(branch.manager)
    draft = draft_of(branch, "50000")
    order = {"letter": draft.pk, "unit": branch.department.pk, "start": "2026-02-01", "end": "2026-01-01"}

    answer = client.post(reverse("cases:what_if_new"), order)
    longest = client.post(reverse("cases:what_if_new"), {**order, "start": "2016-02-01"})

    assert (answer.status_code, longest.status_code) == (422, 422)
    assert not WhatIfRun.objects.exists()


def test_progress_reloads_the_page_when_it_is_over(branch: Branch, decided, client):
    client.force_login(branch.manager)
    run = ordered(branch, draft_of(branch, "50000"))

    answer = client.get(reverse("cases:what_if_progress", args=[run.pk]))

    assert answer.headers["HX-Refresh"] == "true"


def test_the_workbook_says_what_the_page_says(branch: Branch, decided, client):
    client.force_login(branch.manager)
    run = ordered(branch, draft_of(branch, "50000"))

    answer = client.get(reverse("cases:what_if_export", args=[run.pk]))

    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["说明", "按层级", "按机构和事项", "变化明细", "人员工作量"]
    assert [cell.value for cell in book["变化明细"][2]][2:6] == ["上移", "分公司审核岗", "室主任", 1]


def test_the_list_is_flat(branch: Branch, decided, client, assert_flat_queries):
    client.force_login(branch.manager)
    draft = draft_of(branch, "50000")

    assert_flat_queries(reverse("cases:what_ifs"), grow=lambda: ordered(branch, draft))
