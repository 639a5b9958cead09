from cases.models.assistance import ASSISTANCE_CLOCK, ASSISTING_POSTS, AssistancePaper, InjuryAssistance
from cases.models.campaigns import (
    CampaignCase,
    CampaignRound,
    CampaignTarget,
    OutstandingCampaign,
    RoundFigure,
    RoundRow,
)
from cases.models.case import (
    FLAGS_OF_FIELDS,
    CaseFlag,
    CaseUserPermission,
    ClaimCase,
    CoverageLine,
    LossClass,
)
from cases.models.clearing import (
    AgeBand,
    ClearingParameter,
    ReasonRule,
    UnclearedReason,
    clearing_parameter,
)
from cases.models.clocks import AverageCost, CaseDue, CasePause, ClockAlert, CoHandler
from cases.models.concurrent import ConcurrentAct
from cases.models.conferences import (
    Conference,
    ConferenceKind,
    ConferenceMember,
    ConferenceOpinion,
    ConferenceUse,
)
from cases.models.consultations import Consultation
from cases.models.damage import DamageItem, DamageSheet, PartPrice, ReductionReason
from cases.models.data_quality import DataCorrection, DataQualityIssue, DataQualityRule, DataQualityRun
from cases.models.decisions import ChainStep, Decision, Outcome, OverAuthorityCase, Submission
from cases.models.escalations import Escalation
from cases.models.feedback import FeedbackLetter, FeedbackLine
from cases.models.filters import SavedFilter
from cases.models.fraud import FraudEvidence, FraudIndicator, FraudLead, FraudPattern, FraudTask
from cases.models.imports import ImportBatch, ImportFault, ImportProfile
from cases.models.injuries import Dependant, HospitalVisit, InjuredPerson
from cases.models.injury_costs import InjuryCost
from cases.models.lawsuits import CourtLevel, Lawsuit, LawsuitCase, LawsuitParty, Side
from cases.models.majors import (
    ExpertOpinion,
    MajorCriterion,
    MajorLoss,
    MajorLossVisit,
    MajorMeasure,
    MajorReport,
)
from cases.models.mediations import Mediation, MediationAttempt, MediationLine
from cases.models.money import CaseLoss, EstimateChange, Payment
from cases.models.notices import PapersNotice, RequiredPaper, missing_of
from cases.models.packs import PackItem
from cases.models.papers import CasePaper
from cases.models.phrases import OpinionPhrase
from cases.models.problems import ProblemClass, ProblemFinding, ProblemPoints, Severity
from cases.models.quality import DrawnRule, QualityDraw, QualitySample, SampleAnswer
from cases.models.recoveries import RecoveryPlaceholder, RecoveryReceipt
from cases.models.remarks import CaseRemark
from cases.models.resurveys import Resurvey, ResurveyRule
from cases.models.reversals import ReversalTask
from cases.models.sheets import Criterion, SampleRule, ScoreItem, ScoreSheet
from cases.models.signing import JointSigning, OnRefusal, SigningRule, TakenBack
from cases.models.special import MONEY, RESCUE, SET_OFF, RefusalNotice, SpecialRequest
from cases.models.special_kinds import CtplLimit, Kind, SpecialKind, SpecialLimit, SpecialPaper, SpecialReason
from cases.models.standards import (
    CostGroup,
    CutReason,
    DisabilityGrade,
    FollowUpRule,
    Formula,
    Household,
    InjuryCostKind,
    JudicialStandard,
    Per,
    StandardKind,
    TreatmentState,
)
from cases.models.steps import CaseStep, Step
from cases.models.supervision import (
    FindingCase,
    PersonFigures,
    SampledDecision,
    StationOpening,
    SupervisionFinding,
    SupervisionMonth,
    SupervisionParameter,
)
from cases.models.transmissions import AnswerCondition, AnswerTerm, EscalationReminder, Transmission
from cases.models.trials import Counsel, Hearing, Judgment, LawsuitRequest, LitigationCost
from cases.models.what_if import HARD_STOP, WhatIfLine, WhatIfLoad, WhatIfRun

