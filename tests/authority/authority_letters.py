"""Letters and emergency grants in the random lives: drafted, sent, approved, replaced, taken back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from authority import services
from authority.models import AuthorityLetter, EmergencyGrant, PersonalGrant, UnitCeiling
from authority.services import CeilingLine, GrantLine, LetterDraft
from authority.urgent import EmergencyTerms
from departments.models import Appointment
from tests.authority import authority_refusals as refusals
from tests.authority.authority_model import CLASSES, LAST, LINES, Emergency, Letter, Row, day_of, next_day
from tests.authority.authority_walk import Walk, one_of

AMOUNTS = (10_000, 20_000, 50_000, 100_000, 200_000, 400_000)
MOTOR, MY = "hq/sc/motor/", "hq/sc/motor/my/"
USUAL = (  # issued by, for whom, how
    (MOTOR, MOTOR, "by_person"),
    (MOTOR, MOTOR, "by_person"),
    (MOTOR, MY, "by_person"),
    ("hq/sc/", "hq/sc/", "by_person"),
    ("hq/sc/", MOTOR, "by_person"),
    ("hq/", "hq/sc/", "by_institution"),
    (MOTOR, MY, "by_institution"),
)
HEADINGS = (*USUAL, (MOTOR, "hq/sc/", "by_person"), (MOTOR, MOTOR, "by_institution"))
WRITERS = ("deputy", "deputy", "head", "security", "security", "sub", "clerk")
SIGNERS = ("head", "chief", "head", "chief", "deputy", "sub")


def some(random: Random, everything: frozenset[str]) -> frozenset[str]:
    if random.random() < 0.6:
        return everything
    return frozenset(random.sample(sorted(everything), random.randint(1, len(everything))))


def codes(chosen: frozenset[str], everything: frozenset[str]) -> list[str]:
    return ["any"] if chosen == everything else sorted(chosen)


class LetterActs(Walk):
    def begin(self, random: Random) -> None:
        for _ in range(4):
            self.put_in_force(random)

    def draft(self, random: Random) -> None:
        self.drafted(random, random.choice(HEADINGS), random.choice(WRITERS))

    def put_in_force(self, random: Random) -> None:
        """The whole way at once by those whose work it is, so that much is in force."""
        heading = random.choice(USUAL)
        letter = self.drafted(random, heading, "security")
        if letter is not None and self.submitted(letter, letter.drafter):
            self.approved(letter, random.choice(("head", "chief")) if heading[0] == MOTOR else "chief")

    def move(self, random: Random) -> None:
        letter = one_of(random, self.world.letters)
        if letter is None:
            return
        by = random.choice((letter.drafter, *WRITERS, *SIGNERS))
        usual = {"draft": self.submitted, "submitted": self.approved}.get(letter.status, self.revoked)
        verbs = (self.submitted, self.approved, self.sent_back, self.revoked)
        random.choice((usual, usual, *verbs))(letter, by)

    def revoke_one(self, random: Random) -> None:
        rows = [row for letter in self.world.letters[-6:] for row in letter.rows if row.post]
        row = one_of(random, rows, 20)
        if row is None:
            return
        by, now = random.choice(SIGNERS), timezone.now() + timedelta(minutes=1)
        rightly = row.revoked_at > now and refusals.may_revoke(self.world, row.letter, [row], by, now)
        grant = PersonalGrant.objects.get(pk=row.key)
        act = lambda: services.revoke_grant(grant, by=self.staff(by), reason="x", despite="x")  # noqa: E731
        if self.attempt(act, expected=rightly):
            row.revoked_at = timezone.now()

    def withdraw(self, random: Random) -> None:
        """One ceiling: the model knows not whom it would free, but nobody may gain by it."""
        rows = [row for letter in self.world.letters[-10:] for row in letter.rows if not row.post]
        row = one_of(random, rows, 20)
        if row is None:
            return
        by, now = random.choice(("chief", "security", "head", "clerk")), timezone.now() + timedelta(minutes=1)
        rightly = row.revoked_at > now and refusals.may_revoke(self.world, row.letter, [row], by, now)
        asked = [self.question() for _ in range(4)]
        before = [self.world.deciders(one, now) for one in asked]
        ceiling = UnitCeiling.objects.get(pk=row.key)
        act = lambda: services.revoke_ceiling(ceiling, by=self.staff(by), reason="x", despite="x")  # noqa: E731
        if self.attempt(act, expected=None if rightly else False):
            row.revoked_at = timezone.now()
            after = [self.world.deciders(one, timezone.now()) for one in asked]
            assert all(now <= earlier for earlier, now in zip(before, after, strict=True))

    def drafted(self, random: Random, heading: tuple[str, str, str], writer: str) -> Letter | None:
        issuer, scope, mode = heading
        now = timezone.now() + timedelta(minutes=1)
        first = next_day(now, random.choice((0, 0, 0, 0, 2, 9)))
        last = random.choice((LAST, LAST, next_day(now, random.choice((10, 40)))))
        letter = Letter(issuer, scope, mode, writer, first, max(first, last))
        letter.rows = [self.row(letter, random) for _ in range(random.randint(1, 3))]
        made = self.attempt(
            lambda: self.written(letter), expected=refusals.may_draft(self.world, letter, now)
        )
        if made is None:
            return None
        letter.key, letter.hands = made.pk, {letter.drafter}
        of_kind = made.unitceilings if mode == "by_institution" else made.personalgrants
        for row, key in zip(letter.rows, of_kind.order_by("pk").values_list("pk", flat=True), strict=True):
            row.key = key
        self.world.letters.append(letter)
        return letter

    def row(self, letter: Letter, random: Random) -> Row:
        is_grant = (letter.mode == "by_person") != (random.random() < 0.02)
        terms = {
            "item": random.choice(("adjudication", "adjudication", "damage_review")),
            "lines": some(random, LINES),
            "classes": some(random, CLASSES),
            "fen": random.choice(AMOUNTS) * 100,
        }
        if not is_grant:
            unit = letter.scope if random.random() < 0.7 else random.choice((MOTOR, MY))
            return Row(letter, unit=unit, **terms)
        today = day_of(timezone.now())
        posts = [post for post in self.world.posts if post.last >= today or random.random() < 0.02]
        below = [post for post in posts if post.unit.startswith(letter.scope) and post.unit != letter.issuer]
        post = random.choice(below if below and random.random() < 0.95 else posts)
        unit = random.choice((letter.issuer, letter.issuer, MOTOR, MY, "hq/sc/motor/dy/"))
        return Row(letter, unit=unit, below=random.random() < 0.8, post=post, **terms)

    def written(self, letter: Letter) -> AuthorityLetter:
        last = None if letter.last == LAST else letter.last
        heading = LetterDraft(
            number=self.number(),
            title="授权",
            mode=letter.mode,
            issuing_unit=self.units[letter.issuer],
            scope_unit=self.units[letter.scope],
            basis="x",
            valid_from=letter.first,
            valid_to=last,
        )
        lines = [self.line(row, f"第{number}条") for number, row in enumerate(letter.rows, 1)]
        return services.draft_letter(heading, by=self.staff(letter.drafter), lines=lines)

    def line(self, row: Row, clause: str) -> GrantLine | CeilingLine:
        terms = {
            "clause": clause,
            "item": self.items[row.item],
            "unit": self.units[row.unit],
            "amount_max": Decimal(row.fen) / 100,
            "lines": codes(row.lines, LINES),
            "loss_classes": codes(row.classes, CLASSES),
        }
        if row.post is None:
            return CeilingLine(**terms)
        held = Appointment.objects.get(pk=row.post.key)
        return GrantLine(**terms, appointment=held, includes_below=row.below)

    def submitted(self, letter: Letter, by: str) -> bool:
        rightly = refusals.may_submit(self.world, letter, by, timezone.now() + timedelta(minutes=1))
        act = lambda: services.submit_letter(self.paper(letter), by=self.staff(by))  # noqa: E731
        if not self.attempt(act, expected=rightly):
            return False
        letter.status = "submitted"
        letter.hands.add(by)
        return True

    def approved(self, letter: Letter, by: str) -> None:
        rightly = refusals.may_approve(self.world, letter, by, timezone.now() + timedelta(minutes=1))
        act = lambda: services.approve_letter(self.paper(letter), by=self.staff(by), despite="x")  # noqa: E731
        if self.attempt(act, expected=rightly):
            refusals.approve(self.world, letter, timezone.now())

    def sent_back(self, letter: Letter, by: str) -> None:
        rightly = refusals.may_send_back(self.world, letter, by, timezone.now() + timedelta(minutes=1))
        act = lambda: services.send_back(self.paper(letter), by=self.staff(by), reason="x")  # noqa: E731
        if self.attempt(act, expected=rightly):
            letter.status = "draft"

    def revoked(self, letter: Letter, by: str) -> None:
        rightly = refusals.may_revoke(
            self.world, letter, letter.rows, by, timezone.now() + timedelta(minutes=1)
        )
        act = lambda: services.revoke_letter(self.paper(letter), by=self.staff(by), reason="x", despite="x")  # noqa: E731
        frees = any(row.post is None for row in letter.rows)  # or may: then the model has no opinion
        if self.attempt(act, expected=None if rightly and frees else rightly):
            refusals.revoke(self.world, letter, timezone.now())

    def paper(self, letter: Letter) -> AuthorityLetter:
        return AuthorityLetter.objects.get(pk=letter.key)

    def give(self, random: Random) -> None:
        """For some hours, rather from a grant that is in force."""
        now = timezone.now() + timedelta(minutes=1)
        rows = [row for letter in self.world.letters for row in letter.rows if row.post]
        row = one_of(random, [row for row in rows if row.in_force(now)] or rows, 20)
        if row is None:
            return
        lower = [post.who for post in self.world.posts if post.level < row.post.level]
        who = random.choice(lower if lower and random.random() < 0.8 else sorted(self.people))
        hours = random.choice((12, 24, 24, 24, 24, 30))
        given = Emergency(
            row, who, min(row.fen + 100, random.choice(AMOUNTS) * 100), now, now + timedelta(hours=hours)
        )
        given.unit, given.lines = random.choice(("", "", MY)), some(random, LINES)
        by = row.post.who if random.random() < 0.9 else "head"
        rightly = refusals.may_give(self.world, given, hours, by, now)
        made = self.attempt(lambda: self.given(given, hours, by), expected=rightly)
        if made is not None:
            given.key = made.pk
            self.world.emergencies.append(given)

    def given(self, given: Emergency, hours: int, by: str) -> EmergencyGrant:
        terms = EmergencyTerms(
            holder=self.staff(given.who),
            based_on=PersonalGrant.objects.select_related("unit", "item", "holder").get(pk=given.grant.key),
            hours=hours,
            amount_max=Decimal(given.fen) / 100,
            reason="x",
            unit=self.units[given.unit] if given.unit else None,
            lines=tuple(codes(given.lines, LINES)),
        )
        return services.give_emergency(terms, by=self.staff(by))

    def end(self, random: Random) -> None:
        now = timezone.now() + timedelta(minutes=1)
        given = one_of(random, self.world.emergencies)
        if given is None:
            return
        by = random.choice((given.grant.post.who, "head", "security", "clerk"))
        emergency = EmergencyGrant.objects.get(pk=given.key)
        act = lambda: services.end_emergency(emergency, by=self.staff(by), reason="x")  # noqa: E731
        if self.attempt(act, expected=refusals.may_end(self.world, given, by, now)):
            given.ended_at = timezone.now()
