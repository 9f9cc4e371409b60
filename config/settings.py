"""Settings, all from the environment (or a `.env` file beside manage.py). A wrong value stops the start."""

import datetime
import secrets
import sqlite3
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.database import bootstrap_static, database_from, sqlite_pragmas
from config.mail import TIMEOUT_SECONDS, mail_from, sender_from, site_address_from
from config.quiet_days import days_from, weekdays_from

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(str(BASE_DIR / ".env"))  # what is set already stays
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def read_flag(name: str, default: bool) -> bool:
    """A yes-or-no variable; anything but the usual spellings refuses to start."""
    raw = env.str(name, default="").strip().lower()
    if raw == "":
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {raw!r}.")


def read_number(name: str, default: int, lowest: int) -> int:
    """A whole number of at least `lowest`."""
    raw = env.str(name, default=str(default)).strip()
    if not raw.isdecimal() or int(raw) < lowest:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {lowest}, not {raw!r}.")
    return int(raw)


def read_date(name: str) -> datetime.date | None:
    """An ISO date or nothing."""
    raw = env.str(name, default="").strip()
    if not raw:
        return None
    try:
        return datetime.date.fromisoformat(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a date such as 2025-09-15, not {raw!r}.") from error


def read_secret_key(debug: bool) -> str:
    """The signing key. In DEBUG one is made up once and kept in var/, so that sessions outlive a restart."""
    given = env.str("SECRET_KEY", default="")
    if given:
        return given
    if not debug:
        raise ImproperlyConfigured("SECRET_KEY must be set when DEBUG is off.")
    kept = VAR_DIR / "secret_key"
    if not kept.exists():
        kept.write_text(secrets.token_urlsafe(50), encoding="ascii")
        kept.chmod(0o600)
    return kept.read_text(encoding="ascii").strip()


DEBUG = read_flag("DEBUG", default=False)
SECRET_KEY = read_secret_key(DEBUG)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# The demonstration: sample accounts and progress, and a clock that stands still inside the plan year.
DEMONSTRATION = read_flag("DEMONSTRATION", default=DEBUG)
# A line left over from trying out must not stop the clock of an installation that is used.
DEMONSTRATION_DATE = read_date("DEMONSTRATION_DATE") if DEMONSTRATION else None

INSTALLED_APPS = [
    "config.apps.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "axes",
    "simple_history",
    "django_filters",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "tracker.apps.TrackerConfig",
    "reports.apps.ReportsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tracker.middleware.LanguageMiddleware",
    "tracker.middleware.NulCharacterMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tracker.middleware.RefusalMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "tracker.middleware.SessionRefreshMiddleware",
    "tracker.middleware.PasswordChangeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.views.context.page",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {"default": database_from(env.str("DATABASE_URL", default=""), VAR_DIR)}
# Read back by a system check.
SQLITE_PRAGMAS = sqlite_pragmas(sqlite3.sqlite_version_info)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "tracker.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "tracker.authentication.UnitBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": read_number("PASSWORD_MIN_LENGTH", 10, lowest=8)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "tracker.passwords.CharacterKindsValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = read_number("LOCKOUT_FAILURES", 5, lowest=1)
AXES_COOLOFF_TIME = datetime.timedelta(minutes=read_number("LOCKOUT_MINUTES", 10, lowest=1))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "tracker.views.accounts.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
FORMAT_MODULE_PATH = ["config.formats"]
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", bootstrap_static())]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

SESSION_COOKIE_AGE = read_number("IDLE_MINUTES", 120, lowest=1) * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = read_flag("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if read_flag("BEHIND_PROXY", default=False) else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
# Uploaded evidence lies outside every folder that is served; the application alone hands it out.
EVIDENCE_DIR = Path(env.str("EVIDENCE_DIR", default=str(VAR_DIR / "evidence")))
# Hosts inside the government network whose pages `check_links` may open: names or numbers, with a port if need be.
CHECK_LINKS_HOSTS = [host.strip().lower() for host in env.list("CHECK_LINKS_HOSTS", default=[]) if host.strip()]
EVIDENCE_MOST_MB = read_number("EVIDENCE_MOST_MB", 20, lowest=1)
# Reminders: how they are sent, what their links begin with, and when none are sent.
_mail = mail_from(env.str("EMAIL_URL", default="consolemail://"))
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST", ""), _mail.get("EMAIL_PORT", 0)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_USER", ""), _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = TIMEOUT_SECONDS
DEFAULT_FROM_EMAIL = sender_from(env.str("EMAIL_FROM", default=""), needed=bool(EMAIL_HOST))
SITE_ADDRESS = site_address_from(env.str("SITE_ADDRESS", default="http://127.0.0.1:8000" if DEBUG else ""))
QUIET_WEEKDAYS = weekdays_from(env.str("QUIET_WEEKDAYS", default="6,7"))
QUIET_DAYS = days_from(env.str("QUIET_DAYS", default=""))

DATA_UPLOAD_MAX_MEMORY_SIZE = read_number("MAX_REQUEST_KB", 2560, lowest=64) * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # A refused secrecy mark is always logged, however quiet the rest is.
    "loggers": {"tracker.secrecy": {"level": "WARNING"}},
}
