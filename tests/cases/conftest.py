import pytest

from tests.cases.branch import Branch, make_branch


@pytest.fixture
def branch(db) -> Branch:
    return make_branch()
