"""Every page × every role. A page that is in no file of tests/access fails here."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import access
from tests.access.rows import Row
from tests.cast import ROLES, World, build_world

TABLES = [import_module(found.name) for found in iter_modules(access.__path__, "tests.access.")]
ACCESS: dict[str, list[Row]] = {
    page: rows if isinstance(rows, list) else [rows]
    for table in TABLES
    for page, rows in getattr(table, "PAGES", {}).items()
}
LISTS: dict[str, Row] = {model: row for table in TABLES for model, row in getattr(table, "LISTS", {}).items()}
ROWS = [
    pytest.param(page, row, id=f"{page}-{row.method}-{'-'.join(row.names)}")
    for page, rows in ACCESS.items()
    for row in rows
]


def pages(resolver: URLResolver, namespace: str = "") -> set[str]:
    """The names of all pages, the admin aside; a page without a name is given by its pattern."""
    found = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            found.add(namespace + (pattern.name or str(pattern.pattern)))
        elif pattern.namespace != "admin":
            found |= pages(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
    return found


@pytest.fixture(scope="module")
def furnished(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The cast and what every table needs, made once; nothing of it is committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        for table in TABLES:
            getattr(table, "furnish", lambda _: None)(world)
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def visitor(request, furnished: World, django_db_blocker) -> Iterator[Client]:
    """A client logged in as the role; what the request changes is taken back."""
    client = Client(raise_request_exception=True)
    with django_db_blocker.unblock(), transaction.atomic():
        if request.param != "anonymous":
            client.force_login(furnished[request.param])
        client.role = request.param
        yield client
        transaction.set_rollback(True)


def test_every_page_is_in_the_table():
    found = pages(get_resolver())

    assert sorted(found - set(ACCESS)) == []
    assert sorted(set(ACCESS) - found) == []


def test_every_admin_list_is_in_the_table():
    shown = {model._meta.label_lower for model in apps.get_models() if site.is_registered(model)}

    assert sorted(shown ^ set(LISTS)) == []


@pytest.mark.parametrize("visitor", ROLES, indirect=True)
@pytest.mark.parametrize(("page", "row"), ROWS)
def test_access(visitor: Client, furnished: World, page: str, row: Row):
    things = [furnished[name] for name in row.names]
    address = reverse(page, args=[getattr(thing, "pk", thing) for thing in things])

    answer = getattr(visitor, row.method)(address, row.sent(furnished))

    assert answer.getvalue() is not None  # a file is read to its end, so that it is closed
    assert answer.status_code == row.expected(visitor.role)
    assert visitor.role != "anonymous" or answer.status_code != 302 or "/login/" in answer.url


@pytest.mark.parametrize("visitor", ROLES, indirect=True)
@pytest.mark.parametrize("model", LISTS)
def test_admin_lists(visitor: Client, model: str):
    address = reverse(f"admin:{model.replace('.', '_')}_changelist")

    assert visitor.get(address).status_code == LISTS[model].expected(visitor.role)
