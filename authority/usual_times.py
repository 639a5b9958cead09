"""How long a station usually takes, said by the app that keeps the stations; nothing where nobody says it.

register_usual_times(usual_times)   # in an AppConfig.ready: item code → median by kind and level
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

Usual = Mapping[tuple[str, int], timedelta]
_sources: list[Callable[[str], Usual]] = []


def register_usual_times(source: Callable[[str], Usual]) -> None:
    if source not in _sources:
        _sources.append(source)


def usual_times(item_code: str) -> Usual:
    return {key: span for source in _sources for key, span in source(item_code).items()}
