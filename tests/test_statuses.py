"""Every state a record can be in has a colour of its own meaning."""

from collections.abc import Iterator

import pytest
from django.apps import apps

from claims_admin import statuses

STATE_FIELDS = {"status", "stage", "outcome", "closing_kind", "answer"}
OURS = {"departments", "authority", "cases", "registers", "reports"}


def states() -> Iterator[tuple[str, str]]:
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]
    for model in ours:
        for field in model._meta.get_fields():
            codes = [code for code, _ in getattr(field, "choices", None) or () if code]
            if field.name in STATE_FIELDS:
                yield from ((f"{model.__name__}.{field.name}", code) for code in codes)


@pytest.mark.parametrize(("field", "code"), sorted(set(states())))
def test_every_state_has_a_tone(field: str, code: str) -> None:
    assert code in statuses.TONES, f"{field}: give {code!r} a tone in claims_admin/statuses.py"


def test_unknown_codes_are_idle() -> None:
    assert statuses.tone_of("something new") == "idle"
