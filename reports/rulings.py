"""Who may have a report made again. Pure."""

from collections.abc import Collection

from authority.rulings import ALLOWED, REFUSED, Objection, Ruling


def may_run_again(
    *, posts: Collection[str], maker_posts: Collection[str], manages: bool, status: str
) -> Ruling:
    """`posts`: codes of the posts the person holds today; `manages`: may manage the report's unit."""
    objections = []
    if not manages and not set(posts) & set(maker_posts):
        objections.append(Objection("not_maker", "只有制表岗位或机构负责人可以重新生成报表"))
    if status != "published":
        objections.append(Objection("wrong_status", "只有已生成的报表可以重新生成"))
    return Ruling(REFUSED if objections else ALLOWED, objections=tuple(objections))
