"""d-vectors of log mels agree with those of the waveform, and teach."""

import numpy as np
import pytest
import torch

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.audio.resample import resample_audio
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.encoder.model import MelSpeakerEncoder
from tts_engine.types import Audio
from tts_engine.weights import weights_folder


@pytest.fixture(scope="module")
def from_mel():
    return MelSpeakerEncoder.load(weights_folder() / "encoder", MelConfig())


def voices():
    """The same speech as it is, and as a shorter vocal tract with a higher pitch would say it."""
    speech = resample_audio(espeak_speech(), 22_050)
    higher = resample_audio(Audio(speech.waveform, 22_050), 18_000)
    return [speech, Audio(higher.waveform, 22_050)]


def test_vectors_are_those_of_the_waveform_and_tell_voices_apart(from_mel):
    encoder = SpeakerEncoder.load(weights_folder() / "encoder", device=torch.device("cpu"))
    real, heard = [], []
    for audio in voices():
        real.append(encoder.embed(audio))
        mel = log_mel(torch.from_numpy(audio.waveform)[None], MelConfig())
        windows = mel[0].unfold(1, from_mel.window_frames, 60).transpose(0, 1)  # (W, n_mels, F)
        heard.append(torch.nn.functional.normalize(from_mel(windows).mean(dim=0), dim=0).numpy())
    cosines = np.stack(real) @ np.stack(heard).T
    assert cosines.diagonal().min() > 0.9
    assert cosines.diagonal().min() > max(cosines[0, 1], cosines[1, 0]) + 0.05


def test_gradient_reaches_the_mel_and_not_the_encoder(from_mel):
    audio = voices()[0]
    mel = log_mel(torch.from_numpy(audio.waveform)[None], MelConfig())[:, :, :140]
    torch.manual_seed(0)
    start = (mel + 0.5 * torch.randn_like(mel)).requires_grad_()
    target = from_mel(mel)
    before = (from_mel(start) * target).sum()
    before.backward()
    assert torch.isfinite(start.grad).all()
    assert all(parameter.grad is None for parameter in from_mel.parameters())
    nearer = start.detach() + 2.0 * start.grad / start.grad.norm()
    assert (from_mel(nearer) * target).sum().item() > before.item() + 1e-3


def test_one_loud_frame_stays_finite(from_mel):
    mel = torch.full((1, 80, 120), -5.0)
    mel[:, :, 60] = 30.0
    mel.requires_grad_()
    from_mel(mel).sum().backward()
    assert torch.isfinite(mel.grad).all()
