"""The authority of the made-up branch: ceilings from above, grants to persons, by the example matrix.

Amounts are yuan of the domain reference, section 6.1; only few of them have a public source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from authority.ledger import LedgerFacts, record
from authority.letters import chain_of
from authority.models import AuthorityItem, AuthorityLetter, PersonalGrant, UnitCeiling
from authority.models.letters import LetterMode, LetterStatus
from claims_admin.demo.organisation import SUB_BRANCHES
from claims_admin.demo.people import People
from departments.models import Appointment, OrgUnit, Staff

BRANCH_CEILINGS = {
    "damage_review": 300_000,
    "price_review": 100_000,
    "injury_review": 300_000,
    "injury_mediation": 300_000,
    "adjudication": 500_000,
    "refusal": 300_000,
    "zero_payment": 300_000,
    "cancellation": 300_000,
    "reopening": 300_000,
    "prepayment": 300_000,
    "rescue_advance": 18_000,
    "ex_gratia": 100_000,
    "late_registration": 300_000,
    "litigation": 300_000,
    "recovery_plan": 200_000,
    "salvage_disposal": 100_000,
    "estimate_change": 500_000,
    "direct_expense": 50_000,
}
SUB_BRANCH_CEILINGS = {
    "assessment": 20_000,
    "damage_review": 20_000,
    "price_review": 3_000,
    "injury_review": 10_000,
    "injury_mediation": 20_000,
    "adjudication": 20_000,
    "direct_expense": 1_000,
    "salvage_disposal": 2_000,
    "estimate_change": 50_000,
}


@dataclass(frozen=True, slots=True)
class Share:
    """What a post holds: the item and one amount, or several that its holders get in turn."""

    post: str
    item: str
    amounts: tuple[int, ...]
    litigation: str = "any"
    unit: str = ""


FROM_HEAD_OFFICE = (
    *(Share("DEPT_HEAD", item, (amount,), unit="motor") for item, amount in BRANCH_CEILINGS.items()),
    Share("DEPT_HEAD", "refusal_reward", (20_000,), unit="motor"),
    Share("DEPT_HEAD", "indirect_expense", (100_000,), unit="motor"),
    Share("DEPT_DEPUTY", "adjudication", (400_000, 300_000), unit="motor"),
    Share("DEPT_DEPUTY", "damage_review", (200_000, 250_000), unit="motor"),
    Share("DEPT_DEPUTY", "injury_review", (200_000, 250_000), unit="motor"),
)
FROM_DEPARTMENT = (
    Share("OFFICE_HEAD", "adjudication", (200_000,), unit="adj"),
    Share("OFFICE_HEAD", "refusal", (100_000,), unit="adj"),
    Share("OFFICE_HEAD", "zero_payment", (100_000,), unit="adj"),
    Share("OFFICE_HEAD", "cancellation", (100_000,), unit="adj"),
    Share("OFFICE_HEAD", "reopening", (100_000,), unit="adj"),
    Share("OFFICE_HEAD", "prepayment", (100_000,), unit="adj"),
    Share("OFFICE_HEAD", "refusal_reward", (5_000,), unit="adj"),
    Share("OFFICE_HEAD", "estimate_change", (200_000,), unit="adj"),
    Share("ADJ", "adjudication", (30_000, 50_000, 50_000, 100_000, 100_000), "no", "adj"),
    Share("ADJ", "direct_expense", (5_000,), unit="adj"),
    Share("ADJ", "estimate_change", (100_000,), unit="adj"),
    Share("REG_SPECIAL", "refusal", (50_000,), unit="adj"),
    Share("REG_SPECIAL", "zero_payment", (50_000,), unit="adj"),
    Share("REG_SPECIAL", "cancellation", (50_000,), unit="adj"),
    Share("REG_SPECIAL", "reopening", (50_000,), unit="adj"),
    Share("REG_SPECIAL", "prepayment", (30_000,), unit="adj"),
    Share("REG_SPECIAL", "rescue_advance", (18_000,), unit="adj"),
    Share("REG_SPECIAL", "late_registration", (50_000,), unit="adj"),
    Share("OFFICE_HEAD", "damage_review", (100_000,), unit="veh"),
    Share("OFFICE_HEAD", "price_review", (30_000,), unit="veh"),
    Share("OFFICE_HEAD", "salvage_disposal", (30_000,), unit="veh"),
    Share("LAR", "damage_review", (30_000, 50_000, 50_000), unit="veh"),
    Share("PPR", "price_review", (10_000,), unit="veh"),
    Share("SALV", "salvage_disposal", (10_000,), unit="veh"),
    Share("OFFICE_HEAD", "injury_review", (150_000,), unit="inj"),
    Share("OFFICE_HEAD", "injury_mediation", (150_000,), unit="inj"),
    Share("OFFICE_HEAD", "litigation", (150_000,), unit="inj"),
    Share("OFFICE_HEAD", "recovery_plan", (100_000,), unit="inj"),
    Share("INJ_REV", "injury_review", (30_000, 50_000, 50_000), unit="inj"),
    Share("INJ_REV", "injury_mediation", (50_000,), unit="inj"),
    Share("LEGAL", "litigation", (50_000,), unit="inj"),
    Share("RECOV", "recovery_plan", (50_000,), unit="inj"),
    Share("OFFICE_HEAD", "indirect_expense", (20_000,), unit="gen"),
    Share("OUTST", "estimate_change", (100_000,), unit="gen"),
)
IN_SUB_BRANCH = (
    Share("UNIT_HEAD", "assessment", (20_000,)),
    Share("UNIT_HEAD", "damage_review", (8_000,)),
    Share("UNIT_HEAD", "price_review", (2_000,)),
    Share("UNIT_HEAD", "injury_review", (10_000,)),
    Share("UNIT_HEAD", "injury_mediation", (20_000,)),
    Share("UNIT_HEAD", "adjudication", (5_000,), "no"),
    Share("UNIT_HEAD", "direct_expense", (1_000,)),
    Share("UNIT_HEAD", "salvage_disposal", (2_000,)),
    Share("UNIT_HEAD", "estimate_change", (50_000,)),
    Share("ASSESS", "assessment", (10_000, 5_000, 8_000)),
    Share("MEDIATE", "injury_mediation", (5_000,)),
    Share("CASE_REG", "estimate_change", (10_000,)),
    Share("OUTST", "estimate_change", (10_000,)),
)


class Desk:
    """Where the letters are written: the units, the people, the day, and the next letter number."""

    def __init__(self, units: dict[str, OrgUnit], people: People, today: date) -> None:
        self.units = units
        self.people = people
        self.today = today
        self.items = {item.code: item for item in AuthorityItem.objects.all()}
        self.valid_from = date(today.year, 1, 1)
        self._serial = 0

    def letter(
        self, issuer: str, scope: str, mode: LetterMode, title: str, *, by: tuple[Staff, Staff]
    ) -> AuthorityLetter:
        """In force since the first of January; `by` names the drafter and the approver."""
        self._serial += 1
        agency = "总理授" if issuer == "hq" else "川理授"
        return AuthorityLetter(
            number=f"{agency}〔{self.today.year}〕{self._serial}号",
            title=title,
            mode=mode,
            issuing_unit=self.units[issuer],
            scope_unit=self.units[scope],
            basis="车险理赔授权管理办法",
            status=LetterStatus.IN_FORCE,
            valid_from=self.valid_from,
            drafted_by=by[0],
            submitted_at=self.approved_at() - timedelta(days=2),
            approved_by=by[1],
            approved_at=self.approved_at(),
        )

    def approved_at(self) -> datetime:
        eve = self.valid_from - timedelta(days=4)
        return timezone.make_aware(datetime(eve.year, eve.month, eve.day, 15))  # noqa: DTZ001 - made aware

    def ceilings(self, letter: AuthorityLetter, amounts: dict[str, int]) -> Iterator[UnitCeiling]:
        for number, (code, amount) in enumerate(amounts.items(), start=1):
            yield UnitCeiling(
                letter=letter,
                clause=f"第{number}条",
                item=self.items[code],
                lines=["any"],
                loss_classes=["any"],
                special_kinds=["any"],
                measure=self.items[code].measure,
                amount_max=Decimal(amount),
                valid_from=letter.valid_from,
                unit=letter.scope_unit,
            )

    def grants(self, letter: AuthorityLetter, shares: Iterable[Share], unit: str) -> Iterator[PersonalGrant]:
        """What the letter gives: to the holders of each share's post, for the cases of `unit` and below."""
        number = 0
        for share in shares:
            for turn, appointment in enumerate(self.people.in_post(share.unit or unit, share.post)):
                number += 1
                amount = share.amounts[turn % len(share.amounts)]
                yield self._grant(letter, share, appointment, (number, amount, self.units[unit]))

    def _grant(
        self,
        letter: AuthorityLetter,
        share: Share,
        appointment: Appointment,
        terms: tuple[int, int, OrgUnit],
    ) -> PersonalGrant:
        number, amount, unit = terms
        return PersonalGrant(
            letter=letter,
            clause=f"第{number}条",
            item=self.items[share.item],
            lines=["any"],
            loss_classes=["any"],
            special_kinds=["any"],
            litigation=share.litigation,
            measure=self.items[share.item].measure,
            amount_max=Decimal(amount),
            valid_from=letter.valid_from,
            appointment=appointment,
            holder=appointment.staff,
            unit=unit,
            granted_by=letter.approved_by,
        )


