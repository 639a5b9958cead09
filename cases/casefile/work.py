"""What this person can do on the case now, and why the rest is closed to him."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from authority.rulings import Ruling
from cases import services
from cases.items import ADJUDICATION, CASE_ITEMS, ZERO_PAYMENT, reviews_needed
from cases.lifecycle import Action, Stage, open_actions
from cases.models import ClaimCase, Submission
from cases.rulings import may_work, may_work_on
from departments.models import Staff

# What leads the case on, in this order; the rest stands under 更多.
_LEADING = (
    (Action.RESUME, "cases:resume"),
    (Action.REGISTER, "cases:register"),
    (Action.SURVEY, "cases:survey"),
    (Action.ASSESS, "cases:assess"),
    (Action.SUBMIT_REVIEW, "cases:submit"),
    (Action.ADJUST, "cases:adjust"),
    (Action.SUBMIT_ADJUDICATION, "cases:submit"),
    (Action.PAY, "cases:pay"),
    (Action.CLOSE, "cases:close"),
)
_MORE = (
    (Action.WITHDRAW, "cases:withdraw"),
    (Action.AMEND, "cases:amend"),
    (Action.ITEMISE, "cases:lines"),
    (Action.CHANGE_ESTIMATE, "cases:change_estimate"),
    (Action.SUBMIT_ZERO, "cases:submit"),
    (Action.NOTE_PAPERS, "cases:note_papers"),
    (Action.NOTE_MOMENTS, "cases:note_moments"),
    (Action.SUSPEND, "cases:suspend"),
    (Action.HAND_OVER, "cases:hand_over"),
)


@dataclass(frozen=True, slots=True)
class Door:
    """One thing that the stage allows. Closed to this person, `reasons` say why."""

    action: Action
    label: str
    url: str
    ruling: Ruling

    @property
    def reasons(self) -> str:
        return "；".join(objection.text for objection in self.ruling.objections)


def leading_doors(case: ClaimCase, staff: Staff) -> list[Door]:
    doors = _doors(case, staff, _LEADING)
    if case.stage == Stage.APPROVED:
        return [door for door in doors if not door.url.endswith("/close/") or not case.approved]
    return doors


def more_doors(case: ClaimCase, staff: Staff, submissions: Sequence[Submission]) -> list[Door]:
    """Taking back and correcting ask about the requests under way, too."""
    waiting = [one for one in submissions if one.status == Submission.Status.OPEN]
    asked = {Action.WITHDRAW: services.withdrawing, Action.AMEND: services.amending}
    doors, found = [], _doors(case, staff, _MORE)
    if waiting and Action.WITHDRAW not in {door.action for door in found}:
        found.insert(0, _withdrawing_door(waiting[0], staff))
    for door in found:
        ask = asked.get(door.action)
        rulings = [ask(one, staff) for one in waiting] if ask and door.ruling.allowed else []
        best = next((one for one in rulings if one.allowed), rulings[0] if rulings else door.ruling)
        doors.append(replace(door, ruling=best))
    return doors


def _withdrawing_door(submission: Submission, staff: Staff) -> Door:
    """What was asked beside the case's way is taken back whatever its stage."""
    case = submission.case
    ruling = may_work_on(submission, Action.WITHDRAW, staff)
    return Door(
        Action.WITHDRAW, str(Action.WITHDRAW.label), reverse("cases:withdraw", args=[case.pk]), ruling
    )


def _doors(case: ClaimCase, staff: Staff, actions: Iterable[tuple[Action, str]]) -> list[Door]:
    possible = open_actions(Stage(case.stage), case.returned_to)
    return [
        Door(action, str(action.label), _address(case, action, url_name), may_work(case, action, staff))
        for action, url_name in actions
        if action in possible
    ]


def _address(case: ClaimCase, action: Action, url_name: str) -> str:
    url = reverse(url_name, args=[case.pk])
    item = {Action.SUBMIT_ZERO: ZERO_PAYMENT, Action.SUBMIT_ADJUDICATION: ADJUDICATION}.get(action)
    return f"{url}?item={item}" if item else url


def submittable_items(case: ClaimCase, submissions: Sequence[Submission]) -> list[str]:
    """Codes of the items that may be submitted now and are not under way; the needed ones first.

    What leaves the way (zero payment) comes last: it is never what the case needs next.
    """
    possible = open_actions(Stage(case.stage), case.returned_to)
    under_way = {one.item.code for one in submissions if one.status == Submission.Status.OPEN}
    needed = reviews_needed(frozenset(case.loss_classes)) | {ADJUDICATION}
    fitting = [
        code
        for code, item in CASE_ITEMS.items()
        if item.submit in possible and not item.is_beside and code not in under_way and _concerns(case, code)
    ]
    return sorted(fitting, key=lambda code: (CASE_ITEMS[code].leaves_the_way, code not in needed))


def _concerns(case: ClaimCase, code: str) -> bool:
    classes = CASE_ITEMS[code].loss_classes
    return not classes or not classes.isdisjoint(case.loss_classes)


def next_door(case: ClaimCase, staff: Staff) -> Door | None:
    """The piece of work that comes next, if it is this person's to do."""
    return next((door for door in leading_doors(case, staff) if door.ruling.allowed), None)


def next_work(case: ClaimCase) -> str:
    """In one word what the handler does next."""
    if case.stage == Stage.RETURNED:
        return dict(Action.choices).get(case.returned_to, Action.SURVEY.label)
    possible = open_actions(Stage(case.stage))
    return next((action.label for action, _ in _LEADING if action in possible), "")
