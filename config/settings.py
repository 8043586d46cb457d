"""All settings, read from the environment once; .env.example names every variable."""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from config import document, logs, strength
from config.env import Env

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

# Lets annotations such as ModelAdmin[Card] run, not only type-check.
django_stubs_ext.monkeypatch()

env = Env()

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", "only-for-debug-" + "x" * 50 if DEBUG else None, length=50)
SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY_FALLBACKS", length=50)
HTTPS_ONLY = env.flag("HTTPS_ONLY", default=not DEBUG)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
strength.require_hosts(ALLOWED_HOSTS, debug=DEBUG, https=HTTPS_ONLY)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SITE_NAME = "TCG Price Tracker"
SITE_URL = env.url("SITE_URL", "http://localhost:8000", schemes=("http", "https"))

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "channels",
    "corsheaders",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "rest_framework",
    "accounts",
    "integrations",
    "catalog",
    "pricing",
    "collections_app",
    "alerts",
    "config",
]

MIDDLEWARE = [
    "config.probes.ProbeMiddleware",
    "config.requestids.RequestIdMiddleware",
    "config.access.AccessMiddleware",
    "config.uploads.UploadLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.answers.CompressionMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.policies.PolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "config.headers.ResourcePolicyMiddleware",
    "config.deprecations.DeprecationMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.rates.RateLimitMiddleware",
    "config.answers.AnswerMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.LastSeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.rates.PageRateMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# Public pages are Jinja2: a table of 100 prices costs a tenth of the CPU of Django's own templates
# (docs/adr/0003). Admin, allauth and mails keep Django's.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "site"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "config.jinja.environment",
            "context_processors": ["config.context.site"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "staff", BASE_DIR / "templates" / "mail"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.database("DATABASE_URL", None)}
DATABASES["default"].update(ENGINE="config.database", CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
# Compiling a statement (JIT) costs more than it saves on pages; sockets and pools keep their options.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c jit=off"
# A streaming replica that requests may read from (docs/replica.md); without one nothing is routed.
REPLICA_MAX_LAG = env.whole("REPLICA_MAX_LAG", default=10)
DATABASE_ROUTERS: list[str] = []
if env.url("DATABASE_REPLICA_URL", "", schemes=("postgres", "postgresql")):
    DATABASES["replica"] = DATABASES["default"] | env.database("DATABASE_REPLICA_URL")
    DATABASES["replica"].update(
        ENGINE="config.database", CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True, TEST={"MIRROR": "default"}
    )
    # Nobody waits long for one that is away: seconds to connect, milliseconds without a sign of life.
    patience = {"connect_timeout": 2, "tcp_user_timeout": 5000, "options": "-c jit=off"}
    DATABASES["replica"]["OPTIONS"] = env.database("DATABASE_REPLICA_URL").get("OPTIONS", {}) | patience
    DATABASE_ROUTERS.append("config.database.routing.Router")
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware") + 1,
        "config.database.middleware.ReplicaMiddleware",
    )
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
# Seconds that `manage.py migrate` waits for a lock, and that one of its statements may take; 0 is no limit.
MIGRATE_TIMEOUTS = (
    env.whole("MIGRATE_LOCK_TIMEOUT", default=5),
    env.whole("MIGRATE_STATEMENT_TIMEOUT", default=900),
)

REDIS_URL = env.url("REDIS_URL", schemes=("redis", "rediss", "unix"))
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "accounts.limits.LimitKeepingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tcg",
        # A cache that is down makes pages slower, never broken.
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 1,
            "CONNECTION_POOL_CLASS": "integrations.pausing.PausingPool",
        },
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
if HTTPS_ONLY:  # the site of others, not one's own machine
    strength.require_password("DATABASE_URL", env.text("DATABASE_URL"))
    strength.require_password("REDIS_URL", REDIS_URL)
    if "replica" in DATABASES:
        strength.require_password("DATABASE_REPLICA_URL", env.text("DATABASE_REPLICA_URL"))
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis for as long as it takes
# Who asks for a task while Redis is down is told at once, and goes on without; workers keep trying.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 0,
    "socket_connect_timeout": 1,
    # A task whose worker was killed is given to another after so many seconds. One that takes longer is
    # given to a second worker while the first is at it, which is why every task may run twice.
    "visibility_timeout": env.whole("TASK_LEASE", default=900),
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "pricing.sync": {"queue": "market"},
    "pricing.*": {"queue": "ingest"},
    "alerts.*": {"queue": "alerts"},
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS.append({"NAME": "accounts.passwords.WordValidator"})
# Length and the list of common ones count; what characters it is made of does not (OWASP ASVS 5.0, 6.2).
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    "login": "20/h/ip",
    "password_guess": "10/m/ip",
    # Codes of second factors: by account, as who gets that far knows its password.
    "login_failed": "10/m/ip,5/5m/key,20/d/key",
    "signup": "20/h/ip",
    "reset_password": "20/h/ip,5/h/key",
}
# How many of our own proxies stand in X-Forwarded-For; whatever is left of them anybody can write.
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXY_COUNT", default=0)
# Wrong passwords are counted by account and address together: by account alone anybody could lock others out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "accounts.lockout.account_of"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.answer"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login"]  # neither in logs nor with an attempt
AXES_DISABLE_ACCESS_LOG = True  # accounts/journal.py keeps who signed in
AXES_ENABLE_ADMIN = False  # accounts/admin.py has our own
AXES_VERBOSE = False
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {"add_webauthn": "accounts.forms.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
USERSESSIONS_TRACK_ACTIVITY = True

vars().update(env.email("EMAIL_URL", "consolemail://"))
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "TCG Price Tracker <noreply@localhost>")
EMAIL_TIMEOUT = 10  # seconds for one step with the mail server
STAFF_EMAIL = env.text("STAFF_EMAIL", "staff@localhost.localdomain")