def make_authority(units: dict[str, OrgUnit], people: People, *, today: date) -> None:
    """Letters in force with their ceilings and grants; one more waits for approval, one is a draft."""
    desk = Desk(units, people, today)
    institution, persons = LetterMode.BY_INSTITUTION, LetterMode.BY_PERSON
    above = (people.one("hq", "HQ_REVIEW"), people.one("hq", "HQ_HEAD"))
    inside = (people.one("gen", "ADMIN"), people.one("motor", "DEPT_HEAD"))
    to_branch = desk.letter("hq", "sc", institution, "四川分公司车险理赔机构授权书", by=above)
    to_heads = desk.letter("hq", "motor", persons, "四川分公司车险理赔部负责人授权书", by=above)
    to_offices = desk.letter("motor", "motor", persons, "车险理赔部人员授权书", by=inside)
    ceilings = list(desk.ceilings(to_branch, BRANCH_CEILINGS))
    grants = [
        *desk.grants(to_heads, FROM_HEAD_OFFICE, "motor"),
        *desk.grants(to_offices, FROM_DEPARTMENT, "motor"),
    ]
    letters = [to_branch, to_heads, to_offices]
    for one in SUB_BRANCHES:
        to_unit = desk.letter("motor", one.code, institution, f"{one.city}中支机构授权书", by=inside)
        to_people = desk.letter("motor", one.code, persons, f"{one.city}中支人员授权书", by=inside)
        letters += [to_unit, to_people]
        ceilings += desk.ceilings(to_unit, SUB_BRANCH_CEILINGS)
        grants += desk.grants(to_people, IN_SUB_BRANCH, one.code)
    _save(desk, letters, ceilings, grants)
    _write_proposals(desk)


