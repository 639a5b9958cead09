"""What can be done to a case: each verb locks, rules, changes and enters itself in the ledger."""

from cases.services.amending import (
    Amendment,
    amend,
    amendable,
    amending,
    withdraw,
    withdrawing,
)
from cases.services.chain import plan_for
from cases.services.consulting import ask_opinions, give_opinion, ruling_on_opinion
from cases.services.deciding import decide, escalate
from cases.services.desk import Verdict, leads_to_head_office
from cases.services.escalating import (
    Answer,
    answer_escalation,
    answering,
    confirm_execution,
    posts_of,
)
from cases.services.filing import file_paper
from cases.services.handing import Loan, hand_over, lend_case, return_case
from cases.services.intake import (
    SURVEYED_FIELDS,
    LossRow,
    adjust,
    assess,
    change_estimate,
    register,
    register_case,
    survey,
)
from cases.services.packs import missing_in, pack_of, packs_of
from cases.services.pausing import PauseRequest, note_papers, resume, suspend
from cases.services.paying import PaymentOrder, close, pay
from cases.services.ratifying import (
    decision_of,
    finish_reversal,
    finishing_objections,
    ratify,
    refuse_ratification,
    took_part,
)
from cases.services.rerouting import Detour, detours_of, in_flight, reroute, reroute_shown
from cases.services.sampling import check_concurrent, may_check_concurrent
from cases.services.standing_in import (
    deserted_stations,
    recall_stand_in,
    restaff,
    waiting_under,
    write_off_ended,
)
from cases.services.subjects import (
    About,
    Settlement,
    SubjectKind,
    about,
    about_submission,
    granting_objections,
    register_subject,
)
from cases.services.submitting import Request, preview, submit, submitting

__all__ = [
    "SURVEYED_FIELDS",
    "About",
    "Amendment",
    "Answer",
    "Detour",
    "Loan",
    "LossRow",
    "PauseRequest",
    "PaymentOrder",
    "Request",
    "Settlement",
    "SubjectKind",
    "Verdict",
    "about",
    "about_submission",
    "adjust",
    "amend",
    "amendable",
    "amending",
    "answer_escalation",
    "answering",
    "ask_opinions",
    "assess",
    "change_estimate",
    "check_concurrent",
    "close",
    "confirm_execution",
    "decide",
    "decision_of",
    "deserted_stations",
    "detours_of",
    "escalate",
    "file_paper",
    "finish_reversal",
    "finishing_objections",
    "give_opinion",
    "granting_objections",
    "hand_over",
    "in_flight",
    "leads_to_head_office",
    "lend_case",
    "may_check_concurrent",
    "missing_in",
    "note_papers",
    "pack_of",
    "packs_of",
    "pay",
    "plan_for",
    "posts_of",
    "preview",
    "ratify",
    "recall_stand_in",
    "refuse_ratification",
    "register",
    "register_case",
    "register_subject",
    "reroute",
    "reroute_shown",
    "restaff",
    "resume",
    "return_case",
    "ruling_on_opinion",
    "submit",
    "submitting",
    "survey",
    "suspend",
    "took_part",
    "waiting_under",
    "withdraw",
    "withdrawing",
    "write_off_ended",
]
