"""The last months' decisions on cases long closed: something to try a letter on, and to supervise.

Each was judged by the real ruling on the grants of today; the rows are written as the services write them.
Some are made to ask for an explanation: one loss in parts, sums close under the limit, a hurried reviewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.db.models import QuerySet
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.models import AuthorityItem
from authority.rulings import Holder, Matter, Ruling, may_decide
from authority.what_if import Ground, ground_in_force
from cases.chains import Station, deciders, never_own, plan_chain
from cases.items import ADJUDICATION
from cases.lifecycle import ClosingKind
from cases.matters import facts_of, matters_of
from cases.models import ChainStep, ClaimCase, Decision, Escalation, Outcome, Submission
from cases.numbers import next_number
from claims_admin.demo.clock import set_to
from claims_admin.demo.people import People
from departments.models import OrgUnit, Staff

DAYS = 80
COUNT = 450
DEAREST = 30
NEAR = (Decimal(18_000), Decimal(20_000))
"""Just under what the head of a sub-branch may decide."""
PARTS = (Decimal(12_500), Decimal(19_000))
HASTY = timedelta(seconds=40)
OPINION = "单证齐全，责任明确，计算无误，同意。"
REFERRING = "经审核金额合理，超出本人权限，建议同意，报上级审批。"


@dataclass(slots=True)
class Cast:
    """Who decides, what is watched: the unit near its limit, the hasty reviewer, who stands in."""

    ground: Ground
    item: AuthorityItem
    submitters: dict[int, list[Staff]]
    head_office: Staff
    hasty_id: int = 0
    away: Holder | None = None
    stood_in: int = 0
    holders: dict[int, Holder] = field(default_factory=dict)


def make_past(units: dict[str, OrgUnit], people: People, *, random: Random, share: float = 1) -> int:
    """Decisions on cases closed in the last months; how many requests. `share` of the usual number."""
    cases = _chosen(random, round(COUNT * share))
    cast = _cast(units, people)
    submissions = [_submission(case, cast, random) for case in cases]
    for submission, matter in zip(submissions, matters_of(submissions), strict=True):
        _decide(submission, matter, cast, random)
    return len(submissions)


def _chosen(random: Random, count: int) -> list[ClaimCase]:
    """By the day they were closed: a sample, the dearest, and the suspicious ones of last month."""
    now = timezone.now()
    since, until = now - timedelta(days=DAYS), now - timedelta(days=4)
    closed = ClaimCase.objects.filter(closing_kind=ClosingKind.PAID, approved__gt=0)
    closed = closed.filter(closed_at__gte=since, closed_at__lt=until, submissions=None)
    keys = closed.order_by("pk").values_list("pk", flat=True)
    wanted = set(random.sample(list(keys), min(count, len(keys))))
    wanted |= set(closed.order_by("-approved", "pk").values_list("pk", flat=True)[:DEAREST])
    suspicious = [case.pk for case in (*_near_limit(closed), *_in_parts(closed))]
    rows = closed.filter(pk__in=wanted | set(suspicious)).select_related("unit").order_by("closed_at", "pk")
    return [case for case in rows if case.unit.code != _watched(suspicious) or case.pk in suspicious]


def _watched(suspicious: Sequence[int]) -> str:
    first = ClaimCase.objects.filter(pk__in=suspicious[:1]).select_related("unit").first()
    return first.unit.code if first else ""


def _last_month() -> tuple[datetime, datetime]:
    first = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).replace(day=1), first


def _near_limit(closed: QuerySet[ClaimCase]) -> list[ClaimCase]:
    """The sub-branch with the most cases just under its head's limit; up to eight of them."""
    since, until = _last_month()
    inside = closed.filter(closed_at__gte=since + timedelta(days=3), closed_at__lt=until, is_litigated=False)
    near = inside.filter(approved__range=NEAR, flags=[]).order_by("closed_at", "pk")
    by_unit: dict[int, list[ClaimCase]] = {}
    for case in near:
        by_unit.setdefault(case.unit_id, []).append(case)
    return max(by_unit.values(), key=len, default=[])[:8]


