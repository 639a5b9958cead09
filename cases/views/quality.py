"""案卷抽检: the files drawn, one file beside its sheet, the drawings, the results."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Avg, Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import insist_on
from cases.casefile.facts import facts_of, marks_of
from cases.forms.quality import AppealForm, AssignForm, SampleFilter, SheetForm, SpecialDrawForm
from cases.models import QualityDraw, QualitySample
from cases.quality import rulings
from cases.quality.lists import DRAWS, SAMPLES
from cases.quality.redrawing import redrawn
from cases.services import drawing, inspecting
from cases.services.drawing import Occasion
from cases.services.inspecting import FIRST, SECOND, Mark
from cases.views.detail import file_tab
from departments.http import StaffRequest
from departments.listings import show
from departments.models import Staff

Status = QualitySample.Status


def _samples(staff: Staff) -> Any:
    return QualitySample.objects.visible_to(staff, rulings.inspector(staff).inspects)


def _sample(request: StaffRequest, pk: int) -> QualitySample:
    found: QualitySample = get_object_or_404(_samples(request.user).with_people(), pk=pk)
    return found


def _draws(staff: Staff) -> Any:
    return QualityDraw.objects.filter(unit__in=rulings.inspector(staff).inspects)


@require_GET
def samples(request: StaffRequest) -> HttpResponse:
    visible = _samples(request.user)
    form = SampleFilter(request.GET, request.user, visible)
    inspects = bool(rulings.inspector(request.user).inspects)
    return show(request, SAMPLES, form.narrow(visible.with_people()), form, inspects=inspects)


@require_GET
def draws(request: StaffRequest) -> HttpResponse:
    _insist_inspecting(request)
    today = timezone.localdate()
    rows = _draws(request.user).select_related("unit", "drawn_by")
    counted = rows.annotate(
        drawn=Count("samples"),
        done=Count("samples__score"),
        late=Count("samples", filter=Q(samples__status="waiting", samples__due_on__lt=today)),
        average=Avg("samples__score"),
    )
    return show(request, DRAWS, counted, None)


def _insist_inspecting(request: StaffRequest) -> None:
    who = rulings.inspector(request.user)
    insist_on(rulings.may_draw(next(iter(who.inspects), 0), who))


@require_http_methods(["GET", "POST"])
def draw_new(request: StaffRequest) -> HttpResponse:
    _insist_inspecting(request)
    data = request.POST if request.method == "POST" else None
    form = SpecialDrawForm(data, rulings.inspector(request.user).inspects)
    if not form.is_bound or not form.is_valid():
        return render(
            request, "cases/quality_draw_new.html", {"form": form}, status=422 if form.is_bound else 200
        )
    values = form.cleaned_data
    rules = list(values.pop("rules"))
    made = drawing.draw_special(Occasion(**values), rules, by=request.user)
    messages.success(request, f"已抽取 {made.samples.count()} 份案卷")
    return redirect(made)


@require_GET
def draw(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_draws(request.user).select_related("unit", "drawn_by"), pk=pk)
    people = (
        found.samples.order_by()
        .values("assigned_to", "assigned_to__name")
        .annotate(count=Count("pk"), done=Count("score"))
        .order_by("assigned_to__name")
    )
    context = {"draw": found, "proof": redrawn(found), "people": people}
    return render(request, "cases/quality_draw.html", context)


@require_http_methods(["GET", "POST"])
def sample(request: StaffRequest, pk: int) -> HttpResponse:
    """The file left, the sheet right. Posted: the whole sheet, or with "keep" what is filled in so far."""
    found = _sample(request, pk)
    form = _sheet(request, found)
    if request.method == "GET":
        return _page(request, found, form)
    insist_on(_looking(found, request.user))
    remark = request.POST.get("remark", "").strip()[:300]
    errors = form.errors + (["复评须写明意见"] if found.status == Status.APPEALED and not remark else [])
    if errors:
        inspecting.keep_marks(found, form.marks, by=request.user)
        return _page(request, found, form, errors=errors, remark=remark)
    return _done(request, found, form, remark)


def _done(request: StaffRequest, found: QualitySample, form: SheetForm, remark: str) -> HttpResponse:
    finish = inspecting.look_again if found.status == Status.APPEALED else inspecting.finish_score
    scored = finish(found, form.marks, remark, by=request.user)
    messages.success(request, f"{scored.case} 得分 {scored.score}")
    following = _samples(request.user).waiting_for(request.user).order_by("due_on", "pk").first()
    return redirect(following if following and "next" in request.POST else scored)


def _sheet(request: StaffRequest, found: QualitySample) -> SheetForm:
    """As sent, else as kept; a second look begins with the answers of the first."""
    data = request.POST if request.method == "POST" else None
    return SheetForm(found.sheet.items.select_related("problem_class"), data, _kept(found))


def _kept(found: QualitySample) -> dict[int, Mark]:
    rows: dict[int, dict[int, Mark]] = {FIRST: {}, SECOND: {}}
    for one in found.answers.all():
        rows[one.look][one.item_id] = Mark(one.verdict, one.deducted, one.note)
    return rows[SECOND] or rows[FIRST]


def _looking(found: QualitySample, staff: Staff) -> Any:
    may = rulings.may_look_again if found.status == Status.APPEALED else rulings.may_score
    return may(found, rulings.inspector(staff), inspecting.involved(found))


def _page(request: StaffRequest, found: QualitySample, form: SheetForm, **extra: Any) -> HttpResponse:
    context = {
        **_file_of(found, request.user),
        **file_tab(request.GET.get("tab", "papers"), request, found.case),
        **_sheet_of(found, form, request.user),
        **_answering(found, request.user),
        **extra,
    }
    return render(request, "cases/quality_sample.html", context, status=422 if extra else 200)


def _file_of(found: QualitySample, viewer: Staff) -> dict[str, Any]:
    facts = facts_of(found.case, sees_personal_data=viewer.sees_personal_data)
    return {"sample": found, "case": found.case, "facts": facts, "marks": marks_of(found.case)}


def _sheet_of(found: QualitySample, form: SheetForm, viewer: Staff) -> dict[str, Any]:
    """What is filled in before the score is nobody else's business."""
    looking = _looking(found, viewer)
    is_draft = found.status == Status.WAITING and not looking.allowed
    return {
        "looking": looking,
        "rows": [] if is_draft else form.rows,
        "score": inspecting.reckoned(form.items, form.marks),
        "answered": len(form.marks),
    }


