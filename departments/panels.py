"""Places on the pages of a unit, a person and a case that other modules fill.

An app registers in its `AppConfig.ready`:

    register_panel("person", Panel("在办赔案", "cases/_panel_person.html", waiting_for_person, order=20))

`context(subject, viewer)` gets the unit, person or case shown and who is looking, and gives what the
template needs, or None to leave the panel out. It asks a constant number of queries. The template finds that
as `content`, what is shown as `subject`, and writes the inside of a card.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from departments.models import Staff

Place = Literal["unit", "person", "case"]
PanelContext = Callable[[Any, Staff], Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """`flush`: the template is a table that touches the card's edges. Smaller `order` stands higher."""

    title: str
    template: str
    context: PanelContext
    order: int = 50
    flush: bool = False


@dataclass(frozen=True, slots=True)
class ShownPanel:
    title: str
    template: str
    content: Any
    flush: bool


_panels: dict[Place, list[Panel]] = {"unit": [], "person": [], "case": []}


def register_panel(place: Place, panel: Panel) -> None:
    if panel not in _panels[place]:
        _panels[place].append(panel)


def panels_for(place: Place, subject: Any, viewer: Staff) -> list[ShownPanel]:
    found = (
        (panel, panel.context(subject, viewer))
        for panel in sorted(_panels[place], key=lambda panel: panel.order)
    )
    return [
        ShownPanel(panel.title, panel.template, content, panel.flush)
        for panel, content in found
        if content is not None
    ]
