"""诉讼 on the page of a case and on the workbench; imported once, when the app is ready."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from cases.casefile.related import RELATED, Record, Related, Start
from cases.clocks import Clocks, most_urgent
from cases.lawsuits.reading import clocks_of, with_events
from cases.lawsuits.rulings import HEAD_POST, actor_of, may_sue_on
from cases.models import ClaimCase, Counsel, Hearing, Lawsuit
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel

SOON = timedelta(days=7)


def lawsuits_of_case(case: ClaimCase, viewer: Staff) -> Related:
    """Those on this case, also as a further case of the same accident."""
    rows = Lawsuit.objects.filter(Q(case=case) | Q(links__case=case)).distinct()
    found = list(with_events(rows).order_by("-received_at"))
    clocks = Clocks.today() if found else None
    start = Start(
        "登记诉讼", reverse("cases:lawsuit_new", args=[case.pk]), may_sue_on(case, actor_of(viewer))
    )
    return Related([_record(one, clocks) for one in found if clocks], [start])


def _record(lawsuit: Lawsuit, clocks: Clocks) -> Record:
    urgent = most_urgent(clocks_of(lawsuit, clocks))
    return Record(
        str(lawsuit),
        lawsuit.get_absolute_url(),
        lawsuit.get_stage_display(),
        lawsuit.stage,
        f"{lawsuit.court} {urgent.name if urgent else ''}".strip(),
        lawsuit.claimed,
        lawsuit.received_at,
        urgent.reading if urgent else None,
    )


def counsel_to_consent(staff: Staff) -> QuerySet[Lawsuit]:
    """Suits for which an outside lawyer waits for this person's consent."""
    heads = any(held.post.post_type.code == HEAD_POST for held in staff.posts_today)
    seen = Lawsuit.objects.visible_to(staff).open()
    asked = Counsel.objects.filter(status=Counsel.Status.ASKED).exclude(asked_by=staff)
    return seen.filter(pk__in=asked.values("lawsuit")) if heads else seen.none()


def hearings_soon(staff: Staff) -> QuerySet[Hearing]:
    """Where this person goes himself, or whose suit is his, in the coming week."""
    now = timezone.now()
    mine = Q(attendee=staff) | Q(lawsuit__officer=staff)
    return Hearing.objects.visible_to(staff).ahead(now, now + SOON).filter(mine)


register_panel("case", Panel("诉讼", RELATED, lawsuits_of_case, 40))
register_owed(Owed("counsel", "待同意聘请律师", counsel_to_consent, "cases:lawsuits", "waiting=counsel"))
register_owed(Owed("hearings", "七日内开庭", hearings_soon, "cases:hearings", "days=7&mine=on"))
