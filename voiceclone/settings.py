"""Settings, all from the environment.

Nothing set: the embedded default (SQLite, filesystem broker, everything under var/).
VOICECLONE_PRODUCTION=1 with DATABASE_URL and CELERY_BROKER_URL: the same code on PostgreSQL and Redis.
"""

from pathlib import Path

from csp import constants as csp

from voiceclone.env import (
    ConfigurationError,
    database_from_url,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_origins,
    env_path,
    env_secret,
    env_text,
    mail_from_url,
    storage_from_url,
    storage_origins,
)
from voiceclone.logging import logging_settings
from voices.kinds import QUEUES, SPEECH

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env_path("VOICECLONE_VAR", BASE_DIR / "var")
(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)

PRODUCTION = env_bool("VOICECLONE_PRODUCTION", default=False)
DEBUG = False
SECRET_KEY = env_secret(
    "VOICECLONE_SECRET_KEY", generate_at=None if PRODUCTION else VAR_DIR / "secret_key"
)
ALLOWED_HOSTS = env_list("VOICECLONE_ALLOWED_HOSTS") or (
    [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = env_list("VOICECLONE_CSRF_TRUSTED_ORIGINS")
# pages elsewhere that may call the API with a key of theirs; cookies never count there
CORS_ALLOWED_ORIGINS = env_origins("VOICECLONE_CORS_ORIGINS")
CORS_URLS_REGEX = r"^/(api|v1)/"
CORS_ALLOW_HEADERS = ["*", "authorization"]  # the star alone leaves that one out
CORS_EXPOSE_HEADERS = [
    "X-Job-Id", "X-Audio-Seconds", "X-Parts-Next", "X-Request-Id", "Idempotency-Replayed",
    "Content-Disposition", "Location", "Retry-After", "ETag", "Content-Range", "Accept-Ranges",
]  # fmt: skip

# --- the product's own ---
WEIGHTS_DIR = env_path("VOICECLONE_WEIGHTS", BASE_DIR / "weights")
DEVICE = env_choice("VOICECLONE_DEVICE", "auto", ("auto", "cpu", "cuda"))
PRECISION = env_choice("VOICECLONE_PRECISION", "float32", ("float32", "bfloat16", "float16"))
ENGINE_THREADS = env_int("VOICECLONE_ENGINE_THREADS", 0)  # 0: cores divided by processes
GPU_MEMORY_MB = env_int("VOICECLONE_GPU_MEMORY_MB", 0)  # of one worker process; 0: all there is
SYNC_TEXT_LIMIT = 5_000  # characters in a call that waits for its answer
JOB_TEXT_LIMIT = 50_000  # characters in a job
SPEECH_SECONDS_LIMIT = 7_200  # of sound that one text becomes: 2 GB while it is joined
DICTIONARY_LIMIT = 1_000  # words in one dictionary
BATCH_TEXT_CHARACTERS = 2_000  # a longer job goes to the queue of long work
BATCH_ITEMS_LIMIT = 1_000  # texts in one batch
BATCH_TEXT_LIMIT = 300_000  # characters in one batch
BATCH_FILE_LIMIT_BYTES = 10 * 1024 * 1024
BATCH_SONGS_LIMIT = 100  # recordings in one batch
BATCH_SONGS_LIMIT_BYTES = 2 * 1024**3  # of them, out of a zip
JOBS_TOGETHER = env_int("VOICECLONE_JOBS_TOGETHER", 8, minimum=1)  # short texts said in one batch
BATCH_JOBS_AT_ONCE = 8  # jobs of one batch that workers know of; others have their turn between
EVENTS_SECONDS = 60.0  # a listener to events is sent away after so long, and comes back
# At once in one web process, each holds one of its threads (24); the rest answer short calls.
EVENT_LISTENERS = 8
WAITING_CALLS = env_int("VOICECLONE_WAITING_CALLS", 12, minimum=1)
WEBHOOK_HOSTS = env_list("VOICECLONE_WEBHOOK_HOSTS")  # may be called although they are not public
UPLOAD_LIMIT_BYTES = env_int("VOICECLONE_MAX_UPLOAD_MB", 50, minimum=1) * 1024 * 1024
JSON_LIMIT_BYTES = 2 * 1024 * 1024
RECORDINGS_LIMIT = 20  # recordings of one voice
# programs on this very machine need no key; they are the user that `manage.py serve` makes a key for
KEYLESS_LOOPBACK = env_bool("VOICECLONE_KEYLESS_LOOPBACK", default=False)
SPOKEN_CONSENT_REQUIRED = env_bool("VOICECLONE_SPOKEN_CONSENT", default=False)
FIT_VOICES = env_bool("VOICECLONE_FIT_VOICES", default=False)
CONSENT_PHRASES_PER_DAY = 10  # of one voice
CONSENT_PHRASE_MINUTES = 10  # a phrase to be read aloud counts for so long
# Talks in other voices: an own process at an own port answers them (voiceclone/asgi.py). 0: there is none.
LIVE_PORT = env_int("VOICECLONE_LIVE_PORT", 0)
LIVE_URL = env_text("VOICECLONE_LIVE_URL")  # its address behind a proxy, wss://…
LIVE_SESSIONS = env_int("VOICECLONE_LIVE_SESSIONS", 2, minimum=1)  # at once, on one machine
LIVE_SECONDS = env_int("VOICECLONE_LIVE_SECONDS", 1800, minimum=1)  # of one talk
WAIT_SECONDS = env_int("VOICECLONE_WAIT_SECONDS", 300, minimum=1)  # a waiting call's patience
JOB_LEASE_SECONDS = env_int("VOICECLONE_JOB_LEASE_SECONDS", 30, minimum=4)
JOB_ATTEMPTS = 3
QUEUE_JOBS_WAITING = env_int("VOICECLONE_QUEUE_JOBS_WAITING", 10_000)  # in each queue; 0: no limit
REAPER_SECONDS = env_int("VOICECLONE_REAPER_SECONDS", 10, minimum=1)
# what a worker that is asked to stop has not done by then goes back to its queue
WORKER_STOP_SECONDS = env_int("VOICECLONE_WORKER_STOP_SECONDS", 45)
WORKER_METRICS_PORT = env_int("VOICECLONE_WORKER_METRICS_PORT", 0)  # 0: no door of its own
WORKER_ALIVE_SECONDS = 30  # a worker silent for longer counts as gone

# What one owner may use; 0 means no limit. Quota rows say otherwise for single users.
_QUOTA_DEFAULTS = {
    "visitor": (200_000, 1_200, 10, 1_000, 3_600, 2),
    "account": (1_000_000, 5_000, 100, 10_000, 12 * 3_600, 20),
}
QUOTAS = {
    kind: {
        "characters_per_day": env_int(f"VOICECLONE_{kind.upper()}_CHARACTERS_PER_DAY", characters),
        "jobs_waiting": env_int(f"VOICECLONE_{kind.upper()}_JOBS_WAITING", jobs),
        "voices": env_int(f"VOICECLONE_{kind.upper()}_VOICES", voices),
        "storage_megabytes": env_int(f"VOICECLONE_{kind.upper()}_STORAGE_MB", megabytes),
        "work_seconds_per_day": env_int(f"VOICECLONE_{kind.upper()}_WORK_SECONDS_PER_DAY", work),
        "dataset_hours": env_int(f"VOICECLONE_{kind.upper()}_DATASET_HOURS", hours),
    }
    for kind, (characters, jobs, voices, megabytes, work, hours) in _QUOTA_DEFAULTS.items()
}
# all visitors of one address together
ADDRESS_CHARACTERS_PER_DAY = env_int("VOICECLONE_ADDRESS_CHARACTERS_PER_DAY", 1_000_000)
CALLS_PER_MINUTE = {  # calls that make or change something; a visitor's are counted by address
    "visitor": env_int("VOICECLONE_VISITOR_CALLS_PER_MINUTE", 300),
    "account": env_int("VOICECLONE_ACCOUNT_CALLS_PER_MINUTE", 600),
}
UPLOADS_PER_MINUTE = {  # of those, the calls that bring a file, which costs more to read
    "visitor": env_int("VOICECLONE_VISITOR_UPLOADS_PER_MINUTE", 30),
    "account": env_int("VOICECLONE_ACCOUNT_UPLOADS_PER_MINUTE", 120),
}
API_KEYS_LIMIT = 50  # living keys of one user

# How long what an owner made is kept; 0 means for ever. A visitor's cookie lives 90 days after the last page.
_RETENTION_DEFAULTS = {"visitor": (30, 500, 90), "account": (365, 0, 0)}
RETENTION = {
    kind: {
        "result_days": env_int(f"VOICECLONE_{kind.upper()}_RESULT_DAYS", result_days),
        "result_megabytes": env_int(f"VOICECLONE_{kind.upper()}_RESULTS_MB", megabytes),
        "voice_days": env_int(f"VOICECLONE_{kind.upper()}_VOICE_DAYS", voice_days),
    }
    for kind, (result_days, megabytes, voice_days) in _RETENTION_DEFAULTS.items()
}
SWEEP_CHECK_SECONDS = 60  # how often a worker asks whether the hourly sweep is due

# --- Django ---
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "voices",
]
MIDDLEWARE = [
    "voices.web.middleware.RequestLogMiddleware",
    "voices.web.middleware.EitherSlashMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "voices.web.middleware.JsonGzipMiddleware",
    "csp.middleware.CSPMiddleware",
    "voices.web.middleware.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "voices.web.middleware.LanguageMiddleware",
    "voices.web.bodies.BodyMiddleware",
    "voices.client_connection.ClientConnectionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "voices.browsers.VisitorCookieMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "voiceclone.urls"
WSGI_APPLICATION = "voiceclone.wsgi.application"
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
                "voices.web.frame.frame_context",
            ]
        },
    }
]
DATABASES = {
    "default": database_from_url(env_text("DATABASE_URL"), sqlite_default=VAR_DIR / "db.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = env_path("VOICECLONE_MEDIA", VAR_DIR / "media")
STORAGE_URL = env_text("VOICECLONE_STORAGE")
STORAGES = {
    "default": storage_from_url(STORAGE_URL),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# app: through this site; accel: nginx sends it from the disk; redirect: S3 does, at a signed address
MEDIA_DELIVERY = env_choice("VOICECLONE_MEDIA_DELIVERY", "app", ("app", "accel", "redirect"))
if ("accel" if STORAGE_URL else "redirect") == MEDIA_DELIVERY:
    raise ConfigurationError(
        f"VOICECLONE_MEDIA_DELIVERY={MEDIA_DELIVERY}: accel needs files on disk, redirect needs S3"
    )
WHITENOISE_USE_FINDERS = True  # static files straight from the packages: no collectstatic needed
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
LOGGING = logging_settings(
    style=env_choice("VOICECLONE_LOG_FORMAT", "json" if PRODUCTION else "plain", ("json", "plain")),
    level=env_choice("VOICECLONE_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
)

# --- accounts and their mail ---
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "page-sign-in", "page-account", "home"
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds
vars().update(mail_from_url(env_text("VOICECLONE_EMAIL_URL"), default_folder=VAR_DIR / "mail"))
MAIL_IS_SENT = bool(
    env_text("VOICECLONE_EMAIL_URL")
)  # else no page speaks of a mail that never comes
DEFAULT_FROM_EMAIL = env_text("VOICECLONE_EMAIL_FROM", "voiceclone@localhost")

# --- security ---
HTTPS = env_bool("VOICECLONE_HTTPS", default=PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = VISITOR_COOKIE_SECONDS = 90 * 24 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # the page hands the token to its script itself
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = env_bool("VOICECLONE_SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz?$", r"^readyz$", r"^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = env_bool("VOICECLONE_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
_MEDIA_ORIGINS = storage_origins(STORAGE_URL) if MEDIA_DELIVERY == "redirect" else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [csp.NONE],
        "script-src": [csp.SELF],
        "style-src": [csp.SELF, csp.NONCE],  # the waveform puts a style into its shadow root
        "img-src": [csp.SELF, "data:"],
        "media-src": [csp.SELF, "blob:", *_MEDIA_ORIGINS],
        "connect-src": [csp.SELF, *_MEDIA_ORIGINS],
        "font-src": [csp.SELF],
        "frame-src": [csp.SELF],  # the report of a dataset
        "base-uri": [csp.NONE],
        "form-action": [csp.SELF],
        "frame-ancestors": [csp.NONE],
    }
}

# --- REST ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "voices.api.auth.ApiKeyAuthentication",
        "voices.api.auth.BrowserAuthentication",
        "voices.api.auth.LoopbackAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["voices.api.rest.OwnerWithScope"],
    "DEFAULT_THROTTLE_CLASSES": ["voices.api.rest.CallRate"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["voices.api.rest.JsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "voices.api.rest.FirstRenderer",
    "DEFAULT_PAGINATION_CLASS": "voices.api.rest.Pages",
    "DEFAULT_SCHEMA_CLASS": "voices.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "voices.problems.api_exception_handler",
    "UNAUTHENTICATED_USER": None,
}
ERROR_SHAPES = {  # how each door tells of an error
    "/api/": "voices.problems.own_answer",
    "/v1/": "voices.openai.errors.openai_answer",
    "/elevenlabs/": "voices.elevenlabs.views.elevenlabs_answer",
}
SPECTACULAR_SETTINGS = {
    "DEFAULT_GENERATOR_CLASS": "voices.api.schema.SharedGenerator",
    "TITLE": "Voice cloning for Russian",
    "DESCRIPTION": (BASE_DIR / "voices" / "api" / "intro.md").read_text(encoding="utf-8"),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "AUTHENTICATION_WHITELIST": [
        "voices.api.auth.ApiKeyAuthentication",
        "voices.api.auth.BrowserAuthentication",
        "voices.elevenlabs.views.XiKeyAuthentication",
    ],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "FormatEnum": "voices.audio_formats.MEDIA_TYPES",
        "SongFormatEnum": "voices.audio_formats.SONG_FORMATS",
        "JobKindEnum": "voices.kinds.kinds_shown",
        "JobStatusEnum": "voices.models.Job.Status",
        "TrainingStatusEnum": "voices.api.trainings.STATUSES",
    },
}

# --- Celery ---
# Longer than any job may take, or Redis would hand a running task out again. Celery reads it in three
# places: the broker's options, the result backend's, and by itself; all of one app share the least.
_VISIBILITY_SECONDS = max(queue.seconds for queue in QUEUES.values()) + 3600
CELERY_VISIBILITY_TIMEOUT = _VISIBILITY_SECONDS
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": _VISIBILITY_SECONDS}
_BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = env_text("CELERY_BROKER_URL", "filesystem://localhost/")
EMBEDDED_BROKER = CELERY_BROKER_URL.startswith("filesystem:")
if EMBEDDED_BROKER:
    for _folder in (_BROKER_DIR / "messages", _BROKER_DIR / "control"):
        _folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT = "voiceclone.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_BROKER_DIR / "messages"),
        "data_folder_out": str(_BROKER_DIR / "messages"),
        "control_folder": str(_BROKER_DIR / "control"),
        "polling_interval": 0.05,  # seconds; somebody is waiting
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": _VISIBILITY_SECONDS,
        "queue_order_strategy": "priority",  # a worker's queues in the order of its --queues
    }
CELERY_BROKER_CONNECTION_TIMEOUT = 4
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker however long that takes
CELERY_TASK_DEFAULT_QUEUE = SPEECH.name
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 180  # a child loads and warms the models before it reports
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_ENABLE_REMOTE_CONTROL = not EMBEDDED_BROKER
CELERY_WORKER_SEND_TASK_EVENTS = False
# a process that has grown beyond this is replaced between jobs
_WORKER_MEMORY_MB = env_int("VOICECLONE_WORKER_MEMORY_MB", 0)
CELERY_WORKER_MAX_MEMORY_PER_CHILD = _WORKER_MEMORY_MB * 1024 or None
CELERY_WORKER_CONCURRENCY = env_int("VOICECLONE_WORKER_PROCESSES", 1, minimum=1)
