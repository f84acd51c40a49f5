"""Readers of environment variables."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from voiceclone import env
from voiceclone.env import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("Off", False), ("yes", True), ("", None)]
)
def test_booleans(monkeypatch, text, value):
    monkeypatch.setenv("X", text)
    assert env.env_bool("X", default=None) is value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda: env.env_bool("X", default=False), "maybe"),
        (lambda: env.env_int("X", 1), "1.5"),
        (lambda: env.env_int("X", 1, minimum=3), "2"),
        (lambda: env.env_choice("X", "a", ("a", "b")), "c"),
        (lambda: env.env_secret("X", generate_at=None), ""),
        (lambda: env.database_from_url("mysql://h/x", sqlite_default=Path("x")), ""),
    ],
)
def test_what_cannot_be_read_stops_the_program(monkeypatch, read, text):
    monkeypatch.setenv("X", text)
    with pytest.raises(ConfigurationError, match=r"X|DATABASE_URL"):
        read()


def test_lists_drop_blanks(monkeypatch):
    monkeypatch.setenv("X", "a, b,,")
    assert env.env_list("X") == ["a", "b"]


def test_a_secret_is_made_once_and_kept_from_others(tmp_path):
    path = tmp_path / "var" / "secret"
    first = env.env_secret("UNSET", generate_at=path)
    assert len(first) > 40
    assert env.env_secret("UNSET", generate_at=path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    file = tmp_path / "s"
    file.write_text("hidden\n")
    monkeypatch.setenv("X_FILE", str(file))
    assert env.env_secret("X", generate_at=None) == "hidden"
    monkeypatch.setenv("X", "other")
    with pytest.raises(ConfigurationError):
        env.env_secret("X", generate_at=None)


def test_addresses_of_databases():
    postgres = env.database_from_url(
        "postgres://me:p%40ss@db:5433/voices?sslmode=require", sqlite_default=Path("x")
    )
    assert (postgres["USER"], postgres["PASSWORD"], postgres["HOST"], postgres["PORT"]) == (
        "me", "p@ss", "db", 5433,
    )  # fmt: skip
    assert postgres["OPTIONS"] == {"connect_timeout": "5", "sslmode": "require"}
    sqlite = env.database_from_url("sqlite:////tmp/a.db", sqlite_default=Path("x"))
    assert sqlite["NAME"] == Path("//tmp/a.db")
    assert env.database_from_url("", sqlite_default=Path("x"))["NAME"] == Path("x")


def check(tmp_path, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("VOICECLONE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**clean, "VOICECLONE_VAR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
    )


def test_production_needs_its_secret(tmp_path):
    outcome = check(tmp_path, VOICECLONE_PRODUCTION="1")
    assert outcome.returncode != 0
    assert "VOICECLONE_SECRET_KEY" in outcome.stderr


def test_production_passes_the_deployment_check(tmp_path):
    outcome = check(
        tmp_path,
        VOICECLONE_PRODUCTION="1",
        VOICECLONE_SECRET_KEY="kYp3" * 15 + "_!x9",
        VOICECLONE_ALLOWED_HOSTS="voices.example",
        DATABASE_URL="postgres://me@127.0.0.1/voices",
        CELERY_BROKER_URL="redis://127.0.0.1/0",
    )
    assert outcome.returncode == 0, outcome.stderr


def test_mail_without_an_address_lies_in_a_folder(tmp_path):
    settings = env.mail_from_url("", default_folder=tmp_path / "mail of ours")
    assert settings["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert settings["EMAIL_FILE_PATH"] == str(tmp_path / "mail of ours")


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://me%40x.org:p%2Fw@mail.example", 587, True, False),
        ("smtps://mail.example:1465", 1465, False, True),
    ],
)
def test_a_mail_server_by_its_url(url, port, tls, ssl):
    settings = env.mail_from_url(url, default_folder=Path("/nowhere"))
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.example", port)
    assert (settings["EMAIL_USE_TLS"], settings["EMAIL_USE_SSL"]) == (tls, ssl)
    if "@mail" in url:
        assert settings["EMAIL_HOST_USER"] == "me@x.org"
        assert settings["EMAIL_HOST_PASSWORD"] == "p/w"


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp:mail"])
def test_a_mail_url_that_means_nothing_stops(url):
    with pytest.raises(ConfigurationError, match="VOICECLONE_EMAIL_URL"):
        env.mail_from_url(url, default_folder=Path("/nowhere"))
