"""What is broken in the samples themselves: overdriven stretches, clicks, mains hum; and how two of them are mended."""

import librosa
import numpy as np
from scipy.ndimage import binary_closing, maximum_filter1d, median_filter
from scipy.signal import butter, filtfilt, iirnotch, sosfiltfilt, spectrogram

from tts_engine.dataset.slicing import runs
from tts_engine.types import Audio, Waveform

Span = tuple[int, int]

FLAT_SECONDS = 1e-4  # samples of one level at a peak: an overdriven one
FLAT_STEP = 1.5 / 32768
STEEP_STEP = 10 * FLAT_STEP
LOUD = 0.1  # flat tops of quieter sound are its resolution, not its limit
FULL = 0.999
CLIPPED_WINDOW_SECONDS = 0.25
CLIPPED_PEAKS = 3  # in a window
TOP_SHARE, MIDDLE_SHARE = 0.8, 0.4  # of the highest sample
CROWDED_SHARE = 0.06
STEEP = (
    0.32  # of the samples above the middle, those near the top: the walls of a cut peak are steep
)
CLIPPED_GAP_SECONDS = 0.6  # between such windows what lies between is overdriven too

CLICK_FRAME_SECONDS = 0.001
CLICK_BAND_HZ = 5000.0
CLICK_AROUND_FRAMES = 41
CLICK_DB = 24.0  # over the surroundings
CLICK_LEAST = 0.004  # amplitude: fainter ones are not heard
CLICK_FRAMES = 4
LONE_DB = 12.0  # so far all else around lies below it: pulses of a creaky voice do not stand alone
MEND_ORDER = 32
MEND_AROUND_SECONDS = 0.02

MAINS_HZ = (50.0, 60.0)
HARMONICS = 8
HUM_WINDOW_SECONDS = 0.4
HUM_QUANTILE = 0.2
INAUDIBLE = 1e-10  # power per Hz
RIPPLE_DB, MOST_DB = (
    3.0,
    20.0,
)  # by which harmonics stand out from what lies beside them: no less, no more counts
HUM_DB = 25.0  # of all harmonics together
NOTCH_HZ = 2.0


def clipped_spans(waveform: Waveform, rate_hz: int) -> list[Span]:
    """Overdriven stretches [first, stop): peaks with flat tops, or with steep walls and more samples near the top than
    speech has.

    The first are what a converter leaves, and a rounding of them shows neither after resampling nor in mp3; then
    the second do. Of speech 1 % of the samples stand above 0.8 of the highest in half a second, of one window in
    a thousand 7 %, at most 0.31 of those above 0.4; driven three times too high a tenth do, 0.38 of those, twelve times
    0.7. A pure tone has 0.55: a whistle is not told from an overdriven one. Of what was cut and resampled since, 98 %
    is found when it was driven five times too high, 96 % at three times, 74 % at twice.

    Args:
        waveform: (T,) at the rate of the file.
        rate_hz: that rate.
    """
    size = round(CLIPPED_WINDOW_SECONDS * rate_hz)
    count = waveform.size // size
    if not count:
        return []
    magnitude = np.abs(waveform)
    flat = max(3, round(FLAT_SECONDS * rate_hz))
    still = np.abs(np.diff(waveform, append=0)) < FLAT_STEP
    top = magnitude >= maximum_filter1d(magnitude, 16 * flat + 1) - FLAT_STEP
    tops = runs((still & top & (magnitude > LOUD)) | (magnitude >= FULL))
    peaks = [
        a // size
        for a, b in tops
        if magnitude[a] >= FULL or (b - a >= flat - 1 and _jump(waveform, a, b) > STEEP_STEP)
    ]
    bad = np.bincount(np.array(peaks, dtype=int), minlength=count)[:count] >= CLIPPED_PEAKS
    windows = magnitude[: count * size].reshape(count, size)
    pairs = np.concatenate([windows, np.roll(windows, -1, axis=0)], axis=1)  # (windows, 2 * size)
    highest = pairs.max(axis=1)
    near_top = (pairs > TOP_SHARE * highest[:, None]).sum(axis=1)
    above_middle = (pairs > MIDDLE_SHARE * highest[:, None]).sum(axis=1)
    crowded = near_top > CROWDED_SHARE * pairs.shape[1]
    crowded &= (near_top > STEEP * above_middle) & (highest > LOUD / 2)
    crowded[-1] = False  # the last has no neighbour
    bad |= crowded | np.r_[False, crowded[:-1]]
    gap = max(1, round(CLIPPED_GAP_SECONDS / CLIPPED_WINDOW_SECONDS))
    bad = binary_closing(np.pad(bad, gap), np.ones(gap + 1))[gap:-gap]
    return [(a * size, b * size) for a, b in runs(bad)]


def _jump(waveform: Waveform, first: int, stop: int) -> float:
    """How steeply a flat top begins or ends: those of slow rumble are rounded."""
    before = abs(waveform[first] - waveform[max(0, first - 1)])
    after = abs(waveform[min(stop, waveform.size - 1)] - waveform[min(stop + 1, waveform.size - 1)])
    return float(max(before, after))


