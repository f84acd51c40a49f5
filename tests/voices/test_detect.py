"""Whether a file was made here and who speaks in it: the call and its page."""

import importlib
import math

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.io import encode_audio
from tts_engine.audio.tags import AudioTags
from tts_engine.detection.inference import Judgement
from tts_engine.types import Audio
from tts_engine.watermark.marking import Marker

TEXT = (
    "Long ago there was a small town near the river, and everybody there knew each other by name."
)
LONG = f"{TEXT} {TEXT}"  # more than five seconds
PROVENANCE = importlib.import_module("voices.engine.provenance")  # its function bears the same name
TAGS = AudioTags(title="A town", voice="espeak")


@pytest.fixture(autouse=True)
def _own_key(monkeypatch):
    monkeypatch.setenv("VOICECLONE_WATERMARK_KEY", "of the tests")


def ask(client, content, name="file.mp3", **headers):
    return client.post(
        "/api/v1/detect/", {"file": SimpleUploadedFile(name, content)}, headers=headers
    )


@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "flac", "wav", "aac"])
def test_our_own_file_is_told(caller, audio_format):
    marked = Marker(b"of the tests").mark(espeak_speech(TEXT))
    answer = ask(caller("alice"), encode_audio(marked, audio_format, tags=TAGS)).json()
    assert answer["made_here"] is True
    assert answer["score"] >= answer["threshold"]
    assert answer["tagged_as_generated"] is True
    assert "made here" in answer["explanation"]


def test_another_file_is_not_ours_and_a_tag_alone_is_no_proof(caller):
    client, plain = caller("alice"), espeak_speech(LONG)
    answer = ask(client, encode_audio(plain, "mp3")).json()
    assert (answer["made_here"], answer["tagged_as_generated"]) == (False, False)
    answer = ask(client, encode_audio(plain, "mp3", tags=TAGS), **{"Accept-Language": "ru"}).json()
    assert (answer["made_here"], answer["tagged_as_generated"]) == (False, True)
    assert "метка файла" in answer["explanation"]


def test_another_installation_s_file_is_not_ours(caller):
    theirs = Marker(b"theirs").mark(espeak_speech(LONG))
    assert ask(caller("alice"), encode_audio(theirs, "wav")).json()["made_here"] is False


def test_a_short_file_gets_a_careful_answer(caller):
    answer = ask(caller("alice"), encode_audio(espeak_speech("Yes."), "wav")).json()
    assert answer["made_here"] is None
    assert "Too short to judge" in answer["explanation"]


@pytest.mark.parametrize("seconds", [0.5, 1, 2, 3, 4])
def test_our_own_sound_is_never_denied_however_short(caller, seconds):
    marked = Marker(b"of the tests").mark(espeak_speech(TEXT))
    rate = marked.sample_rate_hz
    cut = marked.waveform[rate : rate + int(seconds * rate)]
    silence = np.zeros(6 * rate, np.float32)  # no sound to judge by
    for waveform in (cut, np.concatenate([cut, silence])):
        content = encode_audio(Audio(waveform, rate), "mp3", tags=TAGS)
        answer = ask(caller("alice"), content).json()
        assert answer["made_here"] in (True, None)
        assert "no watermark" not in answer["explanation"]


class Judge:
    """Says what it is told, of as many seconds as the recording has."""

    def __init__(self, speaker, share, reason=""):
        self.told = speaker, share, reason

    def judge(self, audio):
        speaker, share, reason = self.told
        return Judgement(
            speaker=speaker,
            share=share,
            machine_from=0.8,
            person_below=0.2,
            seconds_heard=audio.seconds,
            curve=(share, None) * math.ceil(audio.seconds / 2),
            reason=reason,
        )


@pytest.mark.parametrize(
    ("speaker", "share", "reason", "words"),
    [
        ("machine", 0.97, "", ("sounds like a machine", "говорит машина")),
        ("person", 0.03, "", ("sounds like a person", "говорит человек")),
        ("unknown", 0.5, "between", ("cannot be told", "нельзя сказать")),
        ("unknown", None, "short", ("at least 3 seconds", "не меньше 3 секунд")),
    ],
)
def test_who_speaks_is_told_apart_from_the_mark(speaker, share, reason, words, caller, monkeypatch):
    monkeypatch.setattr(PROVENANCE, "_judge", lambda weights: Judge(speaker, share, reason))
    content = encode_audio(Marker(b"of the tests").mark(espeak_speech(TEXT)), "mp3")
    for language, expected in zip(("en", "ru"), words, strict=True):
        answer = ask(caller("alice"), content, **{"Accept-Language": language}).json()
        judgement = answer["judgement"]
        assert answer["made_here"] is True  # whatever the ear says
        assert (judgement["speaker"], judgement["share"]) == (speaker, share)
        assert judgement["reason"] == reason
        assert (judgement["machine_from"], judgement["person_below"]) == (0.8, 0.2)
        assert judgement["curve"][:2] == [share, None]
        assert expected in judgement["explanation"]


def test_the_shipped_detector_judges_a_formant_synthesizer_second_by_second(caller):
    answer = ask(caller("alice"), encode_audio(espeak_speech(LONG), "mp3")).json()
    judgement = answer["judgement"]
    assert len(judgement["curve"]) == math.ceil(answer["seconds"])
    assert 0.0 <= judgement["share"] <= 1.0
    assert judgement["speaker"] != "person"
    assert judgement["seconds_heard"] <= answer["seconds"]


def test_without_weights_the_service_says_so(caller, settings, tmp_path):
    settings.WEIGHTS_DIR = tmp_path
    response = ask(caller("alice"), encode_audio(espeak_speech(TEXT), "mp3"))
    assert (response.status_code, response.json()["error"]["code"]) == (503, "weights_missing")


@pytest.mark.parametrize(
    ("content", "status", "code"), [(b"", 400, "empty_file"), (b"no sound" * 99, 415, "not_audio")]
)
def test_what_is_no_sound_is_refused(caller, content, status, code):
    response = ask(caller("alice"), content)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_a_missing_file_is_named(caller):
    response = caller("alice").post("/api/v1/detect/", {})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "file_required")


def test_nothing_is_kept(caller, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert ask(caller("alice"), encode_audio(espeak_speech(TEXT), "mp3")).status_code == 200
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize(("language", "words"), [("ru", "создана здесь?"), ("en", "made here?")])
def test_the_page_speaks_both_languages(client, db, language, words):
    page = client.get("/detect/", {"lang": language}, follow=True)
    assert page.status_code == 200
    assert words in page.content.decode()
