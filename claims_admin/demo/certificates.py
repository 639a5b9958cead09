"""Which certificates the made-up branch demands, who holds them, and what some people have declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from authority.services import Declaration, declare_interest
from claims_admin.demo.organisation import founding_moment
from claims_admin.demo.people import People
from departments.models import Appointment, Certificate, CertificateType, PostType

DEMANDED = {
    "SURVEY": "SURVEYOR",
    "ASSESS": "ASSESSOR",
    "LAR": "DAMAGE_REVIEWER",
    "PPR": "DAMAGE_REVIEWER",
    "INJ_REV": "MEDICAL_REVIEWER",
    "MEDIATE": "MEDIATOR",
    "ADJ": "ADJUDICATOR",
}
VALID_YEARS = 3
SOON = {"ADJ": 21, "LAR": 75, "SURVEY": 5}
"""The last holder of these posts has a certificate that ends in so many days."""
DECLARED = (
    ("ADJ", Declaration("repair_shop", "成都锦江大众修理厂", "配偶任职")),
    ("LAR", Declaration("plate", "川A·8K616", "本人车辆")),
    ("PPR", Declaration("party", "王立军", "兄弟", "0317")),
    ("OFFICE_HEAD", Declaration("hospital", "绵阳第三医院", "子女任职")),
)


def make_certificates(people: People, *, random: Random, today: date) -> None:
    """Demanded since the first of January; everybody who needs one has it, some end soon."""
    for post_type in PostType.objects.filter(code__in=DEMANDED):
        post_type.required_certificates = [DEMANDED[post_type.code]]
        post_type.save()
    for kind in CertificateType.objects.filter(code__in=set(DEMANDED.values())):
        kind.enforced_from = date(today.year, 1, 1)
        kind.save()
    rows = [*_held(people, random, today), _waiting(people, today)]
    bulk_create_with_history(rows, Certificate, default_date=founding_moment())
    for post, declaration in DECLARED:
        person = people.of_type(post)[-1].staff
        declare_interest(person, declaration, by=person)


def _held(people: People, random: Random, today: date) -> Iterator[Certificate]:
    kinds = {kind.code: kind for kind in CertificateType.objects.all()}
    clerk, second = people.one("gen", "ADMIN"), people.one("gen", "TRAIN")
    for post, code in DEMANDED.items():
        for appointment, valid_to in _ends(people.of_type(post), SOON.get(post), random, today):
            yield Certificate(
                staff=appointment.staff,
                type=kinds[code],
                number=f"{code[:3]}{appointment.staff.employee_no}",
                issuer="四川省保险行业协会",
                valid_from=valid_to - timedelta(days=365 * VALID_YEARS),
                valid_to=valid_to,
                entered_by=clerk,
                entered_at=founding_moment(),
                confirmed_by=second,
                confirmed_at=founding_moment(),
            )


def _ends(
    held: Iterable[Appointment], soon: int | None, random: Random, today: date
) -> Iterator[tuple[Appointment, date]]:
    appointments = list(held)
    for appointment in appointments:
        days = random.randint(120, 900)
        if soon is not None and appointment is appointments[-1]:
            days = soon
        yield appointment, today + timedelta(days=days)


def _waiting(people: People, today: date) -> Certificate:
    """One of the renewed certificates still waits for the second person."""
    held = people.of_type("SURVEY")[-1].staff
    return Certificate(
        staff=held,
        type=CertificateType.objects.get(code="SURVEYOR"),
        number=f"SUR{held.employee_no}-2",
        issuer="四川省保险行业协会",
        valid_from=today,
        valid_to=today + timedelta(days=365 * VALID_YEARS),
        entered_by=people.one("gen", "ADMIN"),
        entered_at=timezone.now(),
    )
