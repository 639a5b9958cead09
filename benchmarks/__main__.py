"""`python -m benchmarks --size 10k|100k|1m [--only lists,deciding] [--anew]`"""

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

import django
from django.conf import settings
from django.core.management import call_command

MEASUREMENTS = ("judging", "lists", "deciding", "exporting", "importing", "reporting")


def say(text: str) -> None:
    print(text, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--size", choices=["10k", "100k", "1m"], default="100k")
    parser.add_argument("--only", default=",".join(MEASUREMENTS))
    parser.add_argument("--anew", action="store_true", help="fill the database again")
    return parser.parse_args()


def lines(names: list[str]) -> Iterator[str]:
    clock = import_module("benchmarks.clock")
    for name in names:
        for figure in import_module(f"benchmarks.{name}").measure():
            yield clock.line(figure)


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
    with (folder / f"{chosen.size}.txt").open("w", encoding="utf-8") as file:
        for text in lines(chosen.only.split(",")):
            say(text)
            file.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
