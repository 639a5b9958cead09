"""加签、取消加签、转办、拿回: whose turn it is, who manages the unit, whose decision it was."""

from django.utils import timezone

from authority.ledger import record
from authority.models import AuthorityItem
from cases.lifecycle import Stage
from cases.models import Decision, JointSigning
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory, CaseLossFactory, ChainStepFactory, SubmissionFactory


def furnish(world: World) -> None:
    """A case that waits for the reviewer, who asked the office head to sign and decided another one."""
    world.things["own_station"] = station(world)
    asked = station(world, number=2, status="waiting").submission
    world.things["own_signing"] = signing = JointSigning.objects.create(
        submission=asked, kind="added", needed=1, on_refusal="counts_not", reason="法律问题",
        called_by=world["reviewer"], called_at=timezone.now(),
    )  # fmt: skip
    ChainStepFactory(submission=asked, kind="added", staff=world["office_head"], signing=signing)
    world.things["own_decision"] = decided(world)


def station(world: World, **terms: object) -> object:
    case = CaseFactory(unit=world["dy"], handler=world["clerk"], stage=Stage.ADJUDICATING)
    CaseLossFactory(case=case)
    request = SubmissionFactory(case=case, item=AuthorityItem.objects.get(code="adjudication"))
    return ChainStepFactory(submission=request, staff=world["reviewer"], **terms)


def decided(world: World) -> Decision:
    step = station(world, status="done")
    case = step.submission.case
    entry = record(f"case:{case.pk}", by=world["reviewer"], action="agree")
    return Decision.objects.create(
        case=case, submission=step.submission, chain_step=step, outcome="agree", amount=8000, ruling={},
        decided_by=world["reviewer"], case_version=1, ledger_entry=entry, decided_at=timezone.now(),
    )  # fmt: skip


REVIEWER = "302 404 403 403 200 403 403 403 404 404 404"
SENT = "302 404 409 409 409 409 409 409 404 404 404"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:add_signers": [get(REVIEWER, "own_station"), post(SENT, "own_station")],
    "cases:transfer": [get("302 404 403 200 200 403 200 403 404 404 404", "own_station")],
    "cases:call_off_signers": get(REVIEWER, "own_signing"),
    "cases:take_back": get(REVIEWER, "own_decision"),
}
