"""`make run`'s last step on a folder of its own, without a made-up branch."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest

from claims_admin.embedded import servers

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="claims-run-"))
    folder.chmod(0o755)
    yield folder / "var"
    servers.stop(folder / "var")
    rmtree(folder)


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def run(var: Path, port: int) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start the supervisor; `wait_for_welcome` tells when the page answers."""
    started: list[subprocess.Popen[str]] = []
    unset = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "CLAIMS_MODE"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"CLAIMS_VAR_DIR": str(var), "PORT": str(port), "CLAIMS_DEMO_SIZE": "none"}

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "claims_admin.supervisor"],
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=60)


def wait_for_welcome(process: subprocess.Popen[str]) -> float:
    """Seconds until the supervisor says that the page is up (an answering page may be a leftover's)."""
    since, words = time.monotonic(), ""
    for line in process.stdout:
        words += line
        if "已启动：http://localhost" in line:
            return time.monotonic() - since
    pytest.fail(f"no welcome, exit {process.wait()}:\n{words}")


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)
