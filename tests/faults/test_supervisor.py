"""`make run`'s last step on a folder of its own: started, killed, started again, stopped."""

import os
import re
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


def wait_for_page(port: int, process: subprocess.Popen[str], seconds: float = 180) -> float:
    """Seconds until `/readyz` answered."""
    since = time.monotonic()
    while time.monotonic() - since < seconds and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return time.monotonic() - since
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"no page after {seconds} s, exit {process.poll()}")


def children_of(var: Path) -> list[int]:
    mark = f"CLAIMS_SUPERVISED_IN={var}\0".encode()
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def test_a_killed_supervisor_is_followed_by_a_clean_second_start(run, var: Path, port: int):
    first = run()
    wait_for_page(port, first)
    before = set(children_of(var))
    first.send_signal(signal.SIGKILL)
    first.wait()

    second = run()
    seconds = wait_for_page(port, second)

    assert seconds < 10
    assert before.isdisjoint(children_of(var))


def test_dead_children_come_back(run, var: Path, port: int):
    process = run()
    wait_for_page(port, process)
    for number in children_of(var):
        os.kill(number, signal.SIGKILL)

    wait_until(lambda: len(children_of(var)) >= 3)
    wait_for_page(port, process)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(run, var: Path, port: int, number: signal.Signals):
    process = run()
    wait_for_page(port, process)

    process.send_signal(number)
    words, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert re.search(rf"http://localhost:{port}/", words)
    assert children_of(var) == []
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


def test_a_second_supervisor_of_the_same_folder_is_refused(run, port: int):
    first = run()
    wait_for_page(port, first)

    second = run()
    words, _ = second.communicate(timeout=60)

    assert (second.returncode, "已在运行" in words) == (2, True)
