"""Tasks carry the id of the request that sent them, so one search finds page, task and ledger entry."""

import uuid
from typing import Any

import structlog
from celery import Task

from departments.origin import Origin, current_origin, set_origin

log = structlog.get_logger(__name__)


class TracedTask(Task):
    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        headers = {"request_id": current_origin().request_id, **(options.pop("headers", None) or {})}
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs in the worker. What beat sends comes from no request and gets an id of its own."""
        if self.request.is_eager:
            return super().__call__(*args, **kwargs)
        headers = self.request.headers or {}
        sent_by = headers.get("request_id")
        request_id = sent_by or uuid.uuid4().hex
        set_origin(Origin(request_id=request_id))
        structlog.contextvars.bind_contextvars(request_id=request_id, task=self.name)
        if sent_by:
            log.info("task", task_id=self.request.id)
        try:
            return super().__call__(*args, **kwargs)
        finally:
            set_origin(Origin())
            structlog.contextvars.clear_contextvars()
