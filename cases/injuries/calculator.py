"""What the standards give for one item of injury damages, to the fen, with every step in words. Pure.

Source: 最高人民法院关于审理人身损害赔偿案件适用法律若干问题的解释 art. 6–17, as the domain reference
cites it; the figures themselves (years, months, amounts) are handed in, they are data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

DAYS_OF_YEAR = 365
MONTHS_OF_YEAR = 12
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """The years and months of a kind of cost; empty where it needs none."""

    formula: str
    full_years: int = 0
    age_from: int = 0
    least_age: int = 0
    least_years: int = 0
    adult_age: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """A standard: fen per `per` (day, month, year, once); `text` says which one it is."""

    fen: int
    per: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Supported:
    """A dependant: his age, and how many share his support, the injured one of them."""

    name: str
    age: int
    supporters: int = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """Of the injured person and the item. `percent`: the coefficient of disability; 100 for a death.

    `count`: persons (nurses) in tenths. `own_daily`: fen a day that papers prove, instead of the standard.
    """

    age: int = 0
    days: int | None = None
    count: Fraction = Fraction(1)
    percent: int | None = None
    own_daily: int | None = None
    dependants: Sequence[Supported] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Computed:
    """`fen` None: nothing can be computed, `missing` says for want of what; vouchers alone decide."""

    fen: int | None
    steps: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def compute(terms: Terms, rate: Rate | None, facts: Facts) -> Computed:
    """`rate` None where the region has none in force for the day."""
    return _FORMULAS[terms.formula](terms, rate, facts)


def years_owed(age: int, terms: Terms) -> tuple[int, str]:
    """Years of compensation at an age, and why."""
    if terms.least_age and age >= terms.least_age:
        return terms.least_years, f"{age} 周岁，{terms.least_age} 周岁以上按 {terms.least_years} 年"
    over = max(age - terms.age_from, 0) if terms.age_from else 0
    if not over:
        return terms.full_years, f"{age} 周岁，按 {terms.full_years} 年"
    years = terms.full_years - over
    said = f"{terms.full_years} − ({age} − {terms.age_from}) = {years} 年"
    return years, f"{age} 周岁，{terms.age_from} 周岁以上每增加一岁减少一年：{said}"


def years_supported(age: int, terms: Terms) -> tuple[int, str]:
    """As `years_owed`; a minor until he is of age."""
    if age < terms.adult_age:
        return terms.adult_age - age, f"{age} 周岁，扶养至 {terms.adult_age} 周岁：{terms.adult_age - age} 年"
    return years_owed(age, terms)


def yearly(rate: Rate) -> Fraction:
    return Fraction(rate.fen) * {"year": 1, "month": MONTHS_OF_YEAR, "day": DAYS_OF_YEAR}[rate.per]


def daily(rate: Rate) -> Fraction:
    return Fraction(rate.fen) if rate.per == "day" else yearly(rate) / DAYS_OF_YEAR


def monthly(rate: Rate) -> Fraction:
    return Fraction(rate.fen) if rate.per == "month" else yearly(rate) / MONTHS_OF_YEAR


def to_fen(exact: Fraction) -> int:
    """Half up."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def yuan(fen: Fraction | int) -> str:
    """With two places, half up, as the steps show sums."""
    whole = to_fen(Fraction(fen))
    return f"{whole // WHOLE:,}.{whole % WHOLE:02}"


def plain(number: Fraction) -> str:
    """1, 1.5."""
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"


def _vouchers(_terms: Terms, _rate: Rate | None, _facts: Facts) -> Computed:
    return Computed(None, ("按有效票据据实核定",))


def _days(_terms: Terms, rate: Rate | None, facts: Facts) -> Computed:
    missing = [] if facts.days is not None else ["天数"]
    if rate is None and facts.own_daily is None:
        missing.append("日标准")
    if missing:
        return Computed(None, missing=tuple(missing))
    own = facts.own_daily
    per_day = Fraction(own) if own is not None else daily(rate)  # type: ignore[arg-type]
    exact = per_day * (facts.days or 0) * facts.count
    persons = "" if facts.count == 1 else f" × {plain(facts.count)} 人"
    said = f"{yuan(per_day)} 元/日 × {facts.days} 日{persons} = {yuan(exact)} 元"
    return Computed(to_fen(exact), (_of_day(rate, own, per_day), said))


