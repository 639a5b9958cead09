"""What stands in the way of closing a unit, said by the apps that know it.

An app to the right registers a function in its `AppConfig.ready`; it gets the unit and gives the objections
that hold for it and everything below, in a constant number of queries.
"""

from collections.abc import Callable, Iterable, Iterator

from departments.models import OrgUnit
from departments.rulings import Objection

Obstacle = Callable[[OrgUnit], Iterable[Objection]]
_obstacles: list[Obstacle] = []


def register_obstacle(obstacle: Obstacle) -> None:
    if obstacle not in _obstacles:
        _obstacles.append(obstacle)


def obstacles_to_closing(unit: OrgUnit) -> Iterator[Objection]:
    for obstacle in _obstacles:
        yield from obstacle(unit)