# What values can be shown in: the euro and all that the ECB quotes today.
DISPLAY_CURRENCIES = {
    "USD": "US dollar",
    "EUR": "Euro",
    "GBP": "Pound sterling",
    "JPY": "Japanese yen",
    "AUD": "Australian dollar",
    "BRL": "Brazilian real",
    "CAD": "Canadian dollar",
    "CHF": "Swiss franc",
    "CNY": "Chinese yuan renminbi",
    "CZK": "Czech koruna",
    "DKK": "Danish krone",
    "HKD": "Hong Kong dollar",
    "HUF": "Hungarian forint",
    "IDR": "Indonesian rupiah",
    "ILS": "Israeli shekel",
    "INR": "Indian rupee",
    "ISK": "Icelandic króna",
    "KRW": "South Korean won",
    "MXN": "Mexican peso",
    "MYR": "Malaysian ringgit",
    "NOK": "Norwegian krone",
    "NZD": "New Zealand dollar",
    "PHP": "Philippine peso",
    "PLN": "Polish złoty",
    "RON": "Romanian leu",
    "SEK": "Swedish krona",
    "SGD": "Singapore dollar",
    "THB": "Thai baht",
    "TRY": "Turkish lira",
    "ZAR": "South African rand",
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "var" / "static")
# Third-party browser code is fetched at set-up and checked by hash, never committed.
VENDOR_DIR = BASE_DIR / "var" / "vendor"
STATICFILES_DIRS = [BASE_DIR / "static", *([("vendor", VENDOR_DIR)] if VENDOR_DIR.is_dir() else [])]
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "var" / "media")
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Backups are written below it by the worker; how many days and weeks back one is kept of each.
BACKUP_DIR = env.path("BACKUP_DIR", BASE_DIR / "var" / "backups")
BACKUP_KEEP_DAYS = env.whole("BACKUP_KEEP_DAYS", default=7)
BACKUP_KEEP_WEEKS = env.whole("BACKUP_KEEP_WEEKS", default=4)
PG_BIN = env.text("PG_BIN", "")
# The daily files; web and worker processes share it.
BULK_DIR = env.path("BULK_DIR", BASE_DIR / "var" / "bulk")
IMAGE_HOSTS = env.words("IMAGE_HOSTS", "https://tcgplayer-cdn.tcgplayer.com")

# The server of the sockets, such as wss://cards.example.org; without one pages ask for new prices.
LIVE_URL = env.url("LIVE_URL", "", schemes=("ws", "wss"))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *IMAGE_HOSTS],
        "font-src": [SELF],
        "connect-src": [SELF, *filter(None, [LIVE_URL])],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# What no page of ours needs; a script that got in could not ask for it either.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "screen-wake-lock",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
}
# Passkeys, and the buttons that copy.
PERMISSIONS_POLICY |= {
    feature: ["self"]
    for feature in ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
}
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
SESSION_COOKIE_SECURE = HTTPS_ONLY
# With this beginning of its name the browser takes a cookie from this very host only, and only over HTTPS.
COOKIE_PREFIX = "__Host-" if HTTPS_ONLY else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "accounts.notices.NoticeStorage"
CSRF_COOKIE_SECURE = HTTPS_ONLY
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS_ONLY
X_FRAME_OPTIONS = "DENY"

# The staff's pages: where they are, and whether they open only to who signed in with a second factor.
ADMIN_PATH = env.route("ADMIN_PATH", "admin")
STAFF_MFA_REQUIRED = env.flag("STAFF_MFA_REQUIRED", default=HTTPS_ONLY)

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "EXCEPTION_HANDLER": "config.problems.problem",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "FORMAT_SUFFIX_KWARG": None,  # `format` in an address is ours: that of an exported file
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# Calls of the API in a minute: of an address, of a person with a session, of a key; 0 is no limit.
API_CALLS_PER_MINUTE = {
    kind: env.whole(f"API_CALLS_PER_MINUTE_{kind.upper()}", default=usual)
    for kind, usual in {"address": 300, "person": 600, "key": 1200}.items()
}
# Pages that cost (searches and exports) in a minute, for an address or a person.
COSTLY_PAGES_PER_MINUTE = env.whole("COSTLY_PAGES_PER_MINUTE", default=120)
# The largest file that any page or call takes has 25 MB.
UPLOAD_MOST_BYTES = 32 * 2**20
# Programs in browsers on other sites may read: without cookies, so as a stranger or with a key.
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "if-modified-since", "if-none-match", "x-request-id"]
CORS_EXPOSE_HEADERS = [
    "Deprecation",
    "ETag",
    "Link",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "X-Request-Id",
]
SPECTACULAR_SETTINGS = document.settings(
    site_name=SITE_NAME, site_url=SITE_URL, version=VERSION, session_cookie=SESSION_COOKIE_NAME
)

