"""Adapters begin at nothing and learn, on both networks; sentences beside the dataset are laid under its clips."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.func import functional_call

from tests.tts_engine.conversion import tiny as conversion
from tests.tts_engine.synthesizer.fakes import write_corpus
from tests.tts_engine.synthesizer.tiny import SENTENCE, TINY, tiny_network, tiny_synthesizer, voice
from tts_engine.conversion.content import content_of, loudness_of
from tts_engine.conversion.inference import Converter
from tts_engine.errors import VoiceError
from tts_engine.studio.adapters import RATES, Adapters, thinned
from tts_engine.studio.clips import Clips, in_voice
from tts_engine.studio.others import OTHERS
from tts_engine.studio.parts import Part
from tts_engine.studio.rehearsal import Rehearsal
from tts_engine.studio.settings import LAYERS, StudioSettings
from tts_engine.studio.trainer import Trainer
from tts_engine.synthesizer.merged import merge
from tts_engine.synthesizer.train import load_listeners
from tts_engine.training.aligned import read_aligned, write_aligned
from tts_engine.training.corpus import TRAIN, Corpus, write_clips
from tts_engine.training.loop import RunConfig, TrainingRun

SETTINGS = StudioSettings(epochs=1000, batch_frames=2000, base_share=0.0, rank=4, device="cpu")


@pytest.fixture
def clips(tmp_path):
    """Of one speaker; another's Russian ones are what others say."""
    corpus, aligned = write_corpus(tmp_path, speakers=3)
    whole = Corpus(corpus).clips
    own = [clip for clip in whole if clip.speaker == "speaker-0"]
    others = [replace(c, split=OTHERS) for c in whole if c.speaker == "speaker-2"]
    write_clips(corpus / "clips.jsonl", [*own, *others])
    named = {clip.id for clip in (*own, *others)}
    write_aligned(corpus, [one for one in list(read_aligned(aligned)) if one[0].id in named])
    return Clips(corpus, conversion.TINY)


@pytest.fixture
def listeners():
    return load_listeners(conversion.TINY.mel, torch.device("cpu"))


def trainer(clips, listeners=None, **settings):
    chosen = replace(SETTINGS, **settings)
    ear = conversion.tiny_ear() if listeners is None else listeners.words
    converter = Converter(conversion.tiny_network(), ear, torch.device("cpu"))
    heard = listeners or SimpleNamespace(words=ear)
    return Trainer(chosen, tiny_synthesizer(), converter, heard, clips)


def run_in(folder):
    return TrainingRun(RunConfig(folder=folder, steps=1000, device="cpu", precision="32-true"))


@pytest.mark.parametrize("layers", LAYERS)
def test_before_the_first_step_nothing_is_added(layers):
    network = tiny_network()
    adapters = Adapters(network, layers, rank=4)
    weights = adapters.weights(network)
    parameters = dict(network.named_parameters())
    for name, value in weights.items():
        torch.testing.assert_close(value, parameters[name])
    names = {
        "voice": {"conditioner.output.bias"},
        "norms": {"decoder.first_norm.from_speaker.weight", "decoder.first_norm.scale"},
        "low_rank": {"decoder.first.weight_ih_l0", "encoder.lstm.weight_hh_l0_reverse"},
        "all": {"decoder.first.weight_ih_l0", "postnet.output.bias"},
    }[layers]
    assert names <= weights.keys()
    assert not any(name.startswith(("language", "encoder.embedding")) for name in weights)
    merge(network, adapters.delta("base"))


def test_more_layers_have_more_numbers_and_low_rank_fewer_than_all():
    sizes = [
        sum(p.numel() for p in Adapters(tiny_network(), layers, rank=2).parameters())
        for layers in LAYERS
    ]
    assert sizes == sorted(sizes)
    assert sizes[2] < 0.5 * sizes[3]


