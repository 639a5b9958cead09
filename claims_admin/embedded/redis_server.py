"""Starting and stopping the embedded Redis: a Unix socket under var/, queue kept in an append-only file."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from claims_admin.embedded.places import CannotStartError, make_var, redis_binary, redis_socket

SECONDS_TO_START = 10
SMALLEST_FREE_SPACE = 1_000_000
"""Bytes; below, the disk counts as full."""


def start(var: Path) -> None:
    """Redis answers when this returns; nothing is done where there is none to start (files carry the queue).

    Raises CannotStartError.
    """
    binary = redis_binary()
    make_var(var)
    if binary is None:
        (var / "queue").mkdir(exist_ok=True)
        return
    if is_running(var):
        return
    for folder in (var / "redis", redis_socket(var).parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _launch(binary, var)
    _wait_for(var)


def stop(var: Path) -> None:
    if is_running(var):
        _ask(redis_socket(var), b"SHUTDOWN\r\n")
        deadline = time.monotonic() + SECONDS_TO_START
        while is_running(var) and time.monotonic() < deadline:
            time.sleep(0.05)


def is_running(var: Path) -> bool:
    return _ask(redis_socket(var), b"PING\r\n").startswith((b"+PONG", b"-LOADING"))


def _launch(binary: str, var: Path) -> None:
    options = {
        "port": "0",
        "unixsocket": str(redis_socket(var)),
        "unixsocketperm": "700",
        "dir": str(var.resolve() / "redis"),
        "logfile": str(var.resolve() / "redis" / "redis.log"),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "yes",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    done = subprocess.run([binary, *arguments], check=False, capture_output=True, text=True, cwd=var)  # noqa: S603
    if done.returncode:
        raise CannotStartError(f"内置 Redis 无法启动。\n{done.stdout}{done.stderr}")


def _wait_for(var: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not is_running(var):
        if time.monotonic() > deadline:
            raise CannotStartError(f"内置 Redis 没有应答。\n{_last_words(var)}")
        time.sleep(0.02)


def _last_words(var: Path) -> str:
    log = var / "redis" / "redis.log"
    words = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""
    is_full = shutil.disk_usage(var).free < SMALLEST_FREE_SPACE
    return f"磁盘空间不足，请清理磁盘后重试。\n{words}" if is_full else words


def _ask(path: Path, command: bytes) -> bytes:
    """The answer's first bytes; none if nobody answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(os.fspath(path))
            connection.sendall(command)
            return connection.recv(64)
        except OSError:
            return b""
