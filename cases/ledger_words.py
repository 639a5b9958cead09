"""What the ledger's chains about cases and imports are called; imported once, when the app is ready."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Q
from django.urls import reverse

from authority.chain_kinds import ChainKind, Subject, register_chain
from cases.casefile.timeline import LABELS
from cases.lifecycle import Stage
from cases.models import (
    ClaimCase,
    FeedbackLetter,
    ImportBatch,
    OutstandingCampaign,
    QualityDraw,
    QualitySample,
)
from departments.models import Staff

MOST_FOUND = 50


def cases_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    """The number is no secret of the person who may read the ledger; the case itself may be."""
    seen = set(ClaimCase.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    numbers = ClaimCase.objects.filter(pk__in=ids).values_list("pk", "report_no")
    return {
        pk: Subject(f"赔案 {number}", reverse("cases:detail", args=[pk]) if pk in seen else "")
        for pk, number in numbers
    }


def cases_numbered(text: str) -> Collection[int]:
    found = ClaimCase.objects.filter(Q(report_no=text) | Q(claim_no=text) | Q(policy_no=text)).order_by("-pk")
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def imports_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    return {batch.pk: Subject(f"导入 {batch}") for batch in ImportBatch.objects.filter(pk__in=ids)}


def letters_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    seen = set(FeedbackLetter.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    letters = FeedbackLetter.objects.filter(pk__in=ids).select_related("unit")
    return {one.pk: Subject(str(one), one.get_absolute_url() if one.pk in seen else "") for one in letters}


def campaigns_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    rows = OutstandingCampaign.objects
    seen = set(rows.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        one.pk: Subject(one.name, one.get_absolute_url() if one.pk in seen else "")
        for one in rows.filter(pk__in=ids)
    }


LETTER_ACTS = {
    "draft_letter": "拟稿",
    "sign_letter": "签发",
    "supersede_letter": "被更正稿替代",
    "receive_letter": "签收",
    "correct_letter": "拟更正稿",
}
CAMPAIGN_ACTS = {
    "start_campaign": "发起清理",
    "freeze_base": "固定基准清单",
    "report_base": "报送基准清单",
    "set_targets": "下达目标",
    "take_round": "开始一轮",
    "close_round": "结束一轮",
    "assign_rows": "分派",
    "end_campaign": "结束清理",
}
LETTER_STATES = dict(FeedbackLetter.Status.choices)
register_chain(ChainKind("case", "赔案", LABELS, dict(Stage.choices), cases_of, cases_numbered))


def samples_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    samples = QualitySample.objects.filter(pk__in=ids).select_related("draw")
    return {one.pk: Subject(f"案卷抽检 {one}") for one in samples}


def draws_of(ids: Collection[int], viewer: Staff) -> Mapping[int, Subject]:
    return {one.pk: Subject(f"抽样 {one}") for one in QualityDraw.objects.filter(pk__in=ids)}


register_chain(
    ChainKind(
        "quality_sample",
        "案卷抽检",
        {
            "score_file": "评分",
            "appeal_score": "申诉",
            "settle_score": "定稿",
            "assign_file": "改派",
        },
        {code: str(label) for code, label in QualitySample.Status.choices},
        samples_of,
    )
)
register_chain(ChainKind("quality_draw", "抽样", {"draw_files": "抽取案卷"}, {"drawn": "已抽取"}, draws_of))
register_chain(ChainKind("feedback", "问题件通报", LETTER_ACTS, LETTER_STATES, letters_of))
register_chain(
    ChainKind(
        "campaign",
        "未决清理",
        CAMPAIGN_ACTS,
        dict(OutstandingCampaign.Status.choices),
        campaigns_of,
    )
)
register_chain(ChainKind("import", "导入清单", {"import_committed": "写入导入清单"}, subjects=imports_of))
