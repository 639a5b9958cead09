"""One case on one screen: facts and amounts left; ruling, chain and what to do right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from authority.powers import people_shown
from cases.casefile.amounts import amounts_of
from cases.casefile.approval import Approval, approval_for, chains_of, submissions_of
from cases.casefile.changes import changes_of
from cases.casefile.consulting import consulting
from cases.casefile.facts import facts_of, marks_of
from cases.casefile.similar import similar_to
from cases.casefile.spans import spans_of
from cases.casefile.timeline import timeline_of
from cases.casefile.verbs import VerbDoor, verb_doors
from cases.casefile.work import leading_doors, more_doors
from cases.clocks import Clocks
from cases.forms.deciding import DecisionForm
from cases.forms.papers import PaperForm
from cases.forms.remarking import RemarkForm
from cases.models import ClaimCase, Decision, OpinionPhrase, Submission
from cases.papers import may_add_paper
from cases.rulings import may_take_part
from cases.services import pack_of
from cases.services.supervising import note_opening
from cases.views.case_pages import case_page
from departments.http import StaffRequest
from departments.models import Staff
from departments.panels import panels_for


@require_GET
@case_page
def detail(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    return detail_page(request, case)


@require_GET
@case_page
def history(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    return detail_page(request, case, tab="changes")


def detail_page(
    request: StaffRequest, case: ClaimCase, *, form: DecisionForm | None = None, tab: str = ""
) -> HttpResponse:
    """The page; with a decision form that was filled in wrongly, if one is handed in (422)."""
    submissions = submissions_of(case)
    approval = _approval(submissions, request.user)
    context = {
        **_head(request, case),
        **file_tab(tab or request.GET.get("tab", ""), request, case),
        "chains": chains_of(submissions),
        "approval": approval,
        **_doing(request, case, submissions, approval),
        **consulting(submissions, approval, request.user),
        **_deciding(case, request.user, approval, form, request.GET.get("say", "")),
    }
    return render(request, "cases/detail.html", context, status=422 if form else 200)


def _approval(submissions: Sequence[Submission], staff: Staff) -> Approval | None:
    """Where the case waits, as this person sees it; whoever is to decide there has opened it now."""
    approval = approval_for(submissions, staff)
    if approval:
        note_opening(approval.step, by=staff)
    return approval


def _head(request: StaffRequest, case: ClaimCase) -> dict[str, Any]:
    return {
        "case": case,
        "escalations": case.escalations.all(),
        "crumbs": _crumbs(case),
        "facts": facts_of(case, sees_personal_data=request.user.sees_personal_data),
        "marks": marks_of(case),
        "co_handlers": case.co_handlers.filter(removed_at=None).select_related("staff"),
        "clocks": Clocks.today().of_cases([case])[case.pk],
    }


def _crumbs(case: ClaimCase) -> list[tuple[str, str]]:
    index = reverse("cases:index")
    return [("案件清单", index), (case.unit.short_name, f"{index}?unit={case.unit_id}")]


def file_tab(asked: str, request: StaffRequest, case: ClaimCase) -> dict[str, Any]:
    """What the open tab shows; the others are not read."""
    tab = asked if asked in TABS else "amounts"
    return {
        "tabs": [(key, label, key == tab) for key, (label, _) in TABS.items()],
        "tab_template": f"cases/_tab_{tab}.html",
        **TABS[tab][1](case, request.user),
    }


def _amounts(case: ClaimCase, viewer: Staff) -> dict[str, Any]:
    return {"amounts": amounts_of(case), "similar": similar_to(case, viewer)}


def _related(case: ClaimCase, viewer: Staff) -> dict[str, Any]:
    return {"panels": panels_for("case", case, viewer)}


def _papers(case: ClaimCase, viewer: Staff) -> dict[str, Any]:
    return {
        "papers": case.papers.select_related("uploaded_by").order_by("kind", "pk"),
        "paper_form": PaperForm(),
        "may_add": may_add_paper(case, viewer),
    }


def _remarks(case: ClaimCase, viewer: Staff) -> dict[str, Any]:
    return {
        "remarks": case.remarks.select_related("author", "told").order_by("-written_at", "-pk"),
        "remark_form": RemarkForm(case=case),
        "taking_part": may_take_part(viewer),
    }


def _timeline(case: ClaimCase, viewer: Staff) -> dict[str, Any]:
    return {"events": timeline_of(case), "spans": spans_of(case)}


def _changes(case: ClaimCase, viewer: Staff) -> dict[str, Any]:
    return {"changes": changes_of(case, sees_personal_data=viewer.sees_personal_data)}


def _opinions(case: ClaimCase, viewer: Staff) -> dict[str, Any]:
    """Each with whether the viewer may also ask what its author could decide at that moment."""
    made = Decision.objects.filter(case=case).select_related(
        "decided_by", "acted_for", "chain_step", "submission__item", "submission__escalation", "taken_back"
    )
    made = made.select_related("conference_use__conference")
    author = people_shown(viewer).filter(pk=OuterRef("decided_by"))
    return {"opinions": made.annotate(shows_powers=Exists(author)).order_by("-decided_at")}


TABS: Mapping[str, tuple[str, Callable[[ClaimCase, Staff], dict[str, Any]]]] = {
    "amounts": ("金额", _amounts),
    "related": ("专项", _related),
    "papers": ("材料", _papers),
    "remarks": ("备注", _remarks),
    "opinions": ("意见", _opinions),
    "timeline": ("时间线", _timeline),
    "changes": ("变更", _changes),
}


def _doing(
    request: StaffRequest, case: ClaimCase, submissions: Sequence[Submission], approval: Approval | None
) -> dict[str, Any]:
    """Who has no part in the work reads why of what comes next only."""
    leading, more = leading_doors(case, request.user), more_doors(case, request.user, submissions)
    concerned = [door for door in more if "not_handling" not in door.ruling.codes]
    return {
        "doors": [door for door in leading if door.ruling.allowed],
        "more_doors": [door for door in more if door.ruling.allowed],
        "closed_doors": [door for door in (*leading, *concerned) if not door.ruling.allowed],
        **_verbs(verb_doors(case, request.user, submissions, approval.step if approval else None)),
    }


def _verbs(doors: Sequence[VerbDoor]) -> dict[str, Any]:
    return {
        "verb_doors": [door for door in doors if door.ruling.allowed],
        "closed_verbs": [door for door in doors if not door.ruling.allowed],
    }


def _deciding(
    case: ClaimCase, staff: Staff, approval: Approval | None, form: DecisionForm | None, say: str
) -> dict[str, Any]:
    if approval is None or not approval.sayable:
        return {}
    step = approval.step
    pack = pack_of(step.submission)
    initial = {"step": step.pk, "seen": case.version, "key": uuid4()}
    return {
        "form": form or DecisionForm(step=step, losses=list(case.losses.all()), initial=initial),
        "say": form.data.get("outcome", "") if form else say,
        "pack": pack,
        "pack_items": pack["items"],
        "phrases": OpinionPhrase.objects.visible_to(staff).fitting(step.submission.item.code),
    }
