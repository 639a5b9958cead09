from authority.forms.drafting import (
    CeilingForm,
    DespiteForm,
    GrantForm,
    LetterForm,
    MatrixUploadForm,
    ReasonForm,
    RevokingForm,
    ScanForm,
)
from authority.forms.emergencies import EmergencyForm
from authority.forms.facts import (
    CertificateFilter,
    CertificateForm,
    EnforcementForm,
    InterestFilter,
    InterestForm,
)
from authority.forms.filters import CompareForm, LetterFilter, MatrixFilter, WhoCanForm
from authority.forms.ledger import LedgerFilter
from authority.forms.powers import PowersForm
from authority.forms.revising import LinesForm, NewLines, revision
from authority.forms.rules import EndRuleForm, RuleForm, SeparationForm, TrialFormSet, trials_in
from authority.forms.standing_in import StandInAnswerForm, StandInDeclineForm, StandInFilter, StandInForm

__all__ = [
    "CeilingForm",
    "CertificateFilter",
    "CertificateForm",
    "CompareForm",
    "DespiteForm",
    "EmergencyForm",
    "EndRuleForm",
    "EnforcementForm",
    "GrantForm",
    "InterestFilter",
    "InterestForm",
    "LedgerFilter",
    "LetterFilter",
    "LetterForm",
    "LinesForm",
    "MatrixFilter",
    "MatrixUploadForm",
    "NewLines",
    "PowersForm",
    "ReasonForm",
    "RevokingForm",
    "RuleForm",
    "ScanForm",
    "SeparationForm",
    "StandInAnswerForm",
    "StandInDeclineForm",
    "StandInFilter",
    "StandInForm",
    "TrialFormSet",
    "WhoCanForm",
    "revision",
    "trials_in",
]
