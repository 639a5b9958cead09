"""The units of the made-up branch and the posts set up in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from departments.models import OrgUnit, Post, PostType, UnitKind

FOUNDED_ON = date(2012, 7, 1)


@dataclass(frozen=True, slots=True)
class SubBranch:
    """A 中心支公司; `share` is its part of the branch's reports, `letter` that of its plates."""

    code: str
    city: str
    letter: str
    share: float

    @property
    def names(self) -> tuple[str, str]:
        return f"{self.city}中心支公司理赔部", f"{self.city}中支"


SUB_BRANCHES = (
    SubBranch("cd", "成都", "A", 0.22),
    SubBranch("my", "绵阳", "B", 0.12),
    SubBranch("dy", "德阳", "F", 0.10),
    SubBranch("nc", "南充", "R", 0.085),
    SubBranch("yb", "宜宾", "Q", 0.075),
    SubBranch("lz", "泸州", "E", 0.065),
    SubBranch("dz", "达州", "S", 0.06),
    SubBranch("ls", "乐山", "L", 0.055),
    SubBranch("zg", "自贡", "C", 0.05),
    SubBranch("nj", "内江", "K", 0.045),
    SubBranch("sn", "遂宁", "J", 0.04),
    SubBranch("gy", "广元", "H", 0.035),
    SubBranch("ms", "眉山", "Z", 0.03),
    SubBranch("xc", "凉山", "W", 0.02),
)
OFFICES = (("adj", "核赔室"), ("veh", "车物理赔室"), ("inj", "人伤法务室"), ("gen", "综合室"))

# Posts and headcounts of the provincial department (domain reference, section 11).
HEAD_OFFICE_POSTS = {"hq": {"HQ_REVIEW": 3, "HQ_HEAD": 1}}
DEPARTMENT_POSTS = {
    "motor": {"DEPT_HEAD": 1, "DEPT_DEPUTY": 2},
    "adj": {"OFFICE_HEAD": 1, "ADJ": 8, "REG_SPECIAL": 2, "QM": 1},
    "veh": {"OFFICE_HEAD": 1, "LAR": 8, "PPR": 4, "MAJOR": 3, "SALV": 1, "REINSP": 1},
    "inj": {"OFFICE_HEAD": 1, "INJ_REV": 6, "LEGAL": 5, "RECOV": 2},
    "gen": {
        "OFFICE_HEAD": 1,
        "STAT": 2,
        "OUTST": 1,
        "AGENCY": 1,
        "ADMIN": 1,
        "COMPL": 1,
        "QM": 1,
        "TRAIN": 1,
        "CALLCO": 1,
    },
}
REPORTS_PER_SURVEYOR = 900
REPORTS_PER_CLERK = 4_000
INJURIES_PER_INVESTIGATOR = 150
INJURY_SHARE = 0.06
MOST_OF_ONE_POST = 12


def sub_branch_posts(reports: int) -> dict[str, int]:
    """Headcounts by the reports a year: surveyors and assessors one per 900, together 8 to 45 people."""
    field = min(max(round(reports / REPORTS_PER_SURVEYOR), 3), MOST_OF_ONE_POST * 2)
    clerks = min(max(round(reports / REPORTS_PER_CLERK), 1), 4)
    injury = min(max(round(reports * INJURY_SHARE / INJURIES_PER_INVESTIGATOR), 1), 4)
    return {
        "UNIT_HEAD": 1,
        "DISPATCH": 1,
        "CASE_REG": clerks,
        "SURVEY": (field + 1) // 2,
        "ASSESS": max(field // 2, 2),
        "INJ_SURV": injury,
        "MEDIATE": 1,
        "DOC": clerks,
        "ADJUST": clerks,
        "OUTST": 1,
    }


def make_units() -> dict[str, OrgUnit]:
    """All units by code, each with its history row."""
    head_office = _unit(None, 0, "hq", UnitKind.HEAD_OFFICE, ("总公司车险理赔管理中心", "总公司"))
    branch = _unit(head_office, 1, "sc", UnitKind.BRANCH, ("四川分公司", "四川分公司"))
    department = _unit(branch, 1, "motor", UnitKind.DEPARTMENT, ("四川分公司车险理赔部", "车险理赔部"))
    offices = [
        _unit(department, rank, code, UnitKind.OFFICE, (name, name))
        for rank, (code, name) in enumerate(OFFICES, start=1)
    ]
    sub_branches = [
        _unit(department, rank, one.code, UnitKind.SUB_BRANCH, one.names)
        for rank, one in enumerate(SUB_BRANCHES, start=11)
    ]
    for level in ([head_office], [branch], [department], [*offices, *sub_branches]):
        _save(level)
    return {unit.code: unit for unit in (head_office, branch, department, *offices, *sub_branches)}


def make_posts(units: dict[str, OrgUnit], reports: int) -> list[Post]:
    """Every post that the size of the branch asks for."""
    wanted = {**HEAD_OFFICE_POSTS, **DEPARTMENT_POSTS}
    wanted |= {one.code: sub_branch_posts(round(reports * one.share)) for one in SUB_BRANCHES}
    types = {post_type.code: post_type for post_type in PostType.objects.all()}
    posts = [
        Post(unit=units[unit], post_type=types[code], headcount=headcount)
        for unit, codes in wanted.items()
        for code, headcount in codes.items()
    ]
    bulk_create_with_history(posts, Post, default_date=founding_moment())
    return posts


def founding_moment() -> datetime:
    return timezone.make_aware(datetime.combine(FOUNDED_ON, time(9)))


def _unit(parent: OrgUnit | None, rank: int, code: str, kind: UnitKind, names: tuple[str, str]) -> OrgUnit:
    return OrgUnit(
        parent=parent,
        code=code,
        kind=kind,
        name=names[0],
        short_name=names[1],
        path=f"{parent.path if parent else ''}{code}/",
        path_rank=f"{parent.path_rank if parent else ''}{rank:02}/",
        opened_on=FOUNDED_ON,
    )


def _save(units: Iterable[OrgUnit]) -> None:
    """One level of the tree: parents have their ids before children name them."""
    level = list(units)
    for unit in level:
        unit.parent = unit.parent
    bulk_create_with_history(level, OrgUnit, default_date=founding_moment())
