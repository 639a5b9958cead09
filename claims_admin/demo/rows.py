"""A drawn case as lines for COPY (text format, tab between, \\N for null)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from claims_admin.demo import profile
from claims_admin.demo.draw import Cast, Drawn

CASE_COLUMNS = (
    "id report_no registration_no claim_no policy_no unit_id insuring_unit_id insured_name plate_no vin"
    " vehicle_class accident_at accident_place accident_cause liability_ratio reported_at registered_at"
    " is_forced_registration papers_complete_at lines loss_classes is_injury is_litigated is_major"
    " major_criterion is_fraud_suspected flags special_kinds agency_direction handler_id stage"
    " stage_entered_at round estimate assessed reviewed adjusted approved paid closed_at closing_kind"
    " paid_at uncleared_reasons expected_close_on source version"
)
LOSS_COLUMNS = "case_id line loss_class label estimate assessed reviewed adjusted reviewer_id"
STEP_COLUMNS = "case_id step round person_id acted_for_id entered_at left_at result"
PAYMENT_COLUMNS = "case_id amount payee payee_account paid_at paid_by_id idempotency_key"

NULL = "\\N"
# Whose turn it is while the case is in a stage.
TURN = {
    "reported": "CASE_REG",
    "registered": "SURVEY",
    "surveyed": "ASSESS",
    "assessed": "ASSESS",
    "reviewed": "ADJUST",
    "adjusted": "ADJUST",
    "suspended": "OUTST",
    "approved": "DOC",
    "paid": "DOC",
    "closed": "ADJUST",
}
STEPS = (
    ("registered", "register", "CASE_REG"),
    ("surveyed", "survey", "SURVEY"),
    ("assessed", "assess", "ASSESS"),
    ("reviewed", "review_damage", "LAR"),
    ("adjusted", "adjust", "ADJUST"),
    ("approved", "adjudicate", "ADJ"),
    ("paid", "pay", "DOC"),
)
INJURY_STEPS = tuple(
    ("reviewed", "review_injury", "INJ_REV") if stage == "reviewed" else (stage, step, post)
    for stage, step, post in STEPS
)
AMOUNTS = ("assessed", "reviewed", "adjusted", "approved")
RECENT = timedelta(days=45)


class Sheet:
    """The lines of one chunk of cases, per table."""

    def __init__(self, random: Random, cast: Cast) -> None:
        self.random = random
        self.cast = cast
        self.cases: list[str] = []
        self.losses: list[str] = []
        self.steps: list[str] = []
        self.payments: list[str] = []

    def add(self, case: Drawn) -> None:
        money = self._money(case)
        parts = _parts(self.random, case)
        self.cases.append("\t".join(self._case(case, money, parts)))
        if case.fen and case.reached:
            self.losses += self._losses(case, money, parts)
        if case.closed_at is None or self.cast.now - case.closed_at < RECENT:
            self.steps += self._steps(case)
        if money["paid"]:
            self.payments.append(self._payment(case, money["paid"]))

    def _money(self, case: Drawn) -> dict[str, int]:
        """Fen by kind of amount; what the case has not reached is 0."""
        random, fen = self.random, case.fen
        reserved = fen if case.reached else 0
        estimate = round(reserved * max(random.gauss(1.03, 0.22), 0.3))
        if case.ending == "zero" and not reserved:
            estimate = 0
        money = {"estimate": estimate, "paid": 0}
        amounts = dict(zip(AMOUNTS, (round(fen * random.uniform(1.0, 1.12)), fen, fen, fen), strict=True))
        for stage, amount in amounts.items():
            money[stage] = amount if stage in case.reached else 0
        if "paid" in case.reached:
            money["paid"] = fen
        return money

    def _case(self, case: Drawn, money: dict[str, int], parts: list[Part]) -> Iterator[str]:
        facts, unit, serial = case.facts, case.unit, f"{case.id % 10**8:08}"
        year = f"{case.reported_at:%y}{unit.serial:02}"
        yield from (str(case.id), f"R{year}{serial}")
        yield f"L{year}{serial}" if case.reached else ""
        yield f"A{year}{serial}" if case.reached else ""
        yield f"P{year}{self.random.randrange(10**8):08}"
        yield from (str(unit.id), str(unit.id), facts["insured"], facts["plate"], facts["vin"])
        yield from (facts["vehicle_class"], _at(facts["accident_at"]), facts["place"], facts["cause"])
        yield from (str(facts["ratio"]), _at(case.reported_at), _at(case.registered_at))
        yield from (_yes(case.is_forced), _at(_papers(case)))
        yield from (_array(part.line for part in parts), _array(part.loss_class for part in parts))
        yield from (_yes(facts["is_injury"]), _yes(facts["is_litigated"]))
        is_major = "major" in facts["flags"]
        yield from (_yes(is_major), "死亡或金额达到重大案件标准" if is_major else "")
        yield from (_yes("suspected_fraud" in facts["flags"]), _array(facts["flags"]))
        yield from (_array(_special(case)), facts["agency"], str(self._handler(case)), case.stage)
        yield from (_at(case.stage_at), "1")
        for name in ("estimate", *AMOUNTS, "paid"):
            yield _yuan(money[name])
        yield from (_at(case.closed_at), case.ending if case.closed_at else "")
        yield from (_at(case.reached.get("paid")), *self._outlook(case), "demo", "1")

    def _handler(self, case: Drawn) -> int:
        post = TURN[case.stage]
        if case.facts["is_injury"] and case.stage in ("registered", "surveyed"):
            post = "INJ_SURV"
        return self._person(case, post)

    def _person(self, case: Drawn, post: str) -> int:
        """Always the same person for a case and a post."""
        people = case.unit.people.get(post) or self.cast.reviewers[post]
        return people[case.id % len(people)]

    def _outlook(self, case: Drawn) -> tuple[str, str]:
        """The regulator's reasons why it is still open, and the expected day; for older open cases."""
        if case.closed_at or (self.cast.now - case.reported_at).days < 30 or not case.reached:
            return "{}", NULL
        reasons = [_reason(case)]
        if case.facts["is_litigated"]:
            reasons.append("L")
        expected = max(case.reported_at + timedelta(days=case.days), self.cast.now + timedelta(days=2))
        return _array(dict.fromkeys(reasons)), f"{expected:%Y-%m-%d}"

    def _losses(self, case: Drawn, money: dict[str, int], parts: list[Part]) -> Iterator[str]:
        columns = [_split(money[name], parts) for name in ("estimate", "assessed", "reviewed", "adjusted")]
        for number, part in enumerate(parts):
            amounts = [_yuan(column[number]) for column in columns]
            yield "\t".join([str(case.id), part.line, part.loss_class, part.label, *amounts, NULL])

    def _steps(self, case: Drawn) -> Iterator[str]:
        entered = case.reported_at
        for stage, step, post in INJURY_STEPS if case.facts["is_injury"] else STEPS:
            left = case.reached.get(stage)
            if left is None:
                return
            person = str(self._person(case, post))
            yield "\t".join([str(case.id), step, "1", person, NULL, _at(entered), _at(left), "完成"])
            entered = left

    def _payment(self, case: Drawn, fen: int) -> str:
        account = f"6222{self.random.randrange(10**12):012}"
        person = str(self._person(case, "DOC"))
        paid_at = _at(case.reached["paid"])
        return "\t".join([str(case.id), _yuan(fen), case.facts["insured"], account, paid_at, person, NULL])


