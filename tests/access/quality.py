"""案卷抽检: three files of the sub-branch, one to be scored, one scored, one appealed."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cases.models import DrawnRule, QualityDraw, QualitySample, SampleRule, ScoreSheet
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory, StaffFactory


def furnish(world: World) -> None:
    made = QualityDraw.objects.create(
        unit=world["motor"], kind="monthly", title="10月案卷抽检", since=date(2026, 10, 1),
        until=date(2026, 10, 31), seed="ab", drawn_at=timezone.now(),
    )  # fmt: skip
    rule = SampleRule.objects.get(code="RANDOM_CLOSED")
    settings = {"code": rule.code, "name": rule.name, "share": "1", "per_unit_min": 2, "per_unit_max": 5,
                "appeal_days": 5}  # fmt: skip
    drawn = DrawnRule.objects.create(draw=made, rule=rule, settings=settings, digest="")
    world.things |= {"quality_draw": made}
    for number, status in enumerate(("waiting", "scored", "appealed"), start=1):
        world.things[f"file_{status}"] = _file(world, drawn, number, status)


def _file(world: World, drawn: DrawnRule, number: int, status: str) -> QualitySample:
    now, scorer = timezone.now(), StaffFactory(name="品质员")
    scored: dict[str, Any] = {
        "score": 80, "scored_by": scorer, "scored_at": now, "appeal_until": now.date() + timedelta(days=9),
    }  # fmt: skip
    appealed = {"appealed_by": world["stranger"], "appealed_at": now, "appeal": "照片在系统中"}
    sheet = ScoreSheet.objects.get(code="GENERAL")
    return QualitySample.objects.create(
        draw=drawn.draw, drawn_rule=drawn, number=number, sheet=sheet, due_on=now.date(), status=status,
        case=CaseFactory(unit=world["dy"], closed=True), unit=world["dy"],
        **(scored if status != "waiting" else {}), **(appealed if status == "appealed" else {}),
    )  # fmt: skip


def sheet(world: World) -> dict[str, Any]:
    items = ScoreSheet.objects.get(code="GENERAL").items.all()
    return {f"verdict-{item.pk}": "good" for item in items} | {"remark": "核对无误"}


# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
INSPECTORS = "302 403 403 403 403 403 200 200 403 403 403"
SECRET = "302 404 404 404 404 404 200 200 404 404 404"
SHOWN = "302 404 200 200 200 200 200 200 404 404 404"
PAGES = {
    "cases:quality_samples": get(EVERYBODY),
    "cases:quality_results": get(EVERYBODY),
    "cases:quality_draws": get(INSPECTORS),
    "cases:quality_draw_new": [
        get(INSPECTORS),
        post("302 403 403 403 403 403 422 422 403 403 403", data={"title": ""}),
    ],
    "cases:quality_draw": get(SECRET, "quality_draw"),
    "cases:quality_sample": [
        get(SECRET, "file_waiting"),
        get(SHOWN, "file_scored"),
        post("302 404 404 404 404 404 302 302 404 404 404", "file_waiting", data=sheet),
        post("302 404 403 403 403 403 302 302 404 404 404", "file_appealed", data=sheet),
        post("302 404 403 403 403 403 403 403 404 404 404", "file_scored", data=sheet),
    ],
    "cases:quality_sample_keep": post(
        "302 404 404 404 404 404 200 200 404 404 404", "file_waiting", data=sheet
    ),
    "cases:quality_sample_assign": post("302 404 404 404 404 404 302 302 404 404 404", "file_waiting"),
    "cases:quality_sample_accept": post("302 404 302 302 403 403 403 403 404 404 404", "file_scored"),
    "cases:quality_sample_appeal": [
        post("302 404 302 302 403 403 403 403 404 404 404", "file_scored", data={"appeal": "照片在系统中"}),
        post("302 404 422 422 422 422 422 422 404 404 404", "file_scored", data={"appeal": ""}),
    ],
    "cases:quality_sample_findings": post("302 404 403 403 403 403 403 403 404 404 404", "file_scored"),
    "cases:quality_sample_print": get(SHOWN, "file_scored"),
}