# Files of the staff: whoever may change rows may import them, whoever may look at them export them.
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# Days that what is over is kept, 0 for ever (docs/retention.md). Fewer than the least would take away what
# pages, alerts and estimates still look back at.
RETENTION_DAYS = {
    name: env.days(f"RETENTION_DAYS_{name.upper()}", default=usual, least=least)
    for name, (usual, least) in {
        "deliveries": (90, 7),
        "events": (0, 90),
        "history": (0, 400),
        "keys": (365, 1),
        "listings": (90, 7),
        "reviews": (730, 31),
        "runs": (90, 31),
        "sightings": (180, 91),
    }.items()
}

# What users may have called for them besides the public internet.
ALLOWED_NETWORKS = env.networks("ALLOWED_NETWORKS")

# Push to browsers is offered with a key of our own (RFC 8292); the subject tells push services who we are.
VAPID_PRIVATE_KEY = env.p256_key("VAPID_PRIVATE_KEY")
VAPID_SUBJECT = f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}"

# Sources. A base URL is a setting so that a test server can stand in.
CARDMARKET_URL = env.url("CARDMARKET_URL", "https://downloads.s3.cardmarket.com", schemes=("http", "https"))
# eBay is off until both keys are set. What the operator states of eBay's written consent to the use of its
# prices beyond showing them is kept as text; empty means none.
EBAY_AFFILIATE_CAMPAIGN = env.text("EBAY_AFFILIATE_CAMPAIGN", "")
EBAY_CLIENT_ID = env.text("EBAY_CLIENT_ID", "")
EBAY_CLIENT_SECRET = env.text("EBAY_CLIENT_SECRET", "")
EBAY_DELETION_ENDPOINT = env.url("EBAY_DELETION_ENDPOINT", "", schemes=("https",))
EBAY_DELETION_TOKEN = env.text("EBAY_DELETION_TOKEN", "")
EBAY_INSIGHTS = env.flag("EBAY_INSIGHTS", default=False)
EBAY_MARKETPLACES = env.words("EBAY_MARKETPLACES", "EBAY_US")
EBAY_PRICE_CONSENT = env.text("EBAY_PRICE_CONSENT", "")
EBAY_URL = env.url("EBAY_URL", "https://api.ebay.com", schemes=("http", "https"))
ECB_URL = env.url("ECB_URL", "https://www.ecb.europa.eu", schemes=("http", "https"))
HTTP_USER_AGENT = env.text("HTTP_USER_AGENT", f"TCGPriceTracker/{VERSION}")
MTGJSON_URL = env.url("MTGJSON_URL", "https://mtgjson.com", schemes=("http", "https"))
OPTCGAPI_URL = env.url("OPTCGAPI_URL", "https://optcgapi.com", schemes=("http", "https"))
SCRYFALL_URL = env.url("SCRYFALL_URL", "https://api.scryfall.com", schemes=("http", "https"))
SPOOL_DIR = env.path("SPOOL_DIR", BASE_DIR / "var" / "spool")
TCGCSV_URL = env.url("TCGCSV_URL", "https://tcgcsv.com", schemes=("http", "https"))
TCGDEX_SETS = env.words("TCGDEX_SETS")
TCGDEX_URL = env.url("TCGDEX_URL", "https://api.tcgdex.net", schemes=("http", "https"))
TCGPLAYER_URL = env.url("TCGPLAYER_URL", "https://api.tcgplayer.com", schemes=("http", "https"))
TCGPLAYER_PUBLIC_KEY = env.text("TCGPLAYER_PUBLIC_KEY", "")
TCGPLAYER_PRIVATE_KEY = env.text("TCGPLAYER_PRIVATE_KEY", "")
TCGPLAYER_WITH_SKUS = env.flag("TCGPLAYER_WITH_SKUS", default=False)
YGOPRODECK_URL = env.url("YGOPRODECK_URL", "https://db.ygoprodeck.com", schemes=("http", "https"))

# For Prometheus: the folder whose folders hold the counters of each service, where they share one; and a
# token for who asks from another machine.
METRICS_DIR = env.text("METRICS_DIR", "")
METRICS_TOKEN = env.token("METRICS_TOKEN")
LOGGING = logs.read(env)
