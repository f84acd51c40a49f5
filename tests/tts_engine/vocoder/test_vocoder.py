"""The vocoder: shapes, official names, invariance to padding, learning, resuming."""

import dataclasses

import numpy as np
import pytest
import torch

from tests.tts_engine.tiny_corpus import write_corpus
from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.checkpoints import save_checkpoint
from tts_engine.errors import RequestError
from tts_engine.f0 import SINGING, track_f0
from tts_engine.training.loop import RunConfig
from tts_engine.types import Audio
from tts_engine.vocoder.config import (
    HifiGanConfig,
    SourceFilterConfig,
    VocoderConfig,
)
from tts_engine.vocoder.data import bridge
from tts_engine.vocoder.discriminators import Discriminators
from tts_engine.vocoder.inference import Vocoder
from tts_engine.vocoder.losses import SpectralDistance, deception_loss, discriminator_loss
from tts_engine.vocoder.model import build_generator
from tts_engine.vocoder.source_filter import (
    bridge_pitch,
    phase_restarts,
    pulse_train,
    smooth_envelope,
)
from tts_engine.vocoder.train import VocoderTrainConfig, train
from tts_engine.weights import list_folder

TINY = VocoderConfig(
    source_filter=SourceFilterConfig(
        channels=16, hidden_channels=32, blocks=1, pitch_channels=8, pitch_blocks=1
    )
)
TINY_GAN = VocoderConfig(kind="hifigan", hifigan=HifiGanConfig(upsample_initial_channel=16))


EVERY = pytest.mark.parametrize("config", [TINY, TINY_GAN], ids=["source_filter", "hifigan"])


def vocoder(config=TINY):
    torch.manual_seed(0)
    return Vocoder(config, build_generator(config), torch.device("cpu"))


def mel(frames, seed=0):
    return np.random.default_rng(seed).normal(-5, 1.5, (80, frames)).astype(np.float32)


@EVERY
def test_one_frame_makes_256_samples(config):
    (made,) = vocoder(config).vocode([mel(40)])
    assert made.shape == (40 * 256,)
    assert np.abs(made).max() <= 1


@EVERY
def test_a_mel_sounds_the_same_in_a_batch_and_alone(config):
    speaker = vocoder(config)
    together = speaker.vocode([mel(30, 1), mel(75, 2), mel(51, 3)])
    for seed, frames, made in zip((1, 2, 3), (30, 75, 51), together, strict=True):
        (alone,) = speaker.vocode([mel(frames, seed)])
        np.testing.assert_allclose(made, alone, atol=1e-3)


@EVERY
def test_low_precision_sounds_nearly_the_same_at_the_same_pitch(config, monkeypatch):
    pulses = []

    def kept(*args, **options):
        pulses.append(pulse_train(*args, **options))
        return pulses[-1]

    monkeypatch.setattr("tts_engine.vocoder.inference.pulse_train", kept)
    speaker = vocoder(config)
    (exact,) = speaker.vocode([mel(40)])
    speaker.precision = torch.bfloat16
    (rough,) = speaker.vocode([mel(40)])
    assert rough.dtype == np.float32
    assert 0 < np.abs(rough - exact).max() < 0.1 * np.abs(exact).max()
    if pulses:
        torch.testing.assert_close(pulses[0], pulses[1], rtol=0, atol=0)


def test_noise_is_lowered_only_under_harmonics():
    generator = build_generator(TINY)
    logs = torch.zeros(1, 2, 3, 257)  # harmonic and noise filter
    logs[:, 0, 0], logs[:, 0, 1] = 10.0, -10.0
    quiet = generator._quieten_noise(logs)
    torch.testing.assert_close(quiet[:, 0], logs[:, 0])
    gain = TINY.source_filter.harmonic_noise_gain
    torch.testing.assert_close(quiet[0, 1, 0], torch.full((257,), gain).log(), atol=1e-3, rtol=0)
    torch.testing.assert_close(quiet[0, 1, 1], torch.zeros(257), atol=1e-3, rtol=0)


@EVERY
def test_a_long_clip_is_spoken_in_chunks_as_in_one_piece(config, monkeypatch):
    speaker = vocoder(config)
    whole = speaker.vocode([mel(150)])[0]
    monkeypatch.setattr("tts_engine.vocoder.inference.CHUNK_FRAMES", 40)
    np.testing.assert_allclose(speaker.vocode([mel(150)])[0], whole, atol=1e-3)


def test_one_batch_is_learned():
    torch.manual_seed(0)
    generator, distance = build_generator(TINY), SpectralDistance(22_050)
    optimizer = torch.optim.AdamW(generator.parameters(), lr=5e-3)
    pulses = pulse_train(torch.full((1, 24), 150.0), hop_samples=256, sample_rate_hz=22_050)
    sound, band = 0.3 * pulses / pulses.abs().max(), torch.tensor([11_025.0])
    seen = log_mel(sound, MelConfig())
    losses = []
    for _ in range(40):
        made = generator(seen, pulses, torch.randn(1, 2, 24 * 256))
        loss, _ = distance.energy_loss(made, sound, band)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.4 * losses[0]


