"""Who runs a campaign, who assigns its rows, who fills them in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from cases.models import CampaignCase, CampaignRound, OutstandingCampaign
from departments.access import HANDLE_CASES, MANAGE_UNIT
from departments.models import Staff

CLEARING_POST = "OUTST"


@dataclass(frozen=True, slots=True)
class Clearer:
    """`clears`: units whose open cases are this person's care, by the post of 未决管理 or by leading them."""

    person_id: int
    is_in_business: bool
    clears: frozenset[int]
    manages: frozenset[int]


def clearer(staff: Staff) -> Clearer:
    manages = staff.unit_scope.ids(MANAGE_UNIT)
    holds_post = any(held.post.post_type.code == CLEARING_POST for held in staff.posts_today)
    clears = manages | (staff.unit_scope.ids(HANDLE_CASES) if holds_post else frozenset())
    return Clearer(staff.pk, staff.is_active and not staff.admin_role, clears, manages)


def may_start(unit_id: int, who: Clearer) -> Ruling:
    return _ruling(_running_for(unit_id, who))


def may_manage(campaign: OutstandingCampaign, who: Clearer) -> Ruling:
    """Targets, rounds, the end: whoever could have started it."""
    return _ruling([*_running_for(campaign.unit_id, who), *_running(campaign)])


def may_assign(row: CampaignCase, who: Clearer) -> Ruling:
    objections = [*_personal(who), *_running(row.campaign)]
    if row.unit_id not in who.clears:
        objections.append(Objection("not_clearing", "由机构负责人或未决管理岗分派"))
    return _ruling(objections)


def may_fill(row: CampaignCase, who: Clearer) -> Ruling:
    """Reasons, expected date, remark, the estimate confirmed: by whose case it is, or who looks after it."""
    objections = [*_personal(who), *_running(row.campaign)]
    if row.case.stage == "closed":
        objections.append(Objection("cleared", "赔案已结案，无须再填"))
    is_own = who.person_id in (row.assignee_id, row.case.handler_id)
    if not is_own and row.unit_id not in who.clears:
        objections.append(Objection("not_own", "不是本案的清理责任人，也不管理该机构的未决"))
    return _ruling(objections)


def may_close_round(found: CampaignRound, who: Clearer, stale: int, unexplained: int) -> Ruling:
    """`stale`: open rows whose estimate nobody has looked at; `unexplained`: open rows without a reason."""
    objections = [*_running_for(found.campaign.unit_id, who), *_running(found.campaign)]
    if found.closed_at:
        objections.append(Objection("already_closed", "本轮已结束"))
    if stale:
        objections.append(Objection("stale", f"还有 {stale} 件估损陈旧，须调整或确认"))
    if unexplained:
        objections.append(Objection("unexplained", f"还有 {unexplained} 件未填未清理原因"))
    return _ruling(objections)


def _personal(who: Clearer) -> Iterator[Objection]:
    if not who.is_in_business:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务")


def _running_for(unit_id: int, who: Clearer) -> Iterator[Objection]:
    yield from _personal(who)
    if unit_id not in who.clears:
        yield Objection("not_clearing", "由该范围的负责人或未决管理岗组织清理")


def _running(campaign: OutstandingCampaign) -> Iterator[Objection]:
    if not campaign.is_running:
        yield Objection("not_running", f"清理{campaign.get_status_display()}")


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)
