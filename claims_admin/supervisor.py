"""`python -m claims_admin.supervisor`: the whole department in one terminal, until Ctrl-C.

Starts the embedded servers, prepares the database, then keeps web, worker and beat alive. Production uses
systemd instead (docs/operations.md).
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from claims_admin.children import Child, end_leftovers
from claims_admin.embedded import APP_ROLE, database_url, redis_url, servers
from claims_admin.embedded.places import CannotStartError, insist_on_space, make_var

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("CLAIMS_VAR_DIR", BASE_DIR / "var"))
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
WEB_WORKERS = os.environ.get("WEB_WORKERS", "3")
PATIENCE = 60
"""Seconds the first page may take to answer."""
PYTHON = sys.executable


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        make_var(VAR_DIR)
        insist_on_space(VAR_DIR)
        with _alone(), servers.running(VAR_DIR):
            _run()
    except CannotStartError as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 2
    except KeyboardInterrupt:
        _say("已全部停止。")
    return 0


def _run() -> None:
    _prepare()
    children = _children()
    try:
        for child in children:
            child.start()
        _wait_for_page(children)
        _welcome()
        while True:
            for child in children:
                child.keep_alive()
            time.sleep(0.5)
    finally:
        _say("正在停止……")
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()


@contextmanager
def _alone() -> Iterator[None]:
    """One supervisor for one folder, and the port is free. Leftovers of a killed one are ended first."""
    with (VAR_DIR / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStartError("本目录的系统已在运行。请先停止它（在它的终端按 Ctrl-C）。") from error
        end_leftovers(VAR_DIR)
        _insist_on_free_port()
        yield


def _insist_on_free_port() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            message = f"端口 {PORT} 已被占用。请停止占用它的程序，或换一个端口：PORT={PORT + 1} make run"
            raise CannotStartError(message) from error


def _environment(*, for_owner: bool) -> dict[str, str]:
    """Commands change tables and connect as their owner; web and workers connect as somebody who cannot."""
    environment = {"CLAIMS_MODE": "demo", "DJANGO_SETTINGS_MODULE": "claims_admin.settings", **os.environ}
    if for_owner:
        environment["DATABASE_URL"] = (
            os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL") or database_url(VAR_DIR)
        )
    else:
        environment["DATABASE_URL"] = os.environ.get("DATABASE_URL") or database_url(VAR_DIR, role=APP_ROLE)
    environment["REDIS_URL"] = os.environ.get("REDIS_URL") or redis_url(VAR_DIR)
    environment["CLAIMS_VAR_DIR"] = str(VAR_DIR)
    return environment


def _prepare() -> None:
    command = [PYTHON, "manage.py", "prepare"]
    done = subprocess.run(command, check=False, cwd=BASE_DIR, env=_environment(for_owner=True))  # noqa: S603
    if done.returncode:
        raise CannotStartError("数据库准备失败，原因见上。")


def _children() -> list[Child]:
    environment = _environment(for_owner=False)
    return [
        Child(
            name=name, command=[PYTHON, "-m", *words], folder=BASE_DIR, var=VAR_DIR, environment=environment
        )
        for name, words in _commands().items()
    ]


def _commands() -> dict[str, list[str]]:
    web = "gunicorn --config python:claims_admin.serving claims_admin.wsgi:application"
    celery = "celery --app claims_admin --quiet"
    worker = f"{celery} worker --loglevel INFO --concurrency 2 --without-gossip --without-mingle"
    beat = f"{celery} beat --loglevel INFO --schedule"
    return {
        "web": [*web.split(), "--bind", f"{HOST}:{PORT}", "--workers", WEB_WORKERS],
        "worker": worker.split(),
        "beat": [*beat.split(), str(VAR_DIR / "beat-schedule"), "--pidfile", ""],
    }


def _wait_for_page(children: list[Child]) -> None:
    web = children[0]
    deadline = time.monotonic() + PATIENCE
    while not _answers():
        if time.monotonic() > deadline or not web.is_alive():
            raise CannotStartError(f"网页服务没有启动，日志 {web.log} 的最后几行：\n{web.last_words()}")
        time.sleep(0.1)


def _answers() -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{PORT}/livez", timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - it is called 200
    except (urllib.error.URLError, OSError):
        return False


def _welcome() -> None:
    logins = VAR_DIR / "demo-logins.txt"
    if logins.exists():
        _say(logins.read_text().rstrip())
    _say(f"\n车险理赔部管理系统已启动：http://{'localhost' if HOST == '127.0.0.1' else HOST}:{PORT}/")
    _say(f"日志在 {VAR_DIR / 'log'}，按 Ctrl-C 停止。")


def _leave(_number: int, _frame: FrameType | None) -> None:
    """The first signal ends the loop; more of them do not disturb the stopping."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