def click_spans(waveform: Waveform, rate_hz: int) -> list[Span]:
    """Clicks [first, stop) in samples: high sound of some milliseconds that stands alone."""
    size = round(CLICK_FRAME_SECONDS * rate_hz)
    count = waveform.size // size
    if count < CLICK_AROUND_FRAMES:
        return []
    cutoff = min(CLICK_BAND_HZ, 0.3 * rate_hz)
    high = sosfiltfilt(butter(4, cutoff, "highpass", fs=rate_hz, output="sos"), waveform)
    frames = high[: count * size].reshape(count, size)
    level = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-12)
    around = median_filter(level, CLICK_AROUND_FRAMES)
    flags = level > np.maximum(around, -90) + CLICK_DB
    spans = []
    for first, stop in runs(flags):
        if (
            stop - first > CLICK_FRAMES
            or np.abs(high[first * size : stop * size]).max() < CLICK_LEAST
        ):
            continue
        beside = np.r_[max(0, first - 20) : max(0, first - 2), stop + 2 : min(count, stop + 20)]
        if beside.size and level[beside].max() < level[first:stop].max() - LONE_DB:
            spans.append((max(0, (first - 1) * size), min(waveform.size, (stop + 1) * size)))
    return spans


def without_clicks(waveform: Waveform, spans: list[Span], rate_hz: int) -> Waveform:
    """The same with what an autoregressive model of its surroundings expects in the spans.

    Source: Janssen, Veldhuis, Vries, "Adaptive interpolation of discrete-time signals", 1986.
    """
    mended = waveform.astype(np.float64)
    around = round(MEND_AROUND_SECONDS * rate_hz)
    for first, stop in spans:
        low, high = max(0, first - around), min(mended.size, stop + around)
        part = mended[low:high]
        known = np.r_[part[: first - low], part[stop - low :]]
        if known.size < 4 * MEND_ORDER or not np.any(known):
            mended[first:stop] = 0.0
            continue
        model = librosa.lpc(
            known + 1e-9 * np.random.default_rng(0).normal(size=known.size), order=MEND_ORDER
        )
        rows = part.size - MEND_ORDER
        errors = np.zeros((rows, part.size))  # prediction error = errors @ part
        for lag, weight in enumerate(model):
            errors[np.arange(rows), np.arange(rows) + MEND_ORDER - lag] = weight
        hole = np.zeros(part.size, dtype=bool)
        hole[first - low : stop - low] = True
        wanted = -errors[:, ~hole] @ part[~hole]
        mended[first:stop] = np.linalg.lstsq(errors[:, hole], wanted, rcond=None)[0]
    return mended.astype(np.float32)


def hum_hz(audio: Audio) -> float:
    """Frequency of mains hum, 50 or 60; 0 when there is none or the clip is shorter than a second.

    Hum stays while speech comes and goes: it is looked for in what each frequency has at its quietest.
    """
    if audio.waveform.size < max(2 * _window(audio), audio.sample_rate_hz):
        return 0.0
    found = {mains: sum(_harmonics(audio, mains)) for mains in MAINS_HZ}
    best = max(found, key=found.__getitem__)
    return best if found[best] >= HUM_DB else 0.0


def _window(audio: Audio) -> int:
    return round(HUM_WINDOW_SECONDS * audio.sample_rate_hz)


def _harmonics(audio: Audio, mains_hz: float) -> list[float]:
    """Decibels by which each harmonic stands out from what lies beside it, ripple left out, at its quietest."""
    size, heights = _window(audio), list[float]()
    hz, _, power = spectrogram(audio.waveform, audio.sample_rate_hz, "hann", size, size // 2)
    level = np.quantile(10 * np.log10(power + INAUDIBLE), HUM_QUANTILE, axis=1)  # (bins,)
    spacing = mains_hz / hz[1]
    for harmonic in range(1, HARMONICS + 1):
        middle, away = round(harmonic * spacing), round(0.2 * spacing)
        beside = np.r_[level[middle - 2 * away : middle - away], level[middle + away + 1 :][:away]]
        above = float(level[middle - 1 : middle + 2].max() - beside.max())
        heights.append(min(max(above - RIPPLE_DB, 0.0), MOST_DB))
    return heights


def without_hum(audio: Audio, mains_hz: float) -> Audio:
    """The same with narrow notches at those harmonics of the mains that stand out: (T,) of a second and more.

    A notch rings where speech had sound at its frequency, so that one where nothing hums would bring hum in.
    """
    waveform = audio.waveform.astype(np.float64)
    for harmonic, height in enumerate(_harmonics(audio, mains_hz), 1):
        if height > 0:
            centre = harmonic * mains_hz
            notch = iirnotch(centre, centre / NOTCH_HZ, audio.sample_rate_hz)
            waveform = filtfilt(*notch, waveform)
    return Audio(waveform.astype(np.float32), audio.sample_rate_hz)