__all__ = [
    "ASSISTANCE_CLOCK",
    "ASSISTING_POSTS",
    "FLAGS_OF_FIELDS",
    "HARD_STOP",
    "MONEY",
    "RESCUE",
    "SET_OFF",
    "AgeBand",
    "AnswerCondition",
    "AnswerTerm",
    "AssistancePaper",
    "AverageCost",
    "CampaignCase",
    "CampaignRound",
    "CampaignTarget",
    "CaseDue",
    "CaseFlag",
    "CaseLoss",
    "CasePaper",
    "CasePause",
    "CaseRemark",
    "CaseStep",
    "CaseUserPermission",
    "ChainStep",
    "ClaimCase",
    "ClearingParameter",
    "ClockAlert",
    "CoHandler",
    "ConcurrentAct",
    "Conference",
    "ConferenceKind",
    "ConferenceMember",
    "ConferenceOpinion",
    "ConferenceUse",
    "Consultation",
    "CostGroup",
    "Counsel",
    "CourtLevel",
    "CoverageLine",
    "Criterion",
    "CtplLimit",
    "CutReason",
    "DamageItem",
    "DamageSheet",
    "DataCorrection",
    "DataQualityIssue",
    "DataQualityRule",
    "DataQualityRun",
    "Decision",
    "Dependant",
    "DisabilityGrade",
    "DrawnRule",
    "Escalation",
    "EscalationReminder",
    "EstimateChange",
    "ExpertOpinion",
    "FeedbackLetter",
    "FeedbackLine",
    "FindingCase",
    "FollowUpRule",
    "Formula",
    "FraudEvidence",
    "FraudIndicator",
    "FraudLead",
    "FraudPattern",
    "FraudTask",
    "Hearing",
    "HospitalVisit",
    "Household",
    "ImportBatch",
    "ImportFault",
    "ImportProfile",
    "InjuredPerson",
    "InjuryAssistance",
    "InjuryCost",
    "InjuryCostKind",
    "JointSigning",
    "Judgment",
    "JudicialStandard",
    "Kind",
    "Lawsuit",
    "LawsuitCase",
    "LawsuitParty",
    "LawsuitRequest",
    "LitigationCost",
    "LossClass",
    "MajorCriterion",
    "MajorLoss",
    "MajorLossVisit",
    "MajorMeasure",
    "MajorReport",
    "Mediation",
    "MediationAttempt",
    "MediationLine",
    "OnRefusal",
    "OpinionPhrase",
    "Outcome",
    "OutstandingCampaign",
    "OverAuthorityCase",
    "PackItem",
    "PapersNotice",
    "PartPrice",
    "Payment",
    "Per",
    "PersonFigures",
    "ProblemClass",
    "ProblemFinding",
    "ProblemPoints",
    "QualityDraw",
    "QualitySample",
    "ReasonRule",
    "RecoveryPlaceholder",
    "RecoveryReceipt",
    "ReductionReason",
    "RefusalNotice",
    "RequiredPaper",
    "Resurvey",
    "ResurveyRule",
    "ReversalTask",
    "RoundFigure",
    "RoundRow",
    "SampleAnswer",
    "SampleRule",
    "SampledDecision",
    "SavedFilter",
    "ScoreItem",
    "ScoreSheet",
    "Severity",
    "Side",
    "SigningRule",
    "SpecialKind",
    "SpecialLimit",
    "SpecialPaper",
    "SpecialReason",
    "SpecialRequest",
    "StandardKind",
    "StationOpening",
    "Step",
    "Submission",
    "SupervisionFinding",
    "SupervisionMonth",
    "SupervisionParameter",
    "TakenBack",
    "Transmission",
    "TreatmentState",
    "UnclearedReason",
    "WhatIfLine",
    "WhatIfLoad",
    "WhatIfRun",
    "clearing_parameter",
    "missing_of",
]
