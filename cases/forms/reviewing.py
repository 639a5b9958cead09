"""What the manager fills in for one or many over-authority cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms

from cases.conferences.rulings import UNSAID, Heeding
from cases.items import RETURN_STEPS
from cases.models import Conference, ConferenceUse, Outcome, ProblemClass, Step
from cases.services import Verdict

ESCALATE = "escalate"
ACTIONS = ((Outcome.AGREE.value, "同意"), (Outcome.RETURN.value, "退回"), (ESCALATE, "上报总公司"))
_OPINION_LABELS = {Outcome.AGREE: "审批意见", Outcome.RETURN: "退回说明", ESCALATE: "部门意见"}
_DETAILS = {Outcome.AGREE: (), Outcome.RETURN: ("return_to", "problem_codes"), ESCALATE: ("missing_papers",)}
_RETURNS = [(step.value, step.label) for step in (*RETURN_STEPS, Step.PRELIMINARY)]


class ReviewForm(forms.Form):
    """Only the fields that the action needs; whether a row may be acted on is the service's ruling."""

    action = forms.ChoiceField(choices=ACTIONS, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    opinion = forms.CharField(max_length=2000, required=False, widget=forms.Textarea({"rows": 3}))
    return_to = forms.ChoiceField(
        label="退回至",
        choices=[("", "请选择"), *_RETURNS],
    )
    problem_codes = forms.MultipleChoiceField(label="问题代码", widget=forms.CheckboxSelectMultiple)
    missing_papers = forms.CharField(
        label="材料不全的说明", max_length=500, required=False, help_text="材料齐全的案件不受影响。"
    )

    help_reason = forms.CharField(
        label="本人有权决定、仍要上报的理由", max_length=500, help_text="随材料一并报总公司。"
    )
    is_confirmed = forms.BooleanField(label="已看过机构内有权人，确认仍由总公司决定")

    follows_conferences = forms.BooleanField(
        label="有约束力会商结论的案件，按会商结论办理",
        required=False,
        help_text="不按结论办理的，请打开案件单独说明理由；不勾选时这些案件不会执行。",
    )

    def __init__(
        self, action: str, data: Any = None, *, asks_for_help: bool = False, has_conferences: bool = False
    ) -> None:
        super().__init__(data, initial={"action": action, "key": uuid4()})
        codes = [(row.code, str(row)) for row in ProblemClass.objects.all()]
        self.fields["problem_codes"].choices = codes  # type: ignore[attr-defined]
        self.fields["opinion"].label = _OPINION_LABELS[action]
        self.fields["opinion"].required = action != Outcome.AGREE
        for name in ("return_to", "problem_codes", "missing_papers"):
            if name not in _DETAILS[action]:
                del self.fields[name]
        if not asks_for_help:
            del self.fields["help_reason"], self.fields["is_confirmed"]
        if not has_conferences:
            del self.fields["follows_conferences"]

    def verdict(self, step_id: int, seen: int, conference: Conference | None = None) -> Verdict:
        """`conference`: the conclusion the row must heed; followed, or not named at all."""
        sent = self.cleaned_data
        form_key: UUID = sent["key"]
        outcome = Outcome.REFER_UP if sent["action"] == ESCALATE else sent["action"]
        return Verdict(
            outcome,
            seen,
            opinion=sent["opinion"],
            return_to=sent.get("return_to", ""),
            problem_codes=tuple(sent.get("problem_codes", ())),
            missing_papers=sent.get("missing_papers", ""),
            help_reason=sent.get("help_reason", ""),
            heeding=self._heeding(conference),
            key=uuid5(form_key, str(step_id)),
        )

    def _heeding(self, conference: Conference | None) -> Heeding:
        if conference is None or not self.cleaned_data.get("follows_conferences"):
            return UNSAID
        return Heeding(conference.pk, ConferenceUse.Heed.FOLLOWED)
