"""The cast: a small company with one person for every role that a page treats differently."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from departments.models import Appointment, OrgUnit, Post, PostType, Staff, UnitKind
from departments.models.people import AdminRole
from departments.services import sync_access
from tests.factories import AppointmentFactory, OrgUnitFactory, PostFactory, StaffFactory

ROLES = (
    "anonymous",
    "outsider",
    "clerk",
    "unit_head",
    "reviewer",
    "office_head",
    "department_head",
    "head_office",
    "system_admin",
    "security_admin",
    "audit_admin",
)
"""anonymous: not logged in · outsider: an account without posts · clerk and unit_head: of the sub-branch
德阳 · reviewer and office_head: of 核赔室 · head_office: its reviewer · the three administrators."""

UNITS = {
    "hq": (None, UnitKind.HEAD_OFFICE, "总公司"),
    "sc": ("hq", UnitKind.BRANCH, "四川分公司"),
    "motor": ("sc", UnitKind.DEPARTMENT, "车险理赔部"),
    "adj": ("motor", UnitKind.OFFICE, "核赔室"),
    "veh": ("motor", UnitKind.OFFICE, "车物理赔室"),
    "inj": ("motor", UnitKind.OFFICE, "人伤法务室"),
    "gen": ("motor", UnitKind.OFFICE, "综合室"),
    "dy": ("motor", UnitKind.SUB_BRANCH, "德阳中支"),
    "my": ("motor", UnitKind.SUB_BRANCH, "绵阳中支"),
}
POSTS = {
    "clerk": ("dy", "CASE_REG"),
    "unit_head": ("dy", "UNIT_HEAD"),
    "reviewer": ("adj", "ADJ"),
    "office_head": ("adj", "OFFICE_HEAD"),
    "department_head": ("motor", "DEPT_HEAD"),
    "head_office": ("hq", "HQ_REVIEW"),
    "stranger": ("my", "CASE_REG"),
}
NAMES = {
    "outsider": "吴岗",
    "clerk": "陈立案",
    "unit_head": "郑中支",
    "reviewer": "王敏",
    "office_head": "张主任",
    "department_head": "李经理",
    "head_office": "赵总司",
    "stranger": "孙绵阳",
    "system_admin": "系统员",
    "security_admin": "安全员",
    "audit_admin": "审计员",
}
ADMINISTRATORS = {
    "system_admin": AdminRole.SYSTEM,
    "security_admin": AdminRole.SECURITY,
    "audit_admin": AdminRole.AUDIT,
}


@dataclass
class World:
    """Units by code, people by role (and a `stranger` of the other sub-branch), `things`: what else."""

    units: dict[str, OrgUnit] = field(default_factory=dict)
    people: dict[str, Staff] = field(default_factory=dict)
    held: dict[str, Appointment] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """A person, a unit or a thing by its name."""
        return next(kind[name] for kind in (self.people, self.units, self.things) if name in kind)


def build_world() -> World:
    world = World()
    for code, (parent, kind, name) in UNITS.items():
        above = world.units[parent] if parent else None
        world.units[code] = OrgUnitFactory(code=code, parent=above, kind=kind, name=name, short_name=name)
    for role, name in NAMES.items():
        world.people[role] = StaffFactory(name=name, admin_role=ADMINISTRATORS.get(role, ""))
    for role, (unit, post_type) in POSTS.items():
        world.held[role] = hold(world.people[role], world.units[unit], post_type)
    for role in ADMINISTRATORS:
        sync_access(world.people[role], timezone.localdate())
    for staff in world.people.values():
        staff.refresh_from_db()
    return world


def post_in(unit: OrgUnit, post_type: str, headcount: int = 5) -> Post:
    """The unit's post of the catalogue, set up if need be."""
    found = Post.objects.filter(unit=unit, post_type__code=post_type).first()
    return found or PostFactory(
        unit=unit, post_type=PostType.objects.get(code=post_type), headcount=headcount
    )


def hold(staff: Staff, unit: OrgUnit, post_type: str, starts_on: date = date(2020, 1, 1)) -> Appointment:
    """The person holds that post, with the rights that come of it."""
    held = AppointmentFactory(staff=staff, post=post_in(unit, post_type), starts_on=starts_on)
    sync_access(staff, timezone.localdate())
    return held
