"""Settings from the environment, safe by default.

`CLAIMS_MODE` says what this process is part of: `production` (the default: nothing is guessed), `demo`
(`make run` on one machine, plain HTTP on the loopback address, embedded servers) or `test`.
"""

import os
from collections.abc import Callable
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from claims_admin import embedded, logs

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = os.environ.get("CLAIMS_MODE", "production")
IS_PRODUCTION = MODE == "production"
VAR_DIR = Path(os.environ.get("CLAIMS_VAR_DIR", BASE_DIR / "var"))


def _required(name: str) -> str:
    """Production guesses nothing: what is missing stops the process with a sentence."""
    value = os.environ.get(name, "")
    if not value:
        raise SystemExit(f"环境变量 {name} 未设置：生产环境必须提供。参见 docs/operations.md。")
    return value


def _server(name: str, embedded_url: Callable[[Path], str]) -> str:
    if IS_PRODUCTION:
        return _required(name)
    return os.environ.get(name) or embedded_url(VAR_DIR)


def _flag(name: str, *, default: bool) -> bool:
    return os.environ.get(name, str(default)).lower() in {"1", "true", "yes", "on"}


DEBUG = False
SECRET_KEY = _required("CLAIMS_SECRET_KEY") if IS_PRODUCTION else embedded.secret_key(VAR_DIR)
ALLOWED_HOSTS = (
    _required("CLAIMS_HOSTS").split(",")
    if IS_PRODUCTION
    else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CLAIMS_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guardian",
    "simple_history",
    "csp",
    "claims_admin",
    "departments",
    "authority",
    "cases",
    "reports",
]
# History is for reading: what it shows is not put back by a button.
SIMPLE_HISTORY_REVERT_DISABLED = True
MIDDLEWARE = [
    "claims_admin.security.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "claims_admin.security.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "claims_admin.security.SessionLimitMiddleware",
    "claims_admin.security.PasswordAgeMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "claims_admin.urls"
WSGI_APPLICATION = "claims_admin.wsgi.application"
AUTH_USER_MODEL = "departments.Staff"
AUTHENTICATION_BACKENDS = [
    "claims_admin.sign_in.CountedBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = True
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "claims_admin.navigation.navigation",
            ]
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        _server("DATABASE_URL", embedded.database_url),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
# Milliseconds. Web pages take 15 s at most; workers and commands are given more by whoever starts them.
STATEMENT_TIMEOUT = int(os.environ.get("CLAIMS_STATEMENT_TIMEOUT", "15000"))
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    f"-c lock_timeout=3000 -c statement_timeout={STATEMENT_TIMEOUT} -c idle_in_transaction_session_timeout=30000"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = _server("REDIS_URL", embedded.redis_url)
CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A page never waits for a broker that is down: PostgreSQL keeps the work, the schedule finds it.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "socket_connect_timeout": 1,
    **embedded.queue_folders(VAR_DIR),
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "reports.jobs.tick", "schedule": 30.0},
    "outbox": {"task": "departments.jobs.deliver_outbox", "schedule": 10.0},
    "stations": {"task": "cases.jobs.keep_stations_staffed", "schedule": 60.0},
    "imports": {"task": "cases.jobs.pick_up_imports", "schedule": 30.0},
    "certificates": {"task": "authority.jobs.warn_of_expiring_certificates", "schedule": 3600.0},
    "supervision": {"task": "cases.jobs.make_supervision_months", "schedule": 3600.0},
    "data_quality": {"task": "cases.jobs.check_data_quality", "schedule": 3600.0},
    "quality": {"task": "cases.jobs.keep_quality", "schedule": 3600.0},
    "what_ifs": {"task": "cases.jobs.pick_up_what_ifs", "schedule": 30.0},
    "ledger": {"task": "authority.jobs.seal", "schedule": 60.0},
    "clocks": {"task": "cases.jobs.watch_clocks", "schedule": 600.0},
    "escalations": {"task": "cases.jobs.remind_of_escalations", "schedule": 600.0},
    "meetings": {"task": "cases.jobs.remind_of_meetings", "schedule": 600.0},
    "average_costs": {"task": "cases.jobs.average_costs", "schedule": crontab(hour=2, minute=10)},
    "annual_lists": {
        "task": "cases.jobs.remind_of_annual_lists",
        "schedule": crontab(hour=6, minute=40),
    },
    "clearing": {"task": "cases.jobs.take_clearing_rounds", "schedule": crontab(hour=6, minute=20)},
    "coverage": {"task": "authority.jobs.watch_over_coverage", "schedule": 600.0},
    "mail_digests": {"task": "departments.jobs.make_mail_digests", "schedule": 300.0},
    "purge_notifications": {
        "task": "departments.jobs.purge_notifications",
        "schedule": crontab(hour=3, minute=20),
    },
    "appointments": {"task": "departments.jobs.sync_appointments", "schedule": 600.0},
}

