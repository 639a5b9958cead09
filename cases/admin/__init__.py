"""后台: the manager reviews what is over authority; cases are read, never edited. Registered by importing."""

from cases.admin.claim_case import ClaimCaseAdmin
from cases.admin.clearing import (
    AgeBandAdmin,
    ClearingParameterAdmin,
    ReasonRuleAdmin,
    UnclearedReasonAdmin,
)
from cases.admin.conferences import ConferenceKindAdmin
from cases.admin.injury_measures import (
    CutReasonAdmin,
    DisabilityGradeAdmin,
    FollowUpRuleAdmin,
    InjuryCostKindAdmin,
    JudicialStandardAdmin,
)
from cases.admin.over_authority import OverAuthorityAdmin
from cases.admin.quality import DataQualityRuleAdmin, SampleRuleAdmin, ScoreItemAdmin, ScoreSheetAdmin
from cases.admin.reference import (
    PackItemAdmin,
    ProblemClassAdmin,
    ProblemPointsAdmin,
    SupervisionParameterAdmin,
)
from cases.admin.special import (
    CtplLimitAdmin,
    SpecialKindAdmin,
    SpecialLimitAdmin,
    SpecialPaperAdmin,
    SpecialReasonAdmin,
)
from cases.admin.terms import AnswerTermAdmin, SigningRuleAdmin

__all__ = [
    "AgeBandAdmin",
    "AnswerTermAdmin",
    "ClaimCaseAdmin",
    "ClearingParameterAdmin",
    "ConferenceKindAdmin",
    "CtplLimitAdmin",
    "CutReasonAdmin",
    "DataQualityRuleAdmin",
    "DisabilityGradeAdmin",
    "FollowUpRuleAdmin",
    "InjuryCostKindAdmin",
    "JudicialStandardAdmin",
    "OverAuthorityAdmin",
    "PackItemAdmin",
    "ProblemClassAdmin",
    "ProblemPointsAdmin",
    "ReasonRuleAdmin",
    "SampleRuleAdmin",
    "ScoreItemAdmin",
    "ScoreSheetAdmin",
    "SigningRuleAdmin",
    "SpecialKindAdmin",
    "SpecialLimitAdmin",
    "SpecialPaperAdmin",
    "SpecialReasonAdmin",
    "SupervisionParameterAdmin",
    "UnclearedReasonAdmin",
]
