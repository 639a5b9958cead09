"""The demo's settings without a worker, on the embedded servers unless DATABASE_URL names others."""

import logging
import os

os.environ.setdefault("CLAIMS_MODE", "demo")

from claims_admin.settings import *  # noqa: F403
from claims_admin.settings import DATABASES, VAR_DIR  # noqa: F401

CELERY_BROKER_URL = "memory://localhost/"  # wake-ups go nowhere: what a worker does is measured by itself
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
logging.disable(logging.INFO)  # a line of log for every measured request is not what is measured
# Cases are made ready for measuring, and bare statements measured, without a history.
DATABASES["default"]["OPTIONS"]["options"] += " -c claims.filling=on"
