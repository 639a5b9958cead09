"""Settings, page shell and processes. The Celery app must exist before any shared task is declared."""

from claims_admin.celery import app as celery_app

__all__ = ["celery_app"]
