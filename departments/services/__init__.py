"""What can be done with people, posts and units. Every verb refuses with NotAllowed, explained."""

from departments.services.hand_overs import (
    hand_over,
    ruling_on_hand_over,
    ruling_on_signing,
    sign_hand_over,
)
from departments.services.mail_settings import choose_kind, keep_mail_settings, may_silence
from departments.services.people import (
    Away,
    assign_admin_role,
    cancel_absence,
    disable_account,
    enable_account,
    record_absence,
    ruling_on_absence,
    units_of,
)
from departments.services.posts import (
    AppointmentTerms,
    appoint,
    relieve,
    ruling_on_assigning,
    ruling_on_filling,
    ruling_on_relieving,
    ruling_on_withdrawing,
    set_headcount,
    withdraw_appointment,
)
from departments.services.unit_access import sync_access, sync_everybody
from departments.services.units import NewUnit, close_unit, found_head_office, move_unit, open_unit

__all__ = [
    "AppointmentTerms",
    "Away",
    "NewUnit",
    "appoint",
    "assign_admin_role",
    "cancel_absence",
    "choose_kind",
    "close_unit",
    "disable_account",
    "enable_account",
    "found_head_office",
    "hand_over",
    "keep_mail_settings",
    "may_silence",
    "move_unit",
    "open_unit",
    "record_absence",
    "relieve",
    "ruling_on_absence",
    "ruling_on_assigning",
    "ruling_on_filling",
    "ruling_on_hand_over",
    "ruling_on_relieving",
    "ruling_on_signing",
    "ruling_on_withdrawing",
    "set_headcount",
    "sign_hand_over",
    "sync_access",
    "sync_everybody",
    "units_of",
    "withdraw_appointment",
]
