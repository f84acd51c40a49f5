"""Training on a tiny corpus: it learns, resumes, and leaves weights that convert."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tts_engine.conversion.tiny import TINY, tiny_ear, tiny_network
from tests.tts_engine.synthesizer.fakes import write_corpus
from tests.tts_engine.synthesizer.tiny import tiny_network as tiny_synthesizer
from tts_engine.checkpoints import load_checkpoint, load_into, save_checkpoint
from tts_engine.conversion import train
from tts_engine.conversion.config import ConversionConfig
from tts_engine.conversion.content import content_of
from tts_engine.conversion.data import add_converted
from tts_engine.conversion.inference import Converter
from tts_engine.conversion.losses import LossWeights
from tts_engine.conversion.model import ConversionModel
from tts_engine.conversion.train import ConversionTrainer, ConversionTraining
from tts_engine.errors import CheckpointError
from tts_engine.synthesizer.data import SamplingConfig
from tts_engine.synthesizer.losses import weighted_sum
from tts_engine.training.loop import RunConfig
from tts_engine.types import VoiceProfile
from tts_engine.weights import list_folder, write_manifest

pytestmark = pytest.mark.long


def settings(tmp_path, steps, **options):
    return ConversionTraining(
        run=RunConfig(folder=tmp_path / "run", steps=steps, save_every=3, device="cpu"),
        corpus=tmp_path / "corpus",
        aligned=tmp_path / "aligned",
        model=TINY,
        sampling=SamplingConfig(batch_frames=500),
        learning_rate=5e-3,
        warmup=5,
        **options,
    )


def batch_of(trainer):
    return next(trainer.sampler.batches(np.random.default_rng(0)))


def test_one_batch_is_learned(tmp_path):
    write_corpus(tmp_path)
    trainer = ConversionTrainer(settings(tmp_path, 1))
    batch, mels = batch_of(trainer), []
    for _ in range(40):
        terms = trainer.losses(trainer.network, batch, 1e-3)
        weighted_sum(terms, LossWeights()).backward()
        trainer.optimizer.step()
        trainer.optimizer.zero_grad()
        mels.append(terms["mel"].item())
    assert set(terms) == {"mel", "edges", "facts", "voice", "second_voice", "words"}
    assert np.mean(mels[-5:]) < 0.6 * mels[0]


def test_clips_are_heard_disguised(tmp_path, monkeypatch):
    write_corpus(tmp_path)
    trainer, asked = ConversionTrainer(settings(tmp_path, 1)), []

    def spy(*arguments, disguised=False):
        asked.append(disguised)
        return content_of(*arguments, disguised=disguised)

    monkeypatch.setattr(train, "content_of", spy)
    trainer.losses(trainer.network, batch_of(trainer), 1e-3)
    assert asked == [True]


def test_it_begins_with_what_a_synthesizer_knows_of_voices(tmp_path):
    write_corpus(tmp_path)
    known = tiny_synthesizer()
    save_checkpoint(tmp_path / "synthesizer", known.config, known.state_dict())
    list_folder(tmp_path / "synthesizer")
    trainer = ConversionTrainer(settings(tmp_path, 1, voices_from=tmp_path / "synthesizer"))
    for name, value in known.conditioner.state_dict().items():
        found = trainer.network.conditioner.state_dict()[name]
        torch.testing.assert_close(found, value, atol=1e-3, rtol=1e-3)  # stored in half precision


def test_weights_of_another_recognizer_are_refused(tmp_path):
    ear = tiny_ear()
    wide = ConversionModel(replace(TINY, content_size=128))
    for name, network in (("conversion", wide), ("recognizer", ear)):
        save_checkpoint(tmp_path / name, network.config, network.state_dict())
    write_manifest(tmp_path)
    with pytest.raises(CheckpointError, match="train it again"):
        Converter.load(tmp_path, device=torch.device("cpu"))


def test_a_run_stops_resumes_and_leaves_weights(tmp_path):
    write_corpus(tmp_path)
    ConversionTrainer(settings(tmp_path, 3, adversarial_from=1)).fit()
    second = ConversionTrainer(settings(tmp_path, 5, adversarial_from=1))
    second.fit()
    assert second.run.step == 5
    assert (tmp_path / "run" / "mel_fake0.png").is_file()
    config, weights = load_checkpoint(tmp_path / "run" / "weights", ConversionConfig)
    assert config == TINY
    load_into(ConversionModel(config), weights, tmp_path)


def test_converted_rows_have_the_words_of_one_and_the_voice_of_another(tmp_path):
    write_corpus(tmp_path)
    batch = batch_of(ConversionTrainer(settings(tmp_path, 1)))
    batch.track_hz = torch.full_like(batch.track_hz, 100.0)
    places = sorted(set(batch.ids))  # a clip may stand in a batch more than once
    batch.facts[:, 0] = torch.tensor([places.index(one) / len(places) for one in batch.ids])
    torch.manual_seed(0)
    both = add_converted(batch, 1.0)
    own = len(batch.ids)
    assert both.crossed > 0
    assert both.track_hz.shape[0] == both.mel.shape[0] == own + both.crossed
    for row, voice in enumerate(both.voices.tolist(), start=own):
        said = batch.ids.index(both.ids[row])
        assert batch.language[said] == 0
        torch.testing.assert_close(both.mel[row], batch.mel[said])
        torch.testing.assert_close(both.embedding[row], batch.embedding[voice])
        ratio = 2 ** (batch.facts[voice, 0] - batch.facts[said, 0])
        torch.testing.assert_close(both.track_hz[row], batch.track_hz[said] * ratio)
    assert add_converted(batch, 0.0) is batch


def profile(seed: int) -> VoiceProfile:
    vector = np.random.default_rng(seed).normal(size=256).astype(np.float32)
    return VoiceProfile(embedding=vector / np.linalg.norm(vector), f0_median_hz=120.0)


def test_pieces_of_a_long_clip_are_its_whole(monkeypatch):
    converter = Converter(tiny_network(), tiny_ear(), torch.device("cpu"))
    rng = np.random.default_rng(0)
    mel = rng.normal(-5, 1, (80, 300)).astype(np.float32)
    f0_hz = np.full(300, 150, np.float32)
    content = converter.content(mel)
    assert content.shape == (300, TINY.content_size)
    whole = converter.convert(mel, content, f0_hz, profile(0))
    monkeypatch.setattr("tts_engine.conversion.inference.PIECE_FRAMES", 70)
    np.testing.assert_allclose(converter.convert(mel, content, f0_hz, profile(0)), whole, atol=1e-4)
    assert np.abs(converter.convert(mel, content, f0_hz, profile(1)) - whole).mean() > 1e-4


@pytest.mark.parametrize("samples", [22_050, 30_000])
def test_a_waveform_has_a_mel_of_its_length(samples):
    converter = Converter(tiny_network(), tiny_ear(), torch.device("cpu"))
    assert converter.mel(np.zeros(samples, np.float32)).shape == (80, samples // 256)
