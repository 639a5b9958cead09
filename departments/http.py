from django.http import HttpRequest

from departments.models import Staff


class StaffRequest(HttpRequest):
    """The request of a logged-in person, as every view behind the login gets it."""

    user: Staff
