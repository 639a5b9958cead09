"""The notices of a case on its page, and the clocks they run; imported once, when the app is ready."""

from __future__ import annotations

from django.urls import reverse

from cases.casefile.related import RELATED, Record, Related, Start
from cases.clocks import Clocks
from cases.courses import Area, Clock, register_area
from cases.models import ClaimCase, PapersNotice
from cases.rulings import refused_for
from cases.services import may_notify
from departments.models import Staff
from departments.panels import Panel, register_panel

AREA = Area(
    "papers_notice",
    "补充材料告知",
    rows=lambda: PapersNotice.objects.filter(cancelled_at=None).select_related("case"),
    clocks=(Clock("doc_notice", "found_at", "sent_at"),),
)


def notices_of(case: ClaimCase, viewer: Staff) -> Related:
    clocks = {one.record_id: one for one in Clocks.today().of_area(AREA, case)}
    records = [
        Record(
            notice.number,
            notice.get_absolute_url(),
            str(notice.status.label),
            notice.status,
            "；".join(notice.items),
            at=notice.found_at,
            clock=clocks[notice.pk].reading if notice.pk in clocks else None,
        )
        for notice in case.papers_notices.all()
    ]
    new = Start(
        "制作补充材料告知书", reverse("cases:papers_notice_new", args=[case.pk]), may_notify(case, viewer)
    )
    papers = Start("打印索赔材料清单", reverse("cases:papers_list", args=[case.pk]), refused_for([]))
    return Related(records, [new, papers])


register_area(AREA)
register_panel("case", Panel("补充材料告知", RELATED, notices_of, 15))
