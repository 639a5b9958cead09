"""疑难会商 on the page of a case and on the workbench; imported once, when the app is ready."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from cases.casefile.related import RELATED, Record, Related, Start
from cases.conferences.rulings import attendant, may_convene
from cases.models import ClaimCase, Conference, ConferenceKind, ConferenceMember
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel


def conferences_of_case(case: ClaimCase, viewer: Staff) -> Related:
    rows = Conference.objects.filter(case=case).select_related("kind").order_by("-convened_at")
    kinds = ConferenceKind.objects.on(timezone.localdate())
    url = reverse("cases:conference_new", args=[case.pk])
    start = Start("召集会商", url, may_convene(kinds, attendant(viewer)))
    return Related([_record(one) for one in rows], [start])


def _record(conference: Conference) -> Record:
    bond = "（有约束力）" if conference.is_binding else ""
    note = f"{conference.advice_text}{bond}" if conference.advice else conference.reason
    return Record(
        str(conference),
        conference.get_absolute_url(),
        conference.get_status_display(),
        conference.status,
        note,
        conference.amount_max,
        conference.convened_at,
    )


def opinions_owed(staff: Staff) -> QuerySet[ConferenceMember]:
    return ConferenceMember.objects.waiting_for(staff)


register_panel("case", Panel("疑难会商", RELATED, conferences_of_case, 50))
register_owed(
    Owed("conference_opinion", "待我出具会商意见", opinions_owed, "cases:conferences", "waiting=mine")
)