def _answering(found: QualitySample, viewer: Staff) -> dict[str, Any]:
    who = rulings.inspector(viewer)
    return {
        "assigning": rulings.may_assign(found, who),
        "assign_form": AssignForm(None, _people(found)),
        "accepting": rulings.may_accept(found, who),
        "appealing": rulings.may_appeal(found, who, timezone.localdate()),
        "appeal_form": AppealForm(),
        "entering": rulings.may_enter_findings(found, who),
        "findings": found.answers.exclude(finding=None).select_related("finding"),
        "waits_for_finding": inspecting.has_faults_to_enter(found),
    }


def _people(found: QualitySample) -> Any:
    return Staff.objects.filter(pk__in=drawing.inspectors_of(found.draw.unit, timezone.localdate()))


@require_POST
def sample_keep(request: StaffRequest, pk: int) -> HttpResponse:
    """Keeps what is filled in and answers with the score so far."""
    found = _sample(request, pk)
    form = _sheet(request, found)
    inspecting.keep_marks(found, form.marks, by=request.user)
    context = {
        "score": inspecting.reckoned(form.items, form.marks),
        "answered": len(form.marks),
        "rows": form.items,
    }
    return render(request, "cases/_quality_score.html", context)


@require_POST
def sample_assign(request: StaffRequest, pk: int) -> HttpResponse:
    found = _sample(request, pk)
    form = AssignForm(request.POST, _people(found))
    if form.is_valid():
        drawing.assign(found, form.cleaned_data["to"], by=request.user)
        messages.success(request, f"已改派给{form.cleaned_data['to'].name}")
    else:
        messages.error(request, "请选择评分人。")
    return redirect(found)


@require_POST
def sample_accept(request: StaffRequest, pk: int) -> HttpResponse:
    done = inspecting.accept_score(_sample(request, pk), by=request.user)
    messages.success(request, f"已确认：{done.case} 得分 {done.score}")
    return redirect(done)


@require_POST
def sample_findings(request: StaffRequest, pk: int) -> HttpResponse:
    found = _sample(request, pk)
    count = inspecting.enter_findings(found, by=request.user)
    messages.success(request, f"登记问题件 {count} 项")
    return redirect(found)


@require_POST
def sample_appeal(request: StaffRequest, pk: int) -> HttpResponse:
    found = _sample(request, pk)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, found, _sheet_as_kept(found), appeal_form=form)
    inspecting.appeal_score(found, form.cleaned_data["appeal"], by=request.user)
    messages.success(request, "已提交申诉，由他人复评")
    return redirect(found)


def _sheet_as_kept(found: QualitySample) -> SheetForm:
    return SheetForm(found.sheet.items.select_related("problem_class"), None, _kept(found))


@require_GET
def sample_print(request: StaffRequest, pk: int) -> HttpResponse:
    found = _sample(request, pk)
    rows = found.answers.select_related("item", "person").order_by("look", "item__rank")
    shown = [] if found.status == Status.WAITING else rows
    return render(request, "cases/quality_sample_print.html", {"sample": found, "answers": shown})
