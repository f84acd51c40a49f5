"""Where somebody speaks.

Source: WebRTC voice activity detection (`webrtcvad-wheels`, MIT), smoothed as the speaker encoder's
training data was: C. Jemine, Real-Time-Voice-Cloning / Resemblyzer `trim_long_silences` (MIT,
Apache-2.0). Windows of 30 ms at 16 kHz, a moving majority over 8 of them, then every voiced stretch
is widened by 3 windows on both sides, so that pauses up to 180 ms stay inside the speech.
"""

import numpy as np
import webrtcvad
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from tts_engine.audio.resample import resample
from tts_engine.types import Audio, Waveform

VAD_RATE_HZ = 16_000
WINDOW_SAMPLES = 480
WINDOW_SECONDS = WINDOW_SAMPLES / VAD_RATE_HZ  # 30 ms
AGGRESSIVENESS = 3  # of 0 … 3: 3 lets the least noise through
MAJORITY_WINDOWS = 8
KEPT_PAUSE_WINDOWS = 6
STILL_SECONDS = 0.3
LEVEL_DB = -30.0  # quieter recordings are raised to it before they are judged

Mask = NDArray[np.bool_]


def speech_windows(waveform: Waveform) -> Mask:
    """Judge whole windows of 30 ms.

    Args:
        waveform: shape (T,), 16 kHz.

    Returns:
        shape (T // 480,): True where there is speech.
    """
    count = waveform.size // WINDOW_SAMPLES
    if count == 0:
        return np.zeros(0, dtype=bool)
    samples = np.clip(waveform, -1.0, 1.0)
    samples *= 32767.0
    samples = np.rint(samples, out=samples).astype("<i2")  # in place: recordings may be long
    detector = webrtcvad.Vad(AGGRESSIVENESS)
    windows = samples[: count * WINDOW_SAMPLES].reshape(count, WINDOW_SAMPLES)
    flags = np.array([detector.is_speech(window.tobytes(), VAD_RATE_HZ) for window in windows])
    smooth = np.round(_moving_average(flags, MAJORITY_WINDOWS)).astype(bool)
    return binary_dilation(smooth, np.ones(KEPT_PAUSE_WINDOWS + 1))


def raise_to_level(waveform: Waveform) -> Waveform:
    """Amplify a quiet waveform to an RMS of LEVEL_DB; a louder one stays as it is."""
    rms = float(np.linalg.norm(waveform)) / max(1, waveform.size) ** 0.5
    wanted = 10.0 ** (LEVEL_DB / 20.0)
    return waveform * np.float32(wanted / rms) if 0.0 < rms < wanted else waveform


def speech_mask(audio: Audio) -> Mask:
    """Speech by sample of the audio's own rate, shape (T,)."""
    windows = speech_windows(raise_to_level(_at_vad_rate(audio)))
    samples = audio.waveform.size
    if windows.size == 0:
        return np.zeros(samples, dtype=bool)
    # the first sample of each window, and the end of the last: ceil(480 k rate / 16000)
    edges = -(np.arange(windows.size + 1) * -WINDOW_SAMPLES * audio.sample_rate_hz // VAD_RATE_HZ)
    mask = np.repeat(windows, np.diff(edges))[:samples]
    return np.pad(mask, (0, samples - mask.size))


def speech_seconds(audio: Audio) -> float:
    """Seconds of speech, short pauses inside it included."""
    windows = speech_windows(raise_to_level(_at_vad_rate(audio)))
    return float(windows.sum()) * WINDOW_SAMPLES / VAD_RATE_HZ


def voiced_only(audio: Audio) -> Audio:
    """The speech alone, pauses cut out; possibly of no samples."""
    return Audio(audio.waveform[speech_mask(audio)], audio.sample_rate_hz)


def without_digital_silence(audio: Audio) -> Audio:
    """Stretches in which no sample differs from the one before, cut to STILL_SECONDS.

    Recorders that wait and editors that pad write them. Nothing is heard there, and filters whose output
    dies away in them calculate with ever smaller numbers, which some processors do a hundred times slower.
    """
    longest = round(STILL_SECONDS * audio.sample_rate_hz)
    waveform = audio.waveform
    still = np.zeros(waveform.size + 2, dtype=bool)  # of each sample, and on both sides of all
    np.equal(waveform[1:], waveform[:-1], out=still[2:-1])
    edges = np.flatnonzero(still[1:] != still[:-1])
    kept = np.ones(waveform.size, dtype=bool)
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        kept[first + longest : last] = False
    return Audio(waveform[kept], audio.sample_rate_hz)


def _at_vad_rate(audio: Audio) -> Waveform:
    return resample(audio.waveform, audio.sample_rate_hz, VAD_RATE_HZ)


def _moving_average(values: Mask, width: int) -> NDArray[np.float64]:
    padded = np.concatenate([np.zeros((width - 1) // 2), values, np.zeros(width // 2)])
    return np.convolve(padded, np.ones(width), mode="valid") / width
