"""What apps to the right add to the page of a letter."""

import pytest

from authority import letter_links
from authority.letter_links import LetterLink, links_for, register_letter_link
from tests.authority.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered(monkeypatch):
    monkeypatch.setattr(letter_links, "_links", [])
    return register_letter_link


def trial(letter, viewer):
    return (
        LetterLink("试算", f"/trial/{letter.pk}/", "按过去的决定重放") if letter.status == "draft" else None
    )


def test_a_link_is_on_the_page_where_it_leads_somewhere(as_head, branch, registered):
    registered(trial)
    draft, in_force = branch.draft(), branch.in_force()

    assert (
        f'href="/trial/{draft.pk}/" title="按过去的决定重放">试算<'
        in page(as_head, "letter", draft.pk).content.decode()
    )
    assert "/trial/" not in page(as_head, "letter", in_force.pk).content.decode()


def test_registered_twice_it_is_there_once(branch, registered):
    registered(trial)
    registered(trial)

    assert len(links_for(branch.draft(), branch.head)) == 1
