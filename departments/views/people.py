"""Lists and pages of people."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from departments.access_log import record_export, record_reveal
from departments.chronicle import chronicle_of_person
from departments.forms import AbsenceForm, PeopleFilter, RevealForm
from departments.http import StaffRequest
from departments.masking import mask_phone
from departments.models import Absence, Appointment, Staff
from departments.paging import keyset_page
from departments.panels import panels_for
from departments.responsibility import duties_of_posts
from departments.rulings import may_hand_over
from departments.services import units_of
from departments.sheets import XLSX, Cell, sheet
from departments.staffing import absences_now
from departments.standing import actor_of

MOST_EXPORTED = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """A person in a list, with the posts of today."""

    staff: Staff
    held: list[Appointment]
    absence: Absence | None
    phone: str


def _with_posts(people: QuerySet[Staff]) -> QuerySet[Staff]:
    held = Appointment.objects.on(timezone.localdate()).select_related("post__unit", "post__post_type")
    return people.prefetch_related(Prefetch("appointments", held.order_by("-kind", "id"), "held_today"))


def _rows(people: list[Staff]) -> list[Row]:
    away = absences_now(staff.pk for staff in people)
    return [
        Row(staff, staff.held_today, away.get(staff.pk), mask_phone(staff.phone))  # type: ignore[attr-defined]
        for staff in people
    ]


@require_GET
def people(request: StaffRequest) -> HttpResponse:
    form = PeopleFilter(request.GET, viewer=request.user)
    found = _with_posts(form.people(request.user, timezone.localdate()))
    page = keyset_page(found, ["employee_no"], request.GET.get("cursor", ""))
    context = {"form": form, "page": page, "rows": _rows(list(page.rows))}
    return render(request, "departments/people.html", context)


@require_GET
def people_export(request: StaffRequest) -> HttpResponse:
    """The filtered list as XLSX; phone numbers stay masked outside the system."""
    form = PeopleFilter(request.GET, viewer=request.user)
    found = _with_posts(form.people(request.user, timezone.localdate())).order_by("employee_no")
    rows = _rows(list(found[:MOST_EXPORTED]))
    record_export(request.user, "人员名单", len(rows))
    file = sheet("人员名单", HEADINGS, map(_cells, rows))
    name = f"people-{timezone.localdate():%Y%m%d}.xlsx"
    return HttpResponse(
        file, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


HEADINGS = ("工号", "姓名", "机构", "岗位", "任岗方式", "手机", "正式员工", "状态", "入司日期")


def _cells(row: Row) -> list[Cell]:
    staff = row.staff
    return [
        staff.employee_no,
        staff.name,
        "；".join(held.post.unit.name for held in row.held),
        "；".join(held.post.post_type.name for held in row.held),
        "；".join(held.get_kind_display() for held in row.held),
        row.phone,
        "是" if staff.is_employee else "否",
        "启用" if staff.is_active else "停用",
        staff.hired_on,
    ]


@require_GET
def person(request: StaffRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Staff.objects.visible_to(request.user), pk=pk)
    return render(request, "departments/person.html", _person_context(request.user, shown))


@require_POST
def reveal(request: StaffRequest, pk: int) -> HttpResponse:
    """The person's page without masks, once, for a reason that is kept."""
    shown = get_object_or_404(Staff.objects.visible_to(request.user), pk=pk)
    form = RevealForm(request.POST)
    context = _person_context(request.user, shown)
    if not form.is_valid():
        return render(request, "departments/person.html", context | {"reveal_form": form}, status=422)
    record_reveal(request.user, shown, form.cleaned_data["reason"])
    messages.info(request, "已显示完整信息，本次查看已记录。")
    return render(request, "departments/person.html", context | {"is_revealed": True})


def _person_context(viewer: Staff, shown: Staff) -> dict[str, object]:
    today = timezone.localdate()
    held = list(shown.appointments.select_related("post__unit", "post__post_type").order_by("-starts_on"))
    current = [one for one in held if one.is_current]
    actor = actor_of(viewer, today)
    units = units_of(shown, today)
    is_oneself = shown.pk == viewer.pk
    return {
        "shown": shown,
        "current": current,
        "others": [one for one in held if one not in current],
        "duties": duties_of_posts([one.post for one in current]),
        "absences": shown.absences.select_related("recorded_by").order_by("-starts_at")[:20],
        "absence_now": absences_now([shown.pk]).get(shown.pk),
        "managed": actor.managed,
        "may_note_absence": is_oneself or bool(units & actor.managed),
        "may_hand_over": may_hand_over(shown.pk, units, actor).allowed,
        "absence_form": AbsenceForm(),
        "is_oneself": is_oneself,
        "is_revealed": is_oneself,
        "reveal_form": RevealForm() if viewer.sees_personal_data and not is_oneself else None,
        "panels": panels_for("person", shown, viewer),
        "events": chronicle_of_person(shown),
        "may_assign": bool(actor.managed) and shown.is_active and not shown.admin_role and not is_oneself,
    }


@require_GET
def duty_statement(request: StaffRequest, pk: int) -> HttpResponse:
    """岗位职责书, to be printed and signed."""
    shown = get_object_or_404(Staff.objects.visible_to(request.user), pk=pk)
    held = Appointment.objects.on(timezone.localdate()).filter(staff=shown)
    current = list(held.select_related("post__unit", "post__post_type").order_by("-kind", "id"))
    duties = {one.post.pk: one for one in duties_of_posts(held.post for held in current)}
    context = {"shown": shown, "lines": [(held, duties[held.post_id]) for held in current]}
    return render(request, "departments/duty_statement.html", context)
