"""What sound goes through on its way: codecs, telephones, rooms, noise.

People and machines alike, or else the detector would tell files apart and not who speaks.
"""

import io
from collections.abc import Callable

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from tts_engine.audio.resample import resample
from tts_engine.detection.windows import RATE_HZ
from tts_engine.types import Waveform

TELEPHONE_HZ = 8_000
MP3_DELAY = 1105  # samples of encoder and decoder
PLAIN = "plain"

Treatment = Callable[[Waveform], Waveform]


def treat(waveform: Waveform, name: str) -> Waveform:
    """A waveform at 16 kHz through one of TREATMENTS: (T,) -> (T,)."""
    return TREATMENTS[name](waveform)


def _through(
    waveform: Waveform, rate_hz: int, container: str, subtype: str, level: float | None
) -> Waveform:
    """Encoded and decoded again at a rate; `level` of compression, 0 to 1."""
    told: dict[str, float | str] = {} if level is None else {"compression_level": level}
    if container == "MP3":
        told["bitrate_mode"] = "CONSTANT"
    narrow = np.clip(resample(waveform, RATE_HZ, rate_hz), -0.999, 0.999)
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", rate_hz, 1, format=container, subtype=subtype, **told
    ) as out:
        out.write(narrow)
    file.seek(0)
    read, rate = soundfile.read(file, dtype="float32")
    if read.size - narrow.size > MP3_DELAY:  # at low rates libsndfile leaves it in
        read = read[MP3_DELAY:]
    back = resample(read, rate, RATE_HZ)[: waveform.size]
    return np.pad(back, (0, waveform.size - back.size))


def _coded(rate_hz: int, container: str, subtype: str, level: float | None = None) -> Treatment:
    return lambda waveform: _through(waveform, rate_hz, container, subtype, level)


def _narrow(waveform: Waveform) -> Waveform:
    return resample(resample(waveform, RATE_HZ, 11_025), 11_025, RATE_HZ)[: waveform.size]


TREATMENTS: dict[str, Treatment] = {
    PLAIN: lambda waveform: waveform,
    "mp3": _coded(RATE_HZ, "MP3", "MPEG_LAYER_III", 0.7),  # 50 kbit/s
    "mp3 low": _coded(RATE_HZ, "MP3", "MPEG_LAYER_III", 0.88),  # 24 kbit/s
    "opus": _coded(RATE_HZ, "OGG", "OPUS", 0.9),  # 30 kbit/s
    "opus low": _coded(RATE_HZ, "OGG", "OPUS", 0.97),  # 13 kbit/s
    "vorbis": _coded(RATE_HZ, "OGG", "VORBIS", 0.8),
    "telephone": _coded(TELEPHONE_HZ, "WAV", "ULAW"),
    "mobile": _coded(TELEPHONE_HZ, "WAV", "GSM610"),
    "narrow": _narrow,
}

CODED = tuple(name for name in TREATMENTS if name != PLAIN)


def reverberated(waveform: Waveform, rng: np.random.Generator) -> Waveform:
    """In a room: noise that dies away within 0.1 to 0.6 s, behind the direct sound: (T,) -> (T,)."""
    seconds, distance = rng.uniform(0.1, 0.6), rng.uniform(0.1, 0.7)
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    tail = rng.standard_normal(time.size) * np.exp(-6.9 * time / seconds)
    tail[: int(0.002 * RATE_HZ)] = 0.0
    tail *= distance / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return fftconvolve(waveform, tail)[: waveform.size].astype(np.float32)


def noisy(waveform: Waveform, rng: np.random.Generator, *, snr_db: float) -> Waveform:
    """With steady noise of a random colour, so many dB below the speech: (T,) -> (T,)."""
    spectrum = np.fft.rfft(rng.standard_normal(waveform.size))
    place = np.maximum(np.arange(spectrum.size), 1) / spectrum.size
    spectrum *= place ** -rng.uniform(0.0, 1.0)
    noise = np.fft.irfft(spectrum, waveform.size)
    level = np.sqrt(np.mean(waveform**2) + 1e-12) * 10 ** (-snr_db / 20)
    return (waveform + noise * (level / np.sqrt(np.mean(noise**2)))).astype(np.float32)


def coloured(levels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Levels in dB with a part of the bands lost, as a narrower line has them: (…, bands) -> the same."""
    bands = levels.shape[-1]
    lost = levels.copy()
    if rng.random() < 0.5:
        lost[..., int(rng.uniform(0.45, 1.0) * bands) :] = levels.min()
    if rng.random() < 0.3:
        first, width = int(rng.integers(0, bands)), int(rng.integers(1, bands // 10))
        lost[..., first : first + width] = levels.min()
    return lost
