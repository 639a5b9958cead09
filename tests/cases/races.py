"""Two threads that start each round together, and the rows a round needs, made for all rounds at once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

from django.db import connection
from django.utils import timezone

from authority.models import AuthorityItem
from authority.refusals import Refused
from cases.conflicts import Stale
from cases.lifecycle import Stage
from cases.models import ChainStep, ClaimCase, Submission
from tests.cases.branch import Branch
from tests.factories import CaseFactory


class Pair:
    def __init__(self, seed: int) -> None:
        self.pool = ThreadPoolExecutor(2)
        self.barrier = Barrier(2)
        self.random = random.Random(seed)

    def run(self, first: Callable[[], object], second: Callable[[], object]) -> list[object]:
        """What each gave back, or the name of how it was turned away; the second starts up to 8 ms late."""
        late = self.random.choice((0, 0, 1, 2, 4, 8)) / 1000
        tasks = [self.pool.submit(self._meet, act, wait) for act, wait in ((first, 0.0), (second, late))]
        return [task.result() for task in tasks]

    def _meet(self, act: Callable[[], object], wait: float) -> object:
        self.barrier.wait(timeout=30)
        time.sleep(wait)
        try:
            return act()
        except (Refused, Stale) as turned_away:
            return type(turned_away).__name__

    def close(self) -> None:
        self.run(self._hang_up, self._hang_up)
        self.pool.shutdown()

    @staticmethod
    def _hang_up() -> None:
        """`connection` means another one in each thread."""
        connection.close()


@dataclass
class Waiting:
    case: ClaimCase
    step: ChainStep


def waiting_cases(branch: Branch, count: int) -> list[Waiting]:
    """Cases of 8,000 yuan that wait for the adjudicator."""
    drafts = CaseFactory.build_batch(
        count, unit=branch.unit, handler=branch.clerk, stage=Stage.ADJUDICATING, version=1
    )
    cases = ClaimCase.objects.bulk_create(drafts)
    item, now = AuthorityItem.objects.get(code="adjudication"), timezone.now()
    submissions = Submission.objects.bulk_create(
        Submission(
            case=case, item=item, amount=8000, case_total=8000, submitted_by=branch.clerk, submitted_at=now
        )
        for case in cases
    )
    steps = ChainStep.objects.bulk_create(
        ChainStep(
            submission=one,
            number=1,
            kind="final",
            staff=branch.adjudicator,
            level=3,
            status="now",
            arrived_at=now,
        )
        for one in submissions
    )
    return [Waiting(case, step) for case, step in zip(cases, steps, strict=True)]
