"""One meaning per colour: every status code of the product and the tone it is shown in.

good: done or allowed · attention: goes up, or hurries · bad: forbidden, refused or late ·
active: somebody is working on it · idle: not begun, or over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from authority.rulings import Ruling

Tone = Literal["good", "attention", "bad", "active", "idle"]

TONES: Final[dict[str, Tone]] = {
    # stages of a case
    "reported": "idle",
    "registered": "active",
    "surveyed": "active",
    "assessed": "active",
    "reviewing": "active",
    "reviewed": "active",
    "adjusted": "active",
    "adjudicating": "active",
    "over_authority": "attention",
    "returned": "attention",
    "suspended": "attention",
    "approved": "good",
    "paid": "good",
    "closed": "idle",
    # how a case was closed
    "zero": "idle",
    "refused": "bad",
    "cancelled": "idle",
    # submissions, chain steps, decisions
    "open": "active",
    "agreed": "good",
    "withdrawn": "idle",
    "waiting": "idle",
    "now": "active",
    "done": "good",
    "met": "good",
    "skipped": "idle",
    "invalid": "idle",
    "handed_on": "idle",
    "taken_back": "idle",
    "agree": "good",
    "agree_with_conditions": "good",
    "altered": "attention",
    "return": "attention",
    "refuse": "bad",
    "refer_up": "attention",
    # suits, hearings, lawyers
    "papers_in": "attention",
    "reported_up": "active",
    "entered": "active",
    "first_instance": "active",
    "judged": "attention",
    "second_instance": "active",
    "performed": "good",
    "planned": "attention",
    "held": "good",
    "postponed": "idle",
    "called_off": "idle",
    "consented": "good",
    # results of suits
    "won": "good",
    "partly": "attention",
    "lost": "bad",
    "mediated": "good",
    "dropped": "good",
    # conferences
    "convened": "active",
    "meeting_held": "attention",
    "concluded": "good",
    # stand-ins
    "proposed": "attention",
    "accepted": "good",
    "declined": "bad",
    "recalled": "idle",
    # what is due next
    "due_soon": "attention",
    # notices of missing papers
    "notice_drafted": "attention",
    "notice_sent": "active",
    "notice_delivered": "active",
    "notice_received": "good",
    "notice_cancelled": "idle",
    # ratifications
    "ratified": "good",
    "overdue": "bad",
    # escalations
    "sent": "attention",
    "answered": "active",
    "executed": "good",
    # states of an import batch
    "uploaded": "idle",
    "checking": "active",
    "checked": "attention",
    "faulty": "bad",
    "committing": "active",
    # authority letters
    "draft": "idle",
    "submitted": "active",
    "awaiting": "attention",
    "in_force": "good",
    "lapsed": "idle",
    "superseded": "idle",
    "revoked": "bad",
    # certificates
    "waiting_confirmation": "attention",
    "expiring": "attention",
    "expired": "bad",
    "coming": "idle",
    "ended": "idle",
    "rejected": "bad",
    # cells of the coverage map
    "nobody": "bad",
    "away": "bad",
    "one": "attention",
    "several": "good",
    "above": "idle",
    # review of the use of authority
    "signed": "active",
    "countersigned": "good",
    "explained": "good",
    "look_at": "attention",
    "violation": "bad",
    "in_order": "good",
    "defect": "attention",
    # kinds of findings about who holds what ("away" is above)
    "gap": "bad",
    "unheld": "bad",
    "single": "attention",
    "inversion": "attention",
    "unneeded": "idle",
    "shadowed": "idle",
    # findings about a case, letters about them
    "found": "attention",
    "replied": "active",
    "appealed": "attention",
    "confirmed": "idle",
    "lifted": "good",
    "issued": "attention",
    "received": "good",
    # files of a quality sample, corrections of data, doubts about it
    "scored": "active",
    "settled": "good",
    "applied": "good",
    "corrected": "good",
    "true_as_is": "idle",
    "gone": "idle",
    # refusal notices, claims to money back
    "delivered": "active",
    "objected": "attention",
    "sued": "attention",
    "stands": "good",
    "changed": "attention",
    "reversed": "bad",
    "pending": "attention",
    "recovered": "good",
    "written_off": "idle",
    # injured persons: how bad, and the next visit ("ended", "overdue", "coming" are above)
    "slight": "idle",
    "light": "active",
    "serious": "attention",
    "disabled": "attention",
    "dead": "bad",
    "due": "attention",
    # mediations
    "asked": "active",
    "court": "bad",
    "replaced": "idle",
    # re-surveys and leads of fraud
    "consistent": "good",
    "different": "attention",
    "impossible": "idle",
    "investigating": "active",
    "not_confirmed": "idle",
    # runs of reports
    "leased": "active",
    "running": "active",
    "published": "good",
    "failed": "bad",
}

OUTCOME_TONES: Final[dict[str, Tone]] = {
    "allowed": "good",
    "needs_cosign": "attention",
    "refer": "attention",
    "refused": "bad",
}


def tone_of(code: str) -> Tone:
    """Unknown codes are idle; a test names every status that has no tone."""
    return TONES.get(str(code), "idle")


def ruling_words(ruling: Ruling, refer_to: str = "") -> str:
    """The ruling in one line of a list: what the reader can do, or the first reason why not."""
    if ruling.allowed:
        return "可审批"
    if ruling.may_sign:
        return "可审批，须会签"
    if ruling.may_refer:
        return f"初核后上报 {refer_to or '上一级'}"
    return ruling.objections[0].text if ruling.objections else "不可审批"
