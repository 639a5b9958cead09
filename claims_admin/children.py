"""The supervisor's processes: started, restarted with growing pauses, and ended, even a killed one's."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

MARK = "CLAIMS_SUPERVISED_IN"
"""Environment variable by which a leftover is known as ours before it is ended."""
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
"""Seconds after which a restarted process counts as well again."""
SECONDS_TO_STOP = 15
SECONDS_FOR_LEFTOVERS = 3
LARGEST_LOG = 50_000_000
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process in its own session, its output in `var/log/<name>.log`."""

    name: str
    command: list[str]
    folder: Path
    var: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    due_at: float = field(default=0.0)

    @property
    def log(self) -> Path:
        return self.var / "log" / f"{self.name}.log"

    def start(self) -> None:
        self.log.parent.mkdir(exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                self.command,
                cwd=self.folder,
                env={**self.environment, MARK: str(self.var)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
            )
        self.started_at = time.monotonic()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_alive(self) -> bool:
        """True if it was started anew. A process that dies again soon waits longer each time, up to 30 s."""
        now = time.monotonic()
        if self.is_alive():
            if now - self.started_at > STEADY_AFTER:
                self.pause = 1.0
            return False
        if not self.due_at:
            self.due_at = now + self.pause
            sys.stderr.write(f"{self.name} 意外退出，{self.pause:.0f} 秒后重新启动（日志 {self.log}）。\n")
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if now < self.due_at:
            return False
        self.due_at = 0.0
        _signal_group(self.process, signal.SIGKILL)
        self.start()
        return True

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_alive():
            self.process.terminate()

    def stop(self) -> None:
        """Wait for it, then end it and what it started by force."""
        if self.process is None:
            return
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _signal_group(self.process, signal.SIGKILL)
            self.process.wait()

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:]) if self.log.exists() else ""


def end_leftovers(var: Path) -> None:
    """End what a killed supervisor left behind, workers of workers too: wait for them, then use force.

    They are known by their environment, not by a list of numbers, which strangers may have by now.
    Where there is no /proc (macOS) nothing is found.
    """
    deadline = time.monotonic() + SECONDS_FOR_LEFTOVERS
    while marked(var) and time.monotonic() < deadline:
        time.sleep(0.1)
    for number in marked(var):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def marked(var: Path) -> list[int]:
    """The numbers of all processes that were started in this folder by a supervisor."""
    mark = f"{MARK}={var}\0".encode()
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in _bytes(path)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it ended meanwhile, or is somebody else's


def _signal_group(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    if process is not None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _die_with_parent() -> None:
    """Runs in the child before its program: the kernel asks it to stop when the supervisor is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
