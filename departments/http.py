from django.http import HttpRequest

from departments.models import Staff

_LONGEST = 18  # digits that fit a key of the database


def number_in(text: str) -> int:
    """A key or version that a form sent back; 0, which nothing has, for what is none."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST else 0


class StaffRequest(HttpRequest):
    """The request of a logged-in person, as every view behind the login gets it."""

    user: Staff
