"""The signing keys: a file outside the database, one key to a line. The last one signs, all verify."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

SHORTEST = 32


class SealError(Exception):
    """Sealing must stop until somebody has looked; the message is a sentence for that person."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets by their name, the one that signs last."""

    secrets: dict[str, bytes]

    @property
    def signing(self) -> str:
        return list(self.secrets)[-1]

    def sign(self, text: str, name: str) -> str:
        return hmac.new(self.secrets[name], text.encode(), hashlib.sha256).hexdigest()

    def is_signature(self, signature: str, text: str, name: str) -> bool:
        return name in self.secrets and hmac.compare_digest(signature, self.sign(text, name))


def read_keys() -> Keys:
    """Raises SealError where the file is missing, empty or holds a key that is too short."""
    path = Path(settings.SEAL_KEY_FILE)
    try:
        secrets = path.read_text().split()
    except OSError as error:
        raise SealError(f"读不到封存密钥文件 {path}") from error
    if not secrets or min(map(len, secrets)) < SHORTEST:
        raise SealError(f"封存密钥文件 {path} 中须有密钥，每个至少 {SHORTEST} 个字符")
    return Keys({_name(secret): secret.encode() for secret in secrets})


def _name(secret: str) -> str:
    """Which key it was, without saying anything about it."""
    return hashlib.sha256(f"name of {secret}".encode()).hexdigest()[:8]
