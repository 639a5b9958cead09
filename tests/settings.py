"""The product's settings, as the tests run them: real PostgreSQL, tasks at once, cheap password hashes."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("CLAIMS_MODE", "test")

from claims_admin.settings import *  # noqa: F403
from claims_admin.settings import DATABASES

CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Tests that seal bring their own; nothing of a test gets among the demo's seals.
SEAL_FILE = Path(tempfile.gettempdir()) / f"claims-test-seals-{os.getpid()}.jsonl"
# Static files straight from where they are written: nothing is collected for a test run.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Factories make rows without a history. Tests of the guard, and of whole lives, switch it on: `guarded`.
DATABASES["default"]["OPTIONS"]["options"] += " -c claims.filling=on"
