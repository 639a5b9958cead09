"""Acting on the chosen rows: each with its own ruling, its own transaction, its own line in the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authority.refusals import Refused
from cases import services
from cases.casefile.insiders import insiders_of
from cases.conflicts import KeyReused, Stale
from cases.forms.reviewing import ACTIONS, ESCALATE, ReviewForm
from cases.models import ChainStep, Conference, Decision, Outcome
from cases.queue import QueueRow, ruled, with_case
from cases.rulings import permits
from cases.services import missing_in, packs_of
from departments.http import number_in
from departments.models import Staff

OUTCOMES = {ESCALATE: Outcome.REFER_UP.value}
SHOWN_INSIDERS = 3
_TONES = {"allowed": "good", "needs_cosign": "attention", "refer": "attention", "refused": "bad"}


@dataclass(frozen=True, slots=True)
class RowResult:
    label: str
    url: str
    is_done: bool
    text: str


@dataclass(frozen=True, slots=True)
class Ascent:
    """What to know before a case goes up: why, what its pack lacks, who could decide it here."""

    why: str
    missing: Sequence[str]
    insiders: Sequence[str]
    is_own: bool

    @property
    def shown_insiders(self) -> str:
        more = f" 等 {len(self.insiders)} 人" if len(self.insiders) > SHOWN_INSIDERS else ""
        return "、".join(self.insiders[:SHOWN_INSIDERS]) + more


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One chosen case with what the person saw of it: `seen` is the version of the case on the page.

    The row's ruling is the one on the chosen action. `conference`: the conclusion that binds its decision.
    """

    row: QueueRow
    seen: int
    is_open: bool
    ascent: Ascent | None = None
    conference: Conference | None = None

    @property
    def ticket(self) -> str:
        return f"{self.row.submission.pk}:{self.seen}"

    @property
    def level(self) -> str:
        return level_name(self.row.step.level)

    @property
    def reason(self) -> str:
        return "；".join(one.text for one in self.row.ruling.objections)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows to act on, and how many of those chosen lie at head office already."""

    rows: Sequence[ReviewRow]
    at_head_office: int = 0

    @property
    def open_count(self) -> int:
        return sum(one.is_open for one in self.rows)

    @property
    def asks_for_help(self) -> bool:
        """Something goes up that the person could decide."""
        return any(one.ascent and one.ascent.is_own and one.is_open for one in self.rows)

    @property
    def has_conferences(self) -> bool:
        """One of them owes heed to a conclusion."""
        return any(one.conference and one.is_open for one in self.rows)


def level_name(level: int) -> str:
    return {5: "部门负责人", 6: "总公司"}.get(level, "初核中")


def rows_of(visible: QuerySet[Any], sent: QueryDict, staff: Staff) -> Chosen:
    """The chosen rows that the person may see, oldest first; a forged id is simply not among them."""
    ids = [number_in(text) for text in sent.getlist("id") if text.isdecimal()]
    return _chosen(visible.filter(pk__in=ids), {}, sent.get("action", ""), staff)


def rows_seen(visible: QuerySet[Any], sent: QueryDict, staff: Staff) -> Chosen:
    """The rows of a form sent back: only those whose version it carries, as it was shown."""
    seen = dict(_tickets(sent))
    return _chosen(visible.filter(pk__in=list(seen)), seen, sent.get("action", ""), staff)


def _chosen(rows: QuerySet[Any], seen: Mapping[int, int], action: str, staff: Staff) -> Chosen:
    stations = list(rows.values_list("station_id", flat=True))
    steps = list(with_case(ChainStep.objects.filter(pk__in=stations)).order_by("arrived_at", "pk"))
    here = [step for step in steps if step.kind != ChainStep.Kind.HEAD_OFFICE]
    outcome = OUTCOMES.get(action, action)
    ascents = _ascents(here, staff) if action == ESCALATE else {}
    binding = services.binding_on([step.submission for step in here]) if action == Outcome.AGREE else {}
    found = [
        ReviewRow(
            row,
            seen.get(row.submission.pk, row.case.version),
            permits(row.ruling, outcome, row.step.kind),
            ascents.get(row.step.pk),
            binding.get(row.submission.pk),
        )
        for row in ruled(here, staff, outcome, is_straight_up=action == ESCALATE)
    ]
    return Chosen(found, len(steps) - len(here))


def _ascents(steps: Sequence[ChainStep], staff: Staff) -> dict[int, Ascent]:
    """By station; a constant number of statements."""
    if not steps:
        return {}
    packs, insiders = packs_of([step.submission.case for step in steps]), insiders_of(steps)
    found = {}
    for row in ruled(steps, staff):
        why = "；".join(one.text for one in row.ruling.objections) or "本人有权决定"
        missing = missing_in(packs[row.submission.case_id])
        found[row.step.pk] = Ascent(why, missing, insiders[row.step.pk], row.ruling.may_sign)
    return found


def _tickets(sent: QueryDict) -> list[tuple[int, int]]:
    pairs = [text.split(":") for text in sent.getlist("ticket")]
    return [
        (number_in(pair[0]), number_in(pair[1]))
        for pair in pairs
        if len(pair) > 1 and all(map(str.isdecimal, pair))
    ]


def act(rows: Sequence[ReviewRow], form: ReviewForm, staff: Staff) -> list[RowResult]:
    """What is refused leaves the others done."""
    return [_act_on(row, form, staff) for row in rows]


def _act_on(row: ReviewRow, form: ReviewForm, staff: Staff) -> RowResult:
    case, step = row.row.case, row.row.step
    label = f"{case} {row.row.submission.item.name}"
    verb = services.escalate if form.cleaned_data["action"] == ESCALATE else services.decide
    try:
        decision = verb(step, form.verdict(step.pk, row.seen, row.conference), by=staff)
    except Refused as refused:
        reasons = "；".join(one.text for one in refused.ruling.objections)
        return RowResult(label, case.get_absolute_url(), False, reasons)
    except Stale:
        return RowResult(label, case.get_absolute_url(), False, "案件在您打开页面后已有变化，请重新查看")
    except KeyReused:
        return RowResult(label, case.get_absolute_url(), False, "同一次提交已用于另一项决定，请重新打开页面")
    return RowResult(label, case.get_absolute_url(), True, _said(decision))


@dataclass(frozen=True, slots=True)
class ActionDoor:
    """One action as a button at one station; shut, `reason` says what the service would say."""

    code: str
    label: str
    is_open: bool
    reason: str


def doors(step: ChainStep | None, staff: Staff) -> list[ActionDoor]:
    """The ruling on each action itself, with the station as it stands; all shut where nothing waits."""
    if step is None:
        return [ActionDoor(code, label, False, "该报批不在审批中") for code, label in ACTIONS]
    steps = list(with_case(ChainStep.objects.filter(pk=step.pk)))
    return [_door(code, label, steps, staff) for code, label in ACTIONS]


def _door(code: str, label: str, steps: Sequence[ChainStep], staff: Staff) -> ActionDoor:
    outcome = OUTCOMES.get(code, code)
    ruling = ruled(steps, staff, outcome, is_straight_up=code == ESCALATE)[0].ruling
    reason = "；".join(one.text for one in ruling.objections)
    is_open = permits(ruling, outcome, steps[0].kind)
    return ActionDoor(code, label, is_open, "" if is_open else reason)


def _said(decision: Decision) -> str:
    escalation: Any = getattr(decision.submission, "escalation", None)
    number = f"，上报编号 {escalation.number}" if escalation else ""
    return f"{decision.get_outcome_display()} {decision.amount:,.2f} 元{number}"


def ruling_badge(row: QueueRow) -> SafeString:
    """Can the reader decide it, must it go up, or not; the reasons are the badge's title."""
    ruling = row.ruling
    words = {"allowed": "可审批", "needs_cosign": "可审批，须会签", "refer": "须上报"}
    reason = "；".join(one.text for one in ruling.objections)
    text = words.get(ruling.outcome) or "不可审批"
    return format_html(
        '<span class="badge badge--{}" title="{}">{}</span>', _TONES[ruling.outcome], reason, text
    )
