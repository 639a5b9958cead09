"""The embedded PostgreSQL and Redis run for as long as the tests do."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from claims_admin.embedded import servers

VAR_DIR = Path(os.environ.get("CLAIMS_VAR_DIR", Path(__file__).resolve().parent.parent / "var"))


def pytest_configure(config: pytest.Config) -> None:
    if config.option.help or config.option.collectonly:
        return
    stack = ExitStack()
    stack.enter_context(servers.running(VAR_DIR))
    config.add_cleanup(stack.close)
