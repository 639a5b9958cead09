from authority.services.approval import approve_letter, revoke_grant, revoke_letter, send_back, submit_letter
from authority.services.drafting import (
    CeilingLine,
    GrantLine,
    LetterDraft,
    add_ceiling,
    add_grant,
    amend_letter,
    draft_letter,
    drop_lines,
    set_amounts,
)

__all__ = [
    "CeilingLine",
    "GrantLine",
    "LetterDraft",
    "add_ceiling",
    "add_grant",
    "amend_letter",
    "approve_letter",
    "draft_letter",
    "drop_lines",
    "revoke_grant",
    "revoke_letter",
    "send_back",
    "set_amounts",
    "submit_letter",
]
