"""What can be done with people, posts and units. Every verb refuses with NotAllowed, explained."""

from departments.services.people import (
    Away,
    assign_admin_role,
    cancel_absence,
    disable_account,
    enable_account,
    record_absence,
    units_of,
)
from departments.services.posts import AppointmentTerms, appoint, relieve, set_headcount
from departments.services.unit_access import sync_access, sync_everybody
from departments.services.units import NewUnit, close_unit, move_unit, open_unit

__all__ = [
    "AppointmentTerms",
    "Away",
    "NewUnit",
    "appoint",
    "assign_admin_role",
    "cancel_absence",
    "close_unit",
    "disable_account",
    "enable_account",
    "move_unit",
    "open_unit",
    "record_absence",
    "relieve",
    "set_headcount",
    "sync_access",
    "sync_everybody",
    "units_of",
]
