"""后台: the manager reviews what is over authority; cases are read, never edited. Registered by importing."""

from cases.admin.claim_case import ClaimCaseAdmin
from cases.admin.over_authority import OverAuthorityAdmin
from cases.admin.reference import (
    PackItemAdmin,
    ProblemClassAdmin,
    ProblemPointsAdmin,
    SupervisionParameterAdmin,
)

__all__ = [
    "ClaimCaseAdmin",
    "OverAuthorityAdmin",
    "PackItemAdmin",
    "ProblemClassAdmin",
    "ProblemPointsAdmin",
    "SupervisionParameterAdmin",
]
