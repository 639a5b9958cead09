"""协办: who sees the case sees them; a co-handler or whoever manages the unit ends it."""

from django.utils import timezone

from cases.models import CoHandler
from tests.access.cases import EVERYBODY, WHO_SEES
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory


def furnish(world: World) -> None:
    case = CaseFactory(unit=world["dy"], handler=world["clerk"])
    world.things["co_handler"] = CoHandler.objects.create(
        case=case, staff=world["office_head"], reason="责任核定严重超时", since=timezone.now()
    )


PAGES = {
    "cases:co_handled": get(EVERYBODY),
    "cases:co_handlers": get(WHO_SEES, "case"),
    "cases:co_handler_dismiss": post(
        "302 404 403 302 403 302 302 403 404 404 404", "co_handler", data={"reason": "已办结"}
    ),
}
