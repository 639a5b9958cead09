"""Cases with their moments noted, and notices of missing papers in every state."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from authority.refusals import Refused
from cases import services
from cases.lifecycle import Stage
from cases.models import ClaimCase
from cases.services import NoticeRequest, NoticeStep

DAY = timedelta(days=1)
ASKED = (
    ("车辆损失清单和维修发票",),
    ("医疗费发票、病历和费用清单", "误工、护理等费用证明（主张时）"),
    ("道路交通事故认定书或其他事故证明", "驾驶证、行驶证（复印件）"),
    ("伤残鉴定书（构成伤残时）",),
    ("被保险人身份证明和收款账户", "索赔申请书"),
)
_STEPS = (  # days before today on which it was sent, delivered, answered
    (),
    (1,),
    (4, 3),
    (9, 8, 2),
    (0.2,),
)


def make_notices() -> int:
    """On the open cases reported last; how many notices."""
    stages = [Stage.REGISTERED, Stage.SURVEYED, Stage.ASSESSED, Stage.REVIEWED, Stage.ADJUSTED]
    rows = ClaimCase.objects.filter(stage__in=stages, handler__is_active=True, handler__admin_role="")
    now = timezone.now()
    chosen = rows.filter(reported_at__lt=now - 12 * DAY).order_by("-reported_at", "-pk")[: 2 * len(ASKED)]
    return sum(_make(case, number, now) for number, case in enumerate(chosen.select_related("handler")))


def _make(case: ClaimCase, number: int, now: datetime) -> int:
    handler = case.handler
    if handler is None:
        return 0
    steps, items = _STEPS[number % len(_STEPS)], ASKED[number % len(ASKED)]
    found = now - timedelta(days=(steps or (2.5,))[0]) - timedelta(hours=3)
    claimed = {"claimed_at": now - 11 * DAY, "list_given_at": now - 10.5 * DAY}
    try:
        services.note_moments(case, claimed, by=handler, seen=case.version)
        case.refresh_from_db()
        request = NoticeRequest(items, found, "请交至柜面或通过线上渠道上传")
        notice = services.draft_notice(case, request, by=handler, seen=case.version)
        for days in steps:
            step = NoticeStep(now - timedelta(days=days), "post")
            services.advance_notice(notice, step, by=handler)
    except Refused:
        return 0
    return 1
