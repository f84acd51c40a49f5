"""The door to the engine's covers and separation: plain values in, files and plain values out."""

from pathlib import Path

import pytest

from tests.voices.song_engine import song
from tts_engine.covers import making
from tts_engine.covers.settings import Cover, CoverNote
from tts_engine.errors import AudioError, RequestError
from tts_engine.separation import inference
from tts_engine.separation.inference import Separated
from voices import engine
from voices.errors import BadInput, Unusable

PROFILE = {"embedding": [1.0] + [0.0] * 255}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "Песня.wav"
    path.write_bytes(song().read())
    return path


@pytest.fixture
def covers(monkeypatch, tmp_path):
    """What make_cover was called with."""
    calls = []

    def make_cover(source, voice, settings, folder, *, models, device="auto", told=None):
        calls.append((source, voice, settings))
        told("converting", 1, 2)
        return Cover(
            files={"mix": folder / "mix.mp3"},
            seconds=2.0,
            start_seconds=1.0,
            semitones=-12.0,
            sung_seconds=1.0,
            notes=(CoverNote(code="mono", en="one channel", ru="один канал"),),
            figures={"likeness": 0.8, "noise_db": float("-inf")},
        )

    monkeypatch.setattr(making, "make_cover", make_cover)
    return calls


def order(path, **fields):
    values = {"settings": {"preset": "song", "index_rate": 0.5}, "profile": PROFILE, **fields}
    return engine.ConversionOrder(sources={"song": path}, voice="Anna", **values)


def test_an_order_becomes_a_cover(path, covers, tmp_path):
    told = []
    made = engine.convert_recording(
        order(path, f0=path, audio_format="mp3", recordings=[path]),
        tmp_path,
        lambda *values: told.append(values),
    )
    [(source, voice, settings)] = covers
    assert (source.song, voice.name, len(voice.recordings)) == (path, "Anna", 1)
    assert (settings.index_rate, settings.audio_format, settings.f0_file) == (0.5, "mp3", path)
    assert told == [(1, 2, "converting")]
    assert made.files == {"mix": tmp_path / "mix.mp3"}
    assert made.figures == {"likeness": 0.8, "noise_db": None}, "JSON has no infinity"
    assert made.notes == [{"code": "mono", "en": "one channel", "ru": "один канал"}]


def test_a_reference_is_for_the_engine_to_measure(path, covers, tmp_path):
    engine.convert_recording(
        order(path, profile=None, recordings=[path]), tmp_path, lambda *_: None
    )
    voice = covers[0][1]
    assert (voice.profile, len(voice.recordings)) == (None, 1)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (AudioError("no_voice_in_song", "only music", "только музыка"), Unusable),
        (RequestError("f0_file_of_another_length", "ends at 3 s", "кончается на 3 с"), BadInput),
    ],
)
def test_errors_of_the_engine_are_the_service_s(path, monkeypatch, tmp_path, raised, kind):
    def make_cover(source, voice, settings, folder, *, models, device="auto", told=None):
        raise raised

    monkeypatch.setattr(making, "make_cover", make_cover)
    with pytest.raises(kind) as caught:
        engine.convert_recording(order(path), tmp_path, lambda *_: None)
    assert (caught.value.code, caught.value.ru) == (raised.code, raised.message_ru)


@pytest.mark.parametrize(
    ("settings", "given", "code"),
    [
        ({"preset": "song"}, [], "no_source"),
        ({"preset": "speech"}, ["song", "vocals"], "stems_of_speech"),
        ({"preset": "song", "key_shift": 13}, ["song"], "bad_conversion_settings"),
        ({"preset": "speech", "key_shift": 1}, ["song"], "bad_conversion_settings"),
    ],
)
def test_what_cannot_be_made_is_known_beforehand(settings, given, code):
    with pytest.raises(BadInput) as caught:
        engine.conversion_settings_check(settings, given)
    assert caught.value.code == code
    engine.conversion_settings_check({"preset": "dubbing", "transpose": None}, ["vocals"])


def test_the_level_of_silence_is_no_number(path, monkeypatch, tmp_path):
    def separate_song(source, output, *, preview_from=None, device="auto", told=None):
        told(1.0, 2.0)
        return Separated(
            vocals=output / "vocals.flac",
            accompaniment=output / "accompaniment.flac",
            start_seconds=preview_from or 0.0,
            seconds=2.0,
            vocals_db=-20.0,
            accompaniment_db=float("-inf"),
        )

    monkeypatch.setattr(inference, "separate_song", separate_song)
    told = []
    made = engine.separate_recording(
        path, tmp_path, preview_from=None, told=lambda *values: told.append(values)
    )
    assert told == [(1.0, 2.0, "separating")]
    assert made.figures == {"vocals_db": -20.0, "accompaniment_db": None}
    assert made.vocals == Path(tmp_path / "vocals.flac")
