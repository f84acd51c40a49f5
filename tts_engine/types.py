"""Values that several stages exchange."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]


@dataclass(frozen=True)
class Audio:
    """Mono sound: waveform of shape (T,), float32 in [-1, 1], with its rate."""

    waveform: Waveform
    sample_rate_hz: int

    @property
    def seconds(self) -> float:
        return self.waveform.size / self.sample_rate_hz


@dataclass(frozen=True, kw_only=True, eq=False)
class VoiceDelta:
    """What a trained voice adds to the weights of a network, see `synthesizer.deltas`.

    Attributes:
        base: fingerprint of the weights that it fits, see `weights.fingerprint`.
        key: sha256 over its numbers: deltas of one key are the same.
        tensors: float32, by parameter: `<name>.add` of the parameter's shape, or `<name>.up` (out, rank) and
            `<name>.down` (rank, in), whose product is added.
    """

    base: str
    key: str
    tensors: Mapping[str, NDArray[np.float32]]

    @property
    def nbytes(self) -> int:
        """Memory of its numbers."""
        return sum(value.nbytes for value in self.tensors.values())


@dataclass(frozen=True, kw_only=True, eq=False)
class VoiceProfile:
    """All that synthesis needs to know of a voice; measured once per reference.

    Attributes:
        embedding: d-vector, shape (256,), float32, unit length.
        f0_median_hz: median F0 of its voiced frames; 0 when unknown.
        f0_spread_semitones: standard deviation of F0 around the median.
        phonemes_per_second: speaking rate without pauses; 0 when unknown.
        spectrum: shape of its mean spectrum, see `synthesizer.profile.voice_spectrum`; () when unknown.
        fitted: shift of what the synthesizer is told of the voice, see `synthesizer.fitting`; () when it was
            only measured.
        delta: of a voice that was trained, on the synthesizer's weights, see `studio`; None for all others.
        conversion_delta: the same on the conversion model's; None where only the synthesizer has learned the voice.

    What is unknown the synthesizer predicts from the embedding.
    """

    embedding: NDArray[np.float32]
    f0_median_hz: float = 0.0
    f0_spread_semitones: float = 0.0
    phonemes_per_second: float = 0.0
    spectrum: tuple[float, ...] = ()
    fitted: tuple[float, ...] = ()
    delta: VoiceDelta | None = None
    conversion_delta: VoiceDelta | None = None


DELTAS = ("delta", "conversion_delta")  # what of a profile is no measured fact
