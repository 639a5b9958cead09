"""Places to go from the page of a letter that apps to the right add, such as the trial on past decisions.

An app registers in its `AppConfig.ready`:

    register_letter_link(lambda letter, viewer: LetterLink("试算", address_of(letter), "…"))

The function gets the letter shown and who is looking, and gives a link, or None where it leads nowhere. It
asks no question of the database that grows with the letter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from authority.models import AuthorityLetter
from departments.models import Staff


@dataclass(frozen=True, slots=True)
class LetterLink:
    """`note`: one sentence of what is found there."""

    title: str
    url: str
    note: str = ""


LinkFor = Callable[[AuthorityLetter, Staff], LetterLink | None]
_links: list[LinkFor] = []


def register_letter_link(link_for: LinkFor) -> None:
    if link_for not in _links:
        _links.append(link_for)


def links_for(letter: AuthorityLetter, viewer: Staff) -> tuple[LetterLink, ...]:
    """In the order of registration."""
    found = [link_for(letter, viewer) for link_for in _links]
    return tuple(link for link in found if link is not None)
