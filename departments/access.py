"""Which units a person may work in: object permissions on few units, inherited down the path.

Resolved in one statement; `Staff.unit_scope` keeps the answer for the life of the instance, which is one
request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from departments.prepared import PreparedText

SEE_CASES = "see_cases"
HANDLE_CASES = "handle_cases"
SEE_PEOPLE = "see_people"
MANAGE_UNIT = "manage_unit"
IMPORT_CASES = "import_cases"
INVESTIGATE = "investigate_fraud"

_UNITS_BY_PERMISSION = PreparedText(
    """
    select permission.codename, array_agg(distinct unit.id)
    from (
        select permission_id, content_object_id
        from departments_orgunituserpermission where user_id = $1
        union all
        select granted.permission_id, granted.content_object_id
        from departments_orgunitgrouppermission granted
        join departments_staff_groups member on member.group_id = granted.group_id
        where member.staff_id = $1
    ) held
    join auth_permission permission on permission.id = held.permission_id
    join departments_orgunit root on root.id = held.content_object_id
    join departments_orgunit unit on starts_with(unit.path, root.path)
    group by permission.codename
    """,
    int,
)


@dataclass(frozen=True, slots=True)
class UnitScope:
    """Unit ids by permission codename; a missing codename means no unit."""

    units: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def ids(self, permission: str) -> frozenset[int]:
        return self.units.get(permission, frozenset())


def unit_scope_of(staff_id: int) -> UnitScope:
    return UnitScope({codename: frozenset(ids) for codename, ids in _UNITS_BY_PERMISSION(staff_id)})
