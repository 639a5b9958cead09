from authority.forms.drafting import AmountsForm, CeilingForm, GrantForm, LetterForm, ReasonForm
from authority.forms.filters import LetterFilter, MatrixFilter, WhoCanForm

__all__ = [
    "AmountsForm",
    "CeilingForm",
    "GrantForm",
    "LetterFilter",
    "LetterForm",
    "MatrixFilter",
    "ReasonForm",
    "WhoCanForm",
]
