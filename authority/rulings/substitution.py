"""代岗: what somebody who stands in holds of another's grants. Never more than the other, never passed on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from authority.rulings.values import ANY, HeldLimit, Holder

EVERYTHING = frozenset({ANY})


@dataclass(frozen=True, slots=True)
class Scope:
    """What is handed over, or the most that the delegate's post may hold. `amount_max` None: no less."""

    items: frozenset[str] = EVERYTHING
    unit_path: str = ANY
    includes_below: bool = True
    lines: frozenset[str] = EVERYTHING
    loss_classes: frozenset[str] = EVERYTHING
    special_kinds: frozenset[str] = EVERYTHING
    litigation: str = ANY
    amount_max: int | None = None


def stand_in_limits(delegator: Holder, *scopes: Scope) -> tuple[HeldLimit, ...]:
    """The delegator's own grants, each narrowed by every scope, as the delegate holds them.

    Nothing from somebody without an account, from outside the company, or with an administrator's role.
    """
    if not delegator.is_active or not delegator.is_employee or delegator.admin_role:
        return ()
    handed = [_handed_over(limit, delegator, scopes) for limit in delegator.limits]
    return tuple(limit for limit in handed if limit is not None)


def _handed_over(limit: HeldLimit, delegator: Holder, scopes: tuple[Scope, ...]) -> HeldLimit | None:
    certified = limit.required_certificates <= delegator.certificates
    if limit.via_id is not None or type(limit.amount_max) is not int or not certified:
        return None
    narrowed: HeldLimit | None = replace(
        limit,
        post_path=limit.post_path or limit.unit_path,
        source="substitution",
        via_id=delegator.person_id,
        via_name=delegator.name,
        via_interests=delegator.interests,
    )
    for scope in scopes:
        narrowed = narrowed and narrowed_to(narrowed, scope)
    return narrowed


def narrowed_to(limit: HeldLimit, scope: Scope) -> HeldLimit | None:
    """What the limit and the scope have in common, never more than either; None where they have nothing."""
    unit = _deeper(limit.unit_path, limit.includes_below, scope.unit_path, scope.includes_below)
    lines = _common(limit.lines, scope.lines)
    loss_classes = _common(limit.loss_classes, scope.loss_classes)
    special_kinds = _common(limit.special_kinds, scope.special_kinds)
    litigation = _common(frozenset({limit.litigation}), frozenset({scope.litigation}))
    handed = _common(frozenset({limit.item}), scope.items)
    if not (unit and lines and loss_classes and special_kinds and litigation and handed):
        return None
    return replace(
        limit,
        unit_path=unit[0],
        includes_below=unit[1],
        lines=lines,
        loss_classes=loss_classes,
        special_kinds=special_kinds,
        litigation=min(litigation),
        amount_max=limit.amount_max if scope.amount_max is None else min(limit.amount_max, scope.amount_max),
    )


def _common(held: frozenset[str], scope: frozenset[str]) -> frozenset[str]:
    if ANY in scope:
        return held
    return scope if ANY in held else held & scope


def _deeper(path: str, below: bool, scope_path: str, scope_below: bool) -> tuple[str, bool] | None:
    """The units in both: one of the two where one lies within the other, none where they are apart."""
    if scope_path == ANY:
        return path, below
    if not scope_path.endswith("/"):
        return None
    if scope_below and path.startswith(scope_path):
        return path, below
    if below and scope_path.startswith(path):
        return scope_path, scope_below
    return (path, False) if path == scope_path else None
