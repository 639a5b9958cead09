"""Filters and tags: what a value looks like on a page."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from authority.rulings import Basis, Objection, Ruling
from claims_admin.templatetags import ui


def rendered(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal(238_900), "238,900.00"),
        (Decimal(0), "0.00"),
        (Decimal("-7100.5"), "-7,100.50"),
        (Decimal("999999999999.99"), "999,999,999,999.99"),
        (12, "12.00"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_money(amount: Decimal | None, shown: str) -> None:
    assert ui.money(amount) == shown


def test_fen_is_shown_in_yuan() -> None:
    assert [ui.fen(value) for value in (23_890_000, 1, None)] == ["238,900.00", "0.01", "—"]


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(days=2, hours=3, minutes=59), "2 天 3 小时"),
        (timedelta(days=2, minutes=59), "2 天"),
        (timedelta(hours=5), "5 小时"),
        (timedelta(hours=5, minutes=7), "5 小时"),
        (timedelta(minutes=17), "17 分钟"),
        (timedelta(seconds=59), "不到 1 分钟"),
        (-timedelta(days=1), "1 天"),
        (None, "—"),
    ],
)
def test_duration(span: timedelta | None, shown: str) -> None:
    assert ui.duration(span) == shown


def test_when_is_local_and_names_the_year_only_if_it_is_not_this_one() -> None:
    this_year = timezone.localdate().year

    assert ui.when(datetime(2019, 5, 3, 16, 30, tzinfo=UTC)) == "2019-05-04 00:30"
    assert ui.when(datetime(this_year, 5, 3, 1, 5, tzinfo=UTC)) == "05-03 09:05"
    assert ui.when(date(this_year, 5, 3)) == "05-03"
    assert ui.when(None) == "—"


def test_masks_come_off_only_for_those_who_may_see() -> None:
    text = rendered("{{ name|masked_name }} {{ name|masked_name:may_see }}", name="刘洋", may_see=True)

    assert text == "刘* 刘洋"


def test_no_value_is_a_dash_masked_or_not() -> None:
    source = "{{ no|masked_name }}{{ no|masked_plate:yes }}{{ no|masked_phone }}{{ no|masked_id }}"

    assert rendered(source, no="", yes=True) == "————"


@pytest.mark.parametrize(
    ("hours", "tone", "words"),
    [(-3, "late", "超 3 小时"), (5, "warn", "剩 5 小时"), (30, "calm", "剩 1 天 6 小时")],
)
def test_clock(hours: int, tone: str, words: str) -> None:
    due_at = timezone.now() + timedelta(hours=hours, seconds=30 if hours > 0 else -30)

    shown = rendered("{% clock due_at warn_at %}", due_at=due_at, warn_at=due_at - timedelta(hours=8))

    assert f"clock--{tone}" in shown
    assert words in shown


def test_a_stopped_clock_says_why() -> None:
    assert "待司法鉴定" in rendered('{% clock None note="待司法鉴定" %}')
    assert rendered("{% clock None %}") == "—"


@pytest.mark.parametrize(("amount", "is_over"), [("100000.01", True), ("100000", False)])
def test_a_sum_above_the_limit_is_marked(amount: str, is_over: bool) -> None:
    cell = rendered("{% money_cell amount limit %}", amount=Decimal(amount), limit=Decimal(100_000))

    assert ("money--over" in cell) is is_over


BASIS = Basis(
    grant_id=1,
    version=1,
    letter_no="川理授〔2026〕12号",
    clause="第7条",
    limit=10_000_000,
    measure="case_total",
)


@pytest.mark.parametrize(
    ("ruling", "words"),
    [
        (Ruling("allowed", BASIS), "可审批"),
        (Ruling("needs_cosign", BASIS), "可审批，须会签"),
        (Ruling("refer", BASIS), "初核后上报 室主任"),
        (Ruling("refused", objections=(Objection("sod", "回避：您参与定损"),)), "回避：您参与定损"),
    ],
    ids=lambda value: getattr(value, "outcome", value),
)
def test_the_ruling_in_one_line(ruling: Ruling, words: str) -> None:
    assert words in rendered('{% outcome ruling "室主任" %}', ruling=ruling)


def test_the_ruling_component_gives_basis_and_every_reason() -> None:
    reasons = (Objection("over_limit", "超出 138,900.00 元"), Objection("interest", "应当回避"))
    ruling = Ruling("refused", BASIS, reasons, near_misses=("下一有权人：赵建国",))

    shown = rendered('{% include "components/ruling.html" %}', ruling=ruling)

    for text in (
        "ruling--refused",
        "100,000.00",
        "川理授〔2026〕12号",
        "超出 138,900.00 元",
        "应当回避",
        "赵建国",
    ):
        assert text in shown


def test_a_field_is_wired_to_its_label_help_and_errors() -> None:
    class OpinionForm(forms.Form):
        opinion = forms.CharField(label="意见", help_text="写明依据")

    shown = rendered("{% field form.opinion %}", form=OpinionForm({}))

    assert '<label class="form-label required" for="id_opinion">意见</label>' in shown
    assert 'class="form-control is-invalid"' in shown
    assert 'aria-describedby="id_opinion_helptext id_opinion_error"' in shown
    assert 'id="id_opinion_helptext"' in shown
    assert 'id="id_opinion_error"' in shown


def test_text_of_users_is_escaped_everywhere() -> None:
    evil = "<script>"

    tags = "{% badge evil %}{% status evil evil %}{% clock None note=evil %}"
    shown = rendered(tags + "{% card evil aside=evil %}{{ evil }}{% endcard %}", evil=evil)

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
