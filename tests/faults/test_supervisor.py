"""`make run`'s last step on a folder of its own: started, killed, started again, stopped."""

import os
import signal
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

from claims_admin.children import marked
from claims_admin.embedded import postgres, servers

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]


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
    """Start the supervisor; returns when the page answers."""
    started: list[subprocess.Popen[str]] = []
    unset = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "CLAIMS_MODE"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "claims_admin.supervisor"],
            cwd=ROOT,
            env={**environment, "CLAIMS_VAR_DIR": str(var), "PORT": str(port)},
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
    since = time.monotonic()
    for line in process.stdout:
        if "已启动：http://localhost" in line:
            return time.monotonic() - since
    pytest.fail(f"no welcome, exit {process.wait()}")


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


def test_a_killed_supervisor_is_followed_by_a_clean_second_start(run, var: Path):
    first = run()
    wait_for_welcome(first)
    before = set(marked(var))
    first.send_signal(signal.SIGKILL)
    first.wait()

    second = run()
    seconds = wait_for_welcome(second)

    assert seconds < 10
    assert before.isdisjoint(marked(var))


def test_dead_children_come_back(run, var: Path, port: int):
    process = run()
    wait_for_welcome(process)
    for number in marked(var):
        os.kill(number, signal.SIGKILL)

    wait_until(lambda: len(marked(var)) >= 3 and is_ready(port))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(run, var: Path, number: signal.Signals):
    process = run()
    wait_for_welcome(process)

    process.send_signal(number)
    words, _ = process.communicate(timeout=60)

    assert (process.returncode, "已全部停止" in words) == (0, True)
    assert marked(var) == []
    assert not postgres.is_running(var)


def test_a_taken_port_is_told_in_a_sentence(run, port: int):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()

        process = run()
        words, _ = process.communicate(timeout=60)

    assert process.returncode == 2
    assert f"端口 {port} 已被占用" in words
    assert "Traceback" not in words


def test_a_second_supervisor_of_the_same_folder_is_refused(run):
    first = run()
    wait_for_welcome(first)

    second = run()
    words, _ = second.communicate(timeout=60)

    assert (second.returncode, "已在运行" in words) == (2, True)
