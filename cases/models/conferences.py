from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from authority.models import AuthorityItem
from cases.models.case import ClaimCase
from cases.models.decisions import Decision
from departments.models import Staff


class ConferenceKindQuerySet(models.QuerySet["ConferenceKind"]):
    def on(self, day: date) -> ConferenceKindQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class ConferenceKind(models.Model):
    """会商种类: who may convene it, which posts belong to it, how many must come and how many must write."""

    code = models.CharField("代码", max_length=20)
    name = models.CharField("会商种类", max_length=30)
    convening_posts = ArrayField(models.CharField(max_length=20), verbose_name="可召集岗位")
    member_posts = ArrayField(models.CharField(max_length=20), verbose_name="成员岗位")
    quorum_present = models.PositiveSmallIntegerField("法定出席人数")
    quorum_written = models.PositiveSmallIntegerField("书面意见份数")
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    rank = models.PositiveSmallIntegerField("排序", default=0)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects = ConferenceKindQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "会商种类"
        ordering = ["rank", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_conference_kind_once"),
            models.CheckConstraint(
                condition=Q(quorum_present__gte=2, quorum_written__gte=1),
                name="cases_conference_kind_quorum",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="cases_conference_kind_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConferenceQuerySet(models.QuerySet["Conference"]):
    def visible_to(self, staff: Staff) -> ConferenceQuerySet:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def open(self) -> ConferenceQuerySet:
        return self.filter(status__in=[Conference.Status.CONVENED, Conference.Status.HELD])

    def concluded(self) -> ConferenceQuerySet:
        return self.filter(status=Conference.Status.CONCLUDED)

    def for_list(self) -> ConferenceQuerySet:
        return self.select_related("case__unit", "kind", "chair", "convened_by")


class Conference(models.Model):
    """疑难会商: several people are heard on a hard case before somebody decides it.

    Unlike the opinion that a referral rule asks of one post (`Consultation`). The quorum and what lay before
    the members are kept as they were when it was convened.
    """

    class Status(models.TextChoices):
        CONVENED = "convened", "征求意见"
        HELD = "meeting_held", "已开会"
        CONCLUDED = "concluded", "已有结论"
        CANCELLED = "called_off", "已取消"

    class Advice(models.TextChoices):
        """What the conclusion says of the decision to come."""

        PAY = "pay", "应予赔付"
        PAY_UP_TO = "pay_up_to", "赔付不超过"
        REFUSE = "refuse", "不予赔付"
        OTHER = "other", "其他处理意见"

    number = models.CharField("会商编号", max_length=30, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="conferences", verbose_name="赔案")
    kind = models.ForeignKey(ConferenceKind, models.PROTECT, related_name="+", verbose_name="会商种类")
    item = models.ForeignKey(
        AuthorityItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所涉事项"
    )
    reason = models.CharField("会商理由", max_length=200)
    question = models.TextField("会商问题")
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.CONVENED)
    convened_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="召集人")
    convened_at = models.DateTimeField("召集时间")
    chair = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="主持人")
    planned_at = models.DateTimeField("拟会商时间", null=True, blank=True)
    place = models.CharField("地点或方式", max_length=60, blank=True)
    quorum_present = models.PositiveSmallIntegerField("法定出席人数")
    quorum_written = models.PositiveSmallIntegerField("书面意见份数")
    pack = models.JSONField("会商材料", default=dict)
    held_at = models.DateTimeField("会商时间", null=True, blank=True)
    concluded_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="形成结论人"
    )
    concluded_at = models.DateTimeField("结论时间", null=True, blank=True)
    conclusion = models.TextField("会商结论", blank=True)
    advice = models.CharField("对决定的意见", max_length=10, choices=Advice, blank=True)
    amount_max = models.DecimalField("赔付不超过(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    is_binding = models.BooleanField("有约束力", default=False)
    ended_reason = models.CharField("取消理由", max_length=200, blank=True)

    objects = ConferenceQuerySet.as_manager()
    history = HistoricalRecords(no_db_index=["case", "number"])

    class Meta:
        verbose_name = verbose_name_plural = "疑难会商"
        ordering = ["-convened_at", "-id"]
        indexes = [
            models.Index(fields=["-convened_at", "-id"], name="cases_conference_newest"),
            models.Index(fields=["case"], condition=Q(status="concluded"), name="cases_conference_concluded"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["convened", "meeting_held", "concluded", "called_off"]),
                name="cases_conference_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="concluded", concluded_at__isnull=False, concluded_by__isnull=False)
                & ~Q(conclusion="")
                & ~Q(advice="")
                | (~Q(status="concluded") & Q(concluded_at=None, conclusion="", advice="", is_binding=False)),
                name="cases_conference_concluded_in_writing",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["meeting_held", "concluded"]) | Q(held_at__isnull=False),
                name="cases_conference_held_when_held",
            ),
            models.CheckConstraint(
                condition=Q(advice="pay_up_to", amount_max__gt=0)
                | (~Q(advice="pay_up_to") & Q(amount_max=None)),
                name="cases_conference_amount_when_limited",
            ),
            models.CheckConstraint(
                condition=~Q(status="called_off") | ~Q(ended_reason=""),
                name="cases_conference_called_off_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind.name}"

    def get_absolute_url(self) -> str:
        return reverse("cases:conference", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.CONVENED, self.Status.HELD)

    @property
    def advice_text(self) -> str:
        limit = f" {self.amount_max:,.2f} 元" if self.amount_max is not None else ""
        return f"{self.get_advice_display()}{limit}"


class MemberQuerySet(models.QuerySet["ConferenceMember"]):
    def silent(self) -> MemberQuerySet:
        """Without a written opinion that stands."""
        standing = ConferenceOpinion.objects.filter(member=OuterRef("pk"), withdrawn_at=None)
        return self.filter(~Exists(standing))

    def waiting_for(self, staff: Staff) -> MemberQuerySet:
        """Whose written opinion is still missing: the person's own, or that of a post he holds today."""
        posts = {held.post.post_type.code for held in staff.posts_today}
        asked = Q(staff=staff) | Q(staff=None, post__in=posts)
        return self.silent().filter(asked, conference__in=Conference.objects.open().visible_to(staff))


class ConferenceMember(models.Model):
    """会商成员: a person, or whoever holds a post (then the person is filled in as he writes or comes)."""

    conference = models.ForeignKey(Conference, models.PROTECT, related_name="members", verbose_name="会商")
    post = models.CharField("岗位代码", max_length=20, blank=True)
    post_name = models.CharField("岗位", max_length=30)
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="成员"
    )
    is_present = models.BooleanField("出席", null=True)
    reminded_at = models.DateTimeField("催办时间", null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会商成员"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["staff"], name="cases_member_by_person"),
            models.Index(fields=["post"], condition=Q(staff=None), name="cases_member_by_post"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["conference", "staff"],
                condition=Q(staff__isnull=False),
                name="cases_conference_member_once",
            ),
            models.CheckConstraint(
                condition=Q(staff__isnull=False) | ~Q(post=""), name="cases_conference_member_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.staff.name if self.staff else self.post_name


class ConferenceOpinion(models.Model):
    """书面意见: signed by the member as written. Withdrawn, it stays, and the next one is a new version."""

    class Stance(models.TextChoices):
        PAY = "pay", "应予赔付"
        PART = "part", "部分赔付"
        REFUSE = "refuse", "不予赔付"
        MORE = "more", "补充调查"

    member = models.ForeignKey(ConferenceMember, models.PROTECT, related_name="opinions", verbose_name="成员")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="+", verbose_name="赔案")
    version = models.PositiveSmallIntegerField("版本", default=1)
    stance = models.CharField("倾向", max_length=8, choices=Stance)
    text = models.TextField("意见")
    signed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="签署人")
    signed_at = models.DateTimeField("签署时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会商意见书"
        ordering = ["member", "version"]
        constraints = [
            models.UniqueConstraint(fields=["member", "version"], name="cases_opinion_version_once"),
            models.UniqueConstraint(
                fields=["member"], condition=Q(withdrawn_at=None), name="cases_opinion_one_stands"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="cases_opinion_in_writing"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="cases_opinion_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} 第{self.version}版"


class ConferenceUse(models.Model):
    """引用会商: the decision that a conference supports, and whether it followed the conclusion."""

    class Heed(models.TextChoices):
        FOLLOWED = "followed", "按会商结论办理"
        DEPARTED = "departed", "未按会商结论"

    conference = models.ForeignKey(Conference, models.PROTECT, related_name="uses", verbose_name="会商")
    decision = models.OneToOneField(
        Decision, models.PROTECT, related_name="conference_use", verbose_name="审批意见"
    )
    heed = models.CharField("与结论的关系", max_length=8, choices=Heed)
    reason = models.CharField("未按结论办理的理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会商结论的引用"
        constraints = [
            models.CheckConstraint(
                condition=Q(heed="followed") | (Q(heed="departed") & ~Q(reason="")),
                name="cases_conference_use_departs_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conference.number} {self.get_heed_display()}"
