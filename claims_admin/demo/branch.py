"""The made-up branch as a whole, in the order in which its parts need each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from authority.services import watch_coverage
from claims_admin.demo.authority import make_authority
from claims_admin.demo.cases import make_cases
from claims_admin.demo.certificates import make_certificates
from claims_admin.demo.clearing import make_driving
from claims_admin.demo.injuries import make_injuries
from claims_admin.demo.legal import make_conferences, make_lawsuits
from claims_admin.demo.notices import make_notices
from claims_admin.demo.organisation import make_posts, make_units
from claims_admin.demo.past import make_past
from claims_admin.demo.people import People, make_people
from claims_admin.demo.quality import make_quality
from claims_admin.demo.reviews import make_reviews, try_a_letter
from claims_admin.demo.special import make_specials
from claims_admin.demo.standing_in import make_emergency, make_stand_in
from claims_admin.demo.vehicle import make_vehicle_desk
from claims_admin.demo.verbs import use_verbs
from claims_admin.demo.work import Shift, phrases
from departments.models import OrgUnit

SIZES = {"small": 30_000, "medium": 60_000, "large": 300_000, "giant": 1_000_000}


@transaction.atomic
def make_branch(size: str, *, seed: int, say: Callable[[str], None]) -> None:
    """Write the branch of `size` into an empty database, telling each part as it is done."""
    random = Random(f"{seed}/people")
    today = timezone.localdate()
    units = make_units()
    people = make_people(make_posts(units, SIZES[size]), random=random, today=today)
    say(f"机构 {len(units)} 个，人员 {len(people.appointments) + len(people.administrators)} 人")
    make_certificates(people, random=Random(f"{seed}/certificates"), today=today)
    make_authority(units, people, today=today)
    say("授权书、机构授权和个人授权已生效")
    watch_coverage(today)
    count = make_cases(units, people, reports=SIZES[size], seed=seed, say=say)
    say(f"赔案 {count:,} 件")
    done = Shift(Random(f"{seed}/work")).run()
    say(f"在办：{'，'.join(phrases(done))}")
    decided = make_past(units, people, random=Random(f"{seed}/past"))
    _count_anew()
    months, tried = make_reviews(units, people), try_a_letter(units, people)
    say(f"往月审批 {decided} 件，履行监督 {months} 个月，授权试算 {tried} 件")
    for words in _records(units, people, seed):
        say(words)


def _count_anew() -> None:
    """The planner learns of the rows now, not when the server finds the time: all is one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _records(units: dict[str, OrgUnit], people: People, seed: int) -> Iterator[str]:
    """What hangs on the cases or stands beside them, desk by desk."""
    yield f"特殊案件 {make_specials()} 件"
    scored, doubts = make_quality(units, people)
    yield f"案卷抽检已评 {scored} 份，数据疑问 {doubts} 项"
    yield f"补充材料告知书 {make_notices()} 份"
    yield f"代岗 {make_stand_in(people)} 项，临时授权下待追认 {make_emergency(people)} 件"
    made = make_injuries(people, random=Random(f"{seed}/injuries"))
    yield f"伤者 {made['injured']} 人，调解 {made['mediations']} 件，非车险协助 {made['assistance']} 件"
    suits = make_lawsuits(people, random=Random(f"{seed}/lawsuits"))
    yield f"诉讼 {suits} 件，疑难会商 {make_conferences(people)} 件"
    yield f"{make_vehicle_desk(people, Random(f'{seed}/vehicle'))}；{make_driving(units, people)}"
    yield use_verbs(people)
