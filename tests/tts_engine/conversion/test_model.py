"""The conversion network: shapes, padding, and that every input is heard."""

import pytest
import torch

from tests.tts_engine.conversion.tiny import TINY, tiny_network
from tts_engine.conversion.config import ConversionConfig


def inputs(frames: int = 40):
    torch.manual_seed(0)
    return {
        "content": torch.randn(2, frames, TINY.content_size),
        "f0_hz": torch.full((2, frames), 140.0),
        "loudness": torch.randn(2, frames) - 7,
        "mask": torch.ones(2, frames, 1),
    }


def voices(network, seed: int = 0):
    torch.manual_seed(seed)
    embedding = torch.nn.functional.normalize(torch.randn(2, 256), dim=1)
    facts = 0.3 * torch.randn(2, TINY.facts_size)
    return network.conditioner(embedding, facts, torch.ones(2, TINY.facts_size, dtype=torch.bool))


def test_a_frame_for_a_frame():
    network = tiny_network()
    frames = network.say(**inputs(), voice=voices(network))
    assert frames.shape == (2, 40, 80)
    mel = network.to_mel(frames)
    torch.testing.assert_close(network.to_frames(mel), frames)


@pytest.mark.parametrize("name", ["content", "f0_hz", "loudness"])
def test_every_input_is_heard(name):
    network, given = tiny_network(), inputs()
    voice = voices(network)
    before = network.say(**given, voice=voice)
    given[name] = given[name] * 1.3
    assert (network.say(**given, voice=voice) - before).abs().mean() > 1e-4


def test_another_voice_sounds_other():
    network = tiny_network()
    first, second = (network.say(**inputs(), voice=voices(network, s)) for s in (0, 1))
    assert (first - second).abs().mean() > 1e-4


def test_what_lies_beyond_the_context_changes_nothing():
    network, given = tiny_network(), inputs(60)
    voice = voices(network)
    before = network.say(**given, voice=voice)
    given["content"][:, 40:] = 9
    after = network.say(**given, voice=voice)
    kept = 40 - network.context_frames
    torch.testing.assert_close(after[:, :kept], before[:, :kept])
    assert (after[:, kept:40] - before[:, kept:40]).abs().max() > 1e-5


def test_padding_changes_nothing():
    network, given = tiny_network(), inputs(30)
    voice = voices(network)
    alone = network.say(**given, voice=voice)
    padded = {name: torch.cat([value, value + 5], dim=1) for name, value in given.items()}
    padded["mask"][:, 30:] = 0
    torch.testing.assert_close(
        network.say(**padded, voice=voice)[:, :30], alone, atol=1e-5, rtol=1e-4
    )


def test_pitch_beyond_what_was_learned_is_folded_by_octaves():
    network = tiny_network()
    low, high = TINY.pitch_low_hz, TINY.pitch_high_hz
    hz = torch.tensor([[110.0, 0.8 * low, 1.5 * high, 0.0]])
    folded = torch.tensor([[110.0, 1.6 * low, 0.75 * high, 0.0]])
    torch.testing.assert_close(network._pitch_bases(hz), network._pitch_bases(folded))
    assert network._pitch_bases(hz)[0, 3].abs().max() == 0


@pytest.mark.parametrize("wrong", [{"kernel": 4}, {"pitch_high_hz": 100.0}])
def test_sizes_that_cannot_be(wrong):
    with pytest.raises(ValueError, match="must"):
        ConversionConfig(**wrong)
