"""What the pages of a person and of a unit say about authority."""

import pytest
from django.template.loader import render_to_string

from authority.panels import authority_of_person, ceilings_over_unit, grants_in_the_way
from departments.panels import panels_for
from tests.factories import CeilingFactory, LetterFactory

pytestmark = pytest.mark.django_db


def test_a_person_and_what_he_holds(branch, in_force):
    branch.grant(in_force.letter, branch.clerk)

    (line,) = authority_of_person(branch.adjudicator, branch.head)

    assert line.row == in_force
    assert "100,000.00" in render_to_string("authority/_panel_person.html", {"content": [line]})
    assert authority_of_person(branch.adjudicator, branch.clerk) == ()
    assert "没有生效的权限" in render_to_string("authority/_panel_person.html", {"content": ()})


def test_a_unit_and_what_binds_it(branch):
    letter = LetterFactory(in_force=True, issuing_unit=branch.units["hq"], mode="by_institution")
    ceiling = CeilingFactory(letter=letter, unit=branch.units["my"])
    CeilingFactory(unit=branch.units["adj"])

    (line,) = ceilings_over_unit(branch.units["my"], branch.sub_head)

    assert line.row == ceiling
    assert "500,000.00" in render_to_string("authority/_panel_unit.html", {"content": [line]})
    assert ceilings_over_unit(branch.units["my"], branch.clerk) is None


def test_the_panels_are_on_the_pages(branch, in_force):
    assert "生效的权限" in [panel.title for panel in panels_for("person", branch.adjudicator, branch.head)]


def test_a_unit_is_not_closed_over_grants(branch, in_force):
    (objection,) = grants_in_the_way(branch.units["adj"])

    assert objection.code == "grants_in_force"
    assert list(grants_in_the_way(branch.units["my"])) == []
