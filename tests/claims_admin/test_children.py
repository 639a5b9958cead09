import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from claims_admin.children import Child, end_leftovers, marked

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    made: list[Child] = []

    def start(command: list[str]) -> Child:
        one = Child(name="web", command=command, folder=tmp_path, var=tmp_path, environment={**os.environ})
        made.append(one)
        one.start()
        return one

    yield start
    for one in made:
        one.ask_to_stop()
        one.stop()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def test_a_dead_child_is_started_again(child, capsys):
    web = child(SLEEP)
    web.pause = 0.05
    before = web.process.pid
    web.process.kill()
    web.process.wait()

    wait_until(web.keep_alive)

    assert web.is_alive()
    assert web.process.pid != before
    assert "web 意外退出" in capsys.readouterr().err


def test_a_child_that_keeps_dying_waits_longer_each_time(child):
    web = child([sys.executable, "-c", "raise SystemExit(1)"])
    web.pause = 0.05
    for _ in range(3):
        wait_until(web.keep_alive)

    assert web.pause == pytest.approx(0.4)


def test_what_a_child_says_is_kept(child):
    web = child([sys.executable, "-c", "print('the reason')"])
    web.process.wait()

    assert web.last_words() == "the reason"


def test_leftovers_of_a_killed_supervisor_are_ended_with_their_own_children(child, tmp_path: Path):
    web = child([sys.executable, "-c", f"import subprocess; subprocess.run({SLEEP!r})"])
    wait_until(lambda: len(marked(tmp_path)) == 2)

    end_leftovers(tmp_path)

    assert web.process.wait(10) != 0
    assert marked(tmp_path) == []


def test_strangers_are_left_alone(tmp_path: Path):
    with subprocess.Popen(SLEEP) as stranger:
        end_leftovers(tmp_path)

        assert stranger.poll() is None
        stranger.kill()


def test_children_leave_with_their_parent(tmp_path: Path):
    program = f"""
import os, sys
from pathlib import Path
from claims_admin.children import Child
var = Path({str(tmp_path)!r})
child = Child(name="web", command={SLEEP!r}, folder=var, var=var, environment=dict(os.environ))
child.start()
print(child.process.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    parent = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)

    status = Path("/proc") / parent.stdout.strip() / "status"
    wait_until(lambda: not status.exists() or "State:\tZ" in status.read_text())
