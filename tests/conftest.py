"""What every test may ask for."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


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
