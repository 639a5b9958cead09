"""What a reviewer fills in: alone on a case, or for many rows at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.http import QueryDict

from cases.conferences.rulings import Heeding
from cases.injuries.page import persons_under_review
from cases.items import CASE_ITEMS, INJURY_REVIEW, RETURN_STEPS, return_action
from cases.models import CaseLoss, ChainStep, ConferenceUse, Outcome, ProblemClass, Step
from cases.services import Verdict, concluded_on, returnable
from cases.services.itemising import granted_by_lines
from departments.http import number_in

_NEEDED = (
    (Outcome.RETURN, "return_to", "退回须指定环节。"),
    (Outcome.RETURN, "problem_codes", "退回须选择问题代码。"),
    (Outcome.RETURN, "opinion", "退回须说明问题。"),
    (Outcome.AGREE_WITH_CONDITIONS, "conditions", "附条件同意须写明条件。"),
    (Outcome.REFER_UP, "opinion", "上报须写明初核意见。"),
)


def return_steps(item_code: str = "") -> list[tuple[str, str]]:
    """The steps that an item may be sent back to; those of every item where none is named."""
    fitting = [step for step in RETURN_STEPS if not item_code or return_action(step, item_code) is not None]
    return [(step.value, str(step.label)) for step in (*fitting, Step.PRELIMINARY)]


def problem_choices() -> list[tuple[str, str]]:
    return [(row.code, str(row)) for row in ProblemClass.objects.all()]


class DecisionForm(forms.Form):
    """Only the shape is checked here; whether the verdict may be given is the service's ruling."""

    step = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(choices=Outcome.choices)
    opinion = forms.CharField(
        label="意见", required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    conditions = forms.CharField(
        label="条件", required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )
    return_to = forms.ChoiceField(label="退回至", required=False)
    problem_codes = forms.MultipleChoiceField(
        label="问题代码", required=False, widget=forms.CheckboxSelectMultiple
    )
    missing_papers = forms.CharField(label="缺少的材料及原因", required=False, max_length=500)
    help_reason = forms.CharField(label="本人有权决定、仍要报总公司的理由", required=False, max_length=500)

    conference = forms.TypedChoiceField(label="引用会商", required=False, coerce=int, empty_value=None)
    heed = forms.ChoiceField(
        label="与会商结论的关系", required=False, choices=[("", "—"), *ConferenceUse.Heed.choices]
    )
    heed_reason = forms.CharField(label="未按会商结论办理的理由", required=False, max_length=500)

    def __init__(
        self, data: Any = None, *, step: ChainStep, losses: Sequence[CaseLoss], **options: Any
    ) -> None:
        super().__init__(data, **options)
        self._offer_conferences(step)
        item = CASE_ITEMS.get(step.submission.item.code)
        self.fields["return_to"].choices = [("", "请选择"), *returnable(step)]  # type: ignore[attr-defined]
        self.fields["problem_codes"].choices = problem_choices()  # type: ignore[attr-defined]
        is_injury = step.submission.item.code == INJURY_REVIEW
        self.broken_down = persons_under_review(step.submission.case_id) if is_injury else []
        labels = {person.label for person in self.broken_down}
        asked = [
            loss
            for loss in losses
            if item
            and item.sets_reviewed
            and loss.loss_class in item.loss_classes
            and loss.label not in labels
        ]
        granted = granted_by_lines(step.submission.case) if asked and not is_injury else {}
        self.by_lines = [(loss, granted[loss.pk]) for loss in asked if loss.pk in granted]
        self.losses = [loss for loss in asked if loss.pk not in granted]
        for loss in self.losses:
            self.fields[f"reviewed_{loss.pk}"] = _cut_field(loss)

    def _offer_conferences(self, step: ChainStep) -> None:
        self.conferences = concluded_on(step.submission.case_id)
        named = [(one.pk, f"{one.number} {one.advice_text}") for one in self.conferences]
        self.fields["conference"].choices = [("", "不引用"), *named]  # type: ignore[attr-defined]

    @property
    def cuts(self) -> Iterator[tuple[CaseLoss, forms.BoundField]]:
        return ((loss, self[f"reviewed_{loss.pk}"]) for loss in self.losses)

    def clean(self) -> dict[str, Any]:
        """What every such verdict needs; the service asks again."""
        sent = super().clean() or {}
        for outcome, name, text in _NEEDED:
            if sent.get("outcome") == outcome and not sent.get(name):
                self.add_error(name, text)
        return sent

    def verdict(self) -> Verdict:
        sent = self.cleaned_data
        return Verdict(
            sent["outcome"],
            sent["seen"],
            opinion=sent["opinion"],
            conditions=sent["conditions"],
            return_to=sent["return_to"],
            problem_codes=tuple(sent["problem_codes"]),
            reviewed=self._reviewed(),
            missing_papers=sent["missing_papers"],
            help_reason=sent["help_reason"],
            heeding=Heeding(sent["conference"], sent["heed"], sent["heed_reason"]),
            key=sent["key"],
        )

    def _reviewed(self) -> dict[int, Decimal]:
        """Only what was cut; the rest stands as assessed."""
        sent = {loss: self.cleaned_data.get(f"reviewed_{loss.pk}") for loss in self.losses}
        return {
            loss.pk: amount for loss, amount in sent.items() if amount is not None and amount != loss.assessed
        }


def _cut_field(loss: CaseLoss) -> forms.DecimalField:
    return forms.DecimalField(
        label=str(loss), required=False, min_value=0, max_digits=14, decimal_places=2, initial=loss.assessed
    )


class BulkDecisionForm(forms.Form):
    """`ticket`: "station:version" per row; `only`: the one row whose own button was pressed."""

    key = forms.UUIDField()
    outcome = forms.ChoiceField(choices=[(Outcome.AGREE, "同意"), (Outcome.RETURN, "退回")], required=False)
    opinion = forms.CharField(required=False, max_length=500)
    return_to = forms.CharField(required=False, max_length=20)
    problem_codes = forms.CharField(required=False, max_length=10)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.sent = data

    def tickets(self) -> list[tuple[int, int]]:
        """Station and seen version of each row; what is no pair of numbers is left out."""
        only = self.sent.get("only")
        texts = [only] if only else self.sent.getlist("ticket")
        pairs = [text.split(":") for text in texts]
        return [(number_in(pair[0]), number_in(pair[1])) for pair in pairs if _is_pair(pair)]

    def verdict(self, step_id: int, seen: int) -> Verdict:
        sent = self.cleaned_data
        outcome = sent["outcome"] or Outcome.AGREE
        is_return = outcome == Outcome.RETURN
        return Verdict(
            outcome,
            seen,
            opinion=sent["opinion"] if is_return else "同意",
            return_to=sent["return_to"] if is_return else "",
            problem_codes=(sent["problem_codes"],) if is_return and sent["problem_codes"] else (),
            key=self._key(step_id),
        )

    def _key(self, step_id: int) -> UUID:
        """One per row, the same when the form is sent again."""
        form_key: UUID = self.cleaned_data["key"]
        return uuid5(form_key, str(step_id))


def _is_pair(pair: list[str]) -> bool:
    return len(pair) == len(("step", "seen")) and all(part.isdecimal() for part in pair)
