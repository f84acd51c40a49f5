"""A vocoder that goes on where it stopped: the phase of its pulses and its noise run on from call to call.

frames  |before|===== said ====|…ahead|          the next call says the frames from the mark on, whatever
next                 |before|==▲== said ====|…ahead|    pitch and mel it finds there by then
"""

import numpy as np
import torch
from numpy.typing import NDArray

from tts_engine.stages import timed
from tts_engine.types import Waveform
from tts_engine.vocoder.inference import Vocoder, noise_at
from tts_engine.vocoder.source_filter import (
    SourceFilterGenerator,
    bridge_pitch,
    cycles_of,
    pulse_train,
)


class StreamedVocoder:
    """Says frames of one sound, stretch by stretch."""

    def __init__(self, vocoder: Vocoder) -> None:
        self._vocoder = vocoder
        self._generator = vocoder.generator
        self._hop = vocoder.config.mel.hop_samples
        self._cycle = 0.0  # of the pulses where the next stretch begins

    @property
    def context_frames(self) -> int:
        """Frames before that a frame's sound depends on."""
        return self._generator.context_frames

    @timed("vocoder")
    @torch.inference_mode()
    def speak(
        self,
        mel: NDArray[np.float32],
        f0_hz: NDArray[np.float32],
        said: slice,
        *,
        place: int,
        advance: int,
        shifted: bool = False,
    ) -> Waveform:
        """Some frames of a window, the next ones of the sound.

        Args:
            mel: natural logarithm, (n_mels, F), with frames before, and after where they are known.
            f0_hz: (F,), 0 where unvoiced.
            said: which frames are wanted; its beginning is where the last call's `advance` led.
            place: number of the window's first frame in the whole sound.
            advance: frames after the beginning of `said` at which the next call's begins.
            shifted: whether the F0 is not that of the mel.

        Returns:
            ((said.stop - said.start) * hop,), in [-1, 1].
        """
        vocoder, hop = self._vocoder, self._hop
        row = torch.from_numpy(np.ascontiguousarray(mel))[None].to(vocoder.device)
        if isinstance(self._generator, SourceFilterGenerator):
            pulses = self._pulses(f0_hz, said.start, advance)
            noise = torch.from_numpy(noise_at(place * hop, pulses.shape[1]))[None, None]
            other = torch.tensor([True], device=vocoder.device) if shifted else None
            made = self._generator(
                row, pulses.to(vocoder.device), noise.to(vocoder.device), other
            ).squeeze(1)
        else:
            made = self._generator(row)
        samples = made[0].float().clamp(-1, 1).cpu().numpy()
        return np.asarray(samples[said.start * hop : said.stop * hop])

    def _pulses(self, f0_hz: NDArray[np.float32], begins: int, advance: int) -> torch.Tensor:
        """Of the window, (1, F * hop): in phase where it begins, the phase kept where the next one will."""
        rate, hop = self._vocoder.sample_rate_hz, self._hop
        track = torch.from_numpy(f0_hz.astype(np.float64))
        bridged = bridge_pitch(track, track > 0)[None]
        cycles = cycles_of(bridged, hop_samples=hop, sample_rate_hz=rate)[0]
        here, there = (
            float(cycles[frame * hop - 1]) if frame else 0.0 for frame in (begins, begins + advance)
        )
        start = self._cycle - here
        self._cycle = (start + there) % 1.0
        return pulse_train(
            bridged, hop_samples=hop, sample_rate_hz=rate, start_cycle=torch.tensor([start])
        )
