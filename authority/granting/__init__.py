"""May this person draft, submit, approve or revoke what gives authority to others? Pure: values in, ruling
out.

Sources: 保监发〔2012〕15号 art. 10-13 (key posts are authorised from above, from-institution and from-person
modes, limits inside the unit's mandate, posts that do not go together); two people, never to oneself, never
above one's own level: SOD-07, SOD-08, company practice. Being a superuser is not known here.
"""

from authority.granting.acts import (
    may_add,
    may_amend,
    may_approve,
    may_begin,
    may_discard,
    may_draft,
    may_edit,
    may_file,
    may_import,
    may_keep_catalogue,
    may_revoke,
    may_send_back,
    may_submit,
    may_touch,
)
from authority.granting.conflicts import Conflict, conflicts_of, notices_of
from authority.granting.values import (
    PASSED_ON,
    Actor,
    Contents,
    LetterTerms,
    Proposal,
    ProposedCeiling,
)

__all__ = [
    "PASSED_ON",
    "Actor",
    "Conflict",
    "Contents",
    "LetterTerms",
    "Proposal",
    "ProposedCeiling",
    "conflicts_of",
    "may_add",
    "may_amend",
    "may_approve",
    "may_begin",
    "may_discard",
    "may_draft",
    "may_edit",
    "may_file",
    "may_import",
    "may_keep_catalogue",
    "may_revoke",
    "may_send_back",
    "may_submit",
    "may_touch",
    "notices_of",
]
