import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import psycopg2
import pytest

from claims_admin.embedded import APP_ROLE, database_url, places, postgres, redis_server, redis_url, servers
from claims_admin.embedded import __main__ as command_line


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A folder that every system user may enter, as pytest's own are not. One for all: making it is slow."""
    folder = Path(mkdtemp(prefix="claims-test-"))
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("DATABASE_URL", raising=False)
        environment.delenv("REDIS_URL", raising=False)
        yield folder / "var"
        servers.stop(folder / "var")
    rmtree(folder)


def ask(url: str, question: str) -> object:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def postmaster(var: Path) -> int:
    return int((places.postgres_home(var) / "data" / "postmaster.pid").read_text().split()[0])


def test_the_last_user_stops_the_servers(var: Path):
    with ExitStack() as first:
        first.enter_context(servers.running(var))
        with servers.running(var):
            pass
        assert postgres.is_running(var)
        assert redis_server.is_running(var) is (places.redis_binary() is not None)

    assert not postgres.is_running(var)
    assert not redis_server.is_running(var)


def test_a_killed_server_starts_again_with_what_was_committed(var: Path):
    servers.start(var)
    ask(database_url(var), "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(var), signal.SIGKILL)

    servers.start(var)

    assert ask(database_url(var), "SELECT answer FROM kept") == 42


def test_the_number_of_a_dead_server_may_belong_to_a_stranger(var: Path):
    servers.start(var)
    pid_file = places.postgres_home(var) / "data" / "postmaster.pid"
    number = postmaster(var)
    lines = pid_file.read_text().splitlines()
    os.kill(number, signal.SIGKILL)
    time.sleep(0.3)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    servers.start(var)

    assert postmaster(var) not in {number, os.getpid()}


@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE mine DISABLE TRIGGER ALL", "DROP TABLE mine", "TRUNCATE mine", "CREATE TABLE other ()"],
)
def test_the_application_role_cannot_change_tables(var: Path, statement: str):
    servers.start(var)
    ask(database_url(var), "CREATE TABLE IF NOT EXISTS mine (answer int)")
    ask(database_url(var, role=APP_ROLE), "INSERT INTO mine VALUES (1)")

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(database_url(var, role=APP_ROLE), statement)


def test_writes_are_on_disk_before_they_count(var: Path):
    servers.start(var)

    names = ("fsync", "full_page_writes", "synchronous_commit")
    assert [ask(database_url(var), f"SHOW {name}") for name in names] == ["on", "on", "on"]


def test_a_folder_of_any_length_gets_a_short_socket(var: Path):
    deep = var / ("a very long folder name " * 8)

    assert len(str(places.postgres_socket_dir(deep))) < 90
    assert len(redis_url(deep)) < 110
    assert places.postgres_socket_dir(deep) == places.postgres_socket_dir(deep)


def test_trouble_is_told_in_a_sentence(var: Path):
    servers.start(var)
    servers.stop(var)
    version = places.postgres_home(var) / "data" / "PG_VERSION"
    version.write_text("9.6\n")

    with pytest.raises(places.CannotStartError, match="另一个 PostgreSQL 版本"):
        servers.start(var)
    version.write_text("18\n")


def test_the_demo_secret_is_made_once_and_private(var: Path):
    key = places.secret_key(var)

    assert len(key) >= 50
    assert places.secret_key(var) == key
    assert (var / "secret-key").stat().st_mode & 0o077 == 0


def test_a_command_may_run_while_the_servers_run(var: Path):
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "claims_admin.embedded", *words]
        environment = {**os.environ, "CLAIMS_VAR_DIR": str(var)}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)

    servers.stop(var)
    during = call("during", sys.executable, "-c", "raise SystemExit(7)")

    assert during.returncode == 7
    assert call("status").stdout.startswith("PostgreSQL: 未运行")
    assert database_url(var) in call("url").stdout
    assert call("sing").returncode == 2


def test_the_command_line_starts_tells_and_stops(var: Path, monkeypatch, capfd):
    monkeypatch.setattr(command_line, "VAR_DIR", var)

    assert command_line.main(["start"]) == 0
    assert command_line.main(["status"]) == 0
    assert command_line.main(["url"]) == 0
    assert command_line.main(["stop"]) == 0

    words = capfd.readouterr().out
    assert "PostgreSQL: 运行中" in words
    assert f"DATABASE_URL={database_url(var)}" in words
    assert not postgres.is_running(var)


def test_a_command_runs_while_the_servers_run(var: Path, monkeypatch):
    monkeypatch.setattr(command_line, "VAR_DIR", var)

    assert command_line.main(["during", sys.executable, "-c", "raise SystemExit(7)"]) == 7
    assert not postgres.is_running(var)


@pytest.mark.parametrize("arguments", [[], ["dance"], ["during"]])
def test_an_unknown_command_shows_what_there_is(arguments: list[str], capfd):
    assert command_line.main(arguments) == 2
    assert "python -m claims_admin.embedded start" in capfd.readouterr().err


def test_a_path_that_is_no_folder_is_told_in_a_sentence(monkeypatch, tmp_path: Path, capfd):
    (tmp_path / "var").write_text("not a folder")
    monkeypatch.setattr(command_line, "VAR_DIR", tmp_path / "var")

    assert command_line.main(["start"]) == 1
    assert f"不能使用目录 {tmp_path / 'var'}" in capfd.readouterr().err


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path):
    places.insist_on_space(tmp_path, needed=1)
    with pytest.raises(places.CannotStartError, match="磁盘空间不足"):
        places.insist_on_space(tmp_path, needed=1 << 60)
