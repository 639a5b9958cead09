"""The case list: database work with scope resolution, the whole response, search, a deep page, counting."""

from collections.abc import Iterator
from functools import partial

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.clock import Figure, milliseconds, seconds
from benchmarks.naive import lists as naive
from benchmarks.people import holder_of
from cases.listing.case_list import CaseList
from cases.models import ClaimCase
from departments.access import SEE_CASES
from departments.models import Staff

_FLOOR = """
select c.id, c.report_no, c.claim_no, c.insured_name, c.plate_no, c.lines, c.estimate, c.stage, c.reported_at,
       u.short_name, s.name
from cases_claimcase c
join departments_orgunit u on u.id = c.unit_id
left join departments_staff s on s.id = c.handler_id
where c.unit_id = any(%s) order by c.reported_at desc, c.id desc limit 51
"""
PAGES_DEEP = 20


def measure() -> Iterator[Figure]:
    for post, whose in (("DEPT_HEAD", "whole department"), ("UNIT_HEAD", "one unit")):
        yield from _database_time(holder_of(post), whose)
    yield from _against_naive(holder_of("DEPT_HEAD"))
    yield from _responses(holder_of("DEPT_HEAD"))


def _fresh(staff: Staff) -> Staff:
    return get_user_model()(pk=staff.pk, employee_no=staff.employee_no, name=staff.name)


def _first_page(staff: Staff, cursor: str = "") -> object:
    return CaseList(_fresh(staff), {}).page(cursor)


def _floor(units: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR, [units])
        cursor.fetchall()


def _database_time(staff: Staff, whose: str) -> Iterator[Figure]:
    units = list(staff.unit_scope.ids(SEE_CASES))
    floor = milliseconds(partial(_floor, units))
    ours = milliseconds(partial(_first_page, staff))
    yield Figure(f"first page, {whose}: floor (SQL by hand)", floor, "ms")
    yield Figure(f"first page, {whose}: database and scope", ours, "ms", "floor", ours / floor, "≤ 3 ×")


def _against_naive(staff: Staff) -> Iterator[Figure]:
    ours = milliseconds(partial(_first_page, staff))
    naive.prepare_a(staff)
    naive.prepare_b(staff)
    for name, page, goal in (("A", naive.page_a, "≥ 100 × at 1 M"), ("B", naive.page_b, "")):
        theirs = milliseconds(lambda page=page: page(_fresh(staff)), runs=5)
        yield Figure(f"first page, naive {name}", theirs, "ms", "ours", theirs / ours, goal)


def _responses(staff: Staff) -> Iterator[Figure]:
    client = Client()
    client.force_login(staff)
    index = reverse("cases:index")
    yield Figure("first page, whole response", _response(client, index), "ms", goal="≤ 25 ms, flat")
    with CaptureQueriesContext(connection) as queries:
        client.get(index)
    yield Figure("first page, queries", len(queries), "", goal="≤ 8")
    plate = ClaimCase.objects.exclude(plate_no="").values_list("plate_no", flat=True)[0]
    yield Figure("search by plate", _response(client, f"{index}?q={plate}"), "ms", goal="flat")
    number = ClaimCase.objects.exclude(claim_no="").values_list("claim_no", flat=True)[0]
    yield Figure("search by number", _response(client, f"{index}?q={number}"), "ms", goal="flat")
    yield from _deep(staff)


def _response(client: Client, address: str) -> float:
    return milliseconds(lambda: client.get(address))


def _deep(staff: Staff) -> Iterator[Figure]:
    first = seconds(partial(_first_page, staff))
    cursor = ""
    for _ in range(PAGES_DEEP):
        cursor = CaseList(_fresh(staff), {}).page(cursor).next_cursor
    deep = seconds(partial(_first_page, staff, cursor))
    yield Figure(f"page {PAGES_DEEP + 1}", deep * 1000, "ms", "first page", deep / first, "same as the first")
    counting = milliseconds(lambda: CaseList(_fresh(staff), {}).capped_count())
    yield Figure("capped count", counting, "ms", goal="never a full count")
