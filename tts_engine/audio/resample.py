"""Change of the sample rate, the only place where it happens.

Source: the SoX resampler (libsoxr, LGPL-2.1) through `soxr`; linear phase, high quality.
"""

import numpy as np
import soxr

from tts_engine.errors import AudioError
from tts_engine.types import Audio, Waveform


def resample(waveform: Waveform, source_hz: int, target_hz: int) -> Waveform:
    """Resample a mono waveform.

    Args:
        waveform: samples of shape (T,), float32.
        source_hz: its rate.
        target_hz: the wanted rate.

    Returns:
        float32 of shape (round(T * target_hz / source_hz),) within a sample; the same array when
        the rates are equal.

    Raises:
        AudioError: a rate is not positive.
    """
    if source_hz <= 0 or target_hz <= 0:
        raise AudioError(
            "unsupported_sample_rate",
            f"cannot resample from {source_hz} Hz to {target_hz} Hz; rates must be positive",
            f"нельзя перейти от {source_hz} Гц к {target_hz} Гц; частоты должны быть больше нуля",
            source_hz=source_hz,
            target_hz=target_hz,
        )
    if source_hz == target_hz or waveform.size == 0:
        return waveform
    return soxr.resample(waveform, source_hz, target_hz, quality="HQ").astype(
        np.float32, copy=False
    )


def resample_audio(audio: Audio, target_hz: int) -> Audio:
    """The same sound at another rate."""
    return Audio(resample(audio.waveform, audio.sample_rate_hz, target_hz), target_hz)


class ResamplingStream:
    """A sound that comes in pieces at another rate; less steep than `resample`, since it must not wait for what comes.

    At 48 kHz to 22 050 Hz it is 14 ms late, back 1 ms; what lies within a fifth of half the lower rate is damped.
    """

    def __init__(self, source_hz: int, target_hz: int) -> None:
        self._stream = (
            None
            if source_hz == target_hz
            else soxr.ResampleStream(source_hz, target_hz, 1, dtype="float32", quality="LQ")
        )

    def push(self, samples: Waveform) -> Waveform:
        """What there is of the result after these samples; (T,) -> (T',), maybe none."""
        return samples if self._stream is None else self._stream.resample_chunk(samples)
