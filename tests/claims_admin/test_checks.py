import pytest
from django.db import connection

from claims_admin.checks import database_keeps_what_it_acknowledges


@pytest.mark.parametrize(
    ("is_production", "state", "found"), [(True, "off", 1), (True, "on", 0), (False, "off", 0)]
)
def test_production_insists_on_durable_commits(db, settings, is_production: bool, state: str, found: int):
    settings.IS_PRODUCTION = is_production
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL synchronous_commit = {state}")

    errors = database_keeps_what_it_acknowledges(databases=["default"])

    assert len(errors) == found
    assert all("synchronous_commit" in error.msg for error in errors)
