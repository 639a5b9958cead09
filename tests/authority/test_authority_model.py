"""Random lives of letters, stand-ins, emergencies, posts and certificates: whatever is done through the
services, the database says of everybody what the plain model says.

AUTHORITY_WALKS walks of AUTHORITY_STEPS steps each, from AUTHORITY_SEED on; 200 of 100 are 20,000.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for, holders_of
from authority.ledger import verify
from authority.rulings import Matter, StepDone, holders_for, may_decide
from tests.authority.authority_letters import LetterActs
from tests.authority.authority_model import CLASSES, LINES, Question
from tests.authority.authority_people import PeopleActs

pytestmark = pytest.mark.django_db

WALKS = int(os.environ.get("AUTHORITY_WALKS", "5"))
SEED = int(os.environ.get("AUTHORITY_SEED", "1"))
STEPS = int(os.environ.get("AUTHORITY_STEPS", "60"))
ASKED = 2  # questions after each step, and one about a moment gone by
UNITS = ("hq/sc/motor/my/", "hq/sc/motor/my/", "hq/sc/motor/dy/", "hq/sc/motor/")


def matter_of(asked: Question, surveyor: int | None) -> Matter:
    return Matter(
        item=asked.item,
        measure="item",
        amounts={"item": asked.fen, "case_total": asked.fen},
        unit_path=asked.unit,
        lines=asked.lines,
        loss_classes=asked.classes,
        steps=(StepDone("survey", surveyor),) if surveyor else (),
    )


class Authority(PeopleActs, LetterActs):
    def step(self) -> str:
        """The name of what was tried, for whoever reads a failure."""
        act = self.random.choice(self.acts())
        act(self.random)
        self.moments.append(timezone.now())
        return act.__name__

    def acts(self) -> list[Callable[[Random], None]]:
        """What happens often stands here often."""
        often = [self.put_in_force, self.hand_over, self.answer, self.move, self.wait]
        now_and_then = [
            self.draft,
            self.revoke_one,
            self.withdraw,
            self.give,
            self.come_back,
            self.certify,
            self.fill_post,
        ]
        seldom = [
            self.end,
            self.leave_post,
            self.go_away,
            self.treat_certificate,
            self.enforce,
            self.write_off,
        ]
        return [*3 * often, *2 * now_and_then, *seldom]

    def wait(self, random: Random) -> None:
        self.pass_by(timedelta(days=random.choice((0, 0, 0, 0, 1, 1, 2, 8)), hours=random.randint(1, 20)))

    def agrees(self) -> None:
        """Asked as a decision asks: of everybody, and of one person."""
        asked = self.question()
        expected, rules = self.world.deciders(asked, timezone.now()), rules_for(asked.item)
        assert self.able(asked) == expected, asked
        who = self.random.choice(sorted(self.people))
        ruling = may_decide(self.matter(asked), holder_for(self.people[who]), rules)
        assert ruling.may_sign == (who in expected), (who, asked, ruling.objections)

    def agreed_then(self) -> None:
        """Of a moment gone by, as the rows say it today."""
        asked, moment = self.question(), self.random.choice(self.moments)
        assert self.able(asked, moment) == self.world.deciders(asked, moment), (asked, moment)

    def able(self, asked: Question, at: datetime | None = None) -> set[str]:
        people = holders_of(asked.item, at=at)
        able = holders_for(self.matter(asked), people, rules_for(asked.item, at=at))
        return {self.names[one.person_id] for one in able}

    def question(self) -> Question:
        """About a sum on or beside some limit, so that the edges are met."""
        random = self.random
        near = random.choice([row.fen for row in self.world.rows(timezone.now())] or [1_000_000])
        return Question(
            item=random.choice(("adjudication", "damage_review")),
            unit=random.choice(UNITS),
            lines=frozenset(random.sample(sorted(LINES), random.choice((1, 1, 2)))),
            classes=frozenset(random.sample(sorted(CLASSES), random.choice((1, 1, 2)))),
            fen=random.choice((near, near, near + 1, near // 2, 150_000)),
            surveyor=random.choice(("", "", "", "", "", *sorted(self.people))),
        )

    def matter(self, asked: Question) -> Matter:
        return matter_of(asked, self.people[asked.surveyor].pk if asked.surveyor else None)


@pytest.fixture
def walk(seed: int) -> Iterator[Authority]:
    walk = Authority(Random(seed))
    yield walk
    walk.stop()


@pytest.mark.parametrize("seed", range(SEED, SEED + WALKS))
def test_the_database_decides_as_the_model_says(walk: Authority, seed: int):
    walk.begin(walk.random)
    done = []
    for _ in range(STEPS):
        done.append(walk.step())
        for _ in range(ASKED):
            walk.agrees()
        walk.agreed_then()

    assert verify() == []
    print(f"AUTHORITY_SEED={seed}: {len(done)} steps")  # noqa: T201 - the figure of a long run
