"""Which demo accounts to try, and what with."""

from __future__ import annotations

from collections.abc import Iterator

from claims_admin.demo.people import PASSWORD
from departments.models import Appointment, Staff

# Post, unit, what to try with it.
TRY = (
    ("DEPT_HEAD", "motor", "管理后台审批超权限案件、上报总公司；授权一览"),
    ("DEPT_DEPUTY", "motor", "分管室的高额案件；导入清单（由部门负责人确认）"),
    ("OFFICE_HEAD", "adj", "核赔室复审、批量审批、退回登记问题件"),
    ("ADJ", "adj", "待我审批：权限内核赔，超权限写初核意见"),
    ("REG_SPECIAL", "adj", "拒赔、零赔付、注销审核"),
    ("LAR", "veh", "核损"),
    ("PPR", "veh", "核价"),
    ("INJ_REV", "inj", "人伤审核"),
    ("LEGAL", "inj", "涉诉案件"),
    ("STAT", "gen", "报表与看板"),
    ("OUTST", "gen", "未决清理"),
    ("UNIT_HEAD", "cd", "本中支工作台、人员与指标"),
    ("ASSESS", "cd", "定损、提交核损"),
    ("ADJUST", "cd", "理算、提交核赔"),
    ("SURVEY", "my", "查勘；只见绵阳中支案件"),
    ("HQ_REVIEW", "hq", "批复分公司上报的案件"),
    ("HQ_HEAD", "hq", "批准总公司对分公司的授权书"),
)
ADMINISTRATOR_HINTS = {
    "system": "账号与设置，无业务数据",
    "security": "授权与规则",
    "audit": "查看授权行使台账",
}
TITLES = {"system": "系统管理员", "security": "安全管理员", "audit": "审计管理员"}


def login_table() -> str:
    """One line per account: number, name, post, what to try; the common password first."""
    lines = [f"演示密码（全部账号）：{PASSWORD}", "", "工号    姓名      岗位                    试什么"]
    lines += [
        f"{number:<8}{_pad(name, 10)}{_pad(post, 24)}{hint}" for number, name, post, hint in _accounts()
    ]
    return "\n".join(lines) + "\n"


def _accounts() -> Iterator[tuple[str, str, str, str]]:
    for post, unit, hint in TRY:
        found = Appointment.objects.filter(post__post_type__code=post, post__unit__code=unit)
        first = found.select_related("staff", "post__unit", "post__post_type").order_by("staff").first()
        if first is not None:
            yield first.staff.employee_no, first.staff.name, str(first.post), hint
    for staff in Staff.objects.exclude(admin_role="").order_by("employee_no"):
        hint = ADMINISTRATOR_HINTS[staff.admin_role]
        yield staff.employee_no, staff.name, TITLES[staff.admin_role], hint


def _pad(text: str, width: int) -> str:
    """Han characters take two columns."""
    return text + " " * max(width - len(text) - sum(not one.isascii() for one in text), 1)
