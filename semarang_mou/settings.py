"""Settings of Django. What differs between machines is in the environment or `.env`; only this file reads them."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")  # the environment wins over the file

# --- Secrets -----------------------------------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier ones, while SECRET_KEY is exchanged
REGISTER_KEY = env.str("REGISTER_KEY", default="")  # salts digests in the register: without it nobody can check them
REGISTER_KEY_OLD = env.list("REGISTER_KEY_OLD", default=[])  # earlier ones: what they salted is checked with them
if missing := [name for name in ("SECRET_KEY", "REGISTER_KEY") if not globals()[name]]:
    raise ImproperlyConfigured(
        f"{' dan '.join(missing)} belum diisi: isi lewat lingkungan atau berkas .env, "
        "atau jalankan `make serve`, yang membuatkannya."
    )

# --- Where it runs -----------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECURE = env.bool("SECURE", default=False)  # HTTPS ends at a proxy of ours in front
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}").rstrip("/")  # in e-mails
THREADS = env.int("THREADS", default=4)  # requests that one process answers at once

ROOT_URLCONF = "semarang_mou.urls"
WSGI_APPLICATION = "semarang_mou.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who keeps this register, and where errors are reported, as free text; while it is empty, /tentang/ says so.
OPERATOR = {"name": env.str("OPERATOR_NAME", default=""), "contact": env.str("OPERATOR_CONTACT", default="")}

# --- Database ----------------------------------------------------------------------------------------------
# Outside a transaction every statement commits by itself: ATOMIC_REQUESTS stays off, so that readers never
# queue behind SQLite's write lock. Acts open their own transaction, and wait for one another.

# Seconds that an act waits for its turn: twenty times what a usual one takes. Whoever waits holds a process that
# readers need; after this, the sender is asked to send again (semarang_mou/unavailable.py). `manage.py` waits longer.
LOCK_WAIT = env.int("LOCK_WAIT", default=2)

place = env.str("DATABASE_URL", default="") or f"sqlite:///{quote(str(BASE_DIR / 'db.sqlite3'))}"
try:
    if not place.startswith(("sqlite://", "postgres://", "postgresql://")):
        raise ValueError("another database")
    database = env.db_url_config(place)
except ValueError:
    raise ImproperlyConfigured(
        "DATABASE_URL tidak terbaca: tulis postgres://nama:sandi@host/basisdata, atau kosongkan."
    ) from None
options = database.setdefault("OPTIONS", {})
if database["ENGINE"] == "django.db.backends.sqlite3":
    options["timeout"] = LOCK_WAIT  # for the write lock
    options["transaction_mode"] = "IMMEDIATE"  # take that lock at the start: no deadlock half-way
    options["init_command"] = (
        "PRAGMA journal_mode=WAL;"
        "PRAGMA synchronous=FULL;"  # NORMAL lost acknowledged commits on a power cut
        "PRAGMA recursive_triggers=ON;"  # or INSERT OR REPLACE slips past the append-only triggers
    )
else:
    database["HOST"] = options.pop("host", database["HOST"])  # a socket's folder comes as ?host=
    # Compiling the ladder took a hundred times as long as answering it.
    options["options"] = f"-c jit=off -c lock_timeout={LOCK_WAIT}s {options.get('options', '')}".strip()
    # While the server is away nobody waits long, and who asks next tries again: the pool's own pauses between tries
    # grow to minutes. A connection whose server vanished without a word is given up after 5 s.
    options.setdefault("connect_timeout", 3)
    options.setdefault("tcp_user_timeout", 5000)
    options["pool"] = {
        "min_size": 1,
        "max_size": THREADS + 1,  # one more to look up the version
        "timeout": 2,
        "reconnect_timeout": 3,
    }
DATABASES = {"default": database}

# --- Caches and files --------------------------------------------------------------------------------------


def kept_in_files(folder: Path, most: int) -> dict[str, Any]:
    """A cache in files, because local memory would give each worker counters of its own."""
    return {"BACKEND": "semarang_mou.file_cache.FileCache", "LOCATION": folder, "OPTIONS": {"MAX_ENTRIES": most}}


CACHE_DIR = Path(env.str("CACHE_DIR", default="") or BASE_DIR / ".cache")
CACHES = {
    "default": kept_in_files(CACHE_DIR, 5000),
    "pages": kept_in_files(CACHE_DIR / "pages", 1000),  # read only while the database is away
}
if env.str("CACHE_URL", default=""):
    CACHES = {name: env.cache_url("CACHE_URL") | {"KEY_PREFIX": name} for name in CACHES}

MEDIA_ROOT = env.path("EVIDENCE_DIR", default=BASE_DIR / "evidence")()  # originals too: never served as a folder
BACKUP_DIR = Path(env.str("BACKUP_DIR")) if env.str("BACKUP_DIR", default="") else None
os.umask(0o077)  # database, cache, evidence and keys: whatever this process makes is for its own user only
FILE_UPLOAD_PERMISSIONS = 0o600

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "semarang_mou.static_files.JoinedSheetsStorage"},
}

# --- Apps and middleware -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "opd",
    "commitments",
    "semarang_mou.apps.SecretariatAdminConfig",  # django.contrib.admin with the secretariat's front page
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tables2",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "csp",
]

MIDDLEWARE = [
    "semarang_mou.language.PathLanguageMiddleware",  # outermost, so that refusals have the language too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "opd.register.ends.RegisterEndsMiddleware",
    "semarang_mou.robots.NoIndexMiddleware",
    "semarang_mou.request_checks.WholeRequestMiddleware",
    "opd.accounts.sessions.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "opd.accounts.sign_in.SecondFactorMiddleware",
]

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
                "commitments.context_processors.site",
                "semarang_mou.language.editions",
            ],
        },
    },
]

# --- Language and time -------------------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]  # the path decides: semarang_mou/language.py
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

FORMS_URLFIELD_ASSUME_HTTPS = True  # an address typed without a scheme; goes with Django 6, whose default it is

# --- Sign-in -----------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/kerja/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "opd.accounts.hashing.Scrypt",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of accounts made before; renewed as they sign in
]
ACCOUNT_ADAPTER = "opd.accounts.sign_in.AccountAdapter"  # the secretariat makes accounts; nobody can sign up
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers; the page says the same for every address
ACCOUNT_EMAIL_VERIFICATION = "none"  # the secretariat enters the address with the account
ACCOUNT_SESSION_REMEMBER = True  # no box to tick: every session lasts as long as the next lines say
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Melewati Seremoni] "  # else the host that the request names
ACCOUNT_RATE_LIMITS = {  # what else allauth counts keeps its own limits; wrong passwords: opd/accounts/sign_in.py
    "login": "",  # only failures are counted: at eight o'clock a whole office may sign in from one IP address
    "reset_password": "20/m/ip",  # letters to one account: opd/accounts/sign_in.py, unseen by whoever asks
}
SESSION_ENGINE = "opd.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # since the last request, not since sign-in
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds after which approving, revoking or granting asks once more
MFA_ADAPTER = "opd.accounts.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True  # a passkey that asked for finger, face or PIN is both factors
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # http://localhost is the only plain one that a browser allows
MFA_TOTP_ISSUER = "Melewati Seremoni"
MFA_TOTP_TOLERANCE = 1  # the code before and after: telephones whose clock is half a minute off
MFA_FORMS = {
    "activate_totp": "opd.accounts.sign_in.FirstCodeForm",
    "add_webauthn": "opd.accounts.sign_in.FirstPasskeyForm",
    "authenticate": "opd.accounts.sign_in.CodeForm",
    "reauthenticate": "opd.accounts.sign_in.CodeAgainForm",
    "authenticate_webauthn": "opd.accounts.sign_in.PasskeyForm",
    "login_webauthn": "opd.accounts.sign_in.PasskeySignInForm",
    "reauthenticate_webauthn": "opd.accounts.sign_in.PasskeyAgainForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # follows from ACCOUNT_EMAIL_VERIFICATION

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="register@localhost")

# --- Security headers --------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by machines inside, over plain HTTP
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXIES", default=1 if SECURE else 0)
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # HSTS preloading binds the whole city domain: its owner decides, not this register
]

# --- API ---------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {"TITLE": "Melewati Seremoni", "VERSION": "1"}

# --- Logging -----------------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {"PIL": {"level": "INFO"}},  # below, it writes out what a photograph says of its place and its maker
}