def test_saved_vocoder_speaks_the_same(tmp_path):
    speaker = vocoder()
    save_checkpoint(tmp_path / "x", TINY, speaker.generator.state_dict(), half=False)
    list_folder(tmp_path / "x")
    loaded = Vocoder.load(tmp_path / "x", device=torch.device("cpu"))
    np.testing.assert_allclose(loaded.vocode([mel(20)])[0], speaker.vocode([mel(20)])[0], atol=1e-5)


def test_a_mel_of_another_shape_is_refused():
    with pytest.raises(RequestError) as caught:
        vocoder().vocode([np.zeros((40, 10), np.float32)])
    assert caught.value.code == "bad_mel"


def test_rounding_does_not_choose_between_two_pitches(monkeypatch):
    generator = build_generator(TINY)
    bins = torch.arange(TINY.source_filter.pitch_bins)
    two_tops = -((bins - 60.5).abs() - 0.5).abs() - 0.2 * (bins > 61)  # classes 60 and 61 are level

    def read(lead):
        scores = two_tops + lead * (bins == 61)
        monkeypatch.setattr(
            generator, "pitch_logits", lambda _: (scores[None, None], scores[None, :1])
        )
        return generator.read_pitch(torch.empty(1, 80, 1))[0].item()

    below, above = read(-1e-6), read(1e-6)
    classes = generator.pitch_classes_hz()
    assert classes[60] < below < classes[61]
    assert above == pytest.approx(below, rel=1e-6)


def test_pulses_have_the_pitch_asked_for():
    pulses = pulse_train(torch.full((1, 86), 220.0), hop_samples=256, sample_rate_hz=22_050)[0]
    spectrum = torch.fft.rfft(pulses * torch.hann_window(pulses.numel())).abs()
    strongest = spectrum[: int(330 * pulses.numel() / 22_050)].argmax().item()
    assert strongest * 22_050 / pulses.numel() == pytest.approx(220, abs=2)


def test_rounding_errors_of_the_pitch_hardly_change_the_pulses():
    f0 = torch.linspace(100, 300, 400)[None]  # harmonics come and go all the time
    noisy = f0 + 5e-4 * torch.randn(f0.shape, generator=torch.Generator().manual_seed(0))
    pulses, others = (
        pulse_train(pitch, hop_samples=256, sample_rate_hz=22_050) for pitch in (f0, noisy)
    )
    assert (pulses - others).abs().max() < 0.02 * pulses.abs().max()


def test_phase_begins_anew_in_long_pauses_of_the_voice():
    voiced = torch.tensor([0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0]).bool()
    assert phase_restarts(voiced).nonzero().flatten().tolist() == [10, 16]
    assert not phase_restarts(torch.zeros(2).bool()).any()
    f0 = torch.full((2, 20), 123.4)
    restarts = torch.zeros(2, 20).bool()
    restarts[1, 7] = True
    usual, anew = pulse_train(f0, hop_samples=256, sample_rate_hz=22_050, restarts=restarts)
    torch.testing.assert_close(usual[: 7 * 256], anew[: 7 * 256])
    torch.testing.assert_close(
        usual[: 10 * 256 - 1], anew[7 * 256 + 1 : 17 * 256], atol=0.2, rtol=0
    )


def test_the_vocoder_shifts_the_pitch_and_nothing_else(monkeypatch):
    speaker = vocoder()

    def steady(mel):
        return torch.full((1, mel.shape[2]), 200.0), torch.ones(1, mel.shape[2])

    monkeypatch.setattr(speaker.generator, "read_pitch", steady)
    for semitones, expected_hz in ((0.0, 200.0), (12.0, 400.0), (-12.0, 100.0)):
        source = speaker._source(mel(200), semitones, None)
        assert source.shifted == (semitones != 0)
        pulses = Audio(source.pulses.numpy() / 20, 22_050)
        track = track_f0(pulses, 200)
        assert np.median(track[track > 0]) == pytest.approx(expected_hz, rel=0.01)
    (plain,), (same,) = speaker.vocode([mel(40)]), speaker.vocode([mel(40)], [0.0])
    np.testing.assert_array_equal(plain, same)
    with pytest.raises(ValueError, match="cannot choose"):
        vocoder(TINY_GAN).vocode([mel(40)], [3.0])


