"""People in the random lives: posts ended and filled, leave, stand-ins, certificates."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from authority import services
from authority.models import Substitution
from authority.services import CertificateFacts
from authority.standing_in import StandInTerms
from departments.models import Absence as AbsenceRow
from departments.models import Appointment, CertificateType
from departments.models import Certificate as CertificateRow
from departments.services import (
    AppointmentTerms,
    Away,
    appoint,
    cancel_absence,
    record_absence,
    relieve,
)
from tests.authority import authority_refusals as refusals
from tests.authority.authority_letters import AMOUNTS, MY, codes, some
from tests.authority.authority_model import (
    LAST,
    LINES,
    NEVER,
    Absence,
    Certificate,
    StandIn,
    day_of,
    next_day,
)
from tests.authority.authority_walk import PEOPLE, Walk, one_of

MOVERS = ("head", "chief", "chief", "deputy", "sub")
DAY = timedelta(days=1)


class PeopleActs(Walk):
    def leave_post(self, random: Random) -> None:
        now = timezone.now() + timedelta(minutes=1)
        post = random.choice([post for post in self.world.posts if post.kind not in ("keep", "chief")][-12:])
        last, by = next_day(now, random.choice((-2, -1, 0, 4))), random.choice(MOVERS)
        rightly = refusals.may_relieve(self.world, post, last, by, now)
        held = Appointment.objects.get(pk=post.key)
        if self.attempt(lambda: relieve(held, on=last, by=self.staff(by), despite="x"), expected=rightly):
            post.last = last

    def fill_post(self, random: Random) -> None:
        """Rather somebody who lost his."""
        now = timezone.now() + timedelta(minutes=1)
        idle = [name for name in PEOPLE if not self.world.posts_of(name, day_of(now))]
        who = random.choice(idle if idle and random.random() < 0.8 else list(PEOPLE))
        kind, unit = PEOPLE[who]
        fresh = self.post(who, kind, unit, next_day(now, random.choice((0, 0, 3))), 0)
        by = random.choice(MOVERS)
        rightly = refusals.may_appoint(self.world, fresh, by, now)
        terms = AppointmentTerms(starts_on=fresh.first, basis="x")
        act = lambda: appoint(self.staff(who), self.posts[kind], terms, by=self.staff(by))  # noqa: E731
        made = self.attempt(act, expected=rightly)
        if made is not None:
            fresh.key = made.pk
            self.world.posts.append(fresh)

    def go_away(self, random: Random) -> None:
        now = timezone.now() + timedelta(minutes=1)
        self.gone(random.choice(self.holders(now) or ["head"]), random)

    def holders(self, now: datetime) -> list[str]:
        return sorted({row.post.who for row in self.world.rows(now) if row.post})

    def gone(self, who: str, random: Random) -> Absence | None:
        first = timezone.now() + random.choice((timedelta(0), timedelta(hours=5), 2 * DAY))
        absence = Absence(who, first, first + random.choice((DAY, 5 * DAY, 20 * DAY)))
        away = Away("leave", absence.first, absence.last)
        act = lambda: record_absence(self.staff(who), away, by=self.staff(who))  # noqa: E731
        made = self.attempt(act, expected=refusals.may_record(self.world, absence))
        if made is None:
            return None
        absence.key = made.pk
        self.world.absences.append(absence)
        return absence

    def come_back(self, random: Random) -> None:
        now, absence = timezone.now(), one_of(random, self.world.absences)
        if absence is None or (not absence.is_open(now) and random.random() < 0.8):
            return
        row = AbsenceRow.objects.get(pk=absence.key)
        rightly = absence.is_open(timezone.now() + timedelta(minutes=1))
        if self.attempt(lambda: cancel_absence(row, by=self.staff(absence.who)), expected=rightly):
            absence.cancelled_at = timezone.now()

    def hand_over(self, random: Random) -> None:
        """Somebody stands in, rather accepted at once."""
        now = timezone.now() + timedelta(minutes=1)
        away = [one for one in self.world.absences if one.is_open(now) or random.random() < 0.05]
        absence = one_of(random, [one for one in away if self.world.grants_of(one.who, now)])
        absence = absence or self.gone(random.choice(self.holders(now) or ["head"]), random)
        if absence is None:
            return
        one = self.terms(absence, random)
        by = absence.who if random.random() < 0.8 else random.choice(("head", "clerk", "chief"))
        now = timezone.now() + timedelta(minutes=1)
        rightly = refusals.may_propose(self.world, one, by, now)
        row = AbsenceRow.objects.get(pk=absence.key)
        act = lambda: services.propose_stand_in(row, self.filled_in(one), by=self.staff(by))  # noqa: E731
        made = self.attempt(act, expected=rightly)
        if made is None:
            return
        one.key = made.pk
        self.world.stand_ins.append(one)
        if random.random() < 0.7:
            self.answered(one, one.delegate, "accept")

    def terms(self, absence: Absence, random: Random) -> StandIn:
        held = {row.item for row in self.world.grants_of(absence.who, timezone.now())}
        items = sorted(held) if held and random.random() < 0.9 else ["adjudication", "damage_review"]
        chosen = frozenset(random.sample(items, random.randint(1, len(items))))
        first = max(absence.first, timezone.now()) if random.random() < 0.9 else absence.first - DAY
        one = StandIn(absence, random.choice(sorted(PEOPLE)), chosen, first, absence.last)
        one.unit, one.lines = random.choice(("", "", "", MY)), some(random, LINES)
        one.fen = random.choice((None, random.choice(AMOUNTS) * 100))
        return one

    def filled_in(self, one: StandIn) -> StandInTerms:
        return StandInTerms(
            self.staff(one.delegate),
            tuple(sorted(one.items)),
            one.first,
            one.last,
            self.units[one.unit] if one.unit else None,
            tuple(codes(one.lines, LINES)),
            None if one.fen is None else Decimal(one.fen) / 100,
        )

    def answer(self, random: Random) -> None:
        one = one_of(random, self.world.stand_ins)
        if one is not None:
            by = random.choice((one.delegate, one.delegate, one.delegator, "head", "clerk"))
            self.answered(one, by, random.choice(("accept", "accept", "decline", "recall")))

    def answered(self, one: StandIn, by: str, act: str) -> None:
        row, now = Substitution.objects.get(pk=one.key), timezone.now() + timedelta(minutes=1)
        answers = refusals.may_answer(one, by, now)
        rightly, service = {
            "accept": (answers and refusals.may_stand_in(self.world, one, now), services.accept_stand_in),
            "decline": (answers, services.decline_stand_in),
            "recall": (refusals.may_recall(self.world, one, by, now), services.recall_stand_in),
        }[act]
        said = {"reason" if act == "recall" else "note": "x"}
        if not self.attempt(lambda: service(row, by=self.staff(by), **said), expected=rightly):
            return
        if act == "accept":
            one.accepted_at = timezone.now()
        else:
            one.ended_at = timezone.now()

    def write_off(self, _random: Random) -> None:
        """The round that writes down what is over changes nothing of what counts."""
        for one in self.world.stand_ins:
            over = not one.absence.is_open(timezone.now()) or one.last <= timezone.now()
            if one.ended_at == NEVER and over:
                assert services.write_off_stand_in(Substitution.objects.get(pk=one.key))
                one.ended_at = timezone.now()

    def certify(self, random: Random) -> None:
        now = timezone.now() + timedelta(minutes=1)
        keeper = random.choice(("keeper", "keeper", "second", "head"))
        last = next_day(now, random.choice((3, 20, 400)))
        one = Certificate(
            random.choice(("ada", "ben", "office", "keeper")), "ADJUDICATOR", keeper, day_of(now), last
        )
        facts = CertificateFacts(
            CertificateType.objects.get(code=one.code), self.number(), one.first, one.last
        )
        act = lambda: services.enter_certificate(self.staff(one.who), facts, by=self.staff(keeper))  # noqa: E731
        made = self.attempt(act, expected=refusals.may_enter(self.world, one, now))
        if made is not None:
            one.key = made.pk
            self.world.certificates.append(one)
            self.certified(one, random.choice(("second", "keeper", "head", "clerk")), "confirm")

    def treat_certificate(self, random: Random) -> None:
        one = one_of(random, self.world.certificates)
        if one is not None:
            by = random.choice(("second", "keeper", "security", "clerk"))
            self.certified(one, by, random.choice(("confirm", "revoke")))

    def certified(self, one: Certificate, by: str, act: str) -> None:
        now, row = timezone.now() + timedelta(minutes=1), CertificateRow.objects.get(pk=one.key)
        if act == "confirm":
            rightly = refusals.may_confirm(self.world, one, by, now)
            if self.attempt(lambda: services.confirm_certificate(row, by=self.staff(by)), expected=rightly):
                one.confirmed_at = timezone.now()
            return
        rightly = refusals.may_strike(self.world, one, by, now)
        strike = lambda: services.revoke_certificate(row, by=self.staff(by), reason="x")  # noqa: E731
        if self.attempt(strike, expected=rightly):
            one.revoked_at = timezone.now()

    def enforce(self, random: Random) -> None:
        now = timezone.now() + timedelta(minutes=1)
        starts_on = random.choice((LAST, day_of(now), next_day(now, 5), next_day(now, -1)))
        by = random.choice(("security", "security", "head"))
        kind = CertificateType.objects.get(code="ADJUDICATOR")
        day = None if starts_on == LAST else starts_on
        act = lambda: services.enforce_certificates(kind, day, by=self.staff(by))  # noqa: E731
        if self.attempt(act, expected=refusals.may_enforce(starts_on, by, now)):
            self.world.enforced_from = starts_on
