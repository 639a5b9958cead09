"""Filters and page components. Components that wrap content are block tags; the others are plain includes.

docs/components.md lists them all with their parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from claims_admin import statuses
from departments import masking
from departments.capitals import in_capitals
from departments.models import PauseReason
from departments.spans import in_words

if TYPE_CHECKING:
    from authority.rulings import Ruling
    from departments.clocks import Reading
    from departments.listings import ShownCell

register = template.Library()

NOTHING = "—"
_FEN_PER_YUAN = 100


@register.filter
def money(amount: Decimal | int | None) -> str:
    """An amount in yuan with thousands separators and two places; a dash where there is none."""
    return NOTHING if amount in (None, "") else f"{amount:,.2f}"


@register.filter
def fen(amount: int | None) -> str:
    """An amount in integer fen, the unit of rulings, shown in yuan."""
    return NOTHING if amount is None else money(Decimal(amount) / _FEN_PER_YUAN)


@register.filter
def capitals(amount: Decimal) -> str:
    """An amount in yuan in capital figures 大写金额, for paper: 贰万零伍拾元整."""
    return in_capitals(amount)


@register.filter
def masked_name(name: str | None, may_see: object = False) -> str:
    """{{ insured|masked_name }}, or {{ insured|masked_name:may_see }} where the post may read it all."""
    return (name if may_see else masking.mask_name(name)) or NOTHING


@register.filter
def masked_plate(plate: str | None, may_see: object = False) -> str:
    return (plate if may_see else masking.mask_plate(plate)) or NOTHING


@register.filter
def masked_phone(phone: str | None, may_see: object = False) -> str:
    return (phone if may_see else masking.mask_phone(phone)) or NOTHING


@register.filter
def masked_id(number: str | None, may_see: object = False) -> str:
    return (number if may_see else masking.mask_id_number(number)) or NOTHING


@register.filter
def when(moment: date | None) -> str:
    """Local short time of a moment, or short day of a date; the year only where it is not this one."""
    if not moment:
        return NOTHING
    is_moment = isinstance(moment, datetime)
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    day = "%m-%d" if local.year == timezone.localdate().year else "%Y-%m-%d"
    return local.strftime(f"{day} %H:%M" if is_moment else day)


@register.filter
def duration(span: timedelta | None) -> str:
    """Days and hours of a span, minutes only below one hour: 2 天 3 小时. The caller words the sign."""
    return NOTHING if span is None else in_words(span)


@register.filter
def since(moment: datetime | None) -> str:
    """How long ago, as a duration."""
    return NOTHING if moment is None else duration(timezone.now() - moment)


@register.simple_tag
def status(code: str, text: str) -> SafeString:
    """A badge; {% status case.status case.get_status_display %}. The colour follows from the code."""
    return badge(text, statuses.tone_of(code))


@register.simple_tag
def cells(row: Iterable[tuple[str, str, str]]) -> SafeString:
    """The cells of one row of a long list: (text, css, code); a code makes the text a state badge.

    One call for the whole row: five hundred filters and tags would cost more than the query.
    """
    return mark_safe("".join([_cell(*cell) for cell in row]))  # noqa: S308 (_cell escapes)


@register.simple_tag
def list_cells(row: Iterable[ShownCell], on_paper: object = False) -> SafeString:
    """The cells of one row of a `departments.listings` list; on paper without badges and links."""
    return mark_safe("".join([_list_cell(cell, bool(on_paper)) for cell in row]))  # noqa: S308 (escapes)


def _list_cell(cell: ShownCell, on_paper: bool) -> str:
    inside: str = escape(cell.text)
    if cell.code and not on_paper:
        inside = badge(cell.text, statuses.tone_of(cell.code))
    if cell.url and not on_paper:
        inside = f'<a href="{escape(cell.url)}">{inside}</a>'
    return f'<td class="{escape(cell.css)}">{inside}</td>' if cell.css else f"<td>{inside}</td>"


def _cell(text: str, css: str, code: str) -> str:
    if code:
        return f"<td>{badge(text, statuses.tone_of(code))}</td>"
    return f'<td class="{escape(css)}">{escape(text)}</td>' if css else f"<td>{escape(text)}</td>"


@register.simple_tag
def badge(text: str, tone: str = "idle") -> SafeString:
    """A badge in a tone of claims_admin.statuses: good, attention, bad, active, idle."""
    return format_html('<span class="badge badge--{}">{}</span>', tone, text)


@register.simple_tag
def outcome(ruling: Ruling, refer_to: str = "") -> SafeString:
    """The one-line answer of a ruling, for rows of a list; `refer_to` names who is next (室主任)."""
    return badge(statuses.ruling_words(ruling, refer_to), statuses.OUTCOME_TONES[ruling.outcome])


@register.simple_tag
def clock(due_at: datetime | None, warn_at: datetime | None = None, note: str = "") -> SafeString | str:
    """Time left until a deadline, amber after `warn_at`, red once late; without one, why the clock stands."""
    if due_at is None:
        return format_html('<span class="clock clock--paused">{}</span>', note) if note else NOTHING
    now = timezone.now()
    tone = "late" if now > due_at else "warn" if warn_at and now >= warn_at else "calm"
    words = f"{'超' if now > due_at else '剩'} {duration(due_at - now)}"
    suffix = f" · {note}" if note else ""
    return format_html(
        '<time class="clock clock--{}" datetime="{}" title="时限 {}">{}{}</time>',
        tone, due_at.isoformat(), when(due_at), words, suffix,
    )  # fmt: skip


@register.filter
def at(values: Mapping[str, Any], key: str) -> Any:
    """The value by a key that is itself a variable; None without one."""
    return values.get(key)


@register.simple_tag
def reading(clock_reading: Reading | None, name: str = "") -> SafeString | str:
    """The chip of a computed clock; one that has stopped says whether in time. `name` goes before it."""
    if clock_reading is None:
        return NOTHING
    basis = f"{clock_reading.rule.basis}{'' if clock_reading.rule.is_verified else '（待核实）'}"
    if clock_reading.paused_for:
        chip = clock(None, note=f"已暂停：{PauseReason(clock_reading.paused_for).label}")
    elif clock_reading.runs:
        chip = clock(clock_reading.due_at, clock_reading.warn_at)
    else:
        text, tone = ("超时完成", "late") if clock_reading.is_late else ("按时完成", "calm")
        chip = format_html('<span class="clock clock--{}">{}</span>', tone, text)
    label = format_html("{} ", name) if name else ""
    return format_html('<span title="{}">{}{}</span>', basis, label, chip)


@register.simple_tag
def money_cell(amount: Decimal | None, limit: Decimal | None = None) -> SafeString:
    """A table cell; red when the amount is above the limit given."""
    over = " money--over" if limit is not None and amount is not None and amount > limit else ""
    return format_html('<td class="money{}">{}</td>', over, money(amount))


@register.simple_tag
def field(bound: BoundField, span: str = "") -> SafeString:
    """Label, widget, help and errors of one form field, wired for screen readers. `span`: grid columns."""
    kind = _widget_kind(bound)
    if kind == "options":
        bound.field.widget.attrs.setdefault("class", "form-check-input")
    return render_to_string("components/field.html", {"field": bound, "kind": kind, "span": span})


_WIDGET_KINDS = {
    "checkbox": "check",
    "radioselect": "options",
    "checkboxselectmultiple": "options",
    "select": "select",
    "selectmultiple": "select",
    "nullbooleanselect": "select",
}


def _widget_kind(bound: BoundField) -> str:
    return "hidden" if bound.is_hidden else _WIDGET_KINDS.get(bound.widget_type, "control")


@register.filter
def styled(bound: BoundField, kind: str) -> SafeString:
    """The widget with the class its kind wants, beside the classes it already has."""
    css = {"check": "form-check-input", "select": "form-select", "control": "form-control"}.get(kind, "")
    invalid = " is-invalid" if bound.errors else ""
    own = bound.field.widget.attrs.get("class", "")
    return bound.as_widget(attrs={"class": f"{own} {css}{invalid}".strip()})


@register.simple_block_tag
def card(content: SafeString, title: str = "", aside: str = "", flush: object = False) -> SafeString:
    """{% card "审批链" %}…{% endcard %}; `flush` for tables, `aside` stands right."""
    context = {"title": title, "aside": aside, "flush": flush, "content": content}
    return render_to_string("components/card.html", context)


@register.simple_block_tag
def strip(content: SafeString, title: str, tone: str = "bad") -> SafeString:
    """{% strip "法定时限" %}<span>…</span>{% endstrip %}: what must be seen before the work list."""
    return render_to_string("components/strip.html", {"title": title, "tone": tone, "content": content})


@register.simple_block_tag
def listing(content: SafeString, label: str, keyboard: object = False) -> SafeString:
    """{% listing "待我审批" keyboard=True %}<thead>…<tbody>…{% endlisting %}: a dense table."""
    context = {"label": label, "keyboard": keyboard, "content": content}
    return render_to_string("components/listing.html", context)


@register.simple_block_tag(takes_context=True)
def filterbar(context: template.Context, content: SafeString, clear_url: str = "?") -> SafeString:
    """{% filterbar %}{% field form.status %}…{% endfilterbar %}: a GET form with 筛选 and 清除."""
    return render_to_string("components/filterbar.html", {"clear_url": clear_url, "content": content})
