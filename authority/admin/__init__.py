from authority.admin.catalogue import AuthorityItemAdmin, LedgerEntryAdmin, ReferralRuleAdmin
from authority.admin.letters import AuthorityLetterAdmin, PersonalGrantAdmin, UnitCeilingAdmin

__all__ = [
    "AuthorityItemAdmin",
    "AuthorityLetterAdmin",
    "LedgerEntryAdmin",
    "PersonalGrantAdmin",
    "ReferralRuleAdmin",
    "UnitCeilingAdmin",
]
