"""待追偿: whoever sees the case reads; its handlers and who answers for it act on it."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from cases.models import RecoveryPlaceholder, RecoveryReceipt
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory


def furnish(world: World) -> None:
    """Of 德阳: one to be got back, another of which something came in and which is being written off."""
    world.things["recovery"] = _made(world)
    world.things["recovery_case"] = world["recovery"].case
    asked = _made(world, status="asked", write_off_reason="无财产", recovered=10)
    world.things["recovery_asked"] = asked
    received = _made(world, recovered=10)
    for claim in (asked, received):
        world.things["receipt"] = RecoveryReceipt.objects.create(
            recovery=claim, case=claim.case, amount=10, received_on=timezone.localdate(), payer="赵",
            voucher="收1", recorded_by=world["unit_head"], recorded_at=timezone.now(),
        )  # fmt: skip


def _made(world: World, **fields: Any) -> RecoveryPlaceholder:
    case = CaseFactory(unit=world["dy"], handler=world["clerk"])
    plain = {"type": "advance", "debtor": "赵五", "amount": 100, "acquired_at": timezone.now()}
    return RecoveryPlaceholder.objects.create(case=case, officer=world["clerk"], **plain, **fields)


def receipt(world: World) -> Mapping[str, Any]:
    day = f"{timezone.localdate():%Y-%m-%d}"
    seen = world["recovery_case"].version
    return {
        "seen": seen,
        "amount": "50",
        "received_on": day,
        "payer": "赵",
        "voucher": "收2",
        "posting": "income",
    }


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
WHO_WORKS = "302 404 200 200 403 200 200 403 404 404 404"
WHO_STRIKES = "302 404 200 403 403 200 200 403 404 404 404"
NOBODY = "302 404 403 403 403 403 403 403 404 404 404"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:recoveries": get(EVERYBODY),
    "cases:recovery": get(WHO_SEES, "recovery"),
    "cases:recovery_receipt": [
        get(WHO_WORKS, "recovery"),
        get(NOBODY, "recovery_asked"),
        post("302 404 302 302 403 302 302 403 404 404 404", "recovery", data=receipt),
    ],
    "cases:recovery_write_off": [get(WHO_WORKS, "recovery"), get(NOBODY, "recovery_asked")],
    "cases:recovery_assign": get(WHO_WORKS, "recovery"),
    "cases:receipt_strike": get(WHO_STRIKES, "receipt"),
}
