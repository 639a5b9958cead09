"""One suit on one screen: what the papers say, what was asked and answered, the court's acts, the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.rulings import Ruling
from cases.lawsuits.life import SuitAct
from cases.lawsuits.rulings import Actor, actor_of, may_act, may_answer_counsel
from cases.models import ChainStep, Counsel, Judgment, Lawsuit, LawsuitRequest
from departments.masking import mask_name
from departments.models import Staff

# In the order of a suit's life; the rest stands under 更多.
LEADING = (
    ("report", SuitAct.REPORT),
    ("enter", SuitAct.ENTER),
    ("defend", SuitAct.DEFEND),
    ("hearing", SuitAct.SET_HEARING),
    ("judgment", SuitAct.JUDGE),
    ("appeal", SuitAct.APPEAL),
    ("scheme", SuitAct.PROPOSE),
    ("settle", SuitAct.SETTLE),
    ("perform", SuitAct.PERFORM),
    ("close", SuitAct.CLOSE),
)
MORE = (
    ("try", SuitAct.TRY),
    ("try-again", SuitAct.TRY_AGAIN),
    ("our-counsel", SuitAct.NAME_COUNSEL),
    ("lawyer", SuitAct.ASK_COUNSEL),
    ("cost", SuitAct.NOTE_COST),
    ("link", SuitAct.LINK),
    ("officer", SuitAct.ASSIGN),
    ("correct", SuitAct.CORRECT),
)


@dataclass(frozen=True, slots=True)
class Door:
    label: str
    url: str
    ruling: Ruling

    @property
    def reasons(self) -> str:
        return "；".join(one.text for one in self.ruling.objections)


@dataclass(frozen=True, slots=True)
class Doors:
    """`shut`: those of what leads on that the stage allows and the person may not."""

    leading: Sequence[Door]
    more: Sequence[Door]
    shut: Sequence[Door]


def doors_of(lawsuit: Lawsuit, asked: Sequence[Asked], viewer: Staff) -> Doors:
    actor = actor_of(viewer)
    open_ones = [pair for pair in LEADING if not _is_done(lawsuit, asked, pair[1])]
    leading = [_door(lawsuit, slug, act, actor) for slug, act in open_ones]
    more = [_door(lawsuit, slug, act, actor) for slug, act in MORE]
    shut = [one for one in leading if not one.ruling.allowed and "wrong_stage" not in one.ruling.codes]
    return Doors(
        [one for one in leading if one.ruling.allowed], [one for one in more if one.ruling.allowed], shut[:1]
    )


def _door(lawsuit: Lawsuit, slug: str, act: SuitAct, actor: Actor) -> Door:
    url = reverse(
        "cases:lawsuit_correct" if slug == "correct" else "cases:lawsuit_act",
        args=[lawsuit.pk] if slug == "correct" else [lawsuit.pk, slug],
    )
    return Door(str(act.label), url, may_act(lawsuit, act, actor))


def _is_done(lawsuit: Lawsuit, asked: Sequence[Asked], act: SuitAct) -> bool:
    """What needs doing once, and was; or whose turn has not come."""
    waits = any(one.is_open for one in asked if one.purpose == LawsuitRequest.Purpose.DEFENCE)
    return {
        SuitAct.REPORT: lawsuit.replied_at is not None or waits,
        SuitAct.ENTER: lawsuit.entered_at is not None or lawsuit.replied_at is None,
        SuitAct.DEFEND: lawsuit.defended_at is not None or lawsuit.our_side != "defendant",
    }.get(act, False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its answer: who waits for whom, and what was said."""

    request: LawsuitRequest
    is_open: bool
    state: str
    state_name: str
    station: ChainStep | None
    answers: Sequence[object]

    @property
    def purpose(self) -> str:
        return self.request.purpose


def requests_of(lawsuit: Lawsuit) -> list[Asked]:
    """Oldest first; a constant number of statements."""
    return [_asked(one) for one in _requests(lawsuit)]


def asked_about(lawsuit: Lawsuit, judgment: Judgment | None) -> list[Asked]:
    """The requests of one sheet: on the appeal against a judgment, or else on the defence."""
    purpose = LawsuitRequest.Purpose.APPEAL if judgment else LawsuitRequest.Purpose.DEFENCE
    key = judgment.pk if judgment else None
    return [one for one in requests_of(lawsuit) if one.purpose == purpose and one.request.judgment_id == key]


def _requests(lawsuit: Lawsuit) -> list[LawsuitRequest]:
    steps = ChainStep.objects.select_related("staff", "decision__decided_by").order_by("number")
    rows = LawsuitRequest.objects.filter(lawsuit=lawsuit, submission__isnull=False)
    rows = rows.select_related("judgment", "submission__submitted_by", "submission__escalation")
    return list(rows.prefetch_related(Prefetch("submission__chain", queryset=steps)).order_by("pk"))


