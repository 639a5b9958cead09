"""Both servers together, and who is using them: the last user to leave stops what was started."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from claims_admin.embedded import postgres, redis_server
from claims_admin.embedded.places import make_var


def start(var: Path) -> None:
    """Start what does not run yet, until `stop` is called. Raises CannotStartError."""
    make_var(var)
    with _one_at_a_time(var):
        (var / "keep-running").touch()
        _start(var)


def stop(var: Path) -> None:
    make_var(var)
    with _one_at_a_time(var):
        (var / "keep-running").unlink(missing_ok=True)
        _stop(var)


@contextmanager
def running(var: Path) -> Iterator[None]:
    """The servers run inside this block. Several processes may be in it; the last one out stops them.

    A lock on a file counts the users: the kernel drops it with the process, so a killed one is not counted.
    Raises CannotStartError.
    """
    make_var(var)
    with (var / "servers.users").open("w") as users:
        with _one_at_a_time(var):
            fcntl.flock(users, fcntl.LOCK_SH)
            _start(var)
        try:
            yield
        finally:
            with _one_at_a_time(var):
                if _is_last(users) and not (var / "keep-running").exists():
                    _stop(var)


def _start(var: Path) -> None:
    """Only what is not named in the environment: your own servers stay yours."""
    if not os.environ.get("DATABASE_URL"):
        postgres.start(var)
    if not os.environ.get("REDIS_URL"):
        redis_server.start(var)


def _stop(var: Path) -> None:
    redis_server.stop(var)
    postgres.stop(var)


def _is_last(users: TextIO) -> bool:
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _one_at_a_time(var: Path) -> Iterator[None]:
    with (var / "servers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
