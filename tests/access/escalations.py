"""上报总公司: figures, the printed form, ways of sending, conditions."""

from authority.ledger import record
from cases.models import AnswerCondition
from tests.access.rows import get, post
from tests.cast import World

EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"


def furnish(world: World) -> None:
    """A condition of the escalation that tests/access/cases.py sends up; it is not answered yet."""
    escalation = world["escalation"]
    record(f"case:{escalation.case_id}", by=world["department_head"], action="answered")
    world.things["condition"] = AnswerCondition.objects.create(
        escalation=escalation, case=escalation.case, number=1, text="残值入账"
    )


# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:escalation_figures": get(EVERYBODY),
    "cases:escalation_print": get(WHO_SEES, "escalation"),
    "cases:escalation_printed": post("302 404 302 302 403 302 302 403 404 404 404", "escalation"),
    "cases:escalation_drop": post("302 404 403 403 403 403 403 403 404 404 404", "escalation"),
    "cases:escalation_condition": post("302 404 403 403 403 403 403 403 404 404 404", "condition"),
}
