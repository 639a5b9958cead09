"""Grants and stand-ins among the things somebody holds, and the hand-over's own chain in the ledger;
imported once, when the app is ready."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.models import AuthorityLetter, PersonalGrant, Substitution
from authority.services import revoke_grant
from departments import testimony
from departments.holdings import Handing, Holding, HoldingKind, register_holding, register_witness
from departments.models import Staff
from departments.testimony import Testimony

_OPEN = (Substitution.Status.PROPOSED, Substitution.Status.ACCEPTED)


def grants_of(person: Staff) -> list[Holding]:
    rows = PersonalGrant.objects.effective(timezone.localdate()).filter(holder=person)
    return [
        Holding(
            str(one.pk),
            f"{one.item.name} {one.amount_max:,.2f} 元",
            f"{one.letter.number} {one.clause}，{one.unit.short_name}",
            str(one.version),
        )
        for one in rows.select_related("item", "letter", "unit").order_by("item__rank", "pk")
    ]


def end_grant(handing: Handing) -> str:
    grant = PersonalGrant.objects.get(pk=handing.holding.thing)
    why = f"工作交接：{handing.reason}"
    revoke_grant(grant, by=handing.by, reason=why, despite=why)
    return "撤销"


def stand_ins_of(person: Staff) -> list[Holding]:
    """Either way: he stands in for somebody, or somebody for him."""
    rows = Substitution.objects.filter(Q(delegator=person) | Q(delegate=person), status__in=_OPEN)
    open_rows = rows.filter(ends_at__gt=timezone.now()).select_related("delegator", "delegate")
    return [
        Holding(
            str(one.pk),
            str(one),
            f"至 {timezone.localtime(one.ends_at):%Y-%m-%d %H:%M}",
            f"{one.status} {one.ends_at}",
        )
        for one in open_rows.order_by("pk")
    ]


def enter_in_ledger(told: Testimony) -> None:
    facts = LedgerFacts(*told.states, reason=told.reason, details=told.details)
    record(told.chain, by=told.by, action=told.act, facts=facts)


def note_hand_over(hand_over_id: int, act: str, by: Staff, reason: str) -> None:
    record(f"hand_over:{hand_over_id}", by=by, action=act, facts=LedgerFacts(reason=reason))


def hold_grants(person: Staff) -> None:
    """Their letters first, as ending one does."""
    grants = PersonalGrant.objects.filter(holder=person, revoked_at=None)
    letters = AuthorityLetter.objects.filter(pk__in=grants.values("letter")).order_by("pk")
    list(letters.select_for_update().values_list("pk", flat=True))
    list(grants.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


register_holding(
    HoldingKind(
        "grant",
        "个人授权",
        grants_of,
        end=end_grant,
        end_name="撤销",
        must_go=False,
        order=30,
        hold=hold_grants,
    )
)
register_witness(note_hand_over)
testimony.register_witness(enter_in_ledger)
