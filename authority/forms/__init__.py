from authority.forms.drafting import CeilingForm, GrantForm, LetterForm, ReasonForm
from authority.forms.facts import (
    CertificateFilter,
    CertificateForm,
    EnforcementForm,
    InterestFilter,
    InterestForm,
)
from authority.forms.filters import CompareForm, LetterFilter, MatrixFilter, WhoCanForm
from authority.forms.powers import PowersForm
from authority.forms.revising import LinesForm, NewLines, revision
from authority.forms.standing_in import StandInAnswerForm, StandInDeclineForm, StandInFilter, StandInForm

__all__ = [
    "CeilingForm",
    "CertificateFilter",
    "CertificateForm",
    "CompareForm",
    "EnforcementForm",
    "GrantForm",
    "InterestFilter",
    "InterestForm",
    "LetterFilter",
    "LetterForm",
    "LinesForm",
    "MatrixFilter",
    "NewLines",
    "PowersForm",
    "ReasonForm",
    "StandInAnswerForm",
    "StandInDeclineForm",
    "StandInFilter",
    "StandInForm",
    "WhoCanForm",
    "revision",
]
