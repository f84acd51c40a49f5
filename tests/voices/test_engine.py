"""The door to the engine: statuses of its errors, profiles, and what it must not load."""

import dataclasses
import math
import subprocess
import sys
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.conf import settings

from tts_engine import errors
from tts_engine.audio.formats import FORMATS
from voices import engine
from voices.audio_formats import MEDIA_TYPES
from voices.engine import models, pieces
from voices.errors import AppError, TooLarge

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (errors.AudioError, "no_speech", 422),
        (errors.AudioError, "empty_file", 400),
        (errors.AudioError, "not_audio", 415),
        (errors.AudioError, "audio_too_long", 413),
        (errors.TextError, "nothing_to_say", 400),
        (errors.VoiceError, "unknown_voice", 404),
        (errors.RequestError, "speed_out_of_range", 400),
        (errors.CheckpointError, "weights_missing", 503),
        (errors.ResourceError, "cuda_missing", 503),
        (errors.EngineError, "other", 500),
    ],
)
def test_errors_of_the_engine_get_a_status_and_keep_both_languages(error, code, status):
    with pytest.raises(AppError) as caught, engine.engine_errors():
        raise error(code, "english", "по-русски", limit=3)
    found = caught.value
    assert (found.status, found.code, found.details) == (status, code, {"limit": 3})
    assert (found.message("en"), found.message("ru")) == ("english", "по-русски")


def test_formats_and_media_types_are_the_engine_s():
    assert {name: form.media_type for name, form in FORMATS.items()} == MEDIA_TYPES


def profile(angle, **facts):
    return {"embedding": [math.cos(angle), math.sin(angle)], **facts}


def test_the_mean_of_profiles_is_weighted_and_of_unit_length():
    long, short = profile(0.0, f0_median_hz=100.0), profile(1.0, f0_median_hz=200.0)
    mean = engine.mean_profile([(long, 30.0), (short, 10.0)])
    assert math.hypot(*mean["embedding"]) == pytest.approx(1.0, abs=1e-4)
    assert mean["f0_median_hz"] == pytest.approx(100 * 2**0.25)  # in octaves
    assert 0 < math.atan2(mean["embedding"][1], mean["embedding"][0]) < 0.5


def test_unknown_facts_do_not_pull_the_mean():
    known, unknown = profile(0.0, f0_median_hz=100.0), profile(0.0, f0_median_hz=0.0)
    assert engine.mean_profile([(known, 5.0), (unknown, 5.0)])["f0_median_hz"] == pytest.approx(100)


def test_a_single_profile_stays_as_it_is():
    only = profile(0.3)
    assert engine.mean_profile([(only, 3.0)]) is only


def test_missing_weights_are_listed_without_loading(settings, tmp_path):
    settings.WEIGHTS_DIR = tmp_path
    (tmp_path / "encoder").mkdir()
    for name in ("model.safetensors", "config.json"):
        (tmp_path / "encoder" / name).touch()
    assert engine.weights_missing() == ["recognizer", "synthesizer", "vocoder"]


def test_weights_that_are_not_there_are_the_operator_s_fault(settings, tmp_path):
    settings.WEIGHTS_DIR, settings.DEVICE = tmp_path, "cpu"
    with pytest.raises(AppError) as caught:
        engine.load_cloner()
    assert caught.value.status == 503


