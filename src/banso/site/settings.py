"""Django's settings; what differs between sites comes from `configuration`."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from banso.site.configuration import database_settings, read_configuration
from banso.site.discovery import WEB_FOLDER, feature_names
from banso.site.providers import HAS_SAML, provider_settings

_site = read_configuration(os.environ)

BANSO_PROJECT_FOLDER: Path | None = _site.project_folder
BANSO_COMPANY_NAME = _site.company_name
BANSO_CURRENCY = _site.currency
BANSO_RUN_EVERY = _site.run_every
BANSO_RETENTION_DAILY = _site.retention_daily
BANSO_BEHIND_PROXY = _site.https
BANSO_COLLECT_ADDRESS = os.environ.get("BANSO_COLLECT_ADDRESS", "")
BANSO_WEBHOOK_HOSTS = frozenset(  # may be private, and be reached without TLS
    os.environ.get("BANSO_WEBHOOK_HOSTS", "").lower().replace(",", " ").split()
)
BANSO_PASSWORD_SIGN_IN = _site.sign_in.password
BANSO_TWO_FACTOR_ROLES = frozenset(_site.sign_in.two_factors)
BANSO_SCIM = _site.sign_in.scim.model_dump()
BANSO_PROVISION = (
    _site.sign_in.provision.model_dump() if _site.sign_in.provision else None
)

DEBUG = False
SECRET_KEY = _site.secret_key
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_site.hosts]
ROOT_URLCONF = "banso.site.urls"
WSGI_APPLICATION = "banso.site.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "banso.webkit",
    *feature_names(),  # before allauth, whose templates they replace
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *(["allauth.socialaccount.providers.saml"] if HAS_SAML else []),
]

MIDDLEWARE = [
    "banso.site.watching.WatchingMiddleware",
    "banso.site.headers.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "banso.webkit.requests.FrameMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "banso.web.accounts.gate.SecondFactorMiddleware",
    "banso.web.audit.reading.PersonalReadMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "banso.webkit.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "banso.webkit.templatetags.banso_formats",
                "banso.webkit.templatetags.banso_parts",
                "banso.webkit.templatetags.banso_charts",
            ],
        },
    }
]

DATABASES = {"default": database_settings(_site.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]

# The pages around passwords are ours; second factors and providers are allauth's.
ACCOUNT_ADAPTER = "banso.web.accounts.adapters.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"reauthenticate": "banso.web.accounts.forms.ProofByPasswordForm"}
MFA_ADAPTER = "banso.web.accounts.adapters.FactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators vouch for e-mails
MFA_PASSKEY_LOGIN_ENABLED = _site.sign_in.passkeys
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
if _site.sign_in.passkeys:
    MFA_SUPPORTED_TYPES.append("webauthn")
MFA_TOTP_TOLERANCE = 1  # steps of 30 s that a clock may be wrong
MFA_FORMS = {
    name: f"banso.web.accounts.forms.{form}"
    for name, form in (
        ("authenticate", "CodeForm"),
        ("reauthenticate", "ProofByCodeForm"),
        ("activate_totp", "NewAppForm"),
        ("add_webauthn", "NewPasskeyForm"),
        ("edit_webauthn", "PasskeyNameForm"),
    )
}
SOCIALACCOUNT_ADAPTER = "banso.web.accounts.single_sign_on.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = provider_settings(_site.sign_in, _site.project_folder)
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form could not lead there: form-action 'self'
# shared by all processes: what was tried too often, and which codes were used
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = _site.language
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "banso_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [WEB_FOLDER / "locale"]
FORMAT_MODULE_PATH = ["banso.site.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = _site.timezone

STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB_FOLDER / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "banso.site.static.VersionedStaticFiles"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # providers lead back by GET
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "banso_session"
CSRF_COOKIE_NAME = "banso_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "banso.site.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in _site.hosts]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _site.https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

# Of `check --deploy`; SECURITY.md says why each does not concern Banso.
SILENCED_SYSTEM_CHECKS = [
    "security.W002",
    "security.W005",
    "security.W008",
    "security.W021",
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
BANSO_API_REQUESTS_A_MINUTE = 600  # of each token
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "banso.site.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
        "json": {"()": "banso.site.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if _site.json_logs else "line",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "banso": {"level": "INFO" if _site.json_logs else "WARNING"},
    },
}
