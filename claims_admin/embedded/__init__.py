"""The servers the project brings along: PostgreSQL 18 and Redis, for `make run` and the tests.

Addresses are computed without starting anything, so settings may ask for them at import. Production never
comes here: it names its own servers in `DATABASE_URL` and `REDIS_URL`.
"""

from claims_admin.embedded.places import (
    APP_ROLE,
    OWNER_ROLE,
    database_url,
    queue_folders,
    redis_url,
    seal_key_file,
    secret_key,
)

__all__ = [
    "APP_ROLE",
    "OWNER_ROLE",
    "database_url",
    "queue_folders",
    "redis_url",
    "seal_key_file",
    "secret_key",
]