def _save(
    desk: Desk, letters: list[AuthorityLetter], ceilings: list[UnitCeiling], grants: list[PersonalGrant]
) -> None:
    bulk_create_with_history(letters, AuthorityLetter, default_date=desk.approved_at())
    for row in (*ceilings, *grants):
        row.letter = row.letter
    bulk_create_with_history(ceilings, UnitCeiling, default_date=desk.approved_at())
    bulk_create_with_history(grants, PersonalGrant, default_date=desk.approved_at())
    for letter in letters:
        for action, by, to_state in (
            ("draft", letter.drafted_by, LetterStatus.DRAFT),
            ("submit", letter.drafted_by, LetterStatus.SUBMITTED),
            ("approve", letter.approved_by, LetterStatus.IN_FORCE),
        ):
            record(chain_of(letter), by=by, action=action, facts=LedgerFacts(to_state=to_state))


def _write_proposals(desk: Desk) -> None:
    """One letter that lowers limits waits for its approval; a draft raises them above the unit's mandate, and
    another those of the department's people."""
    drafter = desk.people.one("gen", "ADMIN")
    proposals = (
        ("cd", LetterStatus.SUBMITTED, "0.8", IN_SUB_BRANCH),
        ("my", LetterStatus.DRAFT, "2", IN_SUB_BRANCH),
        ("motor", LetterStatus.DRAFT, "1.5", FROM_DEPARTMENT),
    )
    for unit, status, factor, shares in proposals:
        letter = desk.letter("motor", unit, LetterMode.BY_PERSON, "调整权限授权书", by=(drafter, drafter))
        letter.title = f"{letter.scope_unit.short_name}调整权限授权书"
        letter.status = status
        letter.approved_by = letter.approved_at = None
        letter.submitted_at = timezone.now() if status == LetterStatus.SUBMITTED else None
        letter.valid_from = desk.today
        letter.save()
        for grant in desk.grants(letter, shares, unit):
            grant.amount_max *= Decimal(factor)
            grant.granted_by = None
            grant.save()
