"""Does one grant contain the matter, on every dimension at once? If not, what exactly is missing?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from authority.rulings.question import (
    Cap,
    Question,
    litigation_fits,
    measure_name,
    within,
)
from authority.rulings.ruling import Basis, Objection, yuan
from authority.rulings.values import ANY, HeldLimit, Holder, Matter


class Miss(NamedTuple):
    """One thing a grant lacks: code, sentence, the shortest way to say it.

    `lifts`: more money or a higher level would cure it; then the matter is referred, not refused.
    """

    code: str
    text: str
    piece: str
    lifts: bool = False


class Tried(NamedTuple):
    """A grant held against the matter. `fen` is its limit after the ceilings."""

    limit: HeldLimit
    measure: str
    fen: int
    ceiling_letter_no: str
    misses: tuple[Miss, ...]
    only_lifts: bool
    sampled: tuple[Objection, ...]

    @property
    def basis(self) -> Basis:
        limit = self.limit
        return Basis(
            grant_id=limit.grant_id,
            version=limit.version,
            letter_no=limit.letter_no,
            clause=limit.clause,
            limit=self.fen,
            measure=self.measure,
            post_name=limit.post_name,
            level=limit.level,
            via_id=limit.via_id,
            via_name=limit.via_name,
            cosign_count=limit.cosign_count,
            cosign_post=limit.cosign_post,
            ceiling_letter_no=self.ceiling_letter_no,
            unit_path=limit.unit_path,
            source=limit.source,
        )

    def finding(self) -> str:
        limit = self.limit
        via = f"（代{limit.via_name}）" if limit.via_id is not None else ""
        return f"{limit.letter_no} {limit.clause}{via}：{self.pieces() or f'覆盖，限额 {yuan(self.fen)} 元'}"

    def pieces(self) -> str:
        return "；".join([miss.piece for miss in self.misses])


def try_limit(question: Question, holder: Holder, limit: HeldLimit) -> Tried:
    """Hold one grant of the right item against the matter."""
    measure = limit.measure or question.matter.measure
    caps = question.caps(limit.post_path or limit.unit_path)
    fen, letter_no = limit.amount_max, ""
    cap = caps.by_measure.get(measure)
    if cap is not None and cap.amount < fen:
        fen, letter_no = cap.amount, cap.letter_no
    misses = [
        *_scope_misses(question.matter, limit),
        *_amount_misses(question, limit, measure),
        *_cap_misses(question, caps.by_measure),
        *_level_misses(question, limit.level),
    ]
    misses += [Miss(gap.code, gap.text, "机构授权不含此类情形", True) for gap in caps.gaps]
    if limit.required_certificates:
        misses += _certificate_misses(holder, limit)
    sampled: tuple[Objection, ...] = ()
    if limit.via_id is not None:
        more, sampled = _delegator_misses(question, limit, limit.via_id)
        misses += more
    only_lifts = False not in [miss.lifts for miss in misses]
    return Tried(limit, measure, fen, letter_no, tuple(misses), only_lifts, sampled)


def _scope_misses(matter: Matter, limit: HeldLimit) -> Iterator[Miss]:
    if not _in_unit(matter.unit_path, limit):
        yield Miss("wrong_unit", f"授权机构范围不含 {matter.unit_path}", "机构不在授权范围")
    if not within(matter.lines, limit.lines):
        text = f"授权险别不含 {_lacking(matter.lines, limit.lines)}"
        yield Miss("wrong_line", text, "险别不在授权范围")
    if not within(matter.loss_classes, limit.loss_classes):
        text = f"授权损失类别不含 {_lacking(matter.loss_classes, limit.loss_classes)}"
        yield Miss("wrong_loss_class", text, "损失类别不在授权范围")
    if matter.special_kind not in limit.special_kinds and ANY not in limit.special_kinds:
        text = f"授权不含特殊案件 {matter.special_kind or '（普通案件）'}"
        yield Miss("wrong_special", text, "特殊案件类型不在授权范围")
    if not litigation_fits(matter.is_litigated, limit.litigation):
        text = f"授权不含{'诉讼' if matter.is_litigated else '非诉讼'}案件"
        yield Miss("wrong_litigation", text, "诉讼状态不在授权范围")


def _in_unit(path: str, limit: HeldLimit) -> bool:
    """A path without its closing slash would also match "hq/scx/": such a grant covers nothing."""
    if not limit.unit_path.endswith("/"):
        return False
    return path.startswith(limit.unit_path) if limit.includes_below else path == limit.unit_path


def _lacking(wanted: frozenset[str], held: frozenset[str]) -> str:
    return "、".join(sorted(wanted - held)) or "（未注明）"


def _amount_misses(question: Question, limit: HeldLimit, measure: str) -> Iterator[Miss]:
    amount = question.amount(measure)
    if amount is None:
        yield _no_amount(measure)
    elif amount > limit.amount_max:
        over = amount - limit.amount_max
        text = f"{measure_name(measure)}金额 {yuan(amount)} 元超过权限 {yuan(limit.amount_max)} 元"
        yield Miss("over_limit", text, f"超出 {yuan(over)} 元", True)
    elif amount < limit.amount_min:
        under = limit.amount_min - amount
        text = f"{measure_name(measure)}金额 {yuan(amount)} 元低于权限下限 {yuan(limit.amount_min)} 元"
        yield Miss("under_minimum", text, f"低于下限 {yuan(under)} 元")


def _no_amount(measure: str) -> Miss:
    name = measure_name(measure)
    return Miss("no_amount", f"缺少{name}金额，无法判定", f"缺少{name}金额")


def _cap_misses(question: Question, caps: dict[str, Cap]) -> Iterator[Miss]:
    for measure, cap in caps.items():
        amount = question.amount(measure)
        if amount is None:
            yield _no_amount(measure)
        elif amount > cap.amount:
            over = amount - cap.amount
            said = f"{measure_name(measure)}金额 {yuan(amount)} 元"
            text = f"{said}超过{cap.unit_name}机构授权 {yuan(cap.amount)} 元（{cap.letter_no}）"
            yield Miss("ceiling", text, f"超出机构授权 {yuan(over)} 元", True)


def _level_misses(question: Question, level: int) -> Iterator[Miss]:
    for rule in question.lifts:
        if level < rule.to_level:
            to = question.level_name(rule.to_level)
            text = f"{rule.text or rule.name}：须提级至{to}"
            yield Miss(f"must_refer:{rule.code}", text, f"须提级至{to}", True)


def _certificate_misses(holder: Holder, limit: HeldLimit) -> Iterator[Miss]:
    for code in sorted(limit.required_certificates - holder.certificates):
        yield Miss(f"certificate:{code}", f"所需证件 {code} 缺失或失效，授权冻结", f"缺证件 {code}")


def _delegator_misses(
    question: Question, limit: HeldLimit, via_id: int
) -> tuple[list[Miss], tuple[Objection, ...]]:
    """The delegator's own part in the case counts as if the delegator decided."""
    who = f"被代岗人{limit.via_name}"
    against, sampled = question.conflicts(via_id)
    parties = sorted(limit.via_interests & question.matter.parties)
    misses = [
        *(Miss(o.code, f"{who}：{o.text}", "被代岗人已参与本案") for o in against),
        *(Miss("interest", f"{who}：与当事方 {party} 有利害关系", "被代岗人须回避") for party in parties),
    ]
    return misses, sampled
