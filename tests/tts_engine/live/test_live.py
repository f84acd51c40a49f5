"""A live voice: in time, without seams, silent where nobody speaks, as a whole recording would be converted."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tts_engine.conversion.tiny import tiny_ear, tiny_network
from tests.tts_engine.espeak_speech import espeak_speech
from tests.tts_engine.studio.voices import conversion_delta
from tts_engine.audio.resample import resample
from tts_engine.conversion import converting as whole
from tts_engine.conversion.converting import ConversionSettings, Target, VoiceConverter
from tts_engine.conversion.index import RetrievalIndex
from tts_engine.conversion.inference import Converter
from tts_engine.errors import RequestError, VoiceError
from tts_engine.f0 import SINGING, SWIFT, track_f0
from tts_engine.live import converting
from tts_engine.live.converting import LiveConversion
from tts_engine.live.settings import LIMITS, LiveSettings
from tts_engine.live.stream import LiveStream
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import Audio, VoiceProfile
from tts_engine.vocoder.config import SourceFilterConfig, VocoderConfig
from tts_engine.vocoder.inference import Vocoder
from tts_engine.vocoder.model import build_generator
from tts_engine.watermark.detection import detect_mark

RATE, KEY = 22_050, b"key of a test"


def buzz(seconds: float, f0_hz: float = 130.0, level: float = 0.1) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * f0_hz * k * time) / k for k in range(1, 12))
    return (level * tone).astype(np.float32)


def voice(f0_hz: float = 200.0) -> VoiceProfile:
    vector = np.random.default_rng(0).normal(size=256).astype(np.float32)
    return VoiceProfile(embedding=vector / np.linalg.norm(vector), f0_median_hz=f0_hz)


@pytest.fixture(scope="module")
def chain() -> VoiceConverter:
    torch.manual_seed(0)
    config = VocoderConfig(
        source_filter=SourceFilterConfig(channels=16, hidden_channels=32, blocks=2)
    )
    vocoder = Vocoder(config, build_generator(config), torch.device("cpu"))
    converter = Converter(tiny_network(), tiny_ear(), torch.device("cpu"))
    return VoiceConverter(converter, vocoder)


def live(chain, settings: LiveSettings | None = None, **more) -> LiveConversion:
    target = Target(profile=more.pop("profile", voice()), **more)
    return LiveConversion(chain, target, settings or LiveSettings(), KEY)


def said(conversion: LiveConversion, sound: np.ndarray) -> np.ndarray:
    size = conversion.block_samples
    blocks = [sound[first : first + size] for first in range(0, sound.size - size + 1, size)]
    return np.concatenate([conversion.convert(block) for block in blocks])


@pytest.mark.parametrize("name", list(LIMITS))
def test_settings_out_of_their_range_are_refused(name):
    for value in (LIMITS[name][0] - 0.1, LIMITS[name][1] + 0.1, float("nan")):
        with pytest.raises(RequestError, match=name) as refused:
            LiveSettings(**{name: value}).check()
        assert refused.value.code == "bad_live_settings"
        assert refused.value.details["field"] == name


def test_what_lies_ahead_must_hold_crossfade_and_search():
    LiveSettings(ahead_seconds=0.05, crossfade_seconds=0.04).check()
    with pytest.raises(RequestError, match="ahead_seconds"):
        LiveSettings(ahead_seconds=0.05, crossfade_seconds=0.045).check()


def test_an_index_rate_needs_an_index(chain):
    with pytest.raises(RequestError) as refused:
        live(chain, LiveSettings(index_rate=0.5))
    assert refused.value.code == "index_missing"
    contents = np.random.default_rng(0).normal(size=(40, 256)).astype(np.float32)
    index = RetrievalIndex.build([contents])
    drawn = said(live(chain, LiveSettings(index_rate=1.0), index=index), buzz(1.0))
    assert np.abs(drawn - said(live(chain), buzz(1.0))).max() > 1e-4


def test_a_voice_trained_on_other_weights_is_refused_before_anybody_speaks(chain):
    trained = replace(voice(), conversion_delta=conversion_delta())
    with pytest.raises(VoiceError) as refused:
        live(chain, profile=trained)
    assert refused.value.code == "delta_of_another_base"


def test_a_voice_without_pitch_needs_to_be_told_by_how_much(chain):
    with pytest.raises(RequestError) as refused:
        live(chain, profile=voice(0.0))
    assert refused.value.code == "pitch_unknown"
    conversion = live(chain, LiveSettings(transpose=3), profile=voice(0.0))
    said(conversion, buzz(1.0))
    assert conversion.semitones == 3


def test_a_sound_is_heard_as_late_as_it_is_promised(chain):
    conversion = live(chain)
    sound = np.concatenate([np.zeros(2 * RATE, np.float32), buzz(1.5)])
    made = said(conversion, sound)
    onset = np.flatnonzero(np.abs(made) > 1e-3)[0] - 2 * RATE
    # the gate opens up to 36 ms before what it hears; the window's sound stands `ahead` later
    assert -0.04 * RATE < onset - conversion.ahead_samples < 0.03 * RATE
    assert not made[: 2 * RATE - round(0.04 * RATE)].any()


def test_no_network_runs_where_nobody_speaks(chain, monkeypatch):
    calls = []

    def content(self, mel):
        calls.append(mel.shape)
        return np.zeros((mel.shape[1], 256), np.float32)

    monkeypatch.setattr(Converter, "content", content)
    noise = 0.0005 * np.random.default_rng(0).normal(size=2 * RATE).astype(np.float32)
    assert not said(live(chain), noise).any()
    assert not calls
    assert said(live(chain, LiveSettings(threshold_db=-80)), noise).any()
    assert calls


def test_the_gate_closes_after_speech_and_without_a_click(chain):
    quiet = np.zeros(2 * RATE, np.float32)
    made = said(live(chain), np.concatenate([quiet, buzz(1.0), quiet]))
    assert not made[-RATE:].any()
    sounding = np.flatnonzero(made)
    edge = round(0.003 * RATE)
    for part in (made[sounding[0] :][:edge], made[: sounding[-1] + 1][-edge:]):
        assert np.abs(part).max() < 0.1 * np.abs(made).max()


@pytest.mark.weights
@pytest.mark.parametrize("f0_hz", [110.0, 235.0])
def test_blocks_join_without_a_seam(f0_hz):
    """What a linear prediction does not foresee is not more at the borders of blocks than elsewhere."""
    conversion = LiveConversion(
        VoiceConverter.load(device="cpu"),
        Target(profile=get_voice("anna").profile),
        LiveSettings(transpose=0),
        KEY,
    )
    made = said(conversion, buzz(5.0, f0_hz)).astype(np.float64)
    steps = np.abs(np.diff(made, n=2))
    size, fade = conversion.block_samples, round(0.02 * RATE)
    period = round(RATE / f0_hz) + 1
    borders = [
        steps[at - period : at + fade + period].max()
        for at in range(10 * size, made.size - size, size)
    ]
    inner = [
        steps[at + size // 2 : at + size // 2 + fade + 2 * period].max()
        for at in range(10 * size, made.size - size, size)
    ]
    assert np.mean(borders) < 1.25 * np.mean(inner)
    assert np.max(borders) < 1.5 * np.max(inner)


def test_a_joint_is_where_the_blocks_agree_best():
    from tts_engine.live.joining import BlockJoiner

    time = np.arange(4000) / RATE
    wave = np.sin(2 * np.pi * 200 * time).astype(np.float32)
    joiner = BlockJoiner(1000, 200, 110)
    first, ahead = joiner.join(wave[:1310])
    second, _ = joiner.join(wave[1000 - 37 : 2400])  # 37 samples off
    np.testing.assert_allclose(ahead[:200], wave[1000:1200])
    np.testing.assert_allclose(second, wave[1000:2000], atol=0.02)
    np.testing.assert_allclose(first[200:], wave[200:1000])
    silent, _ = joiner.join(None)
    assert np.abs(silent[:200]).max() > 0.1  # the last block fades out
    assert not silent[200:].any()


def test_transposition_settles_on_the_first_seconds_and_stays(chain):
    conversion = live(chain)
    said(conversion, buzz(1.2))
    assert conversion.semitones is None
    said(conversion, buzz(1.6))
    assert conversion.semitones == 7  # 130 to 200 Hz
    said(conversion, buzz(3.0, 210.0))
    assert conversion.semitones == 7


@pytest.mark.weights
def test_pitch_and_mark_of_what_is_said():
    """A buzz of 130 Hz is said at 195, and everything that is said carries the mark."""
    models = VoiceConverter.load(device="cpu")
    conversion = LiveConversion(
        models, Target(profile=get_voice("anna").profile), LiveSettings(transpose=7), KEY
    )
    rng = np.random.default_rng(0)
    sound = buzz(8.0) * np.repeat(rng.uniform(0.3, 1.0, 80), RATE // 10).astype(np.float32)
    made = Audio(said(conversion, sound), RATE)
    f0_hz = track_f0(made, 600, SINGING, SWIFT)[100:]
    assert np.median(f0_hz[f0_hz > 0]) == pytest.approx(130 * 2 ** (7 / 12), rel=0.01)
    assert detect_mark(made, KEY).made_here
    assert not detect_mark(made, b"another key").made_here


def test_it_is_as_loud_as_what_is_heard(chain):
    loud, soft = (said(live(chain), buzz(2.0, level=level))[RATE:] for level in (0.1, 0.025))
    assert loud.std() / soft.std() == pytest.approx(4.0, rel=0.05)


def test_what_was_said_is_told_at_the_gain_of_now(chain, monkeypatch):
    conversion, told = live(chain), []
    speak = conversion._vocoder.speak

    def spy(mel, *arguments, **more):
        told.append((mel, conversion._level.gain, more["advance"]))
        return speak(mel, *arguments, **more)

    monkeypatch.setattr(conversion._vocoder, "speak", spy)
    said(conversion, np.concatenate([buzz(1.0), buzz(1.0, level=0.4)]))
    gains = np.log([gain for _, gain, _ in told])
    assert np.ptp(gains) > 0.3  # nats: it was turned down when the voice grew louder
    known = conversion._mel.shape[1]
    at = int(np.abs(np.diff(gains)).argmax())
    (before, _, advance), (after, _, _) = told[at], told[at + 1]
    said_then = before[:, known : known + advance]
    kept = after[:, known - advance : known]
    np.testing.assert_allclose(kept, said_then + gains[at + 1] - gains[at], atol=1e-3)


def test_formants_move_the_spectrum_and_not_the_pitch():
    from tts_engine.audio.mel import MelConfig, band_edges
    from tts_engine.live.pitch import formants_moved

    config = MelConfig()
    centres = band_edges(config)[1:-1]
    mel = -((np.log2(centres / 1500)) ** 2).astype(np.float32)[:, None]  # a formant at 1500 Hz
    for semitones in (-4, 4):
        peak = centres[formants_moved(mel, semitones, config)[:, 0].argmax()]
        assert peak == pytest.approx(1500 * 2 ** (semitones / 12), rel=0.04)
    assert formants_moved(mel, 0, config) is mel


def test_nearly_what_the_whole_recording_would_give(chain):
    """The same networks over the same sound: away from its beginning, mels differ by little."""
    sound = buzz(4.0) * np.repeat(np.tile([1.0, 0.4], 20), RATE // 10).astype(np.float32)
    conversion = live(chain, LiveSettings(transpose=7, ahead_seconds=0.3))
    made = said(conversion, sound)[conversion.ahead_samples :]
    settings = ConversionSettings(transpose=7, index_rate=0, rms_mix=1.0)
    other = chain.convert(Audio(sound, RATE), Target(profile=voice()), settings).audio.waveform
    mels = [chain.converter.mel(part[RATE : 3 * RATE]) for part in (made, other)]
    assert np.abs(mels[0] - mels[1]).mean() < 0.35
    assert np.corrcoef(mels[0].ravel(), mels[1].ravel())[0, 1] > 0.85


@pytest.mark.parametrize("rate", [22_050, 48_000])
def test_streams_take_any_pieces_at_any_rate(chain, rate):
    sound = resample(buzz(2.0), RATE, rate)
    stream, out = LiveStream(live(chain), rate), []
    for first in range(0, sound.size, 700):
        out.append(stream.push(sound[first : first + 700]))
    report = stream.report()
    assert report.dropped == 0
    assert report.said + report.silent == 19
    assert np.concatenate(out).size == pytest.approx(
        19 * report.block_seconds * rate, abs=0.03 * rate
    )
    parts = report.block_seconds + report.ahead_seconds + report.resampling_seconds
    assert report.delay_seconds == pytest.approx(parts + report.computing_seconds)
    assert report.computing_p95_seconds >= report.computing_seconds > 0
    assert (report.resampling_seconds > 0.005) == (rate != RATE)


def test_what_comes_too_late_is_dropped_and_never_waits(chain, monkeypatch):
    stream = LiveStream(live(chain), RATE)
    size = stream.conversion.block_samples
    converted = []
    original = converting.LiveConversion.convert

    def convert(self, block):
        converted.append(block)
        return original(self, block)

    monkeypatch.setattr(converting.LiveConversion, "convert", convert)
    sound = buzz(3.0)
    said_late = stream.push(
        sound[: 3 * size + 100]
    )  # three blocks came while something else was done
    assert said_late.size == size
    np.testing.assert_array_equal(converted[0], sound[2 * size : 3 * size])  # the newest
    assert stream.report().dropped == 2
    stream.push(sound[3 * size + 100 : 4 * size])
    assert len(converted) == 2
    assert stream.report().dropped == 2


def test_what_was_dropped_was_heard_all_the_same(chain):
    """The window holds the dropped block: what follows it is said as if nothing was missing."""
    sound = buzz(3.0) * np.linspace(0.3, 1.0, 3 * RATE, dtype=np.float32)
    every, some = live(chain, LiveSettings(transpose=0)), live(chain, LiveSettings(transpose=0))
    size = every.block_samples
    for first in range(0, sound.size - size, size):
        block = sound[first : first + size]
        every.convert(block)
        if first == 10 * size:
            some.skip(block)
        else:
            some.convert(block)
    last = slice(-size // chain.hop_samples, None)
    np.testing.assert_allclose(some._mel[:, last], every._mel[:, last], atol=1e-3)


def test_what_follows_the_window_is_its_mirror_image():
    values = np.arange(10.0).reshape(2, 5)
    np.testing.assert_array_equal(converting.mirrored(values, 2)[0], [0, 1, 2, 3, 4, 3, 2])
    assert converting.mirrored(values, 99).shape == (2, 9)


@pytest.mark.weights
def test_the_last_frames_of_a_window_are_heard_as_speech_that_goes_on():
    """Contents near the end are nearer to those of the whole recording, and a voice's F0 reaches to the end."""
    models = VoiceConverter.load(device="cpu")
    speech = resample(espeak_speech().waveform, espeak_speech().sample_rate_hz, RATE)
    ear, hop = models.converter, models.hop_samples
    whole_mel = ear.mel(speech)
    expected, apart = ear.content(whole_mel), []
    for more in (0, converting.MIRRORED_FRAMES):
        found = 0.0
        for end in range(160, 300, 20):
            mel = converting.mirrored(whole_mel[:, end - 112 : end], more)
            found += np.square(ear.content(mel)[95:104] - expected[end - 17 : end - 8]).mean()
        apart.append(found)
    assert apart[1] < 0.75 * apart[0]
    conversion = LiveConversion(models, Target(profile=voice()), LiveSettings(), KEY)
    said(conversion, buzz(1.5))
    assert (conversion._pitch(buzz(1.5)[-60 * hop :]) > 0).all()


