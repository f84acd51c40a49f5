"""Nobody lists, reads, guesses, plays, changes or deletes what is another's: every address, every method.

A new address must be named in ADDRESSES, or the first test fails.
"""

import io
import json
import re
import wave
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from tests.voices.addresses import ADDRESSES, OWNED
from tests.voices.stored import (
    dataset_create,
    file_create,
    preview_create,
    recording_create,
    result_create,
    voice_create,
)
from voices.models import (
    ApiKey,
    Batch,
    Comparison,
    Dataset,
    DictionaryEntry,
    Job,
    LiveSession,
    Scope,
    StoredFile,
    Take,
    UsageDay,
    Voice,
    VoiceConsent,
)
from voices.owner import Owner
from voices.selectors.quotas import today
from voices.services.accounts.accounts import account_create
from voices.services.accounts.api_keys import api_key_create
from voices.services.voices.versions import voice_version_add

pytestmark = [pytest.mark.django_db, pytest.mark.long]

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
REFUSALS = {302, 400, 401, 403, 404, 405, 415}
PASSWORD = "тихий-вечер-42"


def addresses(patterns=None, before=""):
    """Every route of the project; the admin's are behind its own door."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        elif getattr(pattern, "namespace", None) != "admin":
            yield from addresses(pattern.url_patterns, route)


@dataclass
class Person:
    """Somebody with one of everything, each marked by the person's name."""

    name: str
    owner: Owner
    client: Client
    headers: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def mark(self):
        return f"тайна{self.name}"

    @property
    def sound(self):
        return f"sound of {self.name} ".encode() * 20

    @property
    def secret_ids(self):
        return [one for name, one in self.ids.items() if name not in {"role", "path"}]

    def send(self, method, path, body=None, kind="application/json"):
        return self.client.generic(
            method, path, body or b"", content_type=kind, headers=self.headers
        )

    def rows(self):
        """All that is this person's, rows and files."""
        kept: dict[str, Any] = {
            model.__name__: list(model.objects.filter(self.owner.q).order_by("pk").values())
            for model in (
                Voice,
                VoiceConsent,
                Job,
                Batch,
                Comparison,
                Dataset,
                DictionaryEntry,
                LiveSession,
            )
        }
        kept["keys"] = list(ApiKey.objects.filter(user_id=self.owner.user_id or 0).values(
            "prefix", "name", "scopes", "revoked_at"
        ))  # fmt: skip
        kept["files"] = {
            row.name: default_storage.open(row.name).read()
            for row in StoredFile.objects.filter(self.owner.q)
        }
        return kept


def wav():
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\0\1" * 16_000)
    return content.getvalue()


def score_of(mark):
    note = {"start": 0.0, "seconds": 1.0, "midi": 60.0, "syllable": "ля"}
    return json.dumps({"title": mark, "parts": [{"name": mark, "notes": [note]}]}).encode()


def lyrics_of(mark):
    words = [{"text": mark, "start": 1.0, "end": 2.0, "certainty": 0.9}]
    return json.dumps({"seconds": 9.0, "lines": [{"text": mark, "words": words}]}).encode()


def talk_create(person, voice):
    version = voice_version_add(voice=voice, profile=voice.profile, figures={})
    now = timezone.now()
    return LiveSession.objects.create(
        **person.owner.fields, voice=voice, version=version, digest=person.mark, started_at=now, beat_at=now,
        ended_at=now, seconds=9.0,
    )  # fmt: skip


