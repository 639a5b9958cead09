"""Who holds which post: appointing, relieving, headcount. Locks: the person, then the unit, then the post."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from departments.authorship import save_as
from departments.holdings import work_left
from departments.keepers import Keeping, Kept
from departments.models import Appointment, OrgUnit, Post, PostType, Staff
from departments.outbox import notify
from departments.refusals import NotAllowed, insist_on
from departments.rulings import (
    HeldFor,
    Objection,
    Period,
    PostFacts,
    Ruling,
    Terms,
    may_appoint,
    may_assign,
    may_fill,
    may_relieve,
    may_set_headcount,
    may_withdraw,
)
from departments.services.unit_access import sync_access
from departments.standing import actor_of, candidate_of, period_of, post_facts, static_rules, unit_facts
from departments.testimony import Testimony, testify

_GRANTED = Objection("granted", "授权书已依此任命授权，请先修订授权书")


@dataclass(frozen=True, slots=True)
class AppointmentTerms:
    """`ends_on` is the last day, None for no end; `basis` the paper behind it."""

    starts_on: date
    basis: str
    ends_on: date | None = None
    kind: str = Appointment.Kind.REGULAR

    @property
    def as_proposed(self) -> Terms:
        return Terms(Period(self.starts_on, self.ends_on), self.kind == Appointment.Kind.REGULAR)


@transaction.atomic
def appoint(staff: Staff, post: Post, terms: AppointmentTerms, *, by: Staff) -> Appointment:
    """Put a person into a post. Raises NotAllowed with every objection."""
    staff, post = _locked(staff, post)
    today, proposed = timezone.localdate(), terms.as_proposed
    facts = post_facts(post, today, proposed.period)
    candidate = candidate_of(staff, proposed.period)
    insist_on(may_appoint(candidate, facts, proposed, actor_of(by, today), static_rules(today)))
    held = Appointment(
        staff=staff,
        post=post,
        kind=terms.kind,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        basis=terms.basis,
        appointed_by=by,
    )
    save_as(held, by)
    _testify(held, "appoint", by, held.basis)
    _tell(held, f"您自 {terms.starts_on:%Y-%m-%d} 起任{post}")
    sync_access(staff, today)
    return held


def ruling_on_filling(post: Post, *, by: Staff) -> Ruling:
    """May `by` appoint anybody to this post today? For the page, before it asks whom."""
    today = timezone.localdate()
    return may_fill(post_facts(post, today, Period(today)), actor_of(by, today))


def ruling_on_assigning(staff: Staff, managed: frozenset[int], *, by: Staff) -> Ruling:
    """May `by` put this person into some post or other? `managed`: the units he manages."""
    return may_assign(candidate_of(staff, Period(timezone.localdate())), managed, by.pk)


def ruling_on_relieving(held: Appointment, *, on: date, by: Staff) -> Ruling:
    today, period = timezone.localdate(), period_of(held)
    facts = HeldFor(held.staff_id, post_facts(held.post, today, period), period)
    return may_relieve(facts, on, today, actor_of(by, today))


def ruling_on_leaving_work(held: Appointment, *, on: date) -> Ruling:
    """Nobody is left without a post at once while work waits for him: first it is handed over."""
    others = Appointment.objects.ending_from(timezone.localdate()).filter(staff=held.staff_id)
    if on > timezone.localdate() or others.exclude(pk=held.pk).exists():
        return Ruling()
    return Ruling(tuple(work_left(held.staff)))


@transaction.atomic
def relieve(held: Appointment, *, on: date, by: Staff, despite: str = "") -> Appointment:
    """End an appointment with `on` as its last day. Raises NotAllowed with every objection.

    Refused, too, when nobody could decide any more what this person could, unless `despite` says why.
    """
    _locked(held.staff, held.post)
    held = Appointment.objects.select_related("staff", "post__unit", "post__post_type").get(pk=held.pk)
    insist_on(ruling_on_relieving(held, on=on, by=by))
    insist_on(ruling_on_leaving_work(held, on=on))
    keeping = Keeping(on + timedelta(days=1))
    held.ends_on = on
    held.relieved_by = by
    save_as(held, by, "ends_on", "relieved_by")
    _testify(held, "relieve", by, despite)
    keeping.insist(Kept(f"appointment:{held.pk}", by, despite))
    _tell(held, f"您任{held.post}至 {on:%Y-%m-%d} 止")
    sync_access(held.staff, timezone.localdate())
    return held


def ruling_on_withdrawing(held: Appointment, *, by: Staff) -> Ruling:
    """An appointment that has not begun is taken back by whoever could end it."""
    today, period = timezone.localdate(), period_of(held)
    facts = HeldFor(held.staff_id, post_facts(held.post, today, period), period)
    return may_withdraw(facts, today, actor_of(by, today))


@transaction.atomic
def withdraw_appointment(held: Appointment, reason: str, *, by: Staff) -> None:
    """取消任命: before its first day, as if it had never been made; history and ledger keep it.

    Raises NotAllowed.
    """
    staff, _ = _locked(held.staff, held.post)
    held = Appointment.objects.select_related("staff", "post__unit", "post__post_type").get(pk=held.pk)
    insist_on(ruling_on_withdrawing(held, by=by))
    _testify(held, "withdraw", by, reason)
    _tell(held, f"您自 {held.starts_on:%Y-%m-%d} 起任{held.post}的任命已取消：{reason}")
    held._history_user = by  # type: ignore[attr-defined]  # noqa: SLF001 - the name simple-history reads
    try:
        held.delete()
    except ProtectedError:
        raise NotAllowed(Ruling((_GRANTED,))) from None
    sync_access(staff, timezone.localdate())


def _testify(held: Appointment, act: str, by: Staff, reason: str) -> None:
    details = {
        "staff": held.staff_id,
        "post": held.post_id,
        "starts_on": held.starts_on,
        "ends_on": held.ends_on,
        "kind": held.kind,
    }
    testify(Testimony(f"appointment:{held.pk}", act, by, reason, details=details))


@transaction.atomic
def set_headcount(unit: OrgUnit, post_type: PostType, headcount: int, *, by: Staff) -> Post:
    """Set the post up in the unit for that many people, or change the number. Raises NotAllowed."""
    unit = OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    post = Post.objects.select_for_update(no_key=True).filter(unit=unit, post_type=post_type).first()
    today = timezone.localdate()
    facts = (
        post_facts(post, today, Period(today))
        if post
        else PostFacts(0, post_type.code, post_type.name, post_type.function_type, unit_facts(unit, today))
    )
    insist_on(may_set_headcount(facts, headcount, frozenset(post_type.unit_kinds), actor_of(by, today)))
    post = post or Post(unit=unit, post_type=post_type)
    post.headcount = headcount
    return save_as(post, by)


def _locked(staff: Staff, post: Post) -> tuple[Staff, Post]:
    """Appointments of one person, or in one unit, are judged one after the other; so is closing the unit."""
    staff = Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    OrgUnit.objects.select_for_update(no_key=True).get(pk=post.unit_id)
    posts = Post.objects.select_for_update(of=("self",), no_key=True)
    return staff, posts.select_related("unit", "post_type").get(pk=post.pk)


def _tell(held: Appointment, title: str) -> None:
    notify(held.staff, kind="appointment", title=title, url=held.staff.get_absolute_url())
