"""`python -m claims_admin.embedded start | stop | status | url | during COMMAND …`"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from claims_admin.embedded import postgres, redis_server, servers
from claims_admin.embedded.places import CannotStartError, database_url, redis_url

VAR_DIR = Path(os.environ.get("CLAIMS_VAR_DIR", Path(__file__).resolve().parents[2] / "var"))


def main(arguments: list[str]) -> int:
    actions = {"start": servers.start, "stop": servers.stop, "status": _show_status, "url": _show_addresses}
    match arguments:
        case ["during", _, *_]:
            return _explained(lambda: _during(arguments[1:]))
        case [name] if name in actions:
            return _explained(lambda: actions[name](VAR_DIR))
    sys.stderr.write(f"{__doc__}\n")
    return 2


def _explained(action: Callable[[], int | None]) -> int:
    try:
        return action() or 0
    except CannotStartError as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1


def _during(command: list[str]) -> int:
    """Run the command while the servers run; its exit code."""
    with servers.running(VAR_DIR):
        return subprocess.run(command, check=False).returncode  # noqa: S603 - the caller's own command


def _show_status(var: Path) -> None:
    states = {"PostgreSQL": postgres.is_running(var), "Redis": redis_server.is_running(var)}
    for name, is_running in states.items():
        sys.stdout.write(f"{name}: {'运行中' if is_running else '未运行'}\n")


def _show_addresses(var: Path) -> None:
    sys.stdout.write(f"DATABASE_URL={database_url(var)}\nREDIS_URL={redis_url(var)}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