def equip(person):
    """One of everything."""
    fields, mark = person.owner.fields, person.mark
    voice = voice_create(
        **fields, name=f"Голос {mark}", description=mark, status="ready",
        profile={"embedding": [1.0] + [0.0] * 255},
    )  # fmt: skip
    preview_create(voice, content=person.sound)
    recording = recording_create(
        voice, content=person.sound, original_name=f"{mark}.wav", speech_seconds=5.0,
        profile=voice.profile,
    )  # fmt: skip
    batch = Batch.objects.create(
        **fields, name=mark, source="texts", format="mp3", status="succeeded"
    )
    jobs = [
        Job.objects.create(
            **fields, kind="speech", queue="speech", status="succeeded", voice=voice, batch=of,
            position=of and 1, voice_name=voice.name, text=f"Это {mark}.", params={"format": "mp3"},
        )
        for of in (None, batch)
    ]  # fmt: skip
    conversion = Job.objects.create(
        **fields, kind="conversion", queue="conversion", status="succeeded", voice=voice, name=mark,
        params={"format": "mp3", "settings": {"preset": "song"}},
    )  # fmt: skip
    song = Job.objects.create(
        **fields, kind="song", queue="conversion", status="succeeded", voice=voice, name=mark,
        params={"format": "mp3", "settings": {"part": None}},
    )  # fmt: skip
    alignment = Job.objects.create(
        **fields, kind="alignment", queue="conversion", status="succeeded", name=mark, text=mark,
        params={"settings": {"voice_only": False}, "song_seconds": 9.0},
    )  # fmt: skip
    for job in (*jobs, conversion, song, alignment):
        result_create(job, content=person.sound)
    file_create(song, role="notes", content=score_of(mark))
    file_create(alignment, role="json", content=lyrics_of(mark))
    dataset = dataset_create(voice, title=mark, content=person.sound)
    take = Take.objects.get(dataset=dataset)
    entry = DictionaryEntry.objects.create(**fields, word=mark, said="т+айна")
    consent = VoiceConsent.objects.create(**fields, name=mark, language="ru", text_version="2")
    training = Job.objects.create(
        **fields, kind="training", queue="training", status="succeeded", voice=voice, name=mark,
        params={"dataset": str(voice.pk), "settings": {"epochs": 3}, "estimated_seconds": 9.0},
    )  # fmt: skip
    comparison = Comparison.objects.create(**fields, voice=voice, text=mark, first=1, second=2)
    talk = talk_create(person, voice)
    UsageDay.objects.create(**fields, day=today(), characters=10, jobs=2)
    person.ids |= {
        "voice_id": str(voice.pk), "recording_id": str(recording.pk), "job_id": str(jobs[0].pk),
        "conversion_id": str(conversion.pk), "song_id": str(song.pk), "alignment_id": str(alignment.pk),
        "batch_id": str(batch.pk), "entry_id": str(entry.pk),
        "consent_id": str(consent.pk), "role": "result", "dataset_id": str(dataset.pk),
        "take_id": str(take.pk), "path": "clips/0001-0001.flac", "training_id": str(training.pk),
        "comparison_id": str(comparison.pk), "session_id": str(talk.pk),
    }  # fmt: skip
    return person


def with_session(name):
    """A browser signed in as a new user."""
    user = account_create(email=f"{name}@example.com", password=PASSWORD)
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    key = api_key_create(user=user, name=f"тайна{name}", scopes=[str(scope) for scope in Scope])
    person = Person(name, Owner(user_id=user.pk), client, ids={"prefix": key.row.prefix})
    person.secret = key.secret
    return person


def visitor(name):
    client = Client()
    client.get("/")
    owner = Owner(visitor=client.cookies["visitor"].value.split(":")[0])
    return Person(name, owner, client, ids={"prefix": "keyofno1"})


@pytest.fixture
def people(settings, tmp_path, humming_engine):
    """Two users and a visitor who own things; beside them a key, another visitor and nobody."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CALLS_PER_MINUTE = settings.UPLOADS_PER_MINUTE = {"visitor": 0, "account": 0}
    settings.WAIT_SECONDS = 0  # no worker will do what a stranger asks for
    Voice.objects.create(is_bank=True, slug="anna", name="Anna", status="ready")
    alice, bob, guest = (
        equip(person) for person in (with_session("alice"), with_session("bob"), visitor("guest"))
    )
    program = Person(
        "program", bob.owner, APIClient(), {"Authorization": f"Bearer {bob.secret}"}, bob.ids
    )
    return {
        "alice": alice, "bob": bob, "guest": guest, "program": program,
        "passer-by": visitor("passer-by"), "nobody": Person("nobody", alice.owner, Client()),
    }  # fmt: skip


# who attacks whom
PAIRS = [
    ("alice", "bob"), ("alice", "program"), ("alice", "guest"), ("alice", "nobody"),
    ("guest", "bob"), ("guest", "program"), ("guest", "passer-by"), ("guest", "nobody"),
]  # fmt: skip


def path_to(route, owner):
    """The address of what is the owner's; parameters that name no row get some word."""
    ids = {"number": "1", **owner.ids}  # of a version
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids.get(found[1], "tts-1"), route)


