"""A database of version 0.1 with one of everything in it, and its files.

`fill` writes it through the models of any registry: those of a migration's state, or an old version's own. The
backup in tests/voices/ was made with it by the code of c608b62: `migrate`, `fill`, then `manage.py backup`.
"""

import io
import uuid
import wave
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
USER_ID = 7
VISITOR = uuid.UUID(int=77)
ALICE, GUEST, NOBODY = {"user_id": USER_ID}, {"visitor": VISITOR}, {}
PROFILE = {"embedding": [1.0] + [0.0] * 255}
OTHER_PROFILE = {"embedding": [0.0, 1.0] + [0.0] * 254}
SPEECH = {
    "format": "wav", "speed": 1.0, "pitch": 0.0, "seed": 0, "stream": False, "timestamps": False,
    "live": False, "voices": {}, "dictionary": {},
}  # fmt: skip


def known(name: str) -> uuid.UUID:
    """The id of what is called so."""
    return uuid.uuid5(uuid.NAMESPACE_URL, name)


def sound(name: str) -> bytes:
    """A wav of its own for each name."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(known(name).bytes * (20 + len(name)))
    return content.getvalue()


RESULTS = {
    name: f"results/{known(name).hex[:2]}/{known(name)}/1.wav"
    for name in (
        "single", "dialogue", "guest's", "subtitle 1", "subtitle 2", "track", "line 1", "of anna",
    )
}  # fmt: skip
RECORDINGS = {
    name: f"recordings/{known(voice)}/{known(name)}"
    for name, voice in (
        ("take 1", "mine"), ("take 2", "mine"), ("guest's take", "guest's voice"),
        ("unheard take", "new voice"),
    )
}  # fmt: skip
PREVIEWS = {
    name: f"previews/{known(name)}/{known(name).hex}.mp3" for name in ("anna", "boris", "mine")
}
PARTS = {
    "live": f"parts/{known('live')}/1/00000",
    "chunk": f"parts/{known('chunk')}/1/00000",
}
SPOKEN = {"phrase": f"spoken/{known('phrase')}"}
FILES = {**RESULTS, **RECORDINGS, **PREVIEWS, **PARTS, **SPOKEN}
KEPT_OF_ALICE = (
    "take 1", "take 2", "unheard take", "single", "dialogue", "subtitle 1", "subtitle 2", "track",
    "line 1", "of anna",
)  # fmt: skip
BYTES_OF_ALICE = sum(len(sound(name)) for name in KEPT_OF_ALICE)


def fill(model: Callable[[str, str], Any], media: Path) -> None:
    """Write all rows, and all files under `media`."""
    for name, path in FILES.items():
        (media / path).parent.mkdir(parents=True, exist_ok=True)
        (media / path).write_bytes(sound(name))
    _people(model)
    _voices(model)
    _jobs(model)
    _batches(model)


def _people(model: Callable[[str, str], Any]) -> None:
    user = model("auth", "User").objects.create(id=USER_ID, username="alice", email="a@example.com")
    model("voices", "Account").objects.create(user=user, email_confirmed_at=NOW)
    model("voices", "Quota").objects.create(user=user, storage_megabytes=1)
    model("voices", "ApiKey").objects.create(user=user, name="k", prefix="abcd", digest="0" * 64)
    for whose in (ALICE, GUEST):
        model("voices", "UsageDay").objects.create(**whose, day=NOW.date(), characters=10, jobs=3)
        model("voices", "DictionaryEntry").objects.create(**whose, word="замок", said="з+амок")


def _voices(model: Callable[[str, str], Any]) -> None:
    voices = model("voices", "Voice").objects
    for slug, profile in (("anna", PROFILE), ("boris", OTHER_PROFILE)):
        voices.create(
            id=known(slug), is_bank=True, slug=slug, name=slug.title(), status="ready",
            profile=profile, preview=PREVIEWS[slug], preview_fingerprint=f"of {slug}",
        )  # fmt: skip
    mine = voices.create(
        id=known("mine"), **ALICE, name="Моя", status="ready", profile=OTHER_PROFILE, speed=1.2,
        preview=PREVIEWS["mine"], preview_fingerprint="of mine", spoken_consent_at=NOW,
        spoken_consent_embedding=OTHER_PROFILE["embedding"],
    )  # fmt: skip
    guests = voices.create(
        id=known("guest's voice"), **GUEST, name="Гость", status="ready", profile=PROFILE
    )
    new = voices.create(id=known("new voice"), **ALICE, name="Новая")
    for name, voice in (
        ("take 1", mine), ("take 2", mine), ("guest's take", guests), ("unheard take", new),
    ):  # fmt: skip
        heard = {} if voice is new else {"seconds": 4.5, "speech_seconds": 4.0}
        model("voices", "Recording").objects.create(
            id=known(name), voice=voice, file=RECORDINGS[name], original_name=f"{name}.wav",
            size_bytes=len(sound(name)), notes=[], profile=voice.profile, **heard,
        )  # fmt: skip
    for name, used in (("phrase", None), ("phrase read", NOW)):
        model("voices", "ConsentPhrase").objects.create(
            id=known(name), voice=mine, text="Прочтите это.", expires_at=NOW, used_at=used
        )
    for kind in ("statement", "spoken"):
        model("voices", "ConsentRecord").objects.create(
            kind=kind, voice=mine.id, voice_name="Моя", user=USER_ID, user_name="alice",
            text_version="1", language="ru", text="Я имею право.", given_at=NOW,
        )  # fmt: skip


def _jobs(model: Callable[[str, str], Any]) -> None:
    mine, guests = known("mine"), known("guest's voice")
    calls_mine = {**SPEECH, "voices": {"Моя": str(mine)}}
    asked = {"consent": {}, "phrase": str(known("phrase"))}
    enrolment = {"recordings": [str(known("take 1")), str(known("take 2"))], "consent": {}}
    unheard = {"recordings": [str(known("unheard take"))], "consent": {}}
    rows = (
        ("single", ALICE, "speech", "succeeded", mine, {**SPEECH, "timestamps": True}, {}),
        ("dialogue", ALICE, "speech", "succeeded", known("anna"), calls_mine, {}),
        ("of anna", ALICE, "speech", "succeeded", known("anna"), SPEECH, {}),
        ("guest's", GUEST, "speech", "succeeded", guests, SPEECH, {}),
        ("failed", ALICE, "speech", "failed", mine, SPEECH, {"error_code": "text_too_long"}),
        ("cancelled", GUEST, "speech", "cancelled", guests, SPEECH, {}),
        ("waiting", ALICE, "speech", "queued", mine, SPEECH, {"dispatched_at": NOW}),
        ("live", ALICE, "speech", "running", mine, {**SPEECH, "live": True}, {"parts_ready": 1}),
        ("long", ALICE, "speech", "running", mine, SPEECH, {}),
        ("enrolled", ALICE, "enrolment", "succeeded", mine, enrolment, {}),
        ("enrolling", ALICE, "enrolment", "queued", known("new voice"), unheard, {}),
        ("previewed", ALICE, "preview", "succeeded", mine, {}, {}),
        ("consented", ALICE, "consent", "succeeded", mine, asked, {}),
        ("consenting", ALICE, "consent", "queued", mine, asked, {}),
    )
    for name, whose, kind, status, voice, params, more in rows:
        _job(model, name, whose, kind, status, voice_id=voice, params=params, **more)
    _job(
        model, "chunk", ALICE, "chunk", "succeeded", parent_id=known("long"), position=1,
        params={"span": [0, 1], "sizes": [100]}, parts_ready=1,
    )  # fmt: skip
    model("voices", "Timestamps").objects.create(job_id=known("single"), sentences=[{"text": "А."}])
    hook = {"job_id": known("single"), "url": "https://example.com/", "status": "delivered"}
    model("voices", "Webhook").objects.create(**hook)
    key = {"key": "once", "fingerprint": "0" * 64, "job_id": known("single")}
    model("voices", "IdempotencyKey").objects.create(**ALICE, **key)


def _batches(model: Callable[[str, str], Any]) -> None:
    for source, status in (("srt", "succeeded"), ("texts", "partly_succeeded")):
        model("voices", "Batch").objects.create(
            id=known(source), **ALICE, source=source, name=source, status=status, format="wav",
            finished_at=NOW,
        )  # fmt: skip
    mine = known("mine")
    rows = (
        ("subtitle 1", "srt", "speech", "succeeded", mine),
        ("subtitle 2", "srt", "speech", "succeeded", known("anna")),
        ("track", "srt", "track", "succeeded", None),
        ("line 1", "texts", "speech", "succeeded", mine),
        ("line 2", "texts", "speech", "failed", mine),
    )
    for position, (name, batch, kind, status, voice) in enumerate(rows, start=1):
        params = {**SPEECH, "start_seconds": position, "end_seconds": position + 1}
        place = {"batch_id": known(batch), "position": position, "queue": "batch"}
        _job(model, name, ALICE, kind, status, voice_id=voice, params=params, **place)


def _job(
    model: Callable[[str, str], Any],
    name: str,
    whose: dict[str, Any],
    kind: str,
    status: str,
    **fields: Any,
) -> None:
    ended = status not in ("queued", "running")
    began = {} if status == "queued" else {"attempts": 1, "started_at": NOW}
    job = model("voices", "Job").objects.create(
        id=known(name), **whose, kind=kind, status=status, text=f"Это {name}.",
        finished_at=NOW + timedelta(minutes=1) if ended else None,
        **{"queue": "speech", **began, **fields},
    )  # fmt: skip
    if name in RESULTS:
        model("voices", "Result").objects.create(
            job=job, file=RESULTS[name], format="wav", size_bytes=len(sound(name)), seconds=1.5,
            sha256="ab" * 32,
        )  # fmt: skip
