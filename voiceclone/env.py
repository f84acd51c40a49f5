"""Typed readers of environment variables that refuse bad values loudly.

An unset or empty variable means the default; anything that cannot be read is a ConfigurationError
that names the variable, the value and what was expected.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

POSTGRES_SCHEMES = {"postgres", "postgresql"}


class ConfigurationError(Exception):
    """An environment variable has a value the program cannot run with."""


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off, in any case."""
    value = env_text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ConfigurationError(f"{name}={value!r}: expected true or false")


def env_int(name: str, default: int, *, minimum: int = 0) -> int:
    value = env_text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError as error:
        raise ConfigurationError(f"{name}={value!r}: expected a whole number") from error
    if number < minimum:
        raise ConfigurationError(f"{name}={number}: expected at least {minimum}")
    return number


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env_text(name, default)
    if value not in choices:
        raise ConfigurationError(f"{name}={value!r}: expected one of {', '.join(choices)}")
    return value


def env_list(name: str) -> list[str]:
    """Comma-separated values, blanks dropped."""
    return [item.strip() for item in env_text(name).split(",") if item.strip()]


def env_origins(name: str) -> list[str]:
    """Comma-separated origins of pages: https://host or http://host:port."""
    origins = [item.rstrip("/") for item in env_list(name)]
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or f"{parts.scheme}://{parts.netloc}" != origin:
            raise ConfigurationError(
                f"{name}={origin!r}: expected https://host or http://host:port"
            )
    return origins


def env_path(name: str, default: Path) -> Path:
    value = env_text(name)
    return Path(value).expanduser().resolve() if value else default


def env_secret(name: str, *, generate_at: Path | None) -> str:
    """A secret from NAME, from the file NAME_FILE, or generated once at `generate_at`.

    With `generate_at=None` (production) a missing secret is an error.
    """
    value, file = env_text(name), env_text(f"{name}_FILE")
    if value and file:
        raise ConfigurationError(f"set {name} or {name}_FILE, not both")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(f"{name}_FILE={file!r} cannot be read: {error}") from error
    if value:
        return value
    if generate_at is None:
        raise ConfigurationError(
            f"{name} (or {name}_FILE) must be set when VOICECLONE_PRODUCTION=1"
        )
    return _secret_generated_once(generate_at)


def _secret_generated_once(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.partial")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        try:
            os.link(fresh, path)  # atomic: of several processes starting at once one wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="utf-8").strip()


def database_from_url(url: str, *, sqlite_default: Path) -> dict[str, object]:
    """Django's database settings from postgres://user:password@host:port/name or sqlite:///path."""
    if not url:
        return _sqlite(sqlite_default)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    name = unquote(parts.path).lstrip("/")
    if parts.scheme not in POSTGRES_SCHEMES or not name:
        raise ConfigurationError(
            "DATABASE_URL: expected postgres://user:password@host:port/name or sqlite:///path"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        # a caller is told soon that a host is away, not after the two minutes of TCP
        "OPTIONS": {"connect_timeout": "5", **dict(parse_qsl(parts.query))},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


MAIL_BACKENDS = {
    "smtp": "smtp",
    "smtp+tls": "smtp",
    "smtps": "smtp",
    "console": "console",
    "file": "filebased",
}


def mail_from_url(url: str, *, default_folder: Path) -> dict[str, object]:
    """Django's EMAIL_ settings from smtp://user:password@host:port (smtp+tls: STARTTLS, smtps: TLS
    from the start), console:, or file:///folder; without one, files in `default_folder`.
    """
    parts = urlsplit(url or default_folder.as_uri())
    kind = MAIL_BACKENDS.get(parts.scheme)
    if kind is None or (kind == "smtp" and not parts.hostname):
        raise ConfigurationError(
            "VOICECLONE_EMAIL_URL: expected smtp://user:password@host:port, smtp+tls://…, "
            "smtps://…, console: or file:///folder"
        )
    settings: dict[str, object] = {
        "EMAIL_BACKEND": f"django.core.mail.backends.{kind}.EmailBackend",
        "EMAIL_TIMEOUT": 10,
    }
    if kind == "filebased":
        settings["EMAIL_FILE_PATH"] = unquote(parts.path)
    elif kind == "smtp":
        ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
        settings.update(
            EMAIL_HOST=parts.hostname,
            EMAIL_PORT=parts.port or ports[parts.scheme],
            EMAIL_HOST_USER=unquote(parts.username or ""),
            EMAIL_HOST_PASSWORD=unquote(parts.password or ""),
            EMAIL_USE_TLS=parts.scheme == "smtp+tls",
            EMAIL_USE_SSL=parts.scheme == "smtps",
        )
    return settings


def storage_from_url(url: str) -> dict[str, object]:
    """Django's storage from s3://bucket/prefix?endpoint=https://host&region=name, or the local disk.

    The keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from the machine's role.
    """
    if not url:
        return {"BACKEND": "voices.storage.AtomicFileSystemStorage"}
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.netloc or set(said) - {"endpoint", "region"}:
        raise ConfigurationError(
            "VOICECLONE_STORAGE: expected s3://bucket/prefix?endpoint=https://host&region=name"
        )
    options = {"bucket_name": parts.netloc, "location": parts.path.strip("/")}
    if "endpoint" in said:  # other servers than Amazon's seldom have a host name per bucket
        options |= {"endpoint_url": said["endpoint"], "addressing_style": "path"}
    if "region" in said:
        options["region_name"] = said["region"]
    return {"BACKEND": "voices.s3.PrivateS3Storage", "OPTIONS": options}


def storage_origins(url: str) -> list[str]:
    """Where browsers reach the bucket of `storage_from_url`."""
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query))
    if "endpoint" in said:
        return [said["endpoint"].rstrip("/")]
    regions = [f".{said['region']}"] if "region" in said else []
    return [f"https://{parts.netloc}.s3{region}.amazonaws.com" for region in ["", *regions]]


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 30,
            # a reader that becomes a writer in mid-transaction fails at once; IMMEDIATE waits instead
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        "CONN_MAX_AGE": None,
    }
