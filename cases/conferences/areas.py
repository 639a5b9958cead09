"""The clock of written opinions (cases.courses): from convening until all have written, or it is over."""

from __future__ import annotations

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, QuerySet, Subquery, When

from cases.courses import Area, Clock, register_area
from cases.models import Conference, ConferenceMember, ConferenceOpinion

OPINION = "conference_opinion"


def conference_rows() -> QuerySet[Conference]:
    """With when the last opinion came in, once none is missing; a conference that is over waits for none."""
    silent = ConferenceMember.objects.silent().filter(conference=OuterRef("pk"))
    signed = ConferenceOpinion.objects.filter(member__conference=OuterRef("pk")).order_by("-signed_at")
    end = Case(
        When(concluded_at__isnull=False, then=F("concluded_at")),
        When(status="called_off", then=F("convened_at")),
        When(~Exists(silent), then=Subquery(signed.values("signed_at")[:1])),
        default=None,
        output_field=DateTimeField(),
    )
    rows = Conference.objects.select_related("case", "kind")
    return rows.annotate(opinions_end=end)


CONFERENCES = Area(
    "conference",
    "疑难会商",
    conference_rows,
    (Clock(OPINION, "convened_at", "opinions_end", owed_by="chair_id"),),
)

register_area(CONFERENCES)
