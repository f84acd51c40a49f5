"""The whole chain with the shipped weights."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from tts_engine.audio.io import encode_audio
from tts_engine.device import resolve_device
from tts_engine.errors import AudioError, RequestError, ResourceError, TextError, VoiceError
from tts_engine.markup.reading import Reading, read_script
from tts_engine.speaking.cloning import BATCH_SENTENCES, VoiceCloner
from tts_engine.speaking.requests import Piece, SpeechRequest
from tts_engine.speaking.timing import Prosody
from tts_engine.speaking.voicebank import get_voice
from tts_engine.text.frontend import RussianFrontend
from tts_engine.types import Audio
from tts_engine.watermark.detection import detect_mark
from tts_engine.watermark.key import installation_key

pytestmark = pytest.mark.weights
TEXT = "Сегодня утром над рекой стоял туман. Потом вышло солнце! Стало теплее?"


@pytest.fixture(scope="module")
def cloner():
    return VoiceCloner.load(device="cpu")


@pytest.fixture(scope="module")
def anna():
    return get_voice("anna").profile


@pytest.fixture(scope="module")
def spoken(cloner, anna):
    return cloner.speak(SpeechRequest(text=TEXT, voice=anna))


def test_the_same_request_gives_the_same_audio(cloner, anna, spoken):
    again = cloner.speak(SpeechRequest(text=TEXT, voice=anna))
    np.testing.assert_array_equal(again.audio.waveform, spoken.audio.waveform)


def test_what_is_said_whole_or_sentence_by_sentence_is_marked(cloner, anna, spoken):
    text = f"{TEXT} {TEXT} {TEXT}"
    parts = [part.audio for part in cloner.stream(SpeechRequest(text=text, voice=anna))]
    joined = Audio(np.concatenate([part.waveform for part in parts]), parts[0].sample_rate_hz)
    for audio in (spoken.audio, joined):
        assert detect_mark(audio, installation_key()).made_here
        assert not detect_mark(audio, b"another key").made_here


def test_sentences_come_in_order_with_their_starts(spoken):
    assert len(spoken.sentences) == 3
    assert spoken.starts_seconds[0] == 0
    assert list(spoken.starts_seconds) == sorted(spoken.starts_seconds)
    assert spoken.starts_seconds[-1] < spoken.audio.seconds


def test_progress_is_told_sentence_by_sentence(cloner, anna):
    told = []
    cloner.speak(
        SpeechRequest(text=TEXT, voice=anna), lambda done, total: told.append((done, total))
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_speed_changes_the_length(cloner, anna, spoken):
    fast = cloner.speak(SpeechRequest(text=TEXT, voice=anna, speed=1.6))
    assert fast.audio.seconds < 0.8 * spoken.audio.seconds


def test_sentences_are_heard_while_the_rest_is_made_as_in_a_stream(cloner, anna):
    request = SpeechRequest(text="Раз. Два. Три.", voice=anna)
    heard, counted = [], []
    cloner.speak(request, lambda done, _: counted.append((done, len(heard))), heard.append)
    assert counted == [(1, 1), (2, 2), (3, 3)]
    for part, streamed in zip(heard, cloner.stream(request), strict=True):
        np.testing.assert_array_equal(part.waveform, streamed.audio.waveform)


def test_streamed_sentences_are_those_of_the_whole(cloner, anna, spoken):
    pieces = list(cloner.stream(SpeechRequest(text=TEXT, voice=anna)))
    assert len(pieces) == 3
    total = sum(piece.audio.seconds for piece in pieces)
    assert total == pytest.approx(spoken.audio.seconds, abs=0.05)


def test_a_text_read_bit_by_bit_sounds_as_if_read_at_once(cloner, anna, monkeypatch):
    request = SpeechRequest(
        text=f"{TEXT} {TEXT}\n\n***\nРаз ((медленно)) два. ((пауза 1 с)) {TEXT}", voice=anna, seed=5
    )
    read = read_script(request.text)
    lazily = [part.audio.waveform for part in cloner.stream(request)]
    monkeypatch.setattr(Reading, "__iter__", lambda _: iter(read))
    at_once = [part.audio.waveform for part in cloner.stream(request)]
    for piece, same in zip(lazily, at_once, strict=True):
        np.testing.assert_array_equal(piece, same)


def test_the_first_sentence_does_not_wait_until_a_long_text_is_read(cloner, anna, monkeypatch):
    read = []
    usual = RussianFrontend.sentence

    def sentence(self, piece, given):
        read.append(piece.text)
        return usual(self, piece, given)

    monkeypatch.setattr(RussianFrontend, "sentence", sentence)
    stream = cloner.stream(SpeechRequest(text="Раз, два. " * 100, voice=anna))
    next(stream)
    assert len(read) == 2
    next(stream)
    assert len(read) < 20


def test_texts_spoken_together_sound_as_they_do_alone_in_any_order(cloner, anna):
    nikolay = get_voice("nikolay").profile
    requests = [
        SpeechRequest(text="Да.", voice=anna),
        SpeechRequest(text=TEXT, voice=nikolay, seed=3, pitch_semitones=2, speed=0.7),
        SpeechRequest(text="Раз, два.\nн:: Три?", voice=anna, voices={"н": nikolay}, seed=8),
    ]
    alone = [cloner.speak(request) for request in requests]
    for order in ((0, 1, 2), (2, 0, 1)):
        together = cloner.speak_many([requests[index] for index in order])
        for index, result in zip(order, together, strict=True):
            difference = result.audio.waveform - alone[index].audio.waveform
            assert np.abs(difference).max() < 1e-3  # matrices round by the batch's size
            assert result.starts_seconds == alone[index].starts_seconds


def test_spans_joined_sound_as_the_whole(cloner, anna):
    text = f"{TEXT}\n((громко)) Раз, два! ((пауза 1 с)) Три.\n" + "н:: Да. Нет.\n\n" * 3 + "Конец."
    voices = {"н": get_voice("nikolay").profile}
    request = SpeechRequest(text=text, voice=anna, voices=voices, seed=7, speed=1.2)
    whole, streamed = cloner.speak(request), [part.audio for part in cloner.stream(request)]
    spans = [(0, 1 + BATCH_SENTENCES), (1 + BATCH_SENTENCES, 99)]
    pieces = [piece for span in spans for piece, _, _ in cloner.pieces(request, span)]
    joined = cloner.join(pieces).waveform
    assert len(pieces) > 1 + BATCH_SENTENCES
    np.testing.assert_array_equal(joined, whole.audio.waveform)
    position = 0
    for piece, part in zip(pieces, streamed, strict=True):
        alone = cloner.alone(piece, position)
        np.testing.assert_array_equal(alone.waveform, part.waveform)
        position += piece.size


def test_a_wrong_text_does_not_hinder_those_beside_it(cloner, anna):
    wrong, right = cloner.speak_many(
        [SpeechRequest(text="…", voice=anna), SpeechRequest(text="Раз.", voice=anna)]
    )
    assert wrong.code == "nothing_to_say"
    assert len(right.timings) == 1
    assert cloner.speak_many([]) == []


def test_hours_are_joined_in_little_more_memory_than_they_take(cloner, spoken):
    sound = np.resize(spoken.audio.waveform, 60 * cloner.sample_rate_hz)
    sound[::4000] = 0.9  # something for the limiter
    minute = Piece(lead_samples=0, sound=sound, silence_samples=100)

    def most_bytes(minutes):
        tracemalloc.start()
        try:
            assert encode_audio(cloner.join([minute] * minutes), "flac")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert most_bytes(6) - most_bytes(3) < 2.5 * 3 * sound.nbytes  # twice, and the file


def test_speech_that_becomes_too_long_is_refused_however_it_is_made(cloner, anna):
    pauses = SpeechRequest(text="Да. ((60 с)) Нет. ((60 с)) Да.", voice=anna, max_seconds=90)
    short = SpeechRequest(text="Да.", voice=anna, max_seconds=90)
    with pytest.raises(TextError, match="longer than") as caught:
        cloner.speak(pauses)
    assert caught.value.code == "speech_too_long"
    with pytest.raises(TextError):
        list(cloner.stream(pauses))
    refused, made = cloner.speak_many([pauses, short])
    assert (refused.code, made.audio.seconds < 5) == ("speech_too_long", True)
    assert cloner.speak(replace(pauses, max_seconds=200)).audio.seconds > 120


def test_voices_differ(cloner, anna, spoken):
    other = cloner.speak(SpeechRequest(text=TEXT, voice=get_voice("nikolay").profile))
    assert other.audio.waveform.size != spoken.audio.waveform.size


def test_markup_changes_voice_pace_and_pauses(cloner, anna, spoken):
    nikolay = get_voice("nikolay").profile
    text = "Раз, два, три. ((пауза 3 с)) nikolay:: Раз"
    plain = cloner.speak(SpeechRequest(text="Раз, два, три.", voice=anna))
    paused = cloner.speak(SpeechRequest(text=f"{text}, два, три.", voice=anna))
    assert paused.starts_seconds[1] == pytest.approx(plain.audio.seconds + 3, abs=0.01)
    slow = cloner.speak(SpeechRequest(text="((скорость 0,6)) Раз, два, три.", voice=anna))
    assert slow.audio.seconds > 1.3 * plain.audio.seconds
    dialogue = SpeechRequest(
        text="Раз, два, три.\nб:: Раз, два, три.", voice=anna, voices={"б": nikolay}
    )
    first, second = cloner.stream(dialogue)
    assert first.audio.waveform.size != second.audio.waveform.size
    quiet = SpeechRequest(text="Раз, два. ((тихо)) Раз, два.", voice=anna)
    loud_part, quiet_part = (float(np.std(piece.audio.waveform)) for piece in cloner.stream(quiet))
    assert quiet_part < 0.6 * loud_part


def test_a_voice_that_nobody_gave_is_named(cloner, anna):
    with pytest.raises(VoiceError) as caught:
        next(cloner.stream(SpeechRequest(text=f"{TEXT}\nнет:: Раз", voice=anna)))
    assert caught.value.code == "unknown_voice"


def test_a_text_without_words_and_wild_settings_are_refused(cloner, anna):
    with pytest.raises(TextError):
        cloner.speak(SpeechRequest(text="…", voice=anna))
    with pytest.raises(RequestError):
        SpeechRequest(text="а", voice=anna, speed=5)
    with pytest.raises(RequestError):
        SpeechRequest(text="а", voice=anna, pitch_semitones=-13)
    with pytest.raises(RequestError):
        resolve_device("tpu")


def test_noise_is_not_taken_for_a_voice(cloner):
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000 * 6).astype(np.float32)
    with pytest.raises(AudioError) as caught:
        cloner.measure(Audio(noise, 16_000), 6.0)
    assert caught.value.code == "no_voice"


def test_a_missing_gpu_is_never_replaced_in_silence():
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(ResourceError):
        resolve_device("cuda")


def test_markup_adds_to_the_pitch_and_changes_the_loudness(cloner, anna):
    def spoken_as(text, **options):
        request = SpeechRequest(text=text, voice=anna, **options)
        return b"".join(piece.audio.waveform.tobytes() for piece in cloner.stream(request))

    marked = '<speak><prosody pitch="+3st">Добрый вечер.</prosody></speak>'
    assert spoken_as(marked, pitch_semitones=2) == spoken_as("Добрый вечер.", pitch_semitones=5)
    assert spoken_as(marked) != spoken_as("Добрый вечер.")
    dialogue = SpeechRequest(text="Громче. ((громкость -12)) Громче.", voice=anna)
    loud, soft = (np.sum(piece.audio.waveform**2) for piece in cloner.stream(dialogue))
    assert 10 * np.log10(loud / soft) == pytest.approx(12, abs=0.3)
    whole = cloner.speak(dialogue)  # there a limiter may turn the loud one down
    cut = int(whole.starts_seconds[1] * whole.audio.sample_rate_hz)
    loud, soft = (np.sum(part**2) for part in np.split(whole.audio.waveform, [cut]))
    assert 10 * np.log10(loud / soft) > 6


def test_timings_say_when_each_token_and_word_is_heard(spoken):
    hop = 256
    for timing in spoken.timings:
        assert len(timing.durations_frames) == len(timing.f0_hz) == len(timing.sentence.tokens)
        edges = np.asarray(timing.edges_seconds)
        assert (np.diff(edges) >= 0).all()
        frames = sum(timing.durations_frames) * hop / spoken.audio.sample_rate_hz
        assert timing.end_seconds - timing.start_seconds == pytest.approx(frames)
        assert [word.text for word in timing.words] == [w.text for w in timing.sentence.words]
        starts = [word.start_seconds for word in timing.words]
        assert starts == sorted(starts)
        assert all(word.start_seconds < word.end_seconds for word in timing.words)
    assert spoken.timings[-1].end_seconds == pytest.approx(spoken.audio.seconds)
    first, second = spoken.timings[:2]
    gap = spoken.audio.waveform[  # what stands between two sentences is the silence that was put in
        round(first.end_seconds * 22_050) : round(second.start_seconds * 22_050)
    ]
    assert gap.size > 0
    assert np.abs(gap).max() < 1e-4  # the watermark rings a little


def test_a_stream_tells_the_same_times(cloner, anna, spoken):
    parts = list(cloner.stream(SpeechRequest(text=TEXT, voice=anna)))
    assert [part.timing for part in parts] == list(spoken.timings)


def test_durations_and_pitch_come_back_in(cloner, anna, spoken):
    course = [
        Prosody(durations_frames=timing.durations_frames, f0_hz=timing.f0_hz)
        for timing in spoken.timings
    ]
    again = cloner.speak(SpeechRequest(text=TEXT, voice=anna, prosody=course))
    np.testing.assert_array_equal(again.audio.waveform, spoken.audio.waveform)
    slow = [Prosody(durations_frames=[2 * frames for frames in c.durations_frames]) for c in course]
    slower = cloner.speak(SpeechRequest(text=TEXT, voice=anna, prosody=slow))
    assert [sum(t.durations_frames) for t in slower.timings] == [
        2 * sum(t.durations_frames) for t in spoken.timings
    ]
    with pytest.raises(RequestError) as caught:
        cloner.speak(SpeechRequest(text=TEXT, voice=anna, prosody=course[:2]))
    assert caught.value.code == "wrong_length"
    with pytest.raises(RequestError):
        cloner.speak(
            SpeechRequest(text=TEXT, voice=anna, prosody=[Prosody(f0_hz=[100.0])] * len(course))
        )


def test_variation_is_chance_under_a_seed(cloner, anna):
    def audio(**options):
        request = SpeechRequest(text="Раз, два, три.", voice=anna, **options)
        return cloner.speak(request).audio.waveform.tobytes()

    assert audio(variation=0.0) == audio(variation=0.0, seed=5)
    assert audio(variation=0.6, seed=5) == audio(variation=0.6, seed=5)
    assert audio(variation=0.6, seed=5) != audio(variation=0.6, seed=6)
    assert audio(variation=0.6) != audio(variation=1.0)
    with pytest.raises(RequestError) as caught:
        SpeechRequest(text="а", voice=anna, variation=1.1)
    assert caught.value.code == "variation_out_of_range"
