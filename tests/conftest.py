"""What every test may ask for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases

from tests import prepared
from tests.cast import World, build_world


@pytest.fixture
def assert_flat_queries(client) -> Callable:
    """The page must cost the same for many rows as for one."""

    def check(url: str, *, grow: Callable[[], object]) -> None:
        def cost() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            return len(queries)

        grow()
        cost()  # fills the process-wide caches, such as content types
        for_one = cost()
        for _ in range(5):
            grow()
        assert cost() == for_one

    return check


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment,
    django_db_modify_db_settings,
    django_db_blocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """As pytest-django's, but for whoever asks: its own makes no test database for tests without its mark,
    and `own_database` would then copy the real one.

    What migrating and seeding makes is kept beside, with the digests of what made it: the next process, and
    the next run, copy it, and migrate only what is newer.
    """
    keepdb = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock(), prepared.turn():
        is_copied = not keepdb and prepared.copy()
        made = setup_databases(verbosity=0, interactive=False, keepdb=keepdb or is_copied)
        if not keepdb:
            prepared.keep()
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@pytest.fixture
def world(db) -> World:
    """The small company of tests/cast.py."""
    return build_world()


@pytest.fixture
def own_database(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A copy of the test database for one test whose threads commit; thrown away afterwards.

    Instead of `django_db(transaction=True)`, whose clean-up empties every table: the seeds would be gone,
    and the ledger refuses.
    """
    name = connection.settings_dict["NAME"]
    copy = f"{name}_own"
    with django_db_blocker.unblock():
        connection.close()
        prepared.drop(copy)
        prepared.copy_database(name, copy)
        connection.settings_dict["NAME"] = copy
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = name
            prepared.drop(copy)


@pytest.fixture
def seal_file(settings, tmp_path) -> Path:
    """Where this test's seals go outside the database, with a key of its own."""
    settings.SEAL_FILE = tmp_path / "seals.jsonl"
    settings.SEAL_KEY_FILE = tmp_path / "key"
    settings.SEAL_KEY_FILE.write_text("k" * 40)
    return tmp_path / "seals.jsonl"


@pytest.fixture
def guarded(db) -> Iterator[Callable[[], None]]:
    """From here on, no change without its entry; called, it asks what the commit would ask."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("set local claims.filling = 'off'")

    def commit() -> None:
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate; set constraints all deferred")

    yield commit
    if not connection.needs_rollback:
        commit()
        with connection.cursor() as cursor:
            cursor.execute("set local claims.filling = 'on'")
