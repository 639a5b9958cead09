from departments.models.calendar import CalendarDay
from departments.models.certificates import Certificate, CertificateType
from departments.models.clocks import ClockRule, PauseReason
from departments.models.duties import Duty, IncompatibleDuty
from departments.models.hand_overs import HandOver, HandOverLine, HandOverSignature
from departments.models.messages import AccessRecord, Notification, OutboxMessage
from departments.models.notices import Digest, KindChoice, MailSettings, NotificationKind
from departments.models.people import Absence, Staff
from departments.models.posts import Appointment, Post, PostType
from departments.models.units import OrgUnit, OrgUnitGroupPermission, OrgUnitUserPermission, UnitKind

__all__ = [
    "Absence",
    "AccessRecord",
    "Appointment",
    "CalendarDay",
    "Certificate",
    "CertificateType",
    "ClockRule",
    "Digest",
    "Duty",
    "HandOver",
    "HandOverLine",
    "HandOverSignature",
    "IncompatibleDuty",
    "KindChoice",
    "MailSettings",
    "Notification",
    "NotificationKind",
    "OrgUnit",
    "OrgUnitGroupPermission",
    "OrgUnitUserPermission",
    "OutboxMessage",
    "PauseReason",
    "Post",
    "PostType",
    "Staff",
    "UnitKind",
]
