"""Asking for the pages about authority."""

from django.urls import reverse

from authority.models import AuthorityLetter, PersonalGrant
from tests.factories import AppointmentFactory, GrantFactory, PostFactory


def another_grant(branch, letter: AuthorityLetter) -> PersonalGrant:
    appointment = AppointmentFactory(post=PostFactory(unit=branch.units["adj"]))
    return GrantFactory(letter=letter, appointment=appointment, unit=branch.units["motor"])


def page(client, name: str, *args: object, **query: object):
    return client.get(reverse(f"authority:{name}", args=args), query)
