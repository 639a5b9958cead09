"""The navigation as data: groups of entries, each shown only to those whose click would be answered.

An entry names its page and says for whom it is there. A page's own rules stay with the page; a test walks
every entry for every kind of person and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse

from authority.ledger_page import may_read_ledger
from authority.services import may_watch
from cases import queue
from cases.supervision import rulings
from departments.access import IMPORT_CASES, MANAGE_UNIT
from departments.models import Appointment, Staff
from departments.models.people import AdminRole
from departments.standing import reading_register


def everybody(staff: Staff) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    url_name: str
    visible: Callable[[Staff], bool] = everybody
    waiting: str = ""
    """Which of `Navigation.counts` tells how many things wait behind the entry."""


@dataclass(frozen=True, slots=True)
class Group:
    """Its entries unfolded for those whose daily work they are; the others unfold them when they need one."""

    name: str
    entries: tuple[Entry, ...]
    unfolded: Callable[[Staff], bool] = lambda staff: False


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one person sees it on one page."""

    title: str
    url: str
    is_current: bool
    count: int = 0


def may_import(staff: Staff) -> bool:
    return not staff.admin_role and bool(staff.unit_scope.ids(IMPORT_CASES))


def may_try_letters(staff: Staff) -> bool:
    return not staff.admin_role and bool(staff.unit_scope.ids(MANAGE_UNIT))


def watches_authority(staff: Staff) -> bool:
    return may_watch(staff).allowed


def may_reroute(staff: Staff) -> bool:
    return not staff.admin_role and bool(staff.unit_scope.ids(MANAGE_UNIT))


def reviews_use_of_authority(staff: Staff) -> bool:
    return rulings.may_read(rulings.supervisor(staff)).allowed


def enters_admin(staff: Staff) -> bool:
    return staff.is_active and staff.is_staff


def audits(staff: Staff) -> bool:
    return may_read_ledger(staff.admin_role).allowed


def does_business(staff: Staff) -> bool:
    return not staff.admin_role


def keeps_rules(staff: Staff) -> bool:
    return staff.admin_role == AdminRole.SECURITY


def keeps_accounts(staff: Staff) -> bool:
    return staff.admin_role == AdminRole.SYSTEM


def reads_register(staff: Staff) -> bool:
    return reading_register(staff).allowed


def reviews_over_authority(staff: Staff) -> bool:
    """People of the business in the admin; those who keep accounts, rules or logs see no cases."""
    return enters_admin(staff) and not staff.admin_role


GROUPS: tuple[Group, ...] = (
    Group("", (Entry("工作台", "cases:workbench", waiting="decisions"),)),
    Group(
        "赔案",
        (
            Entry("案件清单", "cases:index"),
            Entry(
                "超权限审批",
                "admin:cases_overauthoritycase_changelist",
                reviews_over_authority,
                waiting="over_authority",
            ),
            Entry("上报总公司", "cases:escalations", waiting="unanswered"),
            Entry("会商", "cases:consultations"),
            Entry("补充材料告知", "cases:papers_notices"),
            Entry("导入清单", "cases:imports", may_import),
        ),
        does_business,
    ),
    Group(
        "专项",
        (
            Entry("特殊案件", "cases:specials"),
            Entry("待追偿", "cases:recoveries"),
            Entry("人伤跟踪", "cases:injury_tracking"),
            Entry("人伤调解", "cases:mediations"),
            Entry("非车险协助", "cases:assistances"),
            Entry("诉讼", "cases:lawsuits"),
            Entry("开庭安排", "cases:hearings"),
            Entry("重大赔案", "cases:majors"),
            Entry("配件价格", "cases:prices"),
            Entry("欺诈线索", "cases:fraud_leads"),
            Entry("疑难会商", "cases:conferences"),
        ),
    ),
    Group(
        "品质与清理",
        (
            Entry("复勘", "cases:resurveys"),
            Entry("问题件", "cases:problems"),
            Entry("案卷抽检", "cases:quality_samples"),
            Entry("数据疑问", "cases:data_issues"),
            Entry("问题件通报", "cases:feedback_letters"),
            Entry("未决清理", "cases:campaigns"),
        ),
    ),
    Group(
        "授权",
        (
            Entry("授权一览", "authority:matrix"),
            Entry("谁能批", "authority:who_can"),
            Entry("某日某人权限", "authority:powers"),
            Entry("授权书", "authority:letters"),
            Entry("代岗", "authority:stand_ins"),
            Entry("临时授权", "authority:emergencies"),
            Entry("追认", "cases:ratifications"),
            Entry("授权试算", "cases:what_ifs", may_try_letters),
            Entry("重新路由", "cases:reroutes", may_reroute),
        ),
        keeps_rules,
    ),
    Group(
        "规则与监督",
        (
            Entry("覆盖图", "authority:coverage"),
            Entry("权限巡查", "authority:findings", watches_authority),
            Entry("履行监督", "cases:supervision", reviews_use_of_authority),
            Entry("兼办抽查", "cases:concurrent"),
            Entry("提级规则", "authority:rules"),
            Entry("不相容岗位", "authority:separation"),
            Entry("证件", "authority:certificates"),
            Entry("利害关系", "authority:interests"),
            Entry("时限规则", "departments:clock_rules"),
        ),
        keeps_rules,
    ),
    Group(
        "人员与职责",
        (
            Entry("机构与岗位", "departments:tree"),
            Entry("人员", "departments:people"),
            Entry("工作交接", "departments:hand_overs"),
            Entry("职责看板", "departments:duties"),
        ),
        keeps_accounts,
    ),
    Group(
        "统计与报送",
        (Entry("经营看板", "reports:dashboard"), Entry("定期报表", "reports:runs")),
        does_business,
    ),
    Group(
        "系统管理",
        (
            Entry("告知登记", "departments:told", reads_register),
            Entry("授权行使台账", "authority:ledger", audits),
            Entry("管理后台", "admin:index", enters_admin),
        ),
        everybody,
    ),
)


