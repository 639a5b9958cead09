"""How gunicorn serves the web pages; addresses and the number of workers come from the command line."""

import os
from pathlib import Path

from claims_admin.logs import logging_settings

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes its heartbeat file there itself

worker_class = "sync"
preload_app = True
timeout = 30
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
# The heartbeat must not wait for a slow disk.
worker_tmp_dir = str(_SHARED_MEMORY) if os.access(_SHARED_MEMORY, os.W_OK) else None
logconfig_dict = logging_settings(os.environ.get("CLAIMS_LOG_LEVEL", "INFO"))
