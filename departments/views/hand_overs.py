"""工作交接: the wizard, the record, its paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from departments import services
from departments.forms import HandOverForm
from departments.holdings import Changed, Holding, HoldingKind
from departments.http import StaffRequest
from departments.models import Appointment, HandOver, Staff
from departments.paging import keyset_page
from departments.refusals import NotAllowed, insist_on
from departments.rulings import Ruling
from departments.services.hand_overs import Plan, Thing, holdings_of

MOST_RECEIVERS = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One thing on the page; `chosen`: its own destination, "" for that of its group."""

    holding: Holding
    name: str
    seen: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Why the form comes back: what changed meanwhile, or what stands in the way."""

    status: int
    changed: tuple[str, ...] = ()
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True)
class Section:
    kind: HoldingKind
    name: str
    chosen: str
    rows: list[Row]


@require_http_methods(["GET", "POST"])
def hand_over_new(request: StaffRequest, pk: int) -> HttpResponse:
    giver = get_object_or_404(Staff.objects.visible_to(request.user), pk=pk)
    insist_on(services.ruling_on_hand_over(giver, by=request.user))
    form = HandOverForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if not form.is_valid():
        return _wizard(request, giver, form, Answer(422 if form.is_bound else 200))
    try:
        made = services.hand_over(giver, _plan(request, form), by=request.user)
    except Changed as changed:
        return _wizard(request, giver, form, Answer(409, changed.things))
    except NotAllowed as refused:
        return _wizard(request, giver, form, Answer(422, ruling=refused.ruling))
    messages.success(request, f"已办理{giver.name}的工作交接，请打印并签字")
    return redirect(made)


def _wizard(request: StaffRequest, giver: Staff, form: HandOverForm, answer: Answer) -> HttpResponse:
    context = {
        "giver": giver,
        "form": form,
        "sections": list(_sections(request, giver)),
        "receivers": _receivers(request.user, giver),
        "answer": answer,
    }
    return render(request, "departments/hand_over_new.html", context, status=answer.status)


def _sections(request: StaffRequest, giver: Staff) -> Iterator[Section]:
    sent = request.POST
    for group in holdings_of(giver):
        name = f"to:{group.kind.code}"
        rows = [_row(group.kind.code, one, sent) for one in group.holdings]
        yield Section(group.kind, name, sent.get(name, ""), rows)


def _row(kind: str, one: Holding, sent: QueryDict) -> Row:
    name = f"to:{kind}:{one.thing}"
    return Row(one, name, f"seen:{kind}:{one.thing}", sent.get(name, ""))


def _receivers(viewer: Staff, giver: Staff) -> list[Appointment]:
    """People at work whom the viewer sees; one line each, with the first post."""
    held = Appointment.objects.on(timezone.localdate()).filter(staff__is_active=True)
    held = held.filter(staff__in=Staff.objects.visible_to(viewer)).exclude(staff=giver)
    rows = held.select_related("staff", "post__unit", "post__post_type")
    first = {one.staff_id: one for one in rows.order_by("post__unit__path_rank", "staff__employee_no")}
    return list(first.values())[:MOST_RECEIVERS]


def _plan(request: StaffRequest, form: HandOverForm) -> Plan:
    seen = dict(_things(request, "seen:"))
    own = {thing: to for thing, to in _things(request, "to:") if to}
    default = {kind: request.POST.get(f"to:{kind}") or "keep" for kind, _ in seen}
    to = {thing: own.get(thing, default[thing[0]]) for thing in seen}
    values = form.cleaned_data
    return Plan(values["occasion"], values["last_day"], values["reason"], to, seen)


def _things(request: StaffRequest, prefix: str) -> Iterator[tuple[Thing, str]]:
    for name, value in request.POST.items():
        kind, _, thing = name.removeprefix(prefix).partition(":")
        if name.startswith(prefix) and thing:
            yield (kind, thing), str(value)


@require_GET
def hand_overs(request: StaffRequest) -> HttpResponse:
    found = HandOver.objects.visible_to(request.user).select_related("giver", "supervisor")
    page = keyset_page(found, ("-made_at", "-pk"), request.GET.get("cursor", ""))
    return render(request, "departments/hand_overs.html", {"page": page})


@require_GET
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    made = _visible(request, pk)
    context = {**_record(made), "signing": services.ruling_on_signing(made, by=request.user)}
    return render(request, "departments/hand_over.html", context)


@require_GET
def hand_over_print(request: StaffRequest, pk: int) -> HttpResponse:
    return render(request, "departments/hand_over_print.html", _record(_visible(request, pk)))


@require_POST
def hand_over_sign(request: StaffRequest, pk: int) -> HttpResponse:
    made = _visible(request, pk)
    services.sign_hand_over(made, by=request.user)
    messages.success(request, "已签字")
    return redirect(made)


def _visible(request: StaffRequest, pk: int) -> HandOver:
    rows = HandOver.objects.visible_to(request.user).select_related("giver", "supervisor")
    return get_object_or_404(rows, pk=pk)


def _record(made: HandOver) -> dict[str, object]:
    lines = list(made.lines.select_related("receiver").order_by("pk"))
    signatures = {one.staff_id: one for one in made.signatures.select_related("staff")}
    receivers = {line.receiver for line in lines if line.receiver}
    parties = [("移交人", made.giver), *(("接收人", one) for one in receivers), ("监交人", made.supervisor)]
    signed = [(role, person, signatures.get(person.pk)) for role, person in parties]
    return {"made": made, "lines": lines, "parties": signed}
