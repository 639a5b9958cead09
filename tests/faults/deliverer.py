"""A process of its own that makes the digests and delivers what was promised, until it is killed."""

import sys
import time

import django
from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone


def run(database: str, media: str, drop: str, port: int) -> None:
    """Mails go to the server at the port, packs into the folder; each that is done prints a dot."""
    connection.settings_dict["NAME"], settings.MEDIA_ROOT, settings.ESCALATION_DROP = database, media, drop
    current_app.conf.task_always_eager = False  # a promise is delivered below, by nobody else
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    while True:
        digests.make_digests(timezone.now())
        for _ in range(delivery.deliver_waiting()):
            sys.stdout.write(".")
            sys.stdout.flush()
        time.sleep(0.02)


if __name__ == "__main__":
    django.setup()
    from departments import delivery, digests

    run(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
