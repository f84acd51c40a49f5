"""Contents at the mel's rate, and clips disguised as of other people."""

import torch

from tests.tts_engine.conversion.tiny import EAR, tiny_ear
from tts_engine.audio.cepstra import BANDS
from tts_engine.conversion.content import content_of, disguise, loudness_of


def mel(frames: int, seed: int = 0) -> torch.Tensor:
    torch.manual_seed(seed)
    return torch.randn(1, 80, frames).cumsum(2).clamp(-4, 4) - 5


def test_every_frame_has_a_content_whatever_the_padding():
    ear, short = tiny_ear(), mel(61)
    padded = torch.cat([short, torch.full((1, 80, 30), 3.0)], dim=2)
    alone = content_of(ear, short, torch.tensor([61]))
    beside = content_of(ear, padded, torch.tensor([61]))
    assert alone.shape == (1, 61, EAR.channels)
    torch.testing.assert_close(beside[:, :60], alone[:, :60], atol=1e-4, rtol=1e-4)


def test_disguised_contents_differ_and_are_no_gradients():
    ear, clip = tiny_ear(), mel(80)
    plain = content_of(ear, clip, torch.tensor([80]))
    other = content_of(ear, clip, torch.tensor([80]), disguised=True)
    assert not other.requires_grad
    assert (plain - other).abs().mean() > 0.01


def test_a_disguise_moves_resonances_and_keeps_time():
    torch.manual_seed(1)
    bands = torch.full((40, BANDS, 50), -8.0)
    bands[:, 10, 20:30] = 2.0  # a resonance, for a while
    moved = disguise(bands)
    assert moved.shape == bands.shape
    places = moved[:, :, 25].argmax(dim=1)
    assert places.min() < 10 < places.max()
    during, before = moved[:, 7:14, 22:28].amax(dim=(1, 2)), moved[:, 7:14, :18].amax(dim=(1, 2))
    assert (during > before + 1).all()


def test_loudness_is_that_of_the_power():
    quiet = torch.full((1, 80, 4), -3.0)
    torch.testing.assert_close(loudness_of(quiet), torch.full((1, 4), -6.0))
    torch.testing.assert_close(loudness_of(quiet + 1) - loudness_of(quiet), torch.full((1, 4), 2.0))
