"""Where findings show on shared pages: the tab 专项 of a case, and what is owed on the workbench."""

from __future__ import annotations

from django.urls import reverse

from cases.casefile.related import RELATED, Record, Related, Start
from cases.models import ClaimCase, ProblemFinding
from cases.problems.rulings import may_find, party
from cases.problems.waiting import to_confirm, to_correct, to_look_again, to_reply
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


register_panel("case", Panel("问题件", RELATED, problems_of_case, order=60))
register_owed(Owed("problem_reply", "问题件待答复", to_reply, "cases:problems", "mine=reply"))
register_owed(Owed("problem_correct", "问题件待整改", to_correct, "cases:problems", "mine=correct"))
register_owed(Owed("problem_confirm", "问题件待确认", to_confirm, "cases:problems", "mine=confirm"))
register_owed(Owed("problem_look", "问题件申诉待复核", to_look_again, "cases:problems", "mine=look"))
