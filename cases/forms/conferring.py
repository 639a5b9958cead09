"""召集, 意见, 会议, 结论: what the convener, the members and the chair fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from authority.models import AuthorityItem
from cases.conferences.rulings import attendant
from cases.forms.lawsuit_lists import UnitFilter
from cases.forms.suing import text_area
from cases.forms.work import moment_field
from cases.items import CASE_ITEMS
from cases.models import CasePaper, ClaimCase, Conference, ConferenceKind, ConferenceMember, ConferenceOpinion
from cases.services.conferring import Conclusion, Invitation, Meeting
from departments.models import PostType, Staff

STATES = {
    "open": ("进行中", ("convened", "meeting_held")),
    "concluded": ("已有结论", ("concluded",)),
    "called_off": ("已取消", ("called_off",)),
    "all": ("全部", ("convened", "meeting_held", "concluded", "called_off")),
}


def kinds_for(staff: Staff) -> list[ConferenceKind]:
    """Those in force that this person may convene."""
    posts = attendant(staff).posts
    today = ConferenceKind.objects.on(timezone.localdate())
    return [kind for kind in today if posts & set(kind.convening_posts)]


class InvitationForm(forms.Form):
    """Members by person, or by the post whose holder is to write."""

    kind = forms.ModelChoiceField(ConferenceKind.objects.none(), label="会商种类", empty_label=None)
    item = forms.ModelChoiceField(
        AuthorityItem.objects.none(),
        label="所涉事项",
        required=False,
        empty_label="本案所有事项",
        help_text="结论有约束力时，对该事项的审批必须引用",
    )
    reason = forms.CharField(label="会商理由", max_length=200)
    question = text_area("需要会商的问题", rows=4)
    posts = forms.MultipleChoiceField(
        label="按岗位邀请",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="由任岗人员之一签署",
    )
    people = forms.ModelMultipleChoiceField(Staff.objects.none(), label="按人邀请", required=False)
    chair = forms.ModelChoiceField(Staff.objects.none(), label="主持人", help_text="未列为成员时自动加入")
    planned_at = moment_field("拟会商时间", required=False)
    place = forms.CharField(label="地点或方式", max_length=60, required=False)
    papers = forms.ModelMultipleChoiceField(
        CasePaper.objects.none(), label="提交会商的材料", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, case: ClaimCase, viewer: Staff, data: Any = None) -> None:
        super().__init__(data)
        kinds = kinds_for(viewer)
        codes = [code for kind in kinds for code in kind.member_posts]
        fields: dict[str, Any] = self.fields
        fields["kind"].queryset = ConferenceKind.objects.filter(pk__in=[kind.pk for kind in kinds])
        fields["item"].queryset = AuthorityItem.objects.filter(code__in=CASE_ITEMS)
        names = PostType.objects.filter(code__in=codes).values_list("code", "name")
        fields["posts"].choices = sorted(names, key=lambda pair: codes.index(pair[0]))
        able = Staff.objects.filter(is_active=True, admin_role="").order_by("name", "pk")
        fields["people"].queryset = fields["chair"].queryset = able
        fields["papers"].queryset = case.papers.order_by("kind", "pk")
        self.initial.update(chair=viewer.pk, people=[viewer.pk])

    def invitation(self) -> Invitation:
        sent = self.cleaned_data
        people = list(sent["people"])
        if sent["chair"] not in people:
            people.insert(0, sent["chair"])
        return Invitation(
            kind=sent["kind"],
            chair=sent["chair"],
            reason=sent["reason"],
            question=sent["question"],
            people=people,
            posts=sent["posts"],
            item=sent["item"],
            planned_at=sent["planned_at"],
            place=sent["place"],
            papers=[paper.pk for paper in sent["papers"]],
        )


class WrittenForm(forms.Form):
    stance = forms.ChoiceField(label="倾向", choices=ConferenceOpinion.Stance)
    text = text_area("书面意见", rows=5)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200)


class MeetingForm(forms.Form):
    held_at = moment_field("会商时间")
    place = forms.CharField(label="地点或方式", max_length=60, required=False)
    present = forms.MultipleChoiceField(label="出席成员", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, conference: Conference, data: Any = None) -> None:
        super().__init__(data)
        members = conference.members.select_related("staff")
        fields: dict[str, Any] = self.fields
        fields["present"].choices = [(str(one.pk), _seat_name(one)) for one in members]
        self.initial["place"] = conference.place

    def meeting(self) -> Meeting:
        sent = self.cleaned_data
        return Meeting(sent["held_at"], [int(pk) for pk in sent["present"]], sent["place"])


def _seat_name(member: ConferenceMember) -> str:
    return (
        f"{member.staff.name}（{member.post_name}）" if member.staff else f"{member.post_name}（未签署意见）"
    )


class ConclusionForm(forms.Form):
    text = text_area("会商结论", rows=5)
    advice = forms.ChoiceField(label="对决定的意见", choices=Conference.Advice)
    amount_max = forms.DecimalField(
        label="赔付不超过(元)", required=False, min_value=0, max_digits=14, decimal_places=2
    )
    is_binding = forms.BooleanField(
        label="结论有约束力", required=False, help_text="以后的审批须按结论办理，或写明不按结论办理的理由"
    )

    def conclusion(self) -> Conclusion:
        return Conclusion(**self.cleaned_data)


class ConferenceFilter(UnitFilter):
    lookups = {
        "text": "containing",
        "unit": "in_unit",
        "kind": "kind__code",
        "waiting": "that_wait",
        "since": "convened_at__date__gte",
    }

    text = forms.CharField(label="会商编号、赔案号", required=False, max_length=60)
    kind = forms.ChoiceField(label="种类", required=False)
    since = forms.DateField(label="召集自", required=False, widget=forms.DateInput({"type": "date"}))
    waiting = forms.ChoiceField(
        label="等待",
        required=False,
        choices=[("", "不限"), ("mine", "待我出具意见"), ("lead", "我召集或主持的")],
    )

    field_order = ("text", "unit", "kind", "since", "waiting")

    def __init__(self, data: Any, *, viewer: Staff) -> None:
        super().__init__(data, viewer=viewer)
        known = ConferenceKind.objects.on(timezone.localdate()).values_list("code", "name")
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [("", "全部种类"), *known]

    def containing(self, rows: QuerySet[Conference], text: str) -> QuerySet[Conference]:
        text = text.strip()
        return rows.filter(
            Q(number=text) | Q(case__claim_no__startswith=text) | Q(case__report_no__startswith=text)
        )

    def that_wait(self, rows: QuerySet[Conference], value: str) -> QuerySet[Conference]:
        if value == "lead":
            return rows.filter(
                Q(chair=self.viewer) | Q(convened_by=self.viewer), status__in=STATES["open"][1]
            )
        waiting = ConferenceMember.objects.waiting_for(self.viewer)
        return rows.filter(pk__in=waiting.values("conference"))
