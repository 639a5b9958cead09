"""May this be done with people, posts and units? Pure: standard library only."""

from departments.rulings.actors import Actor, UnitFacts
from departments.rulings.hand_overs import may_hand_over, may_sign
from departments.rulings.people import (
    may_assign_admin_role,
    may_cancel_absence,
    may_keep_account,
    may_read_register,
    may_record_absence,
)
from departments.rulings.posts import (
    Candidate,
    HeldFor,
    HeldPost,
    Period,
    PostFacts,
    StaticRule,
    Terms,
    clashes,
    may_appoint,
    may_assign,
    may_fill,
    may_relieve,
    may_set_headcount,
    may_withdraw,
)
from departments.rulings.ruling import Objection, Ruling
from departments.rulings.units import may_close_unit, may_found_head_office, may_move_unit, may_open_unit

__all__ = [
    "Actor",
    "Candidate",
    "HeldFor",
    "HeldPost",
    "Objection",
    "Period",
    "PostFacts",
    "Ruling",
    "StaticRule",
    "Terms",
    "UnitFacts",
    "clashes",
    "may_appoint",
    "may_assign",
    "may_assign_admin_role",
    "may_cancel_absence",
    "may_close_unit",
    "may_fill",
    "may_found_head_office",
    "may_hand_over",
    "may_keep_account",
    "may_move_unit",
    "may_open_unit",
    "may_read_register",
    "may_record_absence",
    "may_relieve",
    "may_set_headcount",
    "may_sign",
    "may_withdraw",
]
