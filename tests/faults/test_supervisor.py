"""The supervisor killed, its children killed, started again."""

import os
import signal
from pathlib import Path

import pytest

from claims_admin.children import marked
from tests.supervised import is_ready, port, run, var, wait_for_welcome, wait_until

__all__ = ["port", "run", "var"]
pytestmark = pytest.mark.faults


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


def test_an_interrupt_stops_everything(run, var: Path):
    process = run()
    wait_for_welcome(process)

    process.send_signal(signal.SIGINT)
    words, _ = process.communicate(timeout=60)

    assert (process.returncode, "已全部停止" in words) == (0, True)
    assert marked(var) == []