# Where the core system's nightly job leaves its extracts, and who answers for them; both or none. Somebody
# else confirms them on the page.
# Of the made-up branch at the first start in demo mode: small, medium, large, giant, or none.
DEMO_SIZE = os.environ.get("CLAIMS_DEMO_SIZE", "small")
IMPORT_DROP = os.environ.get("CLAIMS_IMPORT_DROP", "")
IMPORT_AS = os.environ.get("CLAIMS_IMPORT_AS", "")
# Where packs for head office are left as files; none where head office works in the system itself.
ESCALATION_DROP = os.environ.get(
    "CLAIMS_ESCALATION_DROP", str(VAR_DIR / "head-office") if MODE == "demo" else ""
)

# The ledger's seals: who can write the database must not be able to write these two.
SEAL_KEY_FILE = (
    _required("CLAIMS_SEAL_KEY_FILE")
    if IS_PRODUCTION
    else os.environ.get("CLAIMS_SEAL_KEY_FILE") or embedded.seal_key_file(VAR_DIR)
)
SEAL_FILE = os.environ.get("CLAIMS_SEAL_FILE") or VAR_DIR / "ledger-seals.jsonl"

# The digest mails. Without a mail server they are written to files under the var directory.
BASE_URL = os.environ.get("CLAIMS_BASE_URL", "http://localhost:8000")
EMAIL_HOST = os.environ.get("CLAIMS_EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("CLAIMS_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("CLAIMS_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("CLAIMS_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("CLAIMS_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("CLAIMS_EMAIL_FROM", "claims-admin@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
NODE_MODULES = BASE_DIR / "node_modules"
VENDOR_FILES = {
    "vendor/tabler/css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "vendor/tom-select/css/tom-select.bootstrap5.min.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
    "vendor/tom-select/js/tom-select.complete.min.js": "tom-select/dist/js/tom-select.complete.min.js",
}
STATICFILES_FINDERS = [
    "claims_admin.vendor.VendorFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
MEDIA_ROOT = VAR_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o640
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "claims_admin.vendor.StaticStorage"},
}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "claims_admin.passwords.MixedClassesValidator"},
    {"NAME": "claims_admin.passwords.NotRecentValidator"},
]
PASSWORD_DAYS = 90

# TLS ends at the proxy in front of a production server; the demo speaks plain HTTP on the loopback address.
USES_TLS = IS_PRODUCTION and _flag("CLAIMS_TLS", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if USES_TLS else None
SECURE_SSL_REDIRECT = USES_TLS
SECURE_HSTS_SECONDS = 31_536_000 if USES_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = USES_TLS
SECURE_HSTS_PRELOAD = USES_TLS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SESSION_COOKIE_NAME = "__Host-session" if USES_TLS else "session"
SESSION_COOKIE_SECURE = USES_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 60 * int(os.environ.get("CLAIMS_IDLE_MINUTES", "15"))
CSRF_COOKIE_NAME = "__Host-csrf" if USES_TLS else "csrf"
CSRF_COOKIE_SECURE = USES_TLS
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# How many proxies in front add to X-Forwarded-For.
TRUSTED_PROXIES = int(os.environ.get("CLAIMS_TRUSTED_PROXIES", "1" if IS_PRODUCTION else "0"))

LOGGING = logs.logging_settings(os.environ.get("CLAIMS_LOG_LEVEL", "INFO"))
logs.configure()
