"""Sums in capital figures 大写金额, as on paper that is signed (支付结算办法, annex on filling in bills)."""

from __future__ import annotations

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")
MOST = 10**12


def in_capitals(amount: Decimal) -> str:
    """Yuan, not negative, at most two places, below 10^12: 20050.05 -> 贰万零伍拾元零伍分.

    Raises ValueError for anything else.
    """
    fen = int(amount * 100)
    if fen != amount * 100 or not 0 <= amount < MOST:
        raise ValueError(f"{amount} 不能写成大写金额")
    yuan, rest = divmod(fen, 100)
    if not fen:
        return "零元整"
    whole = f"{_whole(yuan)}元" if yuan else ""
    return whole + _fraction(rest, bool(yuan))


def _whole(yuan: int) -> str:
    """Groups of four digits; a gap between two of them is one 零, however wide."""
    words, gap = "", False
    for place in reversed(range(len(GROUPS))):
        group = yuan // 10_000**place % 10_000
        if not group:
            gap = gap or bool(words)
            continue
        if words and (gap or group < 10 ** (len(PLACES) - 1)):
            words += DIGITS[0]
        words += _group(group) + GROUPS[place]
        gap = False
    return words


def _group(number: int) -> str:
    words, gap = "", False
    for place in reversed(range(len(PLACES))):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(words)
            continue
        words += (DIGITS[0] if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return words


def _fraction(fen: int, has_yuan: bool) -> str:
    tenths, hundredths = divmod(fen, 10)
    if not fen:
        return "整"
    words = f"{DIGITS[tenths]}角" if tenths else DIGITS[0] if has_yuan else ""
    return words + (f"{DIGITS[hundredths]}分" if hundredths else "整")
