from authority.admin.catalogue import AuthorityItemAdmin, LedgerEntryAdmin, ReferralRuleAdmin
from authority.admin.letters import AuthorityLetterAdmin, PersonalGrantAdmin, UnitCeilingAdmin
from authority.admin.standing_in import (
    EmergencyGrantAdmin,
    EmergencyRuleAdmin,
    RatificationAdmin,
    StandInCeilingAdmin,
    SubstitutionAdmin,
)

__all__ = [
    "AuthorityItemAdmin",
    "AuthorityLetterAdmin",
    "EmergencyGrantAdmin",
    "EmergencyRuleAdmin",
    "LedgerEntryAdmin",
    "PersonalGrantAdmin",
    "RatificationAdmin",
    "ReferralRuleAdmin",
    "StandInCeilingAdmin",
    "SubstitutionAdmin",
    "UnitCeilingAdmin",
]
