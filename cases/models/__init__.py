from cases.models.case import CaseUserPermission, ClaimCase, CoverageLine, LossClass
from cases.models.decisions import ChainStep, Decision, Escalation, Outcome, Submission
from cases.models.filters import SavedFilter
from cases.models.money import CaseLoss, EstimateChange, Payment
from cases.models.papers import CasePaper
from cases.models.problems import ProblemClass, ProblemFinding
from cases.models.steps import CaseStep, Step

__all__ = [
    "CaseLoss",
    "CasePaper",
    "CaseStep",
    "CaseUserPermission",
    "ChainStep",
    "ClaimCase",
    "CoverageLine",
    "Decision",
    "Escalation",
    "EstimateChange",
    "LossClass",
    "Outcome",
    "Payment",
    "ProblemClass",
    "ProblemFinding",
    "SavedFilter",
    "Step",
    "Submission",
]
