"""What people do beside deciding: ask to sign, give away, take back; and head office's conditions are met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authority.refusals import Refused
from cases import services
from cases.models import ChainStep, ClaimCase, Decision, Escalation
from cases.services import SignerRequest, Transfer, Verdict
from claims_admin.demo.people import People
from departments.models import Staff

SIGNED, GIVEN, TAKEN, CARRIED_OUT, PRINTED = 6, 4, 4, 6, 3
TRIED = 8  # for each that is wanted; what is refused is left alone


def use_verbs(people: People) -> str:
    """A handful of each; in words how many."""
    lawyers = people.staff_of("inj", "LEGAL")
    counts = {
        "加签": _some(SIGNED, _finals(), lambda step: _sign(step, lawyers)),
        "转办": _some(GIVEN, _finals(), _give),
        "拿回": _some(TAKEN, _opinions(), _take_back),
        "书面报送": _some(PRINTED, _sent(), lambda row: services.note_printed(row, by=row.sent_by)),
        "批复执行": _some(CARRIED_OUT, _answered(), _carry_out),
    }
    return "，".join(f"{name} {count}" for name, count in counts.items())


def _some(wanted: int, rows: Any, act: Callable[[Any], object]) -> int:
    done = 0
    for row in rows[: wanted * TRIED]:
        try:
            act(row)
        except (Refused, LookupError):
            continue
        done += 1
        if done == wanted:
            break
    return done


def _finals() -> Any:
    waiting = ChainStep.objects.filter(status="now", kind="final", submission__status="open")
    return waiting.select_related("submission__case__unit", "submission__item", "staff").order_by(
        "-level", "pk"
    )


def _opinions() -> Any:
    made = Decision.objects.filter(outcome="refer_up", submission__status="open", taken_back=None)
    related = ("case__unit", "submission__item", "chain_step", "ledger_entry", "decided_by")
    return made.select_related(*related).order_by("-decided_at", "pk")


def _sent() -> Any:
    return Escalation.objects.waiting().for_list().order_by("pk")


def _answered() -> Any:
    return Escalation.objects.unexecuted().exclude(answer="refused").for_list().order_by("answered_at", "pk")


def _version(case_id: int) -> int:
    return ClaimCase.objects.values_list("version", flat=True).get(pk=case_id)


def _person(staff: Staff | None) -> Staff:
    if staff is None:
        raise LookupError("a station of the branch has a person")
    return staff


def _sign(step: ChainStep, lawyers: list[Staff]) -> None:
    """Two lawyers are asked; every second time one of them has answered."""
    case_id, by = step.submission.case_id, _person(step.staff)
    request = SignerRequest(lawyers[:2], "before", "涉诉条款适用有争议，请法务出具意见", _version(case_id))
    signing = services.add_signers(step, request, by=by)
    if step.pk % 2:
        first = signing.steps.select_related("submission", "staff").order_by("number")[0]
        verdict = Verdict("agree", _version(case_id), opinion="条款适用无误，同意赔付")
        services.decide(first, verdict, by=_person(first.staff))


def _give(step: ChainStep) -> None:
    receivers = list(services.receivers_of(step))
    receiver = Staff.objects.get(pk=receivers[0]) if receivers else _person(None)
    order = Transfer(receiver, "本人外出培训，转同岗办理", _version(step.submission.case_id))
    services.transfer(step, order, by=_person(step.staff))


def _take_back(decision: Decision) -> None:
    seen = _version(decision.case_id)
    services.take_back(decision, "意见漏写残值处理，补充后再报", by=decision.decided_by, seen=seen)


def _carry_out(escalation: Escalation) -> None:
    by = escalation.submission.submitted_by
    for condition in escalation.demands.all():
        services.check_condition(condition, "met", "已入账，凭证附案卷", by=by)
    services.confirm_execution(escalation, by=by)