def _asked(request: LawsuitRequest) -> Asked:
    submission = request.submission
    if submission is None:
        raise ValueError("a request is shown once it was sent")
    chain = list(submission.chain.all())
    answers = [decision for step in chain if (decision := getattr(step, "decision", None))]
    station = next((step for step in chain if step.status == ChainStep.Status.NOW), None)
    return Asked(
        request,
        submission.status == "open",
        submission.status,
        submission.get_status_display(),
        station,
        answers,
    )


@dataclass(frozen=True, slots=True)
class ShownCounsel:
    counsel: Counsel
    may_answer: bool


def counsels_of(lawsuit: Lawsuit, viewer: Staff) -> list[ShownCounsel]:
    rows = lawsuit.counsels.select_related("staff", "asked_by", "answered_by")
    actor, found = actor_of(viewer), []
    for one in rows:
        one.lawsuit = lawsuit
        may = one.status == Counsel.Status.ASKED and may_answer_counsel(one, actor).allowed
        found.append(ShownCounsel(one, may))
    return found


@dataclass(frozen=True, slots=True)
class ShownJudgment:
    judgment: Judgment
    may_opine: bool


def judgments_of(lawsuit: Lawsuit, asked: Sequence[Asked], viewer: Staff) -> list[ShownJudgment]:
    allowed = may_act(lawsuit, SuitAct.OPINE, actor_of(viewer)).allowed
    waiting = {one.request.judgment_id for one in asked if one.is_open}
    return [
        ShownJudgment(
            one, allowed and one.may_be_appealed and not one.appeal_over_at and one.pk not in waiting
        )
        for one in lawsuit.judgments.select_related("opined_by", "noted_by")
    ]


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    amount: Decimal | None
    against_claim: Decimal | None = None
    against_estimate: Decimal | None = None


def comparison_of(lawsuit: Lawsuit, judgments: Sequence[ShownJudgment]) -> list[Line]:
    """What was claimed, expected, awarded and borne, and how far each lies from claim and estimate."""
    steps: list[tuple[str, Decimal | None]] = [
        (f"{one.judgment.get_court_level_display()}判赔", one.judgment.amount) for one in judgments
    ]
    steps += [("调解", lawsuit.settled_amount), ("最终承担", lawsuit.final_amount)]
    lines = [Line("诉请", lawsuit.claimed), Line("诉讼估损", lawsuit.estimate)]
    for label, amount in steps:
        if amount is not None:
            lines.append(Line(label, amount, amount - lawsuit.claimed, amount - lawsuit.estimate))
    return lines


def facts_of_suit(lawsuit: Lawsuit) -> list[tuple[str, str]]:
    return [
        ("法院", lawsuit.court),
        ("案由", lawsuit.get_cause_display()),
        ("我方地位", lawsuit.get_our_side_display()),
        ("诉请 / 估损", f"{lawsuit.claimed:,.2f} / {lawsuit.estimate:,.2f} 元"),
        ("收到的文书", lawsuit.papers),
        ("收文 / 签收", f"{_moment(lawsuit.received_at)} {lawsuit.received_by.name}"),
        ("上报", _by(lawsuit.reported_at, lawsuit.reported_by)),
        ("答复", _moment(lawsuit.replied_at)),
        ("录入", _by(lawsuit.entered_at, lawsuit.entered_by, lawsuit.legal_system_no)),
        ("提交答辩状", _moment(lawsuit.defended_at)),
        ("上诉", _by(lawsuit.appealed_at, None, lawsuit.get_appellant_display())),
        ("承办法务", lawsuit.officer.name if lawsuit.officer else ""),
        ("诉讼编号", lawsuit.number),
        ("未成的调解", lawsuit.mediation.number if lawsuit.mediation else ""),
        ("争议焦点", lawsuit.disputed),
    ]


def _moment(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _by(moment: datetime | None, who: Staff | None, *more: str) -> str:
    return " ".join(part for part in (_moment(moment), who.name if who else "", *more) if part and moment)


def shown_parties(lawsuit: Lawsuit, *, may_see: bool) -> list[tuple[str, str, str, bool]]:
    """Side, name, relation, whether it is the company."""
    found = []
    for one in lawsuit.parties.all():
        name = one.name if may_see or one.is_us else mask_name(one.name)
        found.append((one.get_side_display(), name, one.relation, one.is_us))
    return found


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    title: str
    who: str
    text: str = ""
    tone: str = "active"


_ACTS = dict(SuitAct.choices)


def timeline_of_suit(lawsuit: Lawsuit) -> list[Event]:
    """From the chain of its case, newest first: what concerns this suit."""
    entries = LedgerEntry.objects.filter(
        chain=f"case:{lawsuit.case_id}", details__lawsuit=lawsuit.pk
    ).select_related("actor")
    found = [
        Event(one.at, _ACTS.get(one.action, one.action), one.actor.name if one.actor else "系统", _said(one))
        for one in entries
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)


def _said(entry: LedgerEntry) -> str:
    amount = f"{entry.amount:,.2f} 元" if entry.amount is not None else ""
    return "，".join(part for part in (amount, entry.reason) if part)
