"""Accounts, the organisation and its reference data, for the three administrators."""

from departments.admin.accounts import StaffAdmin
from departments.admin.organisation import AppointmentAdmin, OrgUnitAdmin, PostAdmin
from departments.admin.records import AccessRecordAdmin, DigestAdmin, OutboxMessageAdmin
from departments.admin.reference import (
    CalendarDayAdmin,
    ClockRuleAdmin,
    DutyAdmin,
    IncompatibleDutyAdmin,
    NotificationKindAdmin,
    PostTypeAdmin,
)

__all__ = [
    "AccessRecordAdmin",
    "AppointmentAdmin",
    "CalendarDayAdmin",
    "ClockRuleAdmin",
    "DigestAdmin",
    "DutyAdmin",
    "IncompatibleDutyAdmin",
    "NotificationKindAdmin",
    "OrgUnitAdmin",
    "OutboxMessageAdmin",
    "PostAdmin",
    "PostTypeAdmin",
    "StaffAdmin",
]
