"""The command that everybody starts with: `make run`, once through, and what may be in its way."""

import os
import signal
import socket
from pathlib import Path

from claims_admin.children import marked
from claims_admin.embedded import postgres
from tests.supervised import is_ready, port, run, var, wait_for_welcome, wait_until

__all__ = ["port", "run", "var"]


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


def test_it_starts_stands_alone_mends_and_stops(run, var: Path, port: int):
    first = run()
    wait_for_welcome(first)
    assert is_ready(port)

    second = run()
    words, _ = second.communicate(timeout=60)
    assert (second.returncode, "已在运行" in words) == (2, True)

    os.kill(marked(var)[0], signal.SIGKILL)
    wait_until(lambda: len(marked(var)) >= 3 and is_ready(port))

    first.send_signal(signal.SIGTERM)
    words, _ = first.communicate(timeout=60)
    assert (first.returncode, "已全部停止" in words) == (0, True)
    assert marked(var) == []
    assert not postgres.is_running(var)
