"""Wide tables on a small screen of the office: nothing runs off the right edge."""

import pytest

from tests.authority.conftest import build_branch
from tests.factories import CertificateFactory, StaffFactory

pytestmark = pytest.mark.browser
SMALL = 1280
OFF_THE_EDGE = """
    () => [...document.querySelectorAll('table')].map(table => table.parentElement)
        .filter(box => box.scrollWidth > box.clientWidth || box.getBoundingClientRect().right > innerWidth)
        .map(box => box.getAttribute('aria-label'))
"""


def long_certificates() -> None:
    """One with a long reason, one that waits: names, numbers and dates as long as they get."""
    keeper, other = StaffFactory(name="欧阳某某某某"), StaffFactory(name="司马某某某某")
    ended = {
        "revoked_by": other,
        "revoked_at": "2026-01-01T00:00Z",
        "revoke_reason": "证书被发证单位撤销" * 12,
    }
    for number, given in enumerate(({"confirmed_by": other, **ended}, {"waiting": True}), start=1):
        holder = StaffFactory(name="欧阳某某某")
        CertificateFactory(staff=holder, number=f"ZJ-2026-SICHUAN-000000{number}", entered_by=keeper, **given)


@pytest.mark.parametrize("path", ["certificates/", "rules/", "separation/", "certificates/types/"])
def test_no_table_runs_off_the_edge(open_page, db, path):
    branch = build_branch()
    long_certificates()

    page = open_page(f"/authority/{path}", branch.security, width=SMALL)

    assert page.evaluate(OFF_THE_EDGE) == []
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL
    assert page.complaints == []
