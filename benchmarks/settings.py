"""The demo's settings with tasks at once, on the embedded servers unless DATABASE_URL names others."""

import logging
import os

os.environ.setdefault("CLAIMS_MODE", "demo")

from claims_admin.settings import *  # noqa: F403
from claims_admin.settings import VAR_DIR  # noqa: F401

CELERY_TASK_ALWAYS_EAGER = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
logging.disable(logging.INFO)  # a line of log for every measured request is not what is measured