def content_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def bodies(owner):
    """What a stranger may send: JSON, and a form with a file, both naming the owner's things."""
    values = {
        "name": "Чужой", "said": "х+а", "word": "чужое", "text": "Добрый вечер.",
        "input": "Добрый вечер.", "model": "tts-1", "voice": owner.ids["voice_id"],
        "texts": ["Добрый вечер."], "scopes": ["read"], "consent": True, "format": "mp3",
    }  # fmt: skip
    yield json.dumps(values).encode(), "application/json"
    bound = "bound"
    parts = [f'--{bound}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in values.items() if isinstance(value, str | bool)]  # fmt: skip
    parts.append(
        f"--{bound}\r\nContent-Disposition: form-data; "
        f'name="recording"; filename="a.wav"\r\n\r\n'.encode()
        + wav()
        + b"\r\n"
    )
    yield b"".join([*parts, f"--{bound}--\r\n".encode()]), f"multipart/form-data; boundary={bound}"


def calls(owner):
    """(method, body, content type) to try at an address."""
    for method in METHODS:
        if method in {"POST", "PUT", "PATCH"}:
            for body, kind in bodies(owner):
                yield method, body, kind
        else:
            yield method, None, "application/json"


def test_every_address_is_in_the_table():
    found = set(addresses())
    assert found - set(ADDRESSES) == set(), "name what these addresses give, and to whom"
    assert set(ADDRESSES) - found == set(), "these are no more"


def strangers_calls(people, owner, route):
    """Every call of every stranger to an address of the owner's, and its answer."""
    for stranger in [people[name] for whose, name in PAIRS if people[whose] is owner]:
        unknown = ""  # a method that this address does not have: it reads no other body either
        for method, body, kind in calls(owner):
            if method == unknown:
                continue
            response = stranger.send(method, path_to(route, owner), body, kind)
            unknown = method if response.status_code == 405 else ""
            yield response, f"{method} /{route} by {stranger.name}: {response.status_code}"


@pytest.mark.parametrize("owner", ["alice", "guest"])
def test_what_is_anothers_is_not_there(people, owner):
    owner = people[owner]
    before = owner.rows()
    for route in (route for route, kind in ADDRESSES.items() if kind == OWNED):
        for response, told in strangers_calls(people, owner, route):
            described = told.startswith("OPTIONS") and response.status_code == 200
            assert described or response.status_code in REFUSALS, told
            assert owner.mark not in response.content.decode(), told
        assert owner.rows() == before, f"/{route} changed what is another's"


@pytest.mark.parametrize("owner", ["alice", "guest"])
def test_shared_addresses_tell_nothing_of_others(people, owner):
    owner = people[owner]
    before = owner.rows()
    for route in (route for route, kind in ADDRESSES.items() if kind != OWNED):
        for response, told in strangers_calls(people, owner, route):
            seen = content_of(response)
            healthy = response.status_code < 500 or b"still_working" in seen or route == "readyz"
            assert healthy, told
            assert owner.mark.encode() not in seen, told
            assert owner.sound not in seen, told
            if b"unknown_voice" not in seen and b"voice_not_found" not in seen:  # these repeat it
                assert not [one for one in owner.secret_ids if one.encode() in seen], told
        assert owner.rows() == before, f"/{route} changed what is another's"


def test_the_owner_does_find_it(people):
    """The same addresses, so that the refusals above mean something."""
    for name in ("alice", "guest", "program"):
        person = people[name]
        for route, kind in ADDRESSES.items():
            if kind != OWNED or "prefix" in route:
                continue
            if route.startswith("elevenlabs/") and name != "program":
                continue  # no browser's session opens that door
            response = person.send("GET", path_to(route, person))
            told = f"{route} for {name}: {response.status_code}"
            assert response.status_code not in {302, 401, 403}, told
            assert b'"unknown_' not in content_of(response), told
        listed = content_of(person.send("GET", "/api/v1/jobs/")).decode()
        assert people["bob" if name == "program" else name].mark in listed


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/speech/", {"text": "Да."}),
        ("/api/v1/speech/", {"text": "Да.", "stream": True}),
        ("/api/v1/jobs/", {"text": "Да."}),
        ("/api/v1/batches/", {"texts": ["Да."]}),
        ("/v1/audio/speech", {"model": "tts-1", "input": "Да."}),
    ],
)
def test_nobody_speaks_in_anothers_voice(people, path, body):
    for owner, stranger in (("alice", "bob"), ("alice", "guest"), ("guest", "program")):
        for reference in (people[owner].ids["voice_id"], f"Голос {people[owner].mark}"):
            wish = json.dumps({**body, "voice": reference}).encode()
            response = people[stranger].send("POST", path, wish)
            assert response.status_code == 404, (owner, stranger, reference)


def test_nobody_calls_anothers_voice_by_a_mark_in_the_text(people):
    wish = {"voice": "anna", "text": f"{people['alice'].ids['voice_id']}:: Добрый вечер."}
    response = people["bob"].send("POST", "/api/v1/jobs/", json.dumps(wish).encode())
    job = Job.objects.filter(people["bob"].owner.q).order_by("created_at").last()
    assert response.status_code == 404 or not job.params["voices"]


@pytest.mark.parametrize("before", ["", "media/", "var/media/", "static/", "static/../media/"])
def test_files_have_no_address_of_their_own(people, before):
    for name in people["alice"].rows()["files"]:
        for person in people.values():
            assert person.send("GET", f"/{before}{name}").status_code == 404


def test_searches_and_filters_stay_within_ones_own(people):
    mark = people["alice"].mark
    paths = "voices/?search={}", "dictionary/?search={}", "voices/?own=true", "jobs/?kind=speech"
    for path in paths:
        for name in ("bob", "guest", "passer-by"):
            seen = people[name].send("GET", f"/api/v1/{path.format(mark)}").content.decode()
            assert mark not in seen
