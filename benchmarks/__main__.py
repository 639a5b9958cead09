"""`python -m benchmarks --size 10k|100k|1m [--only lists,deciding] [--anew]`"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

SIZES = ("10k", "100k", "1m")
MEASUREMENTS = (
    "judging",
    "lists",
    "deciding",
    "exporting",
    "importing",
    "reporting",
    "clearing",
    "what_if",
    "verifying",
)


def say(text: str) -> None:
    print(text, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--size", choices=SIZES, default="100k")
    parser.add_argument("--only", default=",".join(MEASUREMENTS))
    parser.add_argument("--anew", action="store_true", help="fill the database again")
    return parser.parse_args()


def figures(names: list[str]) -> Iterator[Any]:
    """Each as soon as it is known; before each benchmark its name and the time."""
    for name in names:
        say(f"— {name} ({datetime.now(UTC):%H:%M:%S})")
        yield from import_module(f"benchmarks.{name}").measure()


def growth(folder: Path, size: str) -> Iterator[str]:
    """Every figure in milliseconds against the same one of the smallest branch measured here."""
    known = {name: folder / f"{name}.json" for name in SIZES if (folder / f"{name}.json").exists()}
    least = next(iter(known), size)
    if least == size:
        return
    before, now = (json.loads(known[name].read_text("utf-8")) for name in (least, size))
    for work, (value, unit) in now.items():
        if unit == "ms" and before.get(work, [0])[0]:
            yield f"{work:<52} {value / before[work][0]:8.2f} × {least}"


def main() -> None:
    chosen = arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    branch = import_module("benchmarks.branch")
    branch.use_database(chosen.size, say, anew=chosen.anew)
    call_command("check", verbosity=0)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    say(f"{datetime.now(UTC):%Y-%m-%d} {machine}, size {chosen.size}, seed {branch.SEED}")
    folder = settings.VAR_DIR / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    clock = import_module("benchmarks.clock")
    measured = {}
    for figure in figures(chosen.only.split(",")):
        say(clock.line(figure))
        measured[figure.work] = (figure.value, figure.unit)
    keep(folder / f"{chosen.size}.json", measured)
    say("— growth")
    for text in growth(folder, chosen.size):
        say(text)


def keep(file: Path, measured: dict[str, tuple[float, str]]) -> None:
    """Beside what earlier runs measured: a run may be about one benchmark alone."""
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    file.write_text(json.dumps(known | measured, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
