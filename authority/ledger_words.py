"""The chains of the ledger that authority itself writes; imported once, when the app is ready."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Model
from django.urls import reverse

from authority.certificates import ACT_NAMES
from authority.chain_kinds import ChainKind, Subject, Subjects, register_chain
from authority.letter_events import ACTS
from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    CoverageFinding,
    EmergencyGrant,
    EmergencyRule,
    FindingKind,
    Interest,
    LetterStatus,
    ReferralRule,
    StandInCeiling,
    Substitution,
)
from departments.models import Absence, Appointment, Certificate, CertificateType, HandOver, Staff
from departments.models.certificates import STATE_NAMES

MOST_FOUND = 50
_RULES = {"add_rule": "新增", "change_rule": "修改"}


def letters_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    seen = set(AuthorityLetter.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    letters = AuthorityLetter.objects.filter(pk__in=ids)
    return {
        one.pk: Subject(f"授权书 {one.number}", one.get_absolute_url() if one.pk in seen else "")
        for one in letters
    }


def letters_named(text: str) -> Collection[int]:
    found = AuthorityLetter.objects.filter(number__icontains=text).order_by("-pk")
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def rows_of(model: type[Model], name: str, url: Callable[[], str] | None = None, *related: str) -> Subjects:
    """Rows named by themselves, on a page that is one for all."""

    def subjects(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
        rows: Any = model._default_manager.filter(pk__in=ids).select_related(*related)  # noqa: SLF001
        return {row.pk: Subject(f"{name} {row}", url() if url else "") for row in rows}

    return subjects


register_chain(
    ChainKind(
        "letter",
        "授权书",
        {code: name for code, (name, _) in ACTS.items()},
        {code: str(label) for code, label in LetterStatus.choices},
        letters_of,
        letters_named,
    )
)
register_chain(ChainKind("authorityitem", "权限事项", _RULES, subjects=rows_of(AuthorityItem, "权限事项")))
register_chain(ChainKind("referralrule", "提级规则", _RULES, subjects=rows_of(ReferralRule, "提级规则")))
register_chain(
    ChainKind(
        "certificate",
        "证件",
        ACT_NAMES,
        STATE_NAMES,
        rows_of(Certificate, "证件", lambda: reverse("authority:certificates"), "staff", "type"),
    )
)
register_chain(
    ChainKind(
        "certificate_type", "证件要求", {"enforce": "强制执行"}, subjects=rows_of(CertificateType, "证件要求")
    )
)
register_chain(
    ChainKind(
        "interest",
        "利害关系",
        {"declare": "申报", "end": "解除"},
        {"open": "有效", "ended": "已解除"},
        rows_of(Interest, "利害关系", lambda: reverse("authority:interests_watched"), "staff"),
    )
)
register_chain(
    ChainKind(
        "interest_statement", "利害关系确认", {"confirm": "年度确认"}, subjects=rows_of(Staff, "年度确认")
    )
)
register_chain(
    ChainKind(
        "finding",
        "权限巡查",
        {"acknowledge_finding": "知悉"},
        {"standing": "待知悉", "acknowledged": "已知悉"},
        rows_of(CoverageFinding, "权限巡查", lambda: reverse("authority:findings")),
    )
)
register_chain(ChainKind("findingkind", "巡查项目", _RULES, subjects=rows_of(FindingKind, "巡查项目")))
_UNCOVERED = {"leave_uncovered": "明知空缺仍办理"}
register_chain(
    ChainKind(
        "appointment",
        "任岗",
        {"appoint": "任命", "relieve": "免去", "withdraw": "取消任命", **_UNCOVERED},
        subjects=rows_of(Appointment, "任岗", None, "staff", "post__unit", "post__post_type"),
    )
)
register_chain(
    ChainKind(
        "account",
        "账号",
        {
            "create_superuser": "建立首个账号",
            "disable": "停用",
            "enable": "启用",
            "assign_admin_role": "指定管理员角色",
            **_UNCOVERED,
        },
        subjects=rows_of(Staff, "账号"),
    )
)
register_chain(
    ChainKind(
        "absence",
        "缺勤",
        {"record": "登记", "cancel": "取消"},
        subjects=rows_of(Absence, "缺勤", None, "staff"),
    )
)
register_chain(ChainKind("seals", "台账封存", {"begin_file": "启用新封存文件"}))
register_chain(
    ChainKind(
        "hand_over",
        "工作交接",
        {"hand_over": "办理交接", "sign": "签字"},
        subjects=rows_of(HandOver, "工作交接", None, "giver"),
    )
)


def stand_ins_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    seen = set(Substitution.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    rows = Substitution.objects.filter(pk__in=ids).select_related("delegator", "delegate")
    return {one.pk: Subject(f"代岗 {one}", one.get_absolute_url() if one.pk in seen else "") for one in rows}


def emergencies_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    seen = set(EmergencyGrant.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    rows = EmergencyGrant.objects.filter(pk__in=ids)
    return {
        one.pk: Subject(f"临时授权 {one}", one.get_absolute_url() if one.pk in seen else "") for one in rows
    }


def emergencies_named(text: str) -> Collection[int]:
    found = EmergencyGrant.objects.filter(number__icontains=text).order_by("-pk")
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


register_chain(
    ChainKind(
        "stand_in",
        "代岗",
        {"propose": "提出", "accept": "接受", "decline": "谢绝", "recall": "收回", "expire": "到期终止"},
        {code: str(label) for code, label in Substitution.Status.choices},
        stand_ins_of,
    )
)
register_chain(
    ChainKind(
        "emergency",
        "临时授权",
        {"give": "授予", "end": "终止", "expire": "到期", "ratified": "追认", "refused": "不予追认"},
        {
            "in_force": "生效中",
            "ended": "已终止",
            "waiting": "待追认",
            "ratified": "已追认",
            "refused": "不予追认",
        },
        emergencies_of,
        emergencies_named,
    )
)
register_chain(ChainKind("standinceiling", "代岗上限", _RULES, subjects=rows_of(StandInCeiling, "代岗上限")))
register_chain(
    ChainKind("emergencyrule", "应急授权规则", _RULES, subjects=rows_of(EmergencyRule, "应急授权规则"))
)
