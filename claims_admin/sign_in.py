"""Passwords are checked at most five times per account and quarter of an hour, however many guess at once."""

import hashlib
import unicodedata
from datetime import timedelta
from typing import Any

import structlog
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from claims_admin.models import LoginTries
from departments.models import Staff

MOST_TRIES = 5
WINDOW = timedelta(minutes=15)

log = structlog.get_logger(__name__)


def take_a_try(name: str) -> bool:
    """Count one try for this account name; False when the window's tries are used up.

    Counted before the password is looked at, in one statement whose row lock queues simultaneous guesses:
    counting failures afterwards would let all that arrive together through.
    """
    now = timezone.now()
    tries = LoginTries.objects.filter(name_digest=_digest(name))
    LoginTries.objects.bulk_create([LoginTries(name_digest=_digest(name), since=now)], ignore_conflicts=True)
    tries.filter(since__lt=now - WINDOW).update(since=now, tries=0)
    return tries.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1) == 1


def forget_tries(name: str) -> None:
    LoginTries.objects.filter(name_digest=_digest(name)).delete()


def _digest(name: str) -> str:
    return hashlib.sha256(unicodedata.normalize("NFKC", name).strip().lower().encode()).hexdigest()


class CountedBackend(ModelBackend):
    """Django's password check behind the count: pages, admin and whatever else signs in come through here."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Staff | None:
        name = username or str(kwargs.get(Staff.USERNAME_FIELD, ""))
        if not take_a_try(name):
            log.warning("login_locked", account=_digest(name)[:12])
            raise PermissionDenied
        staff = super().authenticate(request, username=username, password=password, **kwargs)
        if staff is None:
            log.warning("login_refused", account=_digest(name)[:12])
            return None
        forget_tries(name)
        log.info("login", staff=staff.pk)
        return staff


class LoginForm(AuthenticationForm):
    """One message for wrong password, unknown account, disabled account and used-up tries."""

    error_messages = {
        "invalid_login": "工号或密码不正确。连续 5 次不正确后，该工号 15 分钟内不能登录。",
        "inactive": "工号或密码不正确。连续 5 次不正确后，该工号 15 分钟内不能登录。",
    }
