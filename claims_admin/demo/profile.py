"""The data profile of the domain reference, section 11, as figures.

A kind of loss: its share of paid cases, the median and sigma of its amount in yuan and of its days from
report to close, both lognormal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class LossKind:
    name: str
    share: float
    median: float
    sigma: float
    days: float
    days_sigma: float


VEHICLE = LossKind("vehicle", 0.92, 2_100, 1.11, 6, 1.25)
LIGHT = LossKind("light", 0.05, 3_500, 0.89, 40, 0.9)
SERIOUS = LossKind("serious", 0.024, 20_000, 0.86, 110, 0.8)
GRAVE = LossKind("grave", 0.006, 260_000, 0.77, 220, 0.7)
LOSS_KINDS = (VEHICLE, LIGHT, SERIOUS, GRAVE)
LARGE_VEHICLE = LossKind("vehicle", 0, 0, 0, 20, 1.1)  # only its duration: amounts over SMALL_CLAIM
SMALL_CLAIM = 5_000

# How closed cases ended: paid, closed without payment, cancelled, refused.
ENDINGS = (("paid", 0.73), ("zero", 0.207), ("cancelled", 0.06), ("refused", 0.003))
NEVER_RESERVED = 0.8
UNPAID_DAYS, UNPAID_SIGMA = 2.0, 2.15
REFUSED_AMOUNT = 25_000

SAME_DAY, WITHIN_THREE_DAYS = 0.95, 0.995
LITIGATED = {"vehicle": 0.002, "light": 0.06, "serious": 0.18, "grave": 0.25}
SEASON = {1: 1.15, 2: 1.15, 7: 1.10, 8: 1.10}
WEEKEND = 0.82
CAUSES = (
    ("追尾碰撞", 55),
    ("刮擦", 20),
    ("单方事故", 12),
    ("倒车", 6),
    ("水淹自然灾害", 2),
    ("玻璃单独破碎", 3),
    ("其他", 2),
)
VEHICLE_CLASSES = (
    ("家庭自用汽车", 78),
    ("企业非营业客车", 6),
    ("营业货车", 7),
    ("出租网约车", 5),
    ("摩托车", 3),
    ("特种车", 1),
)
DISTRICTS = ("高新区", "东区", "西区", "城南新区", "经开区", "老城区")
ROADS = ("人民路", "滨江大道", "绕城高速", "解放街", "迎宾大道", "建设路", "成渝高速", "工业大道", "天府大道")
AGENCY_OUT, AGENCY_IN = 0.02, 0.022

# Where on its way from report to close a case reaches each stage.
MILESTONES = (
    ("surveyed", 0.10),
    ("assessed", 0.28),
    ("reviewed", 0.50),
    ("adjusted", 0.66),
    ("approved", 0.85),
    ("paid", 0.95),
)
# Death and disability: quickly assessed, long under review and at the adjudicators'.
GRAVE_MILESTONES = (
    ("surveyed", 0.05),
    ("assessed", 0.15),
    ("reviewed", 0.42),
    ("adjusted", 0.50),
    ("approved", 0.93),
    ("paid", 0.97),
)


def reports_per_day(total: int, last: date) -> list[tuple[date, int]]:
    """The year of reports up to `last`, spread by season and weekday; sums to `total`."""
    days = [last - timedelta(days=back) for back in range(364, -1, -1)]
    weights = [SEASON.get(day.month, 0.95) * (WEEKEND if day.weekday() > 4 else 1) for day in days]
    whole, done, spread = math.fsum(weights), 0, []
    reached = 0.0
    for day, weight in zip(days, weights, strict=True):
        reached += weight
        until = round(total * reached / whole)
        spread.append((day, until - done))
        done = until
    return spread