@dataclass(frozen=True, slots=True)
class LinkGroup:
    name: str
    links: tuple[Link, ...]
    is_unfolded: bool

    @property
    def is_current(self) -> bool:
        return any(link.is_current for link in self.links)

    @property
    def count(self) -> int:
        return sum(link.count for link in self.links)


class Navigation:
    """What the frame of a page shows one person. Lazy: a fragment that draws no frame asks no question."""

    def __init__(self, staff: Staff, path: str) -> None:
        self.staff = staff
        self.path = path

    @property
    def search_url(self) -> str:
        return reverse("cases:index")

    @property
    def password_url(self) -> str:
        return reverse("password_change")

    @property
    def notifications_url(self) -> str:
        return reverse("departments:notifications")

    @property
    def person_url(self) -> str:
        return self.staff.get_absolute_url()

    @cached_property
    def groups(self) -> list[LinkGroup]:
        shown = [(group, [entry for entry in group.entries if entry.visible(self.staff)]) for group in GROUPS]
        current = self._current([entry for _, entries in shown for entry in entries])
        return [
            LinkGroup(
                group.name,
                tuple(self._link(entry, current) for entry in entries),
                current in entries or group.unfolded(self.staff),
            )
            for group, entries in shown
            if entries
        ]

    def _current(self, entries: list[Entry]) -> Entry | None:
        """The entry whose address is the longest beginning of this page's; none for pages found elsewhere."""
        places = {reverse(entry.url_name): entry for entry in entries}
        elsewhere = dict.fromkeys((self.notifications_url, self.password_url))
        above = {place: entry for place, entry in (places | elsewhere).items() if self.path.startswith(place)}
        return above[max(above, key=len)] if above else None

    def _link(self, entry: Entry, current: Entry | None) -> Link:
        count = self.counts.get(entry.waiting, 0) if entry.waiting else 0
        return Link(entry.title, reverse(entry.url_name), entry is current, count)

    @property
    def appointments(self) -> list[Appointment]:
        return self.staff.posts_today

    @property
    def posts(self) -> Iterator[str]:
        return (f"{held.post.unit.short_name} {held.post.post_type.name}" for held in self.appointments)

    @property
    def post_name(self) -> str:
        return self.appointments[0].post.post_type.name if self.appointments else ""

    @property
    def unit_name(self) -> str:
        return self.appointments[0].post.unit.short_name if self.appointments else ""

    @cached_property
    def counts(self) -> dict[str, int]:
        """What waits for this person, by kind; one statement on the indexes of what is open."""
        unread = self.staff.notifications.filter(read_at=None)
        others = (
            _counted("decisions", queue.stations_of(self.staff)),
            _counted("over_authority", queue.over_authority_stations(self.staff)),
            _counted("unanswered", queue.unanswered(self.staff)),
        )
        return dict(_counted("unread", unread).union(*others, all=True))

    @property
    def unread(self) -> int:
        return self.counts.get("unread", 0)


def _counted(name: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """One row of name and number; none where nothing waits."""
    named = rows.order_by().annotate(counted=Value(name)).values_list("counted")
    counted: QuerySet[Any, Any] = named.annotate(number=Count("pk"))
    return counted


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, for people who are logged in."""
    staff = getattr(request, "user", None) or AnonymousUser()
    return {"navigation": Navigation(staff, request.path) if isinstance(staff, Staff) else None}
