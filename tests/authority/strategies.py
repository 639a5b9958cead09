"""Any matter, any holder, any rules: small alphabets, so that grants and matters often meet."""

from dataclasses import replace

from hypothesis import strategies as st

from authority.rulings import (
    Ceiling,
    HeldLimit,
    Holder,
    IncompatibleDuty,
    Matter,
    ReferralRule,
    Rules,
    StepDone,
)
from authority.rulings.substitution import Scope

ITEMS = ("adjudication", "refusal")
LINES = ("ctpl", "own_damage", "third_party")
CLASSES = ("vehicle", "person")
KINDS = ("", "ex_gratia")
STEPS = ("survey", "assess", "submit")
FLAGS = ("imported_vehicle", "death")
MEASURES = ("item", "per_person", "case_total", "increment")
PEOPLE = (1, 2, 3, 4)

units = st.lists(st.sampled_from("ab"), max_size=3).map(lambda path: "/".join(["hq", *path]) + "/")
fen = st.integers(0, 50) | st.integers(0, 10**15)
levels = st.integers(0, 6)


def some_of(words: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(words))


def set_of(words: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    """A dimension as it is written: everything, something, or nothing."""
    return st.just(frozenset({"any"})) | st.just(frozenset(words)) | some_of(words)


persons = st.sampled_from(PEOPLE)
steps = st.builds(StepDone, st.sampled_from(STEPS), persons, st.none() | persons)
matters = st.builds(
    Matter,
    item=st.sampled_from(ITEMS),
    measure=st.sampled_from(MEASURES),
    amounts=st.fixed_dictionaries(dict.fromkeys(MEASURES, fen)),
    unit_path=units,
    lines=some_of(LINES),
    loss_classes=some_of(CLASSES),
    special_kind=st.sampled_from(KINDS),
    is_litigated=st.booleans(),
    flags=some_of(FLAGS),
    figures=st.dictionaries(st.sampled_from(["new_price", "expected_loss"]), fen),
    steps=st.lists(steps, max_size=3).map(tuple),
    parties=some_of(("川B12345", "王五")),
)


def limits_of(measures: tuple[str, ...] = MEASURES) -> st.SearchStrategy[HeldLimit]:
    return st.builds(
        HeldLimit,
        grant_id=st.integers(1, 10**9),
        version=st.integers(1, 3),
        letter_no=st.sampled_from(["川理授〔2026〕3号", "川理授〔2026〕4号"]),
        clause=st.sampled_from(["第1条", "第2条"]),
        item=st.sampled_from(ITEMS),
        unit_path=units,
        includes_below=st.booleans(),
        lines=set_of(LINES),
        loss_classes=set_of(CLASSES),
        special_kinds=set_of(KINDS),
        litigation=st.sampled_from(["yes", "no", "any"]),
        measure=st.sampled_from(measures),
        amount_max=fen,
        level=levels,
        via_id=st.none() | st.sampled_from(PEOPLE),
        cosign_count=st.integers(0, 1),
        required_certificates=some_of(("核赔师",)),
        post_path=st.just("") | units,
        via_interests=some_of(("王五",)),
    )


limits = limits_of()


def distinct(held: st.SearchStrategy[HeldLimit], size: int = 5) -> st.SearchStrategy[tuple[HeldLimit, ...]]:
    """Grants as the database keeps them: no two with one number."""
    return st.lists(held, max_size=size, unique_by=lambda limit: limit.grant_id).map(tuple)


def holders_of(held: st.SearchStrategy[HeldLimit]) -> st.SearchStrategy[Holder]:
    """Mostly sound people, some with something against them."""
    sound = st.builds(
        Holder,
        person_id=persons,
        name=st.just("某人"),
        limits=distinct(held),
        certificates=st.just(frozenset({"核赔师"})),
        load=st.integers(0, 3),
    )
    flaws = st.fixed_dictionaries(
        {},
        optional={
            "interests": some_of(("川B12345",)),
            "certificates": st.just(frozenset()),
            "is_active": st.just(False),
            "on_leave": st.just(True),
            "admin_role": st.just("audit"),
            "is_employee": st.just(False),
        },
    )
    return sound | sound | st.builds(lambda holder, changes: replace(holder, **changes), sound, flaws)


def people_of(held: st.SearchStrategy[HeldLimit], least: int = 0) -> st.SearchStrategy[list[Holder]]:
    return st.lists(holders_of(held), min_size=least, max_size=4, unique_by=lambda holder: holder.person_id)


holders = holders_of(limits)
people = people_of(limits)


def ceilings_of(measures: tuple[str, ...] = MEASURES) -> st.SearchStrategy[Ceiling]:
    return st.builds(
        Ceiling,
        unit_path=units,
        unit_name=st.just("分公司"),
        item=st.sampled_from([*ITEMS, "any"]),
        lines=set_of(LINES),
        loss_classes=set_of(CLASSES),
        special_kinds=set_of(KINDS),
        litigation=st.sampled_from(["yes", "no", "any"]),
        measure=st.sampled_from(measures),
        amount_max=fen,
        letter_no=st.sampled_from(["总1号", "总2号"]),
    )


referrals = st.builds(
    ReferralRule,
    code=st.sampled_from(["imported", "death"]),
    name=st.just("提级"),
    kind=st.sampled_from(["must_refer", "must_refer", "must_consult", "notify", "hard_stop"]),
    items=set_of(ITEMS),
    flags=some_of(FLAGS),
    figures_over=st.dictionaries(st.sampled_from(["new_price", "expected_loss"]), fen, max_size=1),
    to_level=levels,
)
duties = st.builds(
    IncompatibleDuty,
    code=st.sampled_from(["SOD-02", "SOD-03"]),
    steps=some_of(STEPS),
    items=set_of(ITEMS),
    concurrent_limit=st.just(0) | fen,
)


def rules_of(measures: tuple[str, ...] = MEASURES) -> st.SearchStrategy[Rules]:
    return st.just(Rules()) | st.builds(
        Rules,
        ceilings=st.lists(ceilings_of(measures), max_size=3).map(tuple),
        referrals=st.lists(referrals, max_size=2).map(tuple),
        incompatible=st.lists(duties, max_size=2).map(tuple),
    )


rules = rules_of()
scopes = st.builds(
    Scope,
    items=set_of(ITEMS),
    unit_path=units | st.just("any"),
    includes_below=st.booleans(),
    lines=set_of(LINES),
    loss_classes=set_of(CLASSES),
    special_kinds=set_of(KINDS),
    litigation=st.sampled_from(["yes", "no", "any"]),
    amount_max=st.none() | fen,
)


@st.composite
def fitting(draw: st.DrawFn) -> tuple[Matter, Holder, Rules]:
    """A matter with a holder whose first grant is cut to fit it, but for the sum and the level."""
    matter, holder = draw(matters), draw(holders)
    cut = replace(
        draw(limits),
        amount_max=draw(fen | st.just(10**15)),
        item=matter.item,
        unit_path=matter.unit_path,
        lines=matter.lines | {"any"},
        loss_classes=matter.loss_classes | {"any"},
        special_kinds=frozenset({matter.special_kind}),
        litigation="any",
        grant_id=0,
    )
    return matter, replace(holder, limits=(cut, *holder.limits)), draw(rules)


cases = fitting() | fitting() | st.tuples(matters, holders, rules)


@st.composite
def shrunk(draw: st.DrawFn, limit: HeldLimit) -> HeldLimit:
    """The same grant, made smaller in one way or not at all."""
    smaller = [
        replace(limit, amount_max=draw(st.integers(0, limit.amount_max))),
        replace(limit, amount_min=draw(fen)),
        replace(limit, lines=_fewer(draw, limit.lines, LINES)),
        replace(limit, loss_classes=_fewer(draw, limit.loss_classes, CLASSES)),
        replace(limit, special_kinds=_fewer(draw, limit.special_kinds, KINDS)),
        replace(limit, level=draw(st.integers(0, limit.level))),
        replace(limit, required_certificates=frozenset({"核赔师"})),
        replace(limit, cosign_count=1),
        replace(limit, includes_below=False),
    ]
    if limit.includes_below:
        smaller.append(replace(limit, unit_path=limit.unit_path + "a/"))
    if limit.via_id is None:
        smaller.append(replace(limit, via_id=draw(st.sampled_from(PEOPLE))))
    return draw(st.sampled_from(smaller))


def _fewer(draw: st.DrawFn, held: frozenset[str], words: tuple[str, ...]) -> frozenset[str]:
    return draw(some_of(words)) if "any" in held else held & draw(some_of(words))


@st.composite
def trees(draw: st.DrawFn) -> tuple[Matter, list[Holder], Rules]:
    """An organisation of any shape: people on any level of the path above the matter, and elsewhere."""
    matter = draw(matters)
    parts = matter.unit_path.strip("/").split("/")
    above = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)]
    open_terms = {
        "item": st.just(matter.item),
        "unit_path": st.sampled_from(above),
        "lines": st.just(frozenset({"any"})),
        "loss_classes": st.just(frozenset({"any"})),
        "special_kinds": st.just(frozenset({"any"})),
        "litigation": st.just("any"),
        "amount_max": fen | st.just(10**15),
        "includes_below": st.just(True),
    }
    held = st.builds(lambda limit, terms: replace(limit, **terms), limits, st.fixed_dictionaries(open_terms))
    return matter, draw(people_of(held, least=2)), draw(rules)


@st.composite
def _crowds(draw: st.DrawFn) -> tuple[Matter, list[Holder], Rules]:
    """A matter before several persons, some of them likely to be able."""
    (matter, first, under), others = draw(cases), draw(people)
    return matter, [first, *(other for other in others if other.person_id != first.person_id)], under


groups = trees() | _crowds()
