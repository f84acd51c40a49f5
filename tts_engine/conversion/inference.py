"""Contents, F0 and loudness of a recording to the mel of a voice; long ones in pieces.

frames   |ctx|====== piece ======|ctx|      what lies outside the clip is silence
"""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tts_engine.audio.mel import band_edges, log_mel
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.conversion.config import ConversionConfig
from tts_engine.conversion.content import content_of, loudness_of
from tts_engine.conversion.model import ConversionModel
from tts_engine.errors import CheckpointError
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.model import RecognizerNetwork
from tts_engine.stages import timed
from tts_engine.synthesizer.merged import MergedNetworks
from tts_engine.synthesizer.profile import facts_vector
from tts_engine.types import VoiceProfile, Waveform
from tts_engine.weights import fingerprint

Array = NDArray[np.float32]

HEARD_FRAMES, HEARD_CONTEXT = 2600, 200  # as the recognizer hears long clips
PIECE_FRAMES = 2048
FALLING_NATS = 3.0  # an octave below the pitch
MERGED_BYTES = 64 * 2**20  # of all networks with a voice's delta in a process; one is at most 20 MB


def cleared_below_pitch(mel: Array, f0_hz: Array, config: ConversionConfig) -> Array:
    """A mel (n_mels, F) without the low octave in frames whose F0 (F,) was folded into what the network knows.

    It has drawn the partial of that octave; a vocoder that is told the true F0 would fill it with noise. From the
    loudest band of the pitch and above, what lies below the pitch falls by 26 dB an octave, as high voices have it.
    """
    folded = f0_hz > config.pitch_high_hz
    centres = band_edges(config.mel)[1:-1, None]  # (n_mels, 1)
    below = folded & (centres < f0_hz)
    sounding = np.where(below, -np.inf, mel).max(axis=0)
    octaves = np.log2(np.where(below, f0_hz, centres) / centres)
    highest = sounding - FALLING_NATS * octaves
    return np.where(below, np.minimum(mel, highest), mel).astype(np.float32)


class Converter:
    """The conversion network with the recognizer that tells it what is said."""

    def __init__(
        self,
        network: ConversionModel,
        recognizer: RecognizerNetwork,
        device: torch.device,
        fingerprint: str = "",
    ) -> None:
        """`fingerprint`: of the network's weights, see `weights.fingerprint`; deltas of other ones are refused."""
        self.config, self.device = network.config, device
        self.network = network.to(device).eval().requires_grad_(False)
        self.merged = MergedNetworks(self.network, fingerprint, MERGED_BYTES)
        self._recognizer = recognizer.to(device).eval()

    @classmethod
    def load(cls, weights: Path, *, device: torch.device) -> "Converter":
        """From `weights/conversion` and `weights/recognizer`.

        Raises:
            CheckpointError: weights are missing or damaged, or the one was not trained with the other.
        """
        config, state = load_checkpoint(weights / "conversion", ConversionConfig)
        network = ConversionModel(config)
        load_into(network, state, weights / "conversion")
        heard, state = load_checkpoint(weights / "recognizer", RecognizerConfig)
        recognizer = RecognizerNetwork(heard)
        load_into(recognizer, state, weights / "recognizer")
        if heard.channels != config.content_size:
            raise CheckpointError(
                "content_mismatch",
                f"the conversion model is told contents of {config.content_size} values, the recognizer "
                f"has {heard.channels}; train it again",
                f"модель конверсии ждёт содержание по {config.content_size} чисел, у распознавателя "
                f"{heard.channels}; обучите её заново",
            )
        return cls(network, recognizer, device, fingerprint(weights / "conversion"))

    @property
    def context_frames(self) -> int:
        """Frames on either side that a converted frame depends on, beside what its content does."""
        return self.network.context_frames

    def mel(self, waveform: Waveform) -> Array:
        """Natural-log mel of a waveform (T,) at the model's rate: (n_mels, T // hop)."""
        return log_mel(torch.from_numpy(waveform)[None], self.config.mel)[0].numpy()

    @timed("content")
    @torch.inference_mode()
    def content(self, mel: Array) -> Array:
        """What is said in a mel (n_mels, F): (F, content_size)."""
        pieces = []
        step = HEARD_FRAMES - 2 * HEARD_CONTEXT
        for first in range(0, mel.shape[1], step):
            start = max(0, first - HEARD_CONTEXT)
            part = torch.from_numpy(mel[None, :, start : first + step + HEARD_CONTEXT])
            frames = torch.tensor([part.shape[2]], device=self.device)
            heard = content_of(self._recognizer, part.to(self.device), frames)[0]
            pieces.append(heard[first - start : first - start + step].cpu().numpy())
        return (
            np.concatenate(pieces)
            if pieces
            else np.zeros((0, self.config.content_size), np.float32)
        )

    @timed("conversion")
    @torch.inference_mode()
    def convert(self, mel: Array, content: Array, f0_hz: Array, profile: VoiceProfile) -> Array:
        """The mel of the words in a voice.

        Args:
            mel: of the source, whose loudness is kept, (n_mels, F).
            content: (F, content_size), drawn toward the target or not.
            f0_hz: (F,), as the voice is to say it; 0 where unvoiced.
            profile: the voice, with its delta where it was trained.

        Returns:
            Natural-log mel, (n_mels, F).

        Raises:
            VoiceError: `delta_of_another_base`, `delta_damaged`.
        """
        network = self.merged.get(profile.conversion_delta)
        facts, known = facts_vector(profile, self.config.spectrum_size)
        voice = network.conditioner(
            self._row(profile.embedding), self._row(facts), self._row(known)
        )
        loudness = loudness_of(torch.from_numpy(mel)[None])[0].numpy()
        around = network.context_frames
        pieces = []
        for first in range(0, mel.shape[1], PIECE_FRAMES):
            start, stop = max(0, first - around), first + PIECE_FRAMES + around
            part = self._row(content[start:stop])
            mask = torch.ones(1, part.shape[1], 1, device=self.device)
            frames = network.say(
                part, self._row(f0_hz[start:stop]), self._row(loudness[start:stop]), mask, voice
            )
            made = network.to_mel(frames)[0].float().cpu().numpy()
            pieces.append(made[:, first - start : first - start + PIECE_FRAMES])
        whole = np.concatenate(pieces, axis=1)
        return cleared_below_pitch(whole, f0_hz, self.config)

    def _row(self, values: NDArray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values))[None].to(self.device)
