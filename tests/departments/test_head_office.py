"""Head office has somebody who manages it."""

from tests.cast import World, hold
from tests.factories import StaffFactory


def test_the_claims_manager_at_head_office_manages_every_unit_and_works_on_no_case(world: World):
    head = hold(StaffFactory(), world["hq"], "HQ_HEAD").staff
    scope = type(head).objects.get(pk=head.pk).unit_scope

    assert {world["hq"].pk, world["my"].pk} <= scope.ids("manage_unit")
    assert not scope.ids("handle_cases")