def test_a_whole_matrix_is_stored_as_the_nearest_of_its_rank():
    torch.manual_seed(0)
    exact = torch.randn(40, 3) @ torch.randn(3, 60)
    parts = thinned("draft.weight.add", exact, rank=4)
    assert {name: tuple(v.shape) for name, v in parts.items()} == {
        "draft.weight.up": (40, 4),
        "draft.weight.down": (4, 60),
    }
    product = parts["draft.weight.up"] @ parts["draft.weight.down"]
    torch.testing.assert_close(product, exact, atol=1e-3, rtol=1e-3)
    again = thinned("draft.weight.add", exact, rank=4)
    assert torch.equal(again["draft.weight.up"], parts["draft.weight.up"])
    assert thinned("draft.weight.add", exact, rank=30).keys() == {"draft.weight.add"}
    assert thinned("draft.bias.add", exact[0], rank=1).keys() == {"draft.bias.add"}


def moved(part: Part) -> None:
    torch.manual_seed(1)
    for value in part.adapters.parameters():
        value.data += 0.03 * torch.randn_like(value)


def test_what_is_trained_is_what_the_merged_network_says(clips):
    work = trainer(clips, layers="low_rank").speech
    moved(work)
    batch = clips.batch(clips.items)
    steps = work.network.to_steps(batch.mel)
    masks = torch.ones(len(clips.items), steps.shape[1], 2, TINY.prenet_size)
    weights = work.adapters.weights(work.network)
    merged, _ = merge(work.network, work.adapters.delta("base"))
    with torch.no_grad():
        *_, here = functional_call(work.network, weights, (batch, steps, masks))
        *_, there = merged(batch, steps, masks)
    torch.testing.assert_close(here.after, there.after, atol=2e-2, rtol=1e-2)  # stored as float16


def test_what_converts_in_training_is_what_converts_with_the_delta(clips):
    work = trainer(clips, layers="low_rank").conversion
    moved(work)
    item = clips.items[0]
    batch = clips.batch([item])
    ear = work.listeners.words
    content, loudness = content_of(ear, batch.mel, batch.frames), loudness_of(batch.mel)
    weights = work.adapters.weights(work.network)
    with torch.no_grad():
        _, frames = functional_call(work.network, weights, (content, loudness, batch))
    here = work.network.to_mel(frames)[0].numpy()
    converter = Converter(work.network, ear, torch.device("cpu"), "base")
    told = (batch.mel[0].numpy(), content[0].numpy(), batch.track_hz[0].numpy())
    trained = replace(clips.profile, conversion_delta=work.adapters.delta("base"))
    np.testing.assert_allclose(converter.convert(*told, trained), here, atol=5e-2)
    assert np.abs(converter.convert(*told, clips.profile) - here).mean() > 0.1
    foreign = replace(trained, conversion_delta=work.adapters.delta("other"))
    with pytest.raises(VoiceError) as error:
        converter.convert(*told, foreign)
    assert error.value.code == "delta_of_another_base"


@pytest.mark.parametrize("layers", ["norms", "low_rank", "all"])
def test_a_batch_is_learned_by_heart(clips, tmp_path, layers):
    work = trainer(clips, layers=layers, learning_rate=2e-2 / RATES[layers])
    before = {
        part: {name: value.clone() for name, value in one.network.named_parameters()}
        for part, one in work.parts.items()
    }
    run = run_in(tmp_path)
    losses = [work.step(number, run) for number in range(1, 31)]
    for name in ("after", "conversion_mel"):
        assert np.mean([one[name] for one in losses[-3:]]) < 0.8 * losses[0][name]
    for part, one in work.parts.items():
        for name, value in one.network.named_parameters():
            assert torch.equal(value, before[part][name])
            assert value.grad is None


def test_a_step_depends_on_its_number_alone(clips, tmp_path):
    run = run_in(tmp_path)
    first, second = trainer(clips), trainer(clips)
    first.step(1, run)
    second.step(1, run)
    torch.manual_seed(99)
    assert first.step(2, run) == second.step(2, run)