def _of_day(rate: Rate | None, own: int | None, per_day: Fraction) -> str:
    if own is not None:
        return f"按证明的日标准 {yuan(own)} 元"
    if rate is None or rate.per == "day":
        return rate.text if rate else ""
    return f"{rate.text} ÷ {DAYS_OF_YEAR} = {yuan(per_day)} 元/日"


def _disability(terms: Terms, rate: Rate | None, facts: Facts) -> Computed:
    missing = _lacking(rate, ("伤残等级", facts.percent is not None))
    if missing or rate is None:
        return Computed(None, missing=missing)
    years, why = years_owed(facts.age, terms)
    percent = facts.percent or 0
    exact = yearly(rate) * years * Fraction(percent, WHOLE)
    said = f"{yuan(yearly(rate))} 元/年 × {years} 年 × {percent}% = {yuan(exact)} 元"
    return Computed(to_fen(exact), (rate.text, why, said))


def _death(terms: Terms, rate: Rate | None, facts: Facts) -> Computed:
    if rate is None:
        return Computed(None, missing=_lacking(rate))
    years, why = years_owed(facts.age, terms)
    exact = yearly(rate) * years
    said = f"{yuan(yearly(rate))} 元/年 × {years} 年 = {yuan(exact)} 元"
    return Computed(to_fen(exact), (rate.text, why, said))


def _funeral(terms: Terms, rate: Rate | None, _facts: Facts) -> Computed:
    if rate is None:
        return Computed(None, missing=_lacking(rate))
    exact = monthly(rate) * terms.months
    said = f"{yuan(monthly(rate))} 元/月 × {terms.months} 个月 = {yuan(exact)} 元"
    return Computed(to_fen(exact), (rate.text, said))


def _capped(_terms: Terms, rate: Rate | None, facts: Facts) -> Computed:
    missing = _lacking(rate, ("伤残等级", facts.percent is not None))
    if missing or rate is None:
        return Computed(None, missing=missing)
    percent = facts.percent or 0
    exact = Fraction(rate.fen) * Fraction(percent, WHOLE)
    return Computed(to_fen(exact), (rate.text, f"{yuan(rate.fen)} 元 × {percent}% = {yuan(exact)} 元"))


def _dependants(terms: Terms, rate: Rate | None, facts: Facts) -> Computed:
    """Year by year: the shares of all dependants together never exceed one yearly standard."""
    missing = _lacking(rate, ("被扶养人", bool(facts.dependants)), ("伤残等级", facts.percent is not None))
    if missing or rate is None:
        return Computed(None, missing=missing)
    spans = [(one, *years_supported(one.age, terms)) for one in facts.dependants]
    steps = [rate.text, *(f"{one.name}：{why}，由 {one.supporters} 人扶养" for one, _, why in spans)]
    shares, capped = _shares([(one.supporters, years) for one, years, _ in spans])
    if capped:
        steps.append(f"其中 {capped} 年多人合计超过年标准，按年标准封顶")
    percent = facts.percent or 0
    exact = yearly(rate) * shares * Fraction(percent, WHOLE)
    standard = f"{yuan(yearly(rate))} 元/年 × {_years(shares)} 年 × {percent}%"
    return Computed(to_fen(exact), (*steps, f"{standard} = {yuan(exact)} 元"))


def _years(shares: Fraction) -> str:
    """A number of yearly standards: whole, or as a sum of a whole and a fraction."""
    whole, rest = divmod(shares, 1)
    if not rest:
        return str(whole)
    return f"{whole} 又 {rest}" if whole else str(rest)


def _shares(spans: Sequence[tuple[int, int]]) -> tuple[Fraction, int]:
    """Of (supporters, years): yearly standards owed in all, and in how many years the cap bites."""
    total, capped = Fraction(0), 0
    for year in range(max((years for _, years in spans), default=0)):
        share = sum((Fraction(1, supporters) for supporters, years in spans if year < years), Fraction(0))
        capped += share > 1
        total += min(share, Fraction(1))
    return total, capped


def _lacking(rate: Rate | None, *needed: tuple[str, bool]) -> tuple[str, ...]:
    found = [] if rate is not None else ["适用标准"]
    return (*found, *(name for name, is_there in needed if not is_there))


_FORMULAS: Mapping[str, Callable[[Terms, Rate | None, Facts], Computed]] = {
    "vouchers": _vouchers,
    "days": _days,
    "disability": _disability,
    "death": _death,
    "funeral": _funeral,
    "dependants": _dependants,
    "capped": _capped,
}