def test_the_site_starts_without_torch():
    code = "import django; django.setup(); import voiceclone.urls, sys; sys.exit('torch' in sys.modules)"
    environment = {"DJANGO_SETTINGS_MODULE": "voiceclone.settings", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


@pytest.mark.weights
def test_a_text_said_in_stored_spans_is_the_same_to_the_sample(monkeypatch, settings):
    monkeypatch.setattr(pieces, "SPAN_SENTENCES", 8)
    anna, boris = engine.bank_voices()[:2]
    text = (
        "((пауза 1 с)) Раз! Два?\n:D\n((громко)) Три. ((пауза 2 с)) Четыре, пять.\n"
        + "б:: Да. А? Нет!\n\n" * 5
    )
    order = engine.SpeechOrder(
        text=text, profile=anna["profile"], voices={"б": boris["profile"]}, seed=5, speed=1.3
    )
    rows = []
    whole = engine.speak(order, on_timing=rows.append)
    spans = engine.spans_of(order)
    assert len(spans) == 3
    said = []
    for span in reversed(spans):
        made = [one for one, _ in engine.speak_span(order, span)]
        said = engine.said_unpack(engine.said_pack(made)) + said
    joined, timings = engine.said_join(said)
    np.testing.assert_allclose(joined.waveform, whole.waveform, rtol=0, atol=1e-3)
    assert timings == rows
    engine.length_check(sum(map(engine.said_size, said)))
    settings.SPEECH_SECONDS_LIMIT = 3
    with pytest.raises(TooLarge, match="speech is longer"):
        engine.length_check(sum(map(engine.said_size, said)))
    with pytest.raises(TooLarge, match="speech is longer"):
        engine.speak(order)


@pytest.mark.parametrize(
    "phrase",
    ["км/ч ", "а: б; ", "XIX век ", "г. ", "1 234 567 ", "12.03.2024 ", "½", "((", "т. д. ", "а"],
)
@pytest.mark.timeout(20, func_only=True)  # what grows with the square of the length takes minutes
def test_no_page_holds_up_the_site_while_it_is_read(phrase):
    text = (phrase * settings.SYNC_TEXT_LIMIT)[: settings.SYNC_TEXT_LIMIT]
    with suppress(AppError):  # some have nothing to say
        assert engine.phonemes(text)


def test_texts_said_together_are_as_alone_or_name_their_own_error():
    profile = engine.bank_voices()[0]["profile"]
    fast = engine.SpeechOrder(text="До встречи завтра.", profile=profile, speed=1.3)
    others = [engine.SpeechOrder(text=text, profile=profile) for text in ("Да. Нет.", "б:: Да.")]
    two, voiceless, together = engine.speak_many([*others, fast])
    assert [row["text"] for row in two[1]] == ["Да.", "Нет."]
    assert voiceless.status == 404
    with pytest.raises(AppError):
        engine.speak_many([dataclasses.replace(fast, dictionary={"да": "!"})])
    rows = []
    alone = engine.speak(fast, on_timing=rows.append)
    np.testing.assert_allclose(together[0].waveform, alone.waveform, rtol=0, atol=1e-3)
    assert together[1] == rows


@pytest.mark.parametrize(
    ("gpus", "place", "told"), [(1, 0, [0, 4000]), (2, 1, [1, 4000]), (2, 4, [0, 4000]), (0, 1, [])]
)
def test_a_process_keeps_to_its_gpu_and_its_part_of_it(settings, monkeypatch, gpus, place, told):
    did = []
    monkeypatch.setattr("torch.cuda.is_available", lambda: gpus > 0)
    monkeypatch.setattr("torch.cuda.device_count", lambda: gpus)
    monkeypatch.setattr("torch.cuda.set_device", did.append)
    monkeypatch.setattr("tts_engine.device.limit_gpu_memory", did.append)
    monkeypatch.setattr("tts_engine.speaking.cloning.VoiceCloner.load", lambda *_, **__: object())
    monkeypatch.setattr(models, "_prepared", lru_cache(models._prepared.__wrapped__))
    monkeypatch.setattr(models, "_cloner", lru_cache(models._cloner.__wrapped__))
    monkeypatch.setattr(models, "current_process", lambda: SimpleNamespace(index=place))
    settings.DEVICE, settings.GPU_MEMORY_MB = "auto", 4000
    engine.load_cloner()
    assert did == told


def test_a_precision_the_device_has_not_is_the_operator_s_fault(settings):
    settings.DEVICE, settings.PRECISION = "cpu", "float16"
    with pytest.raises(AppError) as caught:
        engine.load_cloner()
    assert (caught.value.status, caught.value.code) == (503, "precision_unsupported")


@pytest.mark.parametrize(
    ("chosen", "processes", "threads"), [(0, 1, 8), (0, 3, 2), (0, 20, 1), (5, 3, 5)]
)
def test_processes_of_a_worker_share_the_cores(settings, monkeypatch, chosen, processes, threads):
    told = []
    monkeypatch.setattr("joblib.cpu_count", lambda **_: 8)
    monkeypatch.setattr("torch.get_num_threads", lambda: 16)
    monkeypatch.setattr("torch.set_num_threads", told.append)
    monkeypatch.setattr("tts_engine.speaking.cloning.VoiceCloner.load", lambda *_, **__: object())
    monkeypatch.setattr(models, "_prepared", lru_cache(models._prepared.__wrapped__))
    monkeypatch.setattr(models, "_cloner", lru_cache(models._cloner.__wrapped__))
    settings.ENGINE_THREADS, settings.CELERY_WORKER_CONCURRENCY = chosen, processes
    engine.load_cloner()
    assert told == [threads]


def test_each_family_of_models_is_loaded_when_it_is_first_needed_and_once(monkeypatch):
    loads = []

    class Cloner:
        @cached_property
        def recognizer(self):
            loads.append("hearing")
            return object()

    def load(*_, **__):
        loads.append("speaking")
        return Cloner()

    monkeypatch.setattr("tts_engine.speaking.cloning.VoiceCloner.load", load)
    for kept in ("_cloner", "_cover_models"):  # of tests before
        monkeypatch.setattr(models, kept, lru_cache(getattr(models, kept).__wrapped__))
    assert engine.families_loaded() == set()
    for known in ({"speaking"}, {"speaking"}):
        models.FAMILIES["speaking"]()
        assert engine.families_loaded() == known
    models.FAMILIES["hearing"]()
    models.FAMILIES["hearing"]()
    assert engine.families_loaded() == {"speaking", "hearing"}
    assert loads == ["speaking", "hearing"]


def test_what_is_asked_of_the_models_loads_none(monkeypatch, settings, tmp_path):
    monkeypatch.setattr("tts_engine.speaking.cloning.VoiceCloner.load", lambda *_, **__: object())
    monkeypatch.setattr(models, "_cloner", lru_cache(models._cloner.__wrapped__))
    engine.load_cloner()
    monkeypatch.setattr(
        "tts_engine.speaking.cloning.VoiceCloner.load", lambda *_, **__: pytest.fail("loaded again")
    )
    settings.WEIGHTS_DIR = tmp_path  # as after an update of the weights
    assert (engine.gpu_memory_bytes(), engine.is_device_lost(OSError())) == (0, False)


def test_a_live_voice_is_converted_with_the_weights_that_are_set(monkeypatch, settings, tmp_path):
    loads = []

    def load(weights, device):
        loads.append(weights)
        return object()

    monkeypatch.setattr("tts_engine.conversion.converting.VoiceConverter.load", load)
    for part in ("converting.LiveConversion", "stream.LiveStream"):
        monkeypatch.setattr(f"tts_engine.live.{part}", lambda *_: object())
    old, new = tmp_path / "old", tmp_path / "new"
    for settings.WEIGHTS_DIR in (old, old, new):
        engine.live_talk(profile(0.3), {}, 48_000)
    assert loads == [old, new]