def test_the_loss_of_a_step_is_that_of_both_parts(clips, monkeypatch):
    work = trainer(clips)
    monkeypatch.setattr(Part, "step", lambda self, *_: {"sum": 3.0 if self is work.speech else 4.0})
    told = work.step(1, None)
    assert (told["sum"], told["conversion_sum"]) == (7.0, 4.0)


@pytest.mark.weights
def test_others_are_heard_beside_the_clips_and_judged(clips, listeners, tmp_path):
    work = trainer(clips, listeners, base_share=0.4)
    told = work.conversion.step(clips.items, 1, 1e-3, run_in(tmp_path))
    assert {"mel", "edges", "voice", "second_voice", "words"} <= told.keys()
    alone = trainer(clips, listeners, base_share=0.0).conversion
    assert alone.step(clips.items, 1, 1e-3, run_in(tmp_path)).keys().isdisjoint({"voice", "words"})


@pytest.mark.weights
@pytest.mark.parametrize("language", ["ru", "en"])
def test_pace_comes_of_russian_clips_and_else_of_the_sentences(
    clips, listeners, tmp_path, monkeypatch, language
):
    clips.items = [
        replace(item, clip=replace(item.clip, language=language)) for item in clips.items
    ]
    heard = []
    monkeypatch.setattr(
        "tts_engine.studio.parts.prosody_losses",
        lambda prosody, batch: heard.append(batch.ids) or {},
    )
    speech = trainer(clips, listeners, base_share=0.4).speech
    speech.step(clips.items, 1, 1e-3, run_in(tmp_path))
    [ids], own = heard, clips.batch(clips.items).ids
    assert ids
    assert (ids == own) if language == "ru" else not set(ids) & set(own)


def test_what_others_say_is_said_at_the_pitch_of_the_voice(clips):
    others = clips.tracked.split(OTHERS)
    batch = clips.batch(clips.items, others)
    own = len(clips.items)
    for row, item in enumerate([*clips.items, *others]):
        track = torch.from_numpy(clips.tracked.track(item))
        ratio = clips.profile.f0_median_hz / item.profile.f0_median_hz if row >= own else 1.0
        torch.testing.assert_close(batch.track_hz[row, : track.numel()], track * ratio)
        np.testing.assert_allclose(batch.embedding[row], clips.profile.embedding)


def test_sentences_are_laid_under_the_clips_in_the_pitch_of_the_voice(clips):
    median, spread = clips.profile.f0_median_hz, clips.profile.f0_spread_semitones
    rehearsal = Rehearsal(tiny_synthesizer(), clips.profile, [SENTENCE, SENTENCE[:9]])
    own = clips.batch(clips.items)
    batch = rehearsal.add_to(own, 2, torch.Generator().manual_seed(0))
    count = len(clips.items)
    assert batch.crossed == 2
    assert len(batch.ids) == batch.tokens.shape[0] == batch.mel.shape[0] == count + 2
    torch.testing.assert_close(batch.mel[:count, :, : own.mel.shape[2]], own.mel)
    assert (batch.mel[count:] == 0).all()
    assert batch.mel.shape[2] >= batch.frames.max()
    for row in range(count, count + 2):
        assert batch.durations[row].sum() == batch.frames[row]
        voiced = batch.f0_hz[row] > 0
        spoken = median * 2 ** (batch.pitch[row][voiced] * spread / 12)
        torch.testing.assert_close(batch.f0_hz[row][voiced], spoken, rtol=1e-3, atol=0.1)
    assert (batch.voices < count).all()
    assert rehearsal.add_to(own, 0, torch.Generator()) is own


def test_pitch_is_counted_from_the_voice_not_from_each_clip(clips):
    profile = voice(f0_median_hz=140.0, f0_spread_semitones=2.0)
    (item, *_) = in_voice(clips.tracked.split(TRAIN), profile)
    voiced = item.f0_hz > 0
    expected = np.clip(12 * np.log2(item.f0_hz[voiced] / 140.0) / 2.0, -4, 4)
    np.testing.assert_allclose(item.pitch[voiced], expected, rtol=1e-4)
    assert (item.pitch[~voiced] == 0).all()
