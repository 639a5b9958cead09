from authority.models.emergencies import EmergencyGrant, EmergencyRule, Ratification
from authority.models.findings import CoverageFinding, CoverageNight, FindingCode, FindingKind
from authority.models.imports import LetterImport
from authority.models.interests import Interest, InterestStatement, party_key
from authority.models.items import AuthorityItem, Measure, ReferralRule
from authority.models.ledger import LedgerEntry
from authority.models.letters import AuthorityLetter, LetterMode, LetterStatus
from authority.models.limits import GrantSource, Litigation, PersonalGrant, UnitCeiling
from authority.models.rules import Expectation, RuleCase, RuleProposal
from authority.models.scans import CertificateScan, LetterScan
from authority.models.scope import LineCode, LossCode, SpecialCode
from authority.models.seals import LedgerSeal, SealedHead
from authority.models.separation import SeparationChange
from authority.models.stand_ins import InFlight, StandInCeiling, Substitution

__all__ = [
    "AuthorityItem",
    "AuthorityLetter",
    "CertificateScan",
    "CoverageFinding",
    "CoverageNight",
    "EmergencyGrant",
    "EmergencyRule",
    "Expectation",
    "FindingCode",
    "FindingKind",
    "GrantSource",
    "InFlight",
    "Interest",
    "InterestStatement",
    "LedgerEntry",
    "LedgerSeal",
    "LetterImport",
    "LetterMode",
    "LetterScan",
    "LetterStatus",
    "LineCode",
    "Litigation",
    "LossCode",
    "Measure",
    "PersonalGrant",
    "Ratification",
    "ReferralRule",
    "RuleCase",
    "RuleProposal",
    "SealedHead",
    "SeparationChange",
    "SpecialCode",
    "StandInCeiling",
    "Substitution",
    "UnitCeiling",
    "party_key",
]
