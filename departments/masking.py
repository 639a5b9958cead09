"""Personal data as strangers may read it: pure functions, no Django.

Every function takes the stored text and gives the masked text; an empty or missing value gives "".
The shapes follow company practice for personal information shown inside the department; who may see
the full value is decided by the caller, never here.
"""

from __future__ import annotations

import re

_PLATE = re.compile(r"^([\u4e00-\u9fff][A-Za-z])[·•.\s-]?([0-9A-Za-z\u4e00-\u9fff]{5,6})$")
_LONGEST_PERSON = 4  # characters of a Han personal name with a double surname


def mask_name(name: str | None) -> str:
    """刘洋 → 刘*, 孙小美 → 孙**, 成都顺达物流有限公司 → 成都**物流有限公司."""
    text = (name or "").strip()
    if _is_organisation(text):
        return f"{text[:2]}**{text[4:]}"
    if len(text) > _LONGEST_PERSON:
        return f"{text[0]}**"
    return text[:1] + "*" * max(len(text) - 1, 1 if text else 0)


def mask_plate(plate: str | None) -> str:
    """川AF1209 → 川A·F**09; one more star for the six characters of a new-energy plate."""
    text = (plate or "").strip().upper()
    match = _PLATE.match(text)
    if match is None:
        return _keep(text, head=1, tail=0)
    region, serial = match.groups()
    return f"{region}·{_keep(serial, head=1, tail=2)}"


def mask_phone(phone: str | None) -> str:
    """13812345678 → 138****5678; a number too short to keep seven digits of shows none."""
    return _keep((phone or "").strip(), head=3, tail=4)


def mask_id_number(number: str | None) -> str:
    """510104199001011234 → 510*************34."""
    return _keep((number or "").strip(), head=3, tail=2)


def _is_organisation(text: str) -> bool:
    """Longer than a person's name and written in Han characters without the dot of a transcribed name."""
    return len(text) > _LONGEST_PERSON and "·" not in text and not text.isascii()


def _keep(text: str, *, head: int, tail: int) -> str:
    """The ends of a text with stars between; all stars when the ends would show everything."""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]
