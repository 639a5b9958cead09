"""`python -m claims_admin.embedded start | stop | status | url`"""

import os
import sys
from pathlib import Path

from claims_admin.embedded import postgres, redis_server, servers
from claims_admin.embedded.places import CannotStartError, database_url, redis_url

VAR_DIR = Path(os.environ.get("CLAIMS_VAR_DIR", Path(__file__).resolve().parents[2] / "var"))


def main(arguments: list[str]) -> int:
    actions = {"start": servers.start, "stop": servers.stop, "status": _show_status, "url": _show_addresses}
    action = actions.get(arguments[0]) if len(arguments) == 1 else None
    if action is None:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        action(VAR_DIR)
    except CannotStartError as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    return 0


def _show_status(var: Path) -> None:
    states = {"PostgreSQL": postgres.is_running(var), "Redis": redis_server.is_running(var)}
    for name, is_running in states.items():
        sys.stdout.write(f"{name}: {'运行中' if is_running else '未运行'}\n")


def _show_addresses(var: Path) -> None:
    sys.stdout.write(f"DATABASE_URL={database_url(var)}\nREDIS_URL={redis_url(var)}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