def _in_parts(closed: QuerySet[ClaimCase]) -> list[ClaimCase]:
    """Three cases of one other unit, which get one plate: as if one loss had been reported in parts."""
    since, until = _last_month()
    inside = closed.filter(closed_at__gte=since + timedelta(days=3), closed_at__lt=until, is_litigated=False)
    parts = inside.filter(approved__range=PARTS, flags=[], unit__code="my").order_by("closed_at", "pk")
    chosen = list(parts[:3])
    if chosen:
        keys = [case.pk for case in chosen]
        ClaimCase.objects.filter(pk__in=keys).update(plate_no=chosen[0].plate_no)
    return chosen


def _cast(units: dict[str, OrgUnit], people: People) -> Cast:
    ground = ground_in_force(ADJUDICATION)
    submitters = {
        unit.pk: people.staff_of(code, "ADJUST")
        for code, unit in units.items()
        if people.in_post(code, "ADJUST")
    }
    cast = Cast(
        ground,
        AuthorityItem.objects.get(code=ADJUDICATION),
        submitters,
        people.one("hq", "HQ_REVIEW"),
        holders={holder.person_id: holder for holder in ground.holders},
    )
    cast.hasty_id = people.one("cd", "UNIT_HEAD").pk
    cast.away = cast.holders.get(people.staff_of("adj", "ADJ")[0].pk)
    return cast


def _submission(case: ClaimCase, cast: Cast, random: Random) -> Submission:
    closed_at = case.closed_at or timezone.now()
    submitter = random.choice(cast.submitters.get(case.unit_id) or next(iter(cast.submitters.values())))
    return Submission(
        case=case,
        item=cast.item,
        amount=case.approved,
        case_total=case.approved,
        submitted_by=submitter,
        submitted_at=_in_the_morning(closed_at - timedelta(days=3), random),
        opinion="材料齐全，金额与定损核损一致，请审批。",
    )


def _in_the_morning(moment: datetime, random: Random) -> datetime:
    """Of that day, or of the Friday before a weekend."""
    local = timezone.localtime(moment)
    day = local - timedelta(days=max(local.weekday() - 4, 0))
    opens = day.replace(hour=8, minute=40, second=0, microsecond=0)
    return opens + timedelta(minutes=random.uniform(0, 260))


def _decide(submission: Submission, matter: Matter, cast: Cast, random: Random) -> None:
    """Station by station, as the chain would be made today."""
    stations = plan_chain(matter, cast.ground.holders, cast.ground.rules).stations
    among = sorted(deciders(matter, cast.ground.holders, cast.ground.rules))
    submission.save()
    moment = submission.submitted_at
    for number, station in enumerate(stations, start=1):
        at = replace(station, person_id=random.choice(among)) if station.kind == "final" else station
        taken = _taken(at, cast, random)
        step = _step(submission, at, number, (moment, moment + taken))
        moment += taken
        _write(step, matter, cast, random)
    submission.status, submission.decided_at = Submission.Status.AGREED, moment
    submission.save(update_fields=["status", "decided_at"])


def _taken(station: Station, cast: Cast, random: Random) -> timedelta:
    if station.person_id == cast.hasty_id and random.random() < 0.4:
        return HASTY * random.uniform(0.6, 1.4)
    return timedelta(hours=min(0.1 + random.lognormvariate(-0.2, 0.8), 3))


def _step(
    submission: Submission, station: Station, number: int, times: tuple[datetime, datetime]
) -> ChainStep:
    return ChainStep.objects.create(
        submission=submission,
        number=number,
        kind=station.kind,
        staff_id=station.person_id,
        level=station.level,
        post_name=station.post_name,
        status=ChainStep.Status.DONE,
        arrived_at=times[0],
        left_at=times[1],
    )


