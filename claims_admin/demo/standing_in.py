"""Somebody is away and a colleague stands in; and an emergency, with acts that wait to be ratified."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from authority import services as authority
from authority.models import EmergencyGrant, PersonalGrant
from authority.refusals import Refused
from authority.standing_in import StandInTerms
from authority.urgent import EmergencyTerms
from cases import services
from cases.models import ChainStep
from cases.services import Verdict
from claims_admin.demo.people import People
from departments.models import Absence, Staff

ACTS = 3
MOST = Decimal(150_000)


def make_stand_in(people: People) -> int:
    """For the reviewer who is ill: a colleague of the same post has accepted. How many stand-ins."""
    reviewers = people.staff_of("adj", "ADJ")
    now = timezone.now()
    away = Absence.objects.at(now).filter(staff__in=reviewers).select_related("staff").first()
    if away is None:
        return 0
    terms = StandInTerms(
        _at_work(reviewers)[0], ("adjudication",), now, away.ends_at, reason="病假期间核赔由同岗代办"
    )
    try:
        made = authority.propose_stand_in(away, terms, by=away.staff)
        authority.accept_stand_in(made, by=terms.delegate, note="已知悉，接手在办案件")
    except Refused:
        return 0
    return 1


def _at_work(people: list[Staff]) -> list[Staff]:
    away = set(Absence.objects.at(timezone.now()).values_list("staff", flat=True))
    return [one for one in people if one.pk not in away]


def make_emergency(people: People) -> int:
    """The head of the office lets a reviewer decide what is his to decide; how many acts wait."""
    giver, holder = people.one("adj", "OFFICE_HEAD"), _at_work(people.staff_of("adj", "ADJ"))[-1]
    grants = PersonalGrant.objects.effective(timezone.localdate()).filter(holder=giver)
    own = grants.filter(item__code="adjudication").with_terms().order_by("pk").last()
    if own is None:
        return 0
    amount = min(MOST, own.amount_max)
    terms = EmergencyTerms(holder, own, 12, amount, "主任下午外出开庭，三件大额案件客户急需赔款")
    try:
        given = authority.give_emergency(terms, by=giver)
    except Refused:
        return 0
    return _decide_some(given)


def _decide_some(given: EmergencyGrant) -> int:
    waiting = ChainStep.objects.filter(
        status="now",
        kind="final",
        level=4,
        submission__item__code="adjudication",
        submission__case_total__lte=given.amount_max,
    )
    rows = waiting.select_related("submission__case").order_by("-arrived_at", "pk")
    done = 0
    for step in rows[: ACTS * 5]:
        done += _decided(step, given.holder)
        if done == ACTS:
            break
    return done


def _decided(step: ChainStep, by: Staff) -> bool:
    verdict = Verdict("agree", step.submission.case.version, opinion="责任明确，单证齐全，先行赔付")
    try:
        services.decide(step, verdict, by=by)
    except Refused:
        return False
    return True
