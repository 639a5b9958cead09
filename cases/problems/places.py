"""Where findings show on shared pages: the tab 专项 of a case, and what is owed on the workbench."""

from __future__ import annotations

from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from cases.casefile.related import RELATED, Record, Related, Start
from cases.courses import Area, Clock, register_area
from cases.models import ClaimCase, FeedbackLetter, ProblemFinding
from cases.problems.rulings import may_find, party
from cases.problems.waiting import to_confirm, to_correct, to_look_again, to_reply
from departments.access import MANAGE_UNIT
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel


def problems_of_case(case: ClaimCase, viewer: Staff) -> Related:
    rows = ProblemFinding.objects.visible_to(viewer).filter(case=case).for_list()
    records = [
        Record(
            f"{row.number} {row.problem_class}",
            row.get_absolute_url(),
            row.get_status_display(),
            row.status,
            f"扣 {row.points} 分 · {row.unit.short_name} · {row.description[:40]}",
            at=row.found_at,
        )
        for row in rows.order_by("-found_at", "-pk")
    ]
    ruling = may_find(case.unit_id, party(viewer))
    return Related(records, [Start("登记问题件", reverse("cases:problem_new", args=[case.pk]), ruling)])


def to_receive(staff: Staff) -> QuerySet[FeedbackLetter]:
    """Letters to a unit that one leads by a post held in it."""
    managed = staff.unit_scope.ids(MANAGE_UNIT)
    led = [held.post.unit_id for held in staff.posts_today if held.post.unit_id in managed]
    return FeedbackLetter.objects.filter(status="issued", unit__in=led)


def to_sign(staff: Staff) -> QuerySet[FeedbackLetter]:
    who = party(staff)
    if not who.is_in_business or not who.looks_again:
        return FeedbackLetter.objects.none()
    drafts = FeedbackLetter.objects.filter(status="draft", unit__in=who.sees).exclude(unit__in=who.units)
    return drafts.exclude(drafted_by=staff)


def _with_courses() -> QuerySet[ProblemFinding]:
    """With when the time to answer began (never, for findings from before there was one) and ended."""
    began = Case(When(reply_due_at__isnull=False, then=F("found_at")), default=None)
    ended = Coalesce("replied_at", "appealed_at", "closed_at")
    rows = ProblemFinding.objects.annotate(reply_began_at=began, reply_ended_at=ended)
    return rows.select_related("case", "problem_class")


register_area(
    Area(
        "problem",
        "问题件",
        rows=_with_courses,
        clocks=(
            Clock("problem_reply", "reply_began_at", "reply_ended_at", owed_by="person_id"),
            Clock("problem_second_look", "appealed_at", "looked_at", owed_by="looked_by_id", is_told=False),
        ),
    )
)
register_panel("case", Panel("问题件", RELATED, problems_of_case, order=60))
register_owed(Owed("problem_reply", "问题件待答复", to_reply, "cases:problems", "mine=reply"))
register_owed(Owed("problem_correct", "问题件待整改", to_correct, "cases:problems", "mine=correct"))
register_owed(Owed("problem_confirm", "问题件待确认", to_confirm, "cases:problems", "mine=confirm"))
register_owed(Owed("problem_look", "问题件申诉待复核", to_look_again, "cases:problems", "mine=look"))
register_owed(Owed("feedback_sign", "问题件通报待签发", to_sign, "cases:feedback_letters", "status=draft"))
register_owed(
    Owed("feedback_receive", "问题件通报待签收", to_receive, "cases:feedback_letters", "status=issued")
)
