"""Deltas: a voice with one sounds otherwise, its neighbours do not; memory of merged networks is bounded."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tts_engine.studio.voices import BASE, delta
from tests.tts_engine.synthesizer.tiny import request, tiny_network, voice
from tts_engine.errors import VoiceError
from tts_engine.speaking.voice_mix import mix_profiles
from tts_engine.synthesizer.deltas import make_delta, mix_deltas
from tts_engine.synthesizer.inference import Synthesizer
from tts_engine.synthesizer.merged import MergedNetworks, merge


def synthesizer() -> Synthesizer:
    return Synthesizer(tiny_network(), torch.device("cpu"), BASE)


def trained(seed: int = 0):
    return replace(voice(), delta=delta(seed))


def test_a_batch_of_several_voices_is_what_each_of_them_says_alone():
    voices = [voice(), trained(0), trained(1), trained(0)]
    requests = [request(voice=one, seed=seed) for seed, one in enumerate(voices)]
    speaker = synthesizer()
    together = speaker.synthesize(requests)
    for result, one in zip(together, requests, strict=True):
        (alone,) = synthesizer().synthesize([one])
        np.testing.assert_allclose(result.mel, alone.mel, atol=1e-3)
    (plain,) = speaker.synthesize([replace(requests[1], voice=voice())])
    assert np.abs(plain.mel - together[1].mel).max() > 0.05


def test_a_merged_network_shares_what_its_delta_leaves_alone():
    network = tiny_network()
    merged, size = merge(network, delta())
    own, base = dict(merged.named_parameters()), dict(network.named_parameters())
    changed = {name for name in base if own[name] is not base[name]}
    assert changed == {"draft.weight", "draft.bias"}
    assert size == 4 * (160 * 48 + 160)
    tensors = delta().tensors
    added = tensors["draft.weight.up"] @ tensors["draft.weight.down"]
    np.testing.assert_allclose(
        own["draft.weight"].detach() - base["draft.weight"].detach(), added, atol=1e-5
    )


def test_lstm_weights_are_merged_where_the_decoder_reads_them():
    network = tiny_network()
    shape = tuple(network.decoder.first.weight_hh_l0.shape)
    bump = make_delta(BASE, {"decoder.first.weight_hh_l0.add": np.full(shape, 0.5)})
    merged, _ = merge(network, bump)
    seen = merged.decoder.first.all_weights[0][1]
    np.testing.assert_allclose(
        seen.detach(), network.decoder.first.weight_hh_l0.detach() + 0.5, atol=1e-3
    )
    inputs = torch.randn(1, 5, merged.decoder.first.input_size)
    assert not torch.allclose(merged.decoder.first(inputs)[0], network.decoder.first(inputs)[0])


def test_merged_networks_stay_within_their_bytes_and_the_last_is_kept():
    one = 4 * (160 * 48 + 160)
    kept = MergedNetworks(tiny_network(), BASE, most_bytes=2 * one)
    first = kept.get(delta(0))
    for seed in (1, 2):
        kept.get(delta(seed))
    assert kept.nbytes == 2 * one
    assert kept.get(delta(2)) is kept.get(delta(2))
    assert kept.get(delta(0)) is not first
    small = MergedNetworks(tiny_network(), BASE, most_bytes=1)
    assert small.get(delta(0)) is small.get(delta(0))


@pytest.mark.parametrize(
    ("tensors", "code"),
    [
        ({"nobody.weight.add": np.zeros(3)}, "delta_damaged"),
        ({"draft.bias.add": np.zeros(3)}, "delta_damaged"),
        (
            {"draft.weight.up": np.zeros((160, 2)), "draft.weight.down": np.zeros((2, 47))},
            "delta_damaged",
        ),
        (
            {"draft.bias.up": np.zeros((160, 2)), "draft.bias.down": np.zeros((2, 1))},
            "delta_damaged",
        ),
    ],
)
def test_what_does_not_fit_the_network_is_refused_before_anything_is_spoken(tensors, code):
    wrong = replace(voice(), delta=make_delta(BASE, tensors))
    with pytest.raises(VoiceError) as error:
        synthesizer().synthesize([request(), request(voice=wrong)])
    assert error.value.code == code


def test_a_delta_of_other_weights_is_refused():
    foreign = replace(voice(), delta=delta(base="c" * 64))
    with pytest.raises(VoiceError) as error:
        synthesizer().synthesize([request(voice=foreign)])
    assert error.value.code == "delta_of_another_base"


@pytest.mark.parametrize(
    "tensors",
    [
        {"draft.weight": np.zeros(3)},
        {"draft.weight.up": np.zeros((3, 2))},
        {"draft.weight.up": np.zeros((3, 2)), "draft.weight.down": np.zeros((4, 3))},
        {"draft.bias.add": np.array([np.nan])},
        {"draft.bias.add": np.array([1e9])},
    ],
)
def test_numbers_that_can_be_no_delta_are_refused(tensors):
    with pytest.raises(VoiceError) as error, np.errstate(over="ignore"):
        make_delta(BASE, tensors)
    assert error.value.code == "delta_damaged"


def test_who_was_not_trained_adds_nothing_to_a_mix():
    profiles = [(trained(0), 1.0), (voice(1), 3.0)]
    mixed = mix_profiles(profiles)
    np.testing.assert_allclose(
        mixed.delta.tensors["draft.bias.add"],
        0.25 * delta(0).tensors["draft.bias.add"],
        atol=1e-4,
    )
    assert mix_profiles([(voice(), 1.0), (voice(1), 1.0)]).delta is None
    assert mix_deltas([(delta(0), 2.0)]).key == delta(0).key


def test_whole_and_low_rank_parts_mix():
    shape = (160, 48)
    whole = make_delta(BASE, {"draft.weight.add": np.ones(shape)})
    mixed = mix_deltas([(whole, 1.0), (delta(0), 1.0)])
    tensors = delta(0).tensors
    expected = 0.5 + 0.5 * tensors["draft.weight.up"] @ tensors["draft.weight.down"]
    np.testing.assert_allclose(mixed.tensors["draft.weight.add"], expected, atol=2e-3)