def test_a_melody_from_outside_is_sung(monkeypatch):
    speaker = vocoder()
    melody = np.repeat([110.0, 440.0, 880.0], 100).astype(np.float32)
    (made,) = speaker.vocode([mel(300)], f0_hz=[melody])
    heard = track_f0(Audio(made / np.abs(made).max() / 2, 22_050), 300, SINGING)
    for first in (20, 120, 220):
        wanted, sung = melody[first], np.median(heard[first : first + 60])
        assert abs(1200 * np.log2(sung / wanted)) < 10  # cents

    def own(mel):
        return torch.full((1, mel.shape[2]), 440.0), torch.ones(1, mel.shape[2])

    monkeypatch.setattr(speaker.generator, "read_pitch", own)
    note = np.full(300, 445.0)
    assert speaker._source(mel(300), 0.0, note).shifted is False
    assert speaker._source(mel(300), 0.0, 0.9 * note).shifted is True


@pytest.mark.parametrize(
    "f0_hz",
    [np.full(9, 200.0), np.full(10, 40.0), np.full(10, 1200.0), np.full(10, np.nan)],
    ids=["too short", "too low", "too high", "no number"],
)
def test_a_pitch_that_cannot_be_sung_is_refused(f0_hz):
    with pytest.raises(RequestError) as caught:
        vocoder().vocode([mel(10)], f0_hz=[f0_hz])
    assert caught.value.code == "bad_f0"


def test_emphasis_raises_formants_and_leaves_the_tilt():
    config = dataclasses.replace(TINY.source_filter, formant_emphasis=0.5)
    generator = build_generator(dataclasses.replace(TINY, source_filter=config))
    hz = torch.linspace(0, 11_025, 257)
    tilt, formants = torch.cos(torch.pi * hz / 11_025), 0.3 * torch.cos(2 * torch.pi * hz / 1100)
    raised = generator._emphasise(tilt + formants)
    torch.testing.assert_close(raised[8:-8], (tilt + 1.5 * formants)[8:-8], atol=0.05, rtol=0)


def test_a_shifted_clip_loses_the_harmonics_of_its_old_pitch_and_keeps_its_formants():
    hz = torch.linspace(0, 11_025, 257)
    formants = 3 * torch.exp(-(((hz - 700) / 400) ** 2)) - hz / 3000
    harmonics = torch.cos(2 * torch.pi * hz / 220)
    smooth = smooth_envelope(formants + harmonics)
    assert float((smooth - formants).abs()[4:-4].max()) < 0.3
    assert float(harmonics.abs().max()) > 0.9


def test_unvoiced_gaps_are_bridged():
    f0 = torch.tensor([100.0, 0.0, 0.0, 200.0])
    bridged = bridge_pitch(f0, f0 > 0)
    assert bridged.tolist() == sorted(bridged.tolist())
    assert bridged[0].item() == pytest.approx(100)
    assert bridge_pitch(torch.zeros(3), torch.zeros(3, dtype=torch.bool)).tolist() == [150.0] * 3
    np.testing.assert_allclose(bridge(np.array([0, 120, 0], np.float32)), 120, rtol=1e-4)


def test_equal_sounds_have_no_distance_and_other_ones_have():
    distance = SpectralDistance(22_050)
    sound, band = torch.randn(1, 8192) * 0.1, torch.tensor([11_025.0])
    same = distance(sound, sound, band)
    assert same < 0.02
    assert distance(0.1 * sound, sound, band) > 10 * same


def test_discriminators_are_pulled_both_ways():
    scores = [torch.ones(1, 4)]
    assert deception_loss(scores) == 0
    assert discriminator_loss(scores, [torch.zeros(1, 4)]) == 0
    made, layers = Discriminators(22_050, channels=2)(
        torch.randn(1, 8192), torch.tensor([11_025.0])
    )
    assert len(made) == len(layers) == 3


def test_training_learns_exports_and_resumes(tmp_path):
    write_corpus(tmp_path / "corpus")

    def settings(steps):
        return VocoderTrainConfig(
            run=RunConfig(
                folder=tmp_path / "run",
                steps=steps,
                save_every=20,
                device="cpu",
                precision="32-true",
            ),
            corpus=tmp_path / "corpus",
            vocoder=TINY,
            corpora={"tiny": 1.0},
            batch_size=2,
            segment_frames=24,
            average_decay=0.9,
            adversarial_from=22,
            discriminator_channels=2,
        )

    early = train(settings(2))
    assert torch.load(tmp_path / "run" / "state.pt", weights_only=True)["step"] == 2
    late = train(settings(40))
    assert late < early
    assert torch.load(tmp_path / "run" / "state.pt", weights_only=True)["step"] == 40
    exported = Vocoder.load(tmp_path / "run" / "weights", device=torch.device("cpu"))
    waveform = torch.from_numpy(np.sin(np.arange(25_600) / 20).astype(np.float32) * 0.3)[None]
    made = exported.vocode([log_mel(waveform, MelConfig())[0].numpy()])[0]
    assert np.isfinite(made).all()
