"""What every answer tells browsers, and that names from outside stay names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from voices.audio_response import attachment

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import django; django.setup()
from django.test import Client
for path, secure in (("/", False), ("/healthz", True)):
    answer = Client().get(path, secure=secure, headers={"host": "voices.example"})
    print(answer.status_code, answer.get("Location"), answer.get("Strict-Transport-Security"))
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
"""


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/detect/", "/api/v1/voices/", "/api/v1/none/", "/healthz"])
def test_every_answer_forbids_frames_guesses_and_scripts_of_others(path):
    answer = Client().get(path, follow=True)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer


def test_production_speaks_https_only(tmp_path):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("VOICECLONE_", "DJANGO_"))}
    told = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={
            **clean,
            "DJANGO_SETTINGS_MODULE": "voiceclone.settings",
            "VOICECLONE_VAR": str(tmp_path),
            "VOICECLONE_PRODUCTION": "1",
            "VOICECLONE_SECRET_KEY": "kYp3" * 15 + "_!x9",
            "VOICECLONE_ALLOWED_HOSTS": "voices.example",
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    redirected, secure, cookies = told[-3:]
    assert redirected.startswith("301 https://voices.example/")
    assert "max-age=31536000; includeSubDomains; preload" in secure
    assert cookies == "True True True"


@pytest.mark.parametrize(
    "title",
    ['a"; filename="evil.html', "x\r\nSet-Cookie: a=1", "../../etc/passwd", "\u202egpj.exe"],
)
def test_a_download_is_named_by_letters_only(title):
    header = attachment(title, "mp3")
    assert header.startswith("attachment; filename")
    assert header.count('"') in (0, 2)
    assert not set("\r\n/\\;\u202e") & set(header.split("filename", 1)[1])