def test_blocks_have_their_size(chain):
    conversion = live(chain)
    with pytest.raises(ValueError, match="expected"):
        conversion.convert(np.zeros(conversion.block_samples - 1, np.float32))


def test_protected_as_in_whole_recordings():
    assert whole.ConversionSettings().protect == converting.PROTECT


def test_what_converts_is_told_a_mirrored_pitch_with_the_mirrored_sound(chain, monkeypatch):
    told, convert = [], chain.converter.convert

    def heard(mel, content, f0_hz, profile):
        told.append((mel, f0_hz))
        return convert(mel, content, f0_hz, profile)

    monkeypatch.setattr(chain.converter, "convert", heard)
    time = np.arange(int(1.5 * RATE)) / RATE
    phase = 2 * np.pi * (110 + 40 * time) * time
    rising = 0.1 * sum(np.sin(k * phase) / k for k in range(1, 12))
    said(live(chain, LiveSettings(transpose=0)), rising.astype(np.float32))
    near = converting.NEAR_FRAMES
    for values in told[-1]:
        before, after = values[..., -2 * near - 1 : -near - 1], values[..., -near:]
        np.testing.assert_array_equal(after, before[..., ::-1])
        assert (after != after[..., ::-1]).any(), "it moves: a repetition would be seen"