def _write(step: ChainStep, matter: Matter, cast: Cast, random: Random) -> None:
    with set_to(step.left_at or timezone.now()):
        if step.staff is None:
            _answer(step.submission, cast, random)
            return
        ruling = may_decide(matter, cast.holders[step.staff.pk], never_own(cast.ground.rules))
        _write_decision(step, step.staff, matter, _for_another(step, ruling, cast, random))


def _for_another(step: ChainStep, ruling: Ruling, cast: Cast, random: Random) -> Ruling:
    """Now and then a colleague of the same post stands in for the one who is away."""
    away, basis = cast.away, ruling.basis
    is_colleague = away is not None and step.staff_id != away.person_id and step.post_name == "核赔岗"
    if not (is_colleague and away and basis and cast.stood_in < 12 and random.random() < 0.25):
        return ruling
    cast.stood_in += 1
    basis = replace(basis, via_id=away.person_id, via_name=away.name, source="substitution")
    return replace(ruling, basis=basis)


def _write_decision(step: ChainStep, by: Staff, matter: Matter, ruling: Ruling) -> None:
    submission, basis = step.submission, ruling.basis
    is_final = step.kind == ChainStep.Kind.FINAL
    acted_for = Staff.objects.get(pk=basis.via_id) if basis and basis.via_id else None
    outcome = Outcome.AGREE if is_final or step.kind == ChainStep.Kind.COSIGN else Outcome.REFER_UP
    opinion = REFERRING if outcome == Outcome.REFER_UP else OPINION
    details = {"submission": submission.pk, "item": submission.item.code, "outcome": outcome.value}
    facts = LedgerFacts(
        amount=submission.amount, grant_id=basis.grant_id if basis else None, reason=opinion,
        acted_for=acted_for, details=details,
    )  # fmt: skip
    action = "approve" if is_final else outcome.value
    entry = record(f"case:{submission.case_id}", by=by, action=action, facts=facts)
    Decision.objects.create(
        case=submission.case, submission=submission, chain_step=step, outcome=outcome,
        decided_by=by, acted_for=acted_for, amount=submission.amount, opinion=opinion,
        ruling=ruling.as_json(), matter=facts_of(matter), grant_id=basis.grant_id if basis else None,
        grant_version=basis.version if basis else None, letter_no=basis.letter_no if basis else "",
        limit=Decimal(basis.limit) / 100 if basis else None, case_version=submission.case.version,
        ledger_entry=entry, decided_at=entry.at,
    )  # fmt: skip


def _answer(submission: Submission, cast: Cast, random: Random) -> None:
    """Head office agreed, or to less: what was asked for was more then."""
    is_altered = random.random() < 0.45
    granted = submission.amount
    asked = (granted / Decimal("0.92")).quantize(Decimal("0.01")) if is_altered else granted
    now = timezone.now()
    Escalation.objects.create(
        number=next_number("SB"), case=submission.case, submission=submission, proposal=REFERRING,
        amount=asked, pack={"items": [], "is_complete": True, "missing_papers": ""},
        sent_by_id=_last_opinion(submission), sent_at=now - timedelta(hours=6),
        status=Escalation.Status.EXECUTED, answer_no=f"总理批〔{now.year}〕{submission.pk}号",
        answer=Escalation.Answer.ALTERED if is_altered else Escalation.Answer.AGREED,
        answer_amount=granted if is_altered else None, answered_by_name=cast.head_office.name,
        answered_at=now, entered_by=cast.head_office, executed_at=now + timedelta(hours=3),
        executed_by=submission.submitted_by,
    )  # fmt: skip


def _last_opinion(submission: Submission) -> int:
    last = submission.decisions.order_by("-pk").first()
    return last.decided_by_id if last else submission.submitted_by_id


def months_before(today: date, count: int) -> Iterator[date]:
    """The first days of the last `count` months that are over, oldest first."""
    first = today.replace(day=1)
    found = []
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    yield from reversed(found)
