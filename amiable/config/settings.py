"""Settings, all from the environment; every default is safe on one machine without any set-up."""

from __future__ import annotations

import fcntl
import os
import secrets
import sys
from pathlib import Path

import dj_database_url

PACKAGE = Path(__file__).resolve().parent.parent

# What any process of Amiable writes is for the account that runs it: names and debts of people.
os.umask(0o077)

#: The folder of one installation: default database, documents, spool, secret key.
AMIABLE_HOME = Path(os.environ.get("AMIABLE_HOME") or Path.home() / ".local" / "share" / "amiable").resolve()
#: In demo mode nothing leaves: e-mails, SMS and letters go to the spool.
AMIABLE_DEMO = os.environ.get("AMIABLE_DEMO", "") == "1"
#: The interpreter that has openfisca-france (`pip install amiable[rights]`); empty: rights are not estimated.
AMIABLE_RIGHTS_PYTHON = os.environ.get("AMIABLE_RIGHTS_PYTHON", "")
DEBUG = os.environ.get("AMIABLE_DEBUG", "") == "1"


def _secret_key() -> str:
    """The key of this installation, made once and kept beside the database, readable by its owner only."""
    given = os.environ.get("AMIABLE_SECRET_KEY")
    if given:
        return given
    path = AMIABLE_HOME / "secret.key"
    is_new = not path.exists()
    AMIABLE_HOME.mkdir(parents=True, exist_ok=True)
    if is_new or not path.read_text().strip():
        # Two processes that begin together take one key: the second waits, then reads what the first wrote.
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not file.read().strip():
                file.seek(0)
                file.write(secrets.token_urlsafe(50))
                if not is_new:
                    print(f"{path} était vide : une clé est faite, chacun se reconnecte.", file=sys.stderr)
    return path.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [h for h in os.environ.get("AMIABLE_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("AMIABLE_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "amiable.jobs",
    "amiable.core",
    "amiable.parties",
    "amiable.accounts",
    "amiable.ledger",
    "amiable.correspondence",
    "amiable.procedures",
    "amiable.positions",
    "amiable.diary",
    "amiable.limits",
    "amiable.outreach",
    "amiable.intake",
    "amiable.bank",
    "amiable.books",
    "amiable.appointments",
    "amiable.household",
    "amiable.plans",
    "amiable.visits",
    "amiable.cases",
    "amiable.partners",
    "amiable.guarantees",
    "amiable.overindebtedness",
    "amiable.departures",
    "amiable.transfer",
    "amiable.nightly",
    "amiable.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "amiable.web.middleware.DomainErrorMiddleware",
    "amiable.web.middleware.OwnPasswordMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "amiable.config.urls"
WSGI_APPLICATION = "amiable.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "amiable.web.context.house",
            ],
            "builtins": ["amiable.web.templatetags.amiable"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("AMIABLE_DATABASE_URL") or f"sqlite:///{AMIABLE_HOME / 'amiable.sqlite3'}",
        conn_max_age=60,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: two writers queue at their first statement instead of failing at their first write.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    INSTALLED_APPS.insert(0, "procrastinate.contrib.django")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "day"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
# Static files are served from the package itself: no collectstatic step that an office could forget.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": AMIABLE_HOME},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 50 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

EMAIL_BACKEND = os.environ.get("AMIABLE_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("AMIABLE_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("AMIABLE_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("AMIABLE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("AMIABLE_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("AMIABLE_SMTP_TLS", "") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("AMIABLE_FROM_EMAIL", "amiable@localhost")
#: E-mails leave only when a server or a provider was named; until then they go to the spool.
AMIABLE_EMAIL_LIVE = bool(os.environ.get("AMIABLE_SMTP_HOST") or os.environ.get("AMIABLE_EMAIL_BACKEND"))


def _options(prefix: str) -> dict[str, str]:
    """Variables of one family without their prefix: AMIABLE_SMS_URL -> {"URL": ...}."""
    return {name.removeprefix(prefix): value for name, value in os.environ.items() if name.startswith(prefix)}


#: The SMS provider, see amiable/channels/sms/http.py: AMIABLE_SMS_URL, AMIABLE_SMS_TOKEN...
AMIABLE_SMS = _options("AMIABLE_SMS_")
#: Keys of django-anymail: AMIABLE_ANYMAIL_WEBHOOK_SECRET, AMIABLE_ANYMAIL_MAILJET_API_KEY...
ANYMAIL = _options("AMIABLE_ANYMAIL_")
if ANYMAIL:
    INSTALLED_APPS.append("anymail")

#: Search address of an address service (Base Adresse Nationale or alike); empty: only the office's own list.
AMIABLE_GEOCODER_URL = os.environ.get("AMIABLE_GEOCODER_URL", "")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # The page used offline for visits: its worker and its manifest, of this site only.
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
_HTTPS = os.environ.get("AMIABLE_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_COOKIE_HTTPONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("AMIABLE_LOG_LEVEL", "WARNING")},
}
