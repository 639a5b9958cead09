"""The dashboard, the runs of periodic reports."""

from tests.access.rows import get, post
from tests.cast import World
from tests.factories import SnapshotFactory


def furnish(world: World) -> None:
    """A published report of the whole department, and one of the sub-branch 德阳."""
    world.things["department_run"] = SnapshotFactory(run__unit=world["motor"]).run
    world.things["branch_run"] = SnapshotFactory(run__unit=world["dy"]).run
    world.things["flow"] = "flow"
    world.things["nonsense"] = "nonsense"


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "reports:dashboard": get(EVERYBODY),
    "reports:dashboard_data": [
        get(EVERYBODY, "flow"),
        get("302 404 404 404 404 404 404 404 404 404 404", "nonsense"),
    ],
    "reports:runs": get(EVERYBODY),
    "reports:run": [
        get("302 404 404 404 200 200 200 200 404 404 404", "department_run"),
        get("302 404 200 200 200 200 200 200 404 404 404", "branch_run"),
    ],
    "reports:run_download": get("302 404 404 404 200 200 200 200 404 404 404", "department_run"),
    "reports:run_again": post(
        "302 404 404 404 403 403 302 403 404 404 404", "department_run", data={"reason": "数据订正"}
    ),
}
ADMINISTRATORS = "302 302 302 403 302 403 403 403 200 200 200"
LISTS = {"reports.reportdefinition": get(ADMINISTRATORS), "reports.run": get(ADMINISTRATORS)}
