from authority.forms.drafting import AmountsForm, CeilingForm, GrantForm, LetterForm, ReasonForm
from authority.forms.facts import (
    CertificateFilter,
    CertificateForm,
    EnforcementForm,
    InterestFilter,
    InterestForm,
)
from authority.forms.filters import CompareForm, LetterFilter, MatrixFilter, WhoCanForm
from authority.forms.powers import PowersForm
from authority.forms.standing_in import StandInAnswerForm, StandInDeclineForm, StandInFilter, StandInForm

__all__ = [
    "AmountsForm",
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
    "MatrixFilter",
    "PowersForm",
    "ReasonForm",
    "StandInAnswerForm",
    "StandInDeclineForm",
    "StandInFilter",
    "StandInForm",
    "WhoCanForm",
]
