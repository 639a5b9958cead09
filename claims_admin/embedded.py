"""The servers that a fresh machine does not have: where they are found."""

import secrets
from pathlib import Path


def secret_key(var_dir: Path) -> str:
    """A key of this installation's own, made at first use."""
    file = var_dir / "secret-key"
    if not file.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def database_url(var_dir: Path) -> str:
    return f"postgresql://claims@/claims?host={var_dir / 'postgres'}"


def redis_url(var_dir: Path) -> str:
    return f"redis+socket://{var_dir / 'redis/redis.sock'}"