class Part:
    """One coverage line × loss class with its share of the case."""

    __slots__ = ("label", "line", "loss_class", "share")

    def __init__(self, line: str, loss_class: str, label: str, share: float) -> None:
        self.line, self.loss_class, self.label, self.share = line, loss_class, label, share


def _parts(random: Random, case: Drawn) -> list[Part]:
    chance = random.random()
    yuan = max(case.fen / 100, 1)
    if case.kind is profile.VEHICLE:
        return _vehicle_parts(chance, yuan)
    if chance < 0.06:
        return [Part("occupant", "injury", "车上人员", 1)]
    covered = min(198_000 / yuan, 1) * (0.75 if chance < 0.3 else 1)
    if covered >= 1:
        return [Part("ctpl", "injury", "三者人伤", 1)]
    rest = Part("third_party", "injury", "三者人伤", 1 - covered)
    if chance < 0.3:
        rest = Part("own_damage", "vehicle", "本车", 1 - covered)
    return [Part("ctpl", "injury", "三者人伤", covered), rest]


def _vehicle_parts(chance: float, yuan: float) -> list[Part]:
    own = Part("own_damage", "vehicle", "本车", 1)
    if chance < 0.42:
        return [own]
    covered = min(2_000 / yuan, 1)
    what = ("property", "路产及他物") if chance > 0.94 else ("vehicle", "三者车")
    if chance < 0.62 and covered < 1:
        own.share = 1 - covered
        return [Part("ctpl", *what, covered), own]
    if covered >= 1:
        return [Part("ctpl", *what, 1)]
    return [Part("ctpl", *what, covered), Part("third_party", *what, 1 - covered)]


def _split(fen: int, parts: list[Part]) -> list[int]:
    """By share; the last part takes the rest, so that the sum is exact."""
    amounts = [round(fen * part.share) for part in parts[:-1]]
    return [*amounts, fen - sum(amounts)]


def _papers(case: Drawn) -> datetime | None:
    return case.reached.get("reviewed") or case.reached.get("assessed")


def _special(case: Drawn) -> list[str]:
    if case.closed_at is None:
        return []
    return {"refused": ["refusal"], "zero": ["zero_payment"], "cancelled": ["cancellation"]}.get(
        case.ending, []
    )


def _reason(case: Drawn) -> str:
    """附件13: the reason that fits the progress."""
    if case.facts["is_injury"] and case.stage in ("registered", "surveyed", "assessed"):
        return "C" if case.stage == "registered" else "D"
    return {"registered": "A", "surveyed": "B", "assessed": "H", "suspended": "P"}.get(
        case.stage, "O" if case.stage in ("approved", "paid") else "N"
    )


def _array(values: object) -> str:
    return "{" + ",".join(dict.fromkeys(values)) + "}"  # type: ignore[call-overload]


def _at(moment: datetime | None) -> str:
    return NULL if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}+08"


def _yes(value: bool) -> str:
    return "t" if value else "f"


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"
