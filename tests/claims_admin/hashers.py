from typing import ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    """Cheap, and counts how many passwords were compared."""

    compared: ClassVar[list[str]] = []

    def verify(self, password: str, encoded: str) -> bool:
        self.compared.append(password)
        return super().verify(password, encoded)
