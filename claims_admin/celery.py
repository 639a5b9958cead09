import os

from celery import Celery

from claims_admin.traced import TracedTask

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claims_admin.settings")

app = Celery("claims_admin", task_cls=TracedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="jobs")
