"""Spans of time as people say them."""

from datetime import timedelta


def in_words(span: timedelta) -> str:
    """Days and hours, minutes only below one hour: 2 天 3 小时. The caller words the sign."""
    minutes = int(abs(span).total_seconds()) // 60
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "天"), (hours, "小时"), (0 if days or hours else minutes, "分钟")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "不到 1 分钟"
