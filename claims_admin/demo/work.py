"""Open work in every state, done by the real services: sent for review, decided, returned, escalated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
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
from departments.models import Staff

Kind, Status = ChainStep.Kind, ChainStep.Status
SENT = {Stage.ASSESSED: 120, Stage.ADJUSTED: 140}
DEAREST = 40  # of each stage, so that authority is exceeded
REFERRED = 10  # and some that go up whatever the amount
UPWARDS = ["rare_vehicle", "no_local_parts", "death", "media"]
ZERO = 8
# Share of the waiting stations decided, round by round; opinions on the way up are given sooner.
ROUNDS = ((0.35, 0.85), (0.25, 0.85), (0.15, 0.7))
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
PROBLEMS = (("P2",), ("P3",), ("P5",), ("P6", "P5"), ("P8",), ("P7",))
MISSING = "伤残鉴定书原件在途，预计三日内补齐"


class Shift:
    """One working day of everybody: sends, decides, answers; counts what was done.

    `share`: how much of the usual number of cases is sent.
    """

    def __init__(self, random: Random, share: float = 1) -> None:
        self.random = random
        self.share = share
        self.done: dict[str, int] = {}

    def run(self) -> dict[str, int]:
        for stage, count in SENT.items():
            for case in self._chosen(stage, round(count * self.share)):
                self._send(case)
        for case in self._to_close_at_zero():
            self._try("零赔付", self._sender, case, ZERO_PAYMENT)
        for final, preliminary in ROUNDS:
            self._decide_waiting(final, preliminary)
        self._answer_escalations()
        self._lay_back()
        return self.done

    def _chosen(self, stage: Stage, count: int) -> list[ClaimCase]:
        """The dearest and a sample of the rest, each with the person who answers for it."""
        open_cases = ClaimCase.objects.filter(stage=stage, assessed__gt=0).exclude(handler=None)
        keys = open_cases.values_list("pk", flat=True)
        dearest, referred = round(DEAREST * self.share), round(REFERRED * self.share)
        chosen = list(keys.order_by("-estimate", "pk")[:dearest])
        chosen += keys.filter(flags__overlap=UPWARDS).exclude(pk__in=chosen).order_by("pk")[:referred]
        others = list(keys.exclude(pk__in=chosen).order_by("pk"))
        chosen += self.random.sample(others, min(count - len(chosen), len(others)))
        return list(open_cases.filter(pk__in=chosen).select_related("handler", "unit").order_by("pk"))

    def _to_close_at_zero(self) -> list[ClaimCase]:
        cheap = ClaimCase.objects.filter(stage=Stage.SURVEYED, estimate__gt=0, estimate__lt=20_000)
        return list(cheap.select_related("handler", "unit").order_by("pk")[:ZERO])

    def _send(self, case: ClaimCase) -> None:
        if case.stage == Stage.ADJUSTED:
            self._try("送核赔", self._sender, case, ADJUDICATION)
            return
        for item in sorted(reviews_needed(frozenset(case.loss_classes))):
            self._try("送审核", self._sender, case, item)

    def _sender(self, case: ClaimCase, item: str) -> None:
        handler = case.handler
        if handler is None:
            return
        services.submit(case, Request(item, _version(case.pk), opinion=REASON), by=handler)

    def _decide_waiting(self, final: float, preliminary: float) -> None:
        """Some of what waits is decided; the rest is what people find on their desks."""
        waiting = ChainStep.objects.filter(status=Status.NOW, submission__status=Submission.Status.OPEN)
        waiting = waiting.exclude(kind=Kind.HEAD_OFFICE).select_related("submission__case", "staff")
        for step in waiting.order_by("pk"):
            if self.random.random() < (preliminary if step.kind == Kind.PRELIMINARY else final):
                self._try("审批", self._decider, step)

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

    def _answer_escalations(self) -> None:
        """Head office has answered two in five; some answers are carried out."""
        reviewer = _head_office_reviewer()
        for number, escalation in enumerate(
            Escalation.objects.select_related("case").order_by("pk"), start=1
        ):
            if self.random.random() < 0.4:
                answer = self._answer(escalation, number)
                self._try("批复", services.answer_escalation, escalation, answer, by=reviewer)

    def _answer(self, escalation: Escalation, number: int) -> Answer:
        reply = f"总理批〔{timezone.localdate().year}〕{number}号"
        chance = self.random.random()
        if chance < 0.15:
            return Answer(Escalation.Answer.REFUSED, reply, conditions="责任认定证据不足，补充后再报")
        if chance < 0.4:
            amount = (escalation.amount * Decimal("0.92")).quantize(Decimal("0.01"))
            return Answer(Escalation.Answer.ALTERED, reply, amount=amount)
        return Answer(Escalation.Answer.AGREED, reply)

    def _lay_back(self) -> None:
        """What waits has waited for hours or days; what was decided stays as it was written."""
        steps = ChainStep.objects.filter(status=Status.NOW).select_related("submission__case").order_by("pk")
        for step in steps:
            hours = min(self.random.lognormvariate(2.2, 1.1), 200)
            moment = timezone.now() - timedelta(hours=hours)
            ChainStep.objects.filter(pk=step.pk).update(arrived_at=moment)
            Submission.objects.filter(pk=step.submission_id).update(submitted_at=moment)
            ClaimCase.objects.filter(pk=step.submission.case_id).update(stage_entered_at=moment)
        for escalation in Escalation.objects.filter(status=Escalation.Status.SENT).order_by("pk"):
            sent_at = timezone.now() - timedelta(hours=self.random.uniform(4, 150))
            due_at = sent_at + timedelta(days=5)
            Escalation.objects.filter(pk=escalation.pk).update(sent_at=sent_at, due_at=due_at)

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


def phrases(done: dict[str, int]) -> Iterator[str]:
    """One phrase per kind of work, the most frequent first."""
    return (f"{what} {count}" for what, count in sorted(done.items(), key=lambda pair: -pair[1]))
