"""加签、转办、拿回 on the page of a case: what this person could do now, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from authority.rulings import Ruling
from cases import services
from cases.models import ChainStep, ClaimCase, Decision, JointSigning, Submission
from cases.signatures import SIGNING
from departments.models import Staff

_FOREIGN = frozenset({"not_my_step", "not_mine", "not_caller"})


@dataclass(frozen=True, slots=True)
class VerbDoor:
    label: str
    url: str
    ruling: Ruling

    @property
    def reasons(self) -> str:
        return "；".join(objection.text for objection in self.ruling.objections)


def verb_doors(
    case: ClaimCase, staff: Staff, submissions: Sequence[Submission], step: ChainStep | None
) -> list[VerbDoor]:
    """At the station that waits, and on his own last decision; not what is others' business."""
    doors = [*_at_station(step, staff), *_called(submissions, staff), *_last_decision(case, staff)]
    return [door for door in doors if _FOREIGN.isdisjoint(door.ruling.codes)]


def _at_station(step: ChainStep | None, staff: Staff) -> Iterator[VerbDoor]:
    if step is None or step.kind == ChainStep.Kind.HEAD_OFFICE:
        return
    if step.staff_id == staff.pk and step.kind not in SIGNING:
        url = reverse("cases:add_signers", args=[step.pk])
        yield VerbDoor("加签", url, services.adding(step, staff))
    yield VerbDoor("转办", reverse("cases:transfer", args=[step.pk]), services.transferring(step, staff))


def _called(submissions: Sequence[Submission], staff: Staff) -> Iterator[VerbDoor]:
    """What he asked others to sign, and not all have."""
    asked = {
        step.signing
        for one in submissions
        for step in one.chain.all()
        if step.signing and step.signing.kind == JointSigning.Kind.ADDED and step.signing.ended_at is None
    }
    for signing in sorted(asked, key=lambda one: one.pk):
        if signing.called_by_id == staff.pk:
            url = reverse("cases:call_off_signers", args=[signing.pk])
            yield VerbDoor("取消加签", url, services.calling_off(signing, staff))


def _last_decision(case: ClaimCase, staff: Staff) -> Iterator[VerbDoor]:
    made = Decision.objects.filter(case=case, decided_by=staff, taken_back=None)
    last = (
        made.select_related("submission__item", "chain_step", "ledger_entry").order_by("-decided_at").first()
    )
    if last is not None:
        last.case = case
        url = reverse("cases:take_back", args=[last.pk])
        yield VerbDoor("拿回", url, services.taking_back(last, staff))
