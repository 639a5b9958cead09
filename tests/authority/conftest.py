"""How hard the invariants are tried (`--hypothesis-profile=deep` tries many more cases), and a small branch:
head office, branch, department, one office, one sub-branch, and its people.
"""

from dataclasses import dataclass

import pytest
from guardian.shortcuts import assign_perm
from hypothesis import HealthCheck, settings

from authority.models import AuthorityLetter, PersonalGrant
from departments.models import OrgUnit, Staff
from tests.factories import (
    AppointmentFactory,
    GrantFactory,
    LetterFactory,
    OrgUnitFactory,
    PostFactory,
    PostTypeFactory,
    StaffFactory,
)

settings.register_profile("daily", deadline=None, max_examples=60, print_blob=True)
settings.register_profile(
    "deep",
    deadline=None,
    max_examples=1_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("daily")


@dataclass
class Branch:
    units: dict[str, OrgUnit]
    head: Staff
    deputy: Staff
    security: Staff
    adjudicator: Staff
    clerk: Staff
    sub_head: Staff

    def draft(self, **values: object) -> AuthorityLetter:
        """Drafted by the deputy, for the department's people."""
        motor = self.units["motor"]
        given = {"issuing_unit": motor, "scope_unit": motor, "drafted_by": self.deputy, **values}
        return LetterFactory(**given)

    def grant(self, letter: AuthorityLetter, staff: Staff | None = None, **values: object) -> PersonalGrant:
        appointment = (staff or self.adjudicator).appointments.get()
        return GrantFactory(letter=letter, appointment=appointment, unit=self.units["motor"], **values)

    def in_force(self, **values: object) -> AuthorityLetter:
        return self.draft(
            **{
                "status": "in_force",
                "submitted_at": "2026-01-01T00:00Z",
                "approved_by": self.head,
                "approved_at": "2026-01-02T00:00Z",
                **values,
            }
        )


def _units() -> dict[str, OrgUnit]:
    hq = OrgUnitFactory(code="hq")
    sc = OrgUnitFactory(code="sc", parent=hq, kind="branch", name="四川分公司", short_name="四川")
    motor = OrgUnitFactory(code="motor", parent=sc, kind="department", name="车险理赔部")
    adj = OrgUnitFactory(code="adj", parent=motor, kind="office", short_name="核赔室")
    my = OrgUnitFactory(code="my", parent=motor, short_name="绵阳")
    return {"hq": hq, "sc": sc, "motor": motor, "adj": adj, "my": my}


def _person(unit: OrgUnit, name: str, level: int, permissions: str = "") -> Staff:
    staff = StaffFactory(name=name)
    post_type = PostTypeFactory(name=f"{name}岗", level=level)
    AppointmentFactory(staff=staff, post=PostFactory(unit=unit, post_type=post_type))
    for permission in permissions.split():
        assign_perm(permission, staff, unit)
    return staff


@pytest.fixture
def branch(db) -> Branch:
    return build_branch()


def build_branch() -> Branch:
    units = _units()
    return Branch(
        units=units,
        head=_person(units["motor"], "经理", 5, "see_people manage_unit"),
        deputy=_person(units["motor"], "副经理", 5, "see_people manage_unit"),
        security=StaffFactory(name="安全员", admin_role="security"),
        adjudicator=_person(units["adj"], "核赔员", 3),
        clerk=_person(units["my"], "理算员", 1),
        sub_head=_person(units["my"], "中支经理", 2, "see_people manage_unit"),
    )


@pytest.fixture
def as_head(client, branch):
    client.force_login(branch.head)
    return client


@pytest.fixture
def in_force(branch) -> PersonalGrant:
    """The adjudicator's, up to 100,000 yuan."""
    return branch.grant(branch.in_force(), amount_max=100_000)
