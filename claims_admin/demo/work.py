"""Open work in every state, done by the real services: sent for review, decided, returned, escalated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from django.utils import timezone

from authority.refusals import Refused
from authority.rulings import Objection
from cases import services
from cases.items import ADJUDICATION, ZERO_PAYMENT, reviews_needed
from cases.lifecycle import Stage
from cases.models import ChainStep, ClaimCase, Escalation, Outcome, Step, Submission
from cases.services import Answer, Request, Verdict
from claims_admin.demo.clock import Clock, WorkedDays, set_to
from claims_admin.demo.papers import file_papers
from departments.models import Staff

Act = Callable[[], None]
Kind, Status = ChainStep.Kind, ChainStep.Status
SENT = {Stage.ASSESSED: 200, Stage.ADJUSTED: 290}
DEAREST = 40  # of each stage, so that authority is exceeded
REFERRED = 10  # some that go up whatever the amount,
MIDDLE = 110  # and some that a sub-branch may not decide
MIDDLE_FROM = 6_000
UPWARDS = ["rare_vehicle", "no_local_parts", "death", "media"]
ZERO = 8
DAYS = 9
DAY = timedelta(days=1)
# Share of the waiting final stations and of the waiting opinions that is dealt with in a day, and until now.
SHARES = (0.5, 0.8)
SHARES_TODAY = (0.2, 0.35)
WITH_PAPERS = 20_000
REASON = "材料齐全，金额与定损核损一致，请审批。"
OPINIONS = {
    Outcome.AGREE: (
        "事故责任明确，项目与价格合理，同意。",
        "单证齐全，计算无误，同意。",
        "符合条款约定，同意。",
    ),
    Outcome.AGREE_WITH_CONDITIONS: ("同意，残值须在支付前处理完毕。",),
    Outcome.RETURN: ("缺少事故现场照片及维修明细，请补充后重新提交。", "配件价格高于本地报价，请重新核定。"),
    Outcome.REFUSE: ("出险时间与报案记录矛盾，证据不足，不同意。",),
    Outcome.REFER_UP: ("经审核金额合理，超出本人权限，建议同意，报上级审批。",),
}
CONDITIONS = "残值处理完毕并入账后支付"
ANSWERED_IF = "残值按核定价处理并入账\n取得权益转让书原件后支付"
PROBLEMS = (("P2",), ("P3",), ("P5",), ("P6", "P5"), ("P8",), ("P7",))
MISSING = "伤残鉴定书原件在途，预计三日内补齐"


class Shift:
    """The last working days of everybody: sends, decides, answers; counts what was done.

    `share`: how much of the usual number of cases is sent.
    """

    def __init__(self, random: Random, share: float = 1, days: int = DAYS) -> None:
        self.random = random
        self.share = share
        self.days = WorkedDays(random, days, timezone.now())
        self.done: dict[str, int] = {}

    def run(self) -> dict[str, int]:
        to_send = self._to_send()
        for clock, is_last in _with_last(self.days):
            today = [one for one in to_send if one[0].stage_entered_at < clock.now]
            if not is_last:
                today = self.random.sample(today, round(len(today) / 4))
            to_send = [one for one in to_send if one not in today]
            self._work(clock, self._acts(clock, today, is_last=is_last))
        return self.done

    def _to_send(self) -> list[tuple[ClaimCase, bool]]:
        """The cases and whether it is for closing without payment."""
        chosen = [
            case for stage, count in SENT.items() for case in self._chosen(stage, round(count * self.share))
        ]
        zero = [(case, True) for case in self._to_close_at_zero()]
        return [*((case, False) for case in chosen), *zero]

    def _acts(self, clock: Clock, cases: list[tuple[ClaimCase, bool]], *, is_last: bool) -> list[Act]:
        """What this day brings, in no order: decisions of what waits, answers from above, new requests."""
        acts: list[Act] = [*self._decisions(is_last=is_last), *self._answers(clock)]
        acts += [partial(self._send, case, at_zero=at_zero) for case, at_zero in cases]
        self.random.shuffle(acts)
        return acts

    def _work(self, clock: Clock, acts: list[Act]) -> None:
        for left in range(len(acts), 0, -1):
            with set_to(clock.go_on(left)):
                acts[left - 1]()

    def _chosen(self, stage: Stage, count: int) -> list[ClaimCase]:
        """The dearest and a sample of the rest, each with the person who answers for it."""
        open_cases = ClaimCase.objects.filter(stage=stage, assessed__gt=0).exclude(handler=None)
        keys = open_cases.values_list("pk", flat=True)
        dearest, referred = round(DEAREST * self.share), round(REFERRED * self.share)
        chosen = list(keys.order_by("-estimate", "pk")[:dearest])
        chosen += keys.filter(flags__overlap=UPWARDS).exclude(pk__in=chosen).order_by("pk")[:referred]
        middle = keys.filter(estimate__gt=MIDDLE_FROM).exclude(pk__in=chosen).order_by("pk")
        chosen += _some(self.random, middle, round(MIDDLE * self.share))
        chosen += _some(self.random, keys.exclude(pk__in=chosen).order_by("pk"), count - len(chosen))
        return list(open_cases.filter(pk__in=chosen).select_related("handler", "unit").order_by("pk"))

    def _to_close_at_zero(self) -> list[ClaimCase]:
        cheap = ClaimCase.objects.filter(stage=Stage.SURVEYED, estimate__gt=0, estimate__lt=20_000)
        return list(cheap.select_related("handler", "unit").order_by("pk")[:ZERO])

    def _send(self, case: ClaimCase, *, at_zero: bool) -> None:
        if case.handler and (case.estimate >= WITH_PAPERS or case.flags):
            file_papers(case, self.random, by=case.handler)
        if at_zero:
            self._try("零赔付", self._sender, case, ZERO_PAYMENT)
        elif case.stage == Stage.ADJUSTED:
            self._try("送核赔", self._sender, case, ADJUDICATION)
        else:
            for item in sorted(reviews_needed(frozenset(case.loss_classes))):
                self._try("送审核", self._sender, case, item)

    def _sender(self, case: ClaimCase, item: str) -> None:
        handler = case.handler
        if handler is None:
            return
        services.submit(case, Request(item, _version(case.pk), opinion=REASON), by=handler)

    def _decisions(self, *, is_last: bool) -> Iterator[Act]:
        """Some of what waits is decided; the rest is what people find on their desks. Opinions go first."""
        waiting = ChainStep.objects.filter(status=Status.NOW, submission__status=Submission.Status.OPEN)
        waiting = waiting.exclude(kind=Kind.HEAD_OFFICE).select_related("submission__case", "staff")
        shares = SHARES_TODAY if is_last else SHARES
        for step in waiting.order_by("pk"):
            if self.random.random() < shares[step.kind == Kind.PRELIMINARY]:
                yield partial(self._try, "审批", self._decider, step)

    def _decider(self, step: ChainStep) -> None:
        outcome = self._outcome(step)
        verdict = Verdict(
            outcome,
            _version(step.submission.case_id),
            opinion=self.random.choice(OPINIONS[outcome]),
            conditions=CONDITIONS if outcome == Outcome.AGREE_WITH_CONDITIONS else "",
            return_to=self._return_to(step) if outcome == Outcome.RETURN else "",
            problem_codes=self.random.choice(PROBLEMS) if outcome == Outcome.RETURN else (),
            missing_papers=MISSING if outcome == Outcome.REFER_UP else "",
        )
        services.decide(step, verdict, by=_actor(step))

    def _outcome(self, step: ChainStep) -> Outcome:
        chance = self.random.random()
        if chance < 0.13:
            return Outcome.RETURN
        if step.kind == Kind.PRELIMINARY:
            return Outcome.REFER_UP
        if chance < 0.16:
            return Outcome.REFUSE
        return Outcome.AGREE_WITH_CONDITIONS if chance < 0.22 else Outcome.AGREE

    def _return_to(self, step: ChainStep) -> str:
        if step.submission.case.stage == Stage.ADJUDICATING:
            return self.random.choice((Step.ASSESS, Step.ADJUST, Step.ADJUST))
        return self.random.choice((Step.SURVEY, Step.ASSESS, Step.ASSESS))

    def _answers(self, clock: Clock) -> Iterator[Act]:
        """Head office answers what it has had for a day, one in four each day."""
        reviewer = _head_office_reviewer()
        sent = Escalation.objects.filter(status=Escalation.Status.SENT)
        for escalation in sent.filter(sent_at__lt=clock.now - DAY).select_related("case").order_by("pk"):
            if self.random.random() < 0.25:
                answer = self._answer(escalation, escalation.pk)
                yield partial(self._try, "批复", services.answer_escalation, escalation, answer, by=reviewer)

    def _answer(self, escalation: Escalation, number: int) -> Answer:
        reply = f"总理批〔{timezone.localdate().year}〕{number}号"
        chance = self.random.random()
        if chance < 0.15:
            return Answer(Escalation.Answer.REFUSED, reply, conditions="责任认定证据不足，补充后再报")
        if chance < 0.4:
            amount = (escalation.amount * Decimal("0.92")).quantize(Decimal("0.01"))
            return Answer(Escalation.Answer.ALTERED, reply, amount=amount, conditions=ANSWERED_IF)
        return Answer(Escalation.Answer.AGREED, reply)

    def _try(self, what: str, act: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """A refusal is an answer, too; both are counted."""
        try:
            act(*args, **kwargs)
        except Refused as refused:
            what = f"{what}被拒（{_first(refused.ruling.objections)}）"
        self.done[what] = self.done.get(what, 0) + 1


def _first(objections: Iterable[Objection]) -> str:
    return next((objection.code for objection in objections), "")


def _version(case_id: int) -> int:
    """As it is now: another submission of the case may have been decided meanwhile."""
    return ClaimCase.objects.values_list("version", flat=True).get(pk=case_id)


def _actor(step: ChainStep) -> Staff:
    if step.staff is None:
        raise ValueError("a station of the branch has a person")
    return step.staff


def _head_office_reviewer() -> Staff:
    held = Staff.objects.filter(appointments__post__post_type__code="HQ_REVIEW")
    return held.order_by("employee_no")[0]


def _some(random: Random, keys: Iterable[int], count: int) -> list[int]:
    every = list(keys)
    return random.sample(every, max(min(count, len(every)), 0))


def _with_last(days: Iterable[Clock]) -> Iterator[tuple[Clock, bool]]:
    every = list(days)
    return ((clock, clock is every[-1]) for clock in every)


def phrases(done: dict[str, int]) -> Iterator[str]:
    """One phrase per kind of work, the most frequent first."""
    return (f"{what} {count}" for what, count in sorted(done.items(), key=lambda pair: -pair[1]))
