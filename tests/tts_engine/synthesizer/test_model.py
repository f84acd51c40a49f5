"""The network: both decoder paths agree, padding changes nothing, the voice reaches the mel."""

import torch

from tests.tts_engine.synthesizer.tiny import TINY, tiny_network
from tts_engine.synthesizer.corruption import corrupt_context, mix_own_output
from tts_engine.synthesizer.data import Batch
from tts_engine.synthesizer.decoder import dropout_masks
from tts_engine.synthesizer.durations import shift_steps
from tts_engine.synthesizer.layers import ConditionalNorm, length_mask


def batch_of(lengths, seed=0):
    generator = torch.Generator().manual_seed(seed)
    count, longest = len(lengths), max(lengths)
    mask = length_mask(torch.tensor(lengths), longest)
    durations = torch.randint(2, 9, (count, longest), generator=generator).float() * mask
    f0_hz = 100 + 100 * torch.rand(count, longest, generator=generator)
    frames = durations.sum(dim=1).long()
    return Batch(
        ids=["clip"] * count,
        tokens=torch.randint(8, 40, (count, longest), generator=generator) * mask,
        token_lengths=torch.tensor(lengths),
        frames=frames,
        language=torch.zeros(count, dtype=torch.long),
        durations=durations,
        f0_hz=f0_hz * mask,
        pitch=torch.randn(count, longest, generator=generator) * mask,
        embedding=torch.nn.functional.normalize(torch.rand(count, 256, generator=generator)),
        facts=torch.randn(count, TINY.facts_size, generator=generator),
        known=torch.ones(count, TINY.facts_size, dtype=torch.bool),
        mel=torch.randn(count, 80, int(frames.max()), generator=generator) - 5,
    )


def previous_of(network, batch):
    return shift_steps(network.to_steps(batch.mel))


def only(batch, row):
    length, frames = int(batch.token_lengths[row]), int(batch.frames[row])
    cut = {"tokens": length, "durations": length, "f0_hz": length, "pitch": length}
    values = {
        name: value
        if name == "ids"
        else value[row : row + 1, : cut.get(name)]
        if value.ndim > 1
        else value[row : row + 1]
        for name, value in vars(batch).items()
    }
    values["mel"] = batch.mel[row : row + 1, :, :frames]
    return Batch(**values)


def test_shapes():
    network, batch = tiny_network(), batch_of([9, 5])
    voice, prosody, mels = network(batch, previous_of(network, batch))
    steps = -(-int(batch.frames.max()) // 2)
    assert voice.speaker.shape == (2, TINY.speaker_size)
    assert prosody.log_durations.shape == prosody.pitch.shape == (2, 9)
    assert mels.draft.shape == mels.before.shape == mels.after.shape == (2, steps, 160)
    assert mels.weights.shape == (2, steps, 9)
    assert network.to_mel(mels.after).shape == (2, 80, 2 * steps)


def test_steps_and_mel_are_inverse():
    network, mel = tiny_network(), torch.randn(2, 80, 7) - 5
    torch.testing.assert_close(network.to_mel(network.to_steps(mel))[:, :, :7], mel)


def test_padding_changes_nothing():
    network, batch = tiny_network(), batch_of([12, 5])
    _, prosody, mels = network(batch, previous_of(network, batch))
    alone = only(batch, 1)
    _, prosody_alone, mels_alone = network(alone, previous_of(network, alone))
    steps = mels_alone.after.shape[1]
    torch.testing.assert_close(prosody.log_durations[1:, :5], prosody_alone.log_durations)
    torch.testing.assert_close(mels.after[1:, :steps], mels_alone.after, atol=1e-5, rtol=1e-4)


def test_step_loop_repeats_what_teacher_forcing_computes():
    network, batch = tiny_network(), batch_of([10, 7])
    voice = network.conditioner(batch.embedding, batch.facts, batch.known)
    memory = network.encode(batch.tokens, batch.token_lengths, voice)
    steps = network.step_lengths(batch.durations)
    masks = dropout_masks(TINY, int(steps.max()), variation=1.0, seed=3).expand(2, -1, -1, -1)
    spoken = network.render(memory, batch.durations, batch.f0_hz, voice, masks)
    _, _, forced = network(batch, shift_steps(spoken.before), masks)
    torch.testing.assert_close(forced.before, spoken.before, atol=1e-5, rtol=1e-4)


def test_voice_and_pitch_change_the_mel():
    network, batch = tiny_network(), batch_of([8])
    previous = previous_of(network, batch)
    mel = network(batch, previous)[2].after
    batch.f0_hz = batch.f0_hz * 1.5
    higher = network(batch, previous)[2].after
    batch.embedding = batch.embedding.flip(1)
    other = network(batch, previous)[2].after
    assert (mel - higher).abs().max() > 1e-3
    assert (higher - other).abs().max() > 1e-3


def test_dropout_masks_depend_on_the_seed_and_vanish_without_variation():
    first, again = (dropout_masks(TINY, 40, variation=1.0, seed=1) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, dropout_masks(TINY, 40, variation=1.0, seed=2))
    assert abs(float(first.mean()) - 1) < 0.1
    assert float(dropout_masks(TINY, 40, variation=0.0, seed=1).min()) == 1.0


def test_norm_without_a_speaker_is_layer_norm():
    values = torch.randn(2, 5, 6)
    expected = torch.nn.functional.layer_norm(values, (6,))
    torch.testing.assert_close(ConditionalNorm(6)(values), expected)


def test_corruption_spoils_frames_but_keeps_their_shape():
    torch.manual_seed(0)
    steps = torch.randn(4, 30, 160)
    spoiled = corrupt_context(steps, 80)
    assert spoiled.shape == steps.shape
    lost = (spoiled == 0).all(dim=-1).float().mean()
    assert 0.02 < float(lost) < 0.25
    mixed = mix_own_output(steps, torch.zeros_like(steps))
    assert (mixed.abs() <= steps.abs() + 1e-6).all()
    assert not torch.equal(mixed, steps)
