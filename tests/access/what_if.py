"""试算: a run of the department head's about a draft of the department's."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from authority.models import AuthorityItem
from cases.models import WhatIfLine, WhatIfRun
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import LetterFactory, StaffFactory


def furnish(world: World) -> None:
    motor, today = world["motor"], timezone.localdate()
    letter = LetterFactory(issuing_unit=motor, scope_unit=motor, drafted_by=StaffFactory())
    terms = {"letter": letter, "unit": motor, "requested_by": world["department_head"]}
    period = {"period_start": today, "period_end": today}
    world.things["tried"] = letter
    world.things["waiting_run"] = WhatIfRun.objects.create(**terms, **period)
    done = {"status": "done", "finished_at": timezone.now(), "percent": 100}
    world.things["run"] = WhatIfRun.objects.create(**terms, **period, **done)
    item = AuthorityItem.objects.get(code="adjudication")
    moved = {"unit_path": motor.path, "unit_name": "车险理赔部", "before": 3, "after": 4, "count": 1}
    world.things["run_line"] = WhatIfLine.objects.create(run=world["run"], item=item, amount=8000, **moved)


def order(world: World) -> Mapping[str, Any]:
    today = timezone.localdate().isoformat()
    return {"letter": world["tried"].pk, "unit": world["motor"].pk, "start": today, "end": today}


# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
MANAGERS = "302 403 403 200 403 403 200 403 403 403 403"
OVER_THE_DEPARTMENT = "302 404 404 404 404 404 200 404 404 404 404"
PAGES = {
    "cases:what_ifs": get(MANAGERS),
    "cases:what_if_new": [
        get(MANAGERS),
        post("302 403 403 422 403 403 302 403 403 403 403", data=order),
    ],
    "cases:what_if": [get(OVER_THE_DEPARTMENT, "run"), get(OVER_THE_DEPARTMENT, "waiting_run")],
    "cases:what_if_progress": get(OVER_THE_DEPARTMENT, "waiting_run"),
    "cases:what_if_cancel": post("302 404 404 404 404 404 302 404 404 404 404", "waiting_run"),
    "cases:what_if_export": get(OVER_THE_DEPARTMENT, "run"),
    "cases:what_if_print": get(OVER_THE_DEPARTMENT, "run"),
    "cases:what_if_line": get(OVER_THE_DEPARTMENT, "run_line"),
}
