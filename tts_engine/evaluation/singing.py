"""A part of `evaluate --conversion`: does the tune hold when singing is put in other voices.

Who sings are bank voices, the shipped folk songs (`sing`), and the recordings of `--singing DIR`, of somebody who sings
alone. Each is moved by octaves to each target, and once more so that its highest note is 900 Hz. The columns

    VOICED  seconds that are to be voiced
    NEAR    percent within 50 cents of the wanted F0, of the frames voiced in both; UNHEARD percent of the frames to be
            voiced and not heard so; by SwiftF0, and …P by Praat
    OCTAVE  percent of the frames voiced in both that SwiftF0 hears an octave off, within a whole tone, for over 0.25 s:
            shorter leaps are mended wherever F0 is measured
    SILENT  percent of the frames to be voiced in which the result is silent, 50 dB below its loud half
    TOP     highest F0 that was wanted, and TOPH heard, Hz: the 99th percentile
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.io import decode_audio
from tts_engine.conversion.converting import ConversionSettings, Converted, Target
from tts_engine.covers.models import CoverModels
from tts_engine.covers.settings import CoverVoice
from tts_engine.evaluation.columns import column, header, line, mean_of, say
from tts_engine.f0 import HOP_SAMPLES, PRAAT, SINGING, SWIFT, at_frames, f0_curve
from tts_engine.singing import songs
from tts_engine.singing.score import read_score
from tts_engine.singing.singing import sing
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import Audio

SCORES = sorted(Path(songs.__file__).parent.glob("*.musicxml"))
SINGERS, TARGETS = ("irina", "aleksandr"), ("anna", "dmitry")
SECONDS = 20.0
HIGH_HZ = 900.0
NEAR_CENTS, TONE_CENTS, SILENT_DB, HIGHEST_PART = 50.0, 200.0, -50.0, 99.0

Array = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Sung:
    """One conversion, or the mean of several."""

    voiced: float = column("VOICED", 1)
    near: float = column("NEAR", 1, scale=100)
    near_praat: float = column("NEARP", 1, scale=100)
    unheard: float = column("UNHEARD", 1, scale=100)
    unheard_praat: float = column("UNHRDP", 1, scale=100)
    octave_off: float = column("OCTAVE", 1, scale=100)
    silent: float = column("SILENT", 1, scale=100)
    top_hz: float = column("TOP", 0)
    top_heard_hz: float = column("TOPH", 0)


def print_singing(cloner: VoiceCloner, folder: Path | None, quick: bool) -> None:
    """Print the table; quick: one singer, one target."""
    models = CoverModels.beside(cloner)
    say(header(Sung, "singing"))
    few = 1 if quick else None
    groups = {
        "sung here": list(sung_here(cloner, SINGERS[:few]))[:few],
        "recordings": recordings(folder)[:few],
    }
    voices = {name: get_voice(name).profile for name in TARGETS[:few]}
    targets = {
        name: models.target(CoverVoice(name=name, profile=profile))
        for name, profile in voices.items()
    }
    for group, sources in groups.items():
        found: dict[str, list[Sung]] = {"octaves": [], f"{HIGH_HZ:.0f} Hz": []}
        for name, source in sources:
            for voice, target in targets.items():
                both = by_octaves_and_high(models, target, source)
                for (way, rows), made in zip(found.items(), both, strict=True):
                    rows.append(measured(made))
                    say(line(f"{name} in {voice}, {way}", 1, rows[-1]))
        for way, rows in found.items():
            if rows:
                say(line(f"{group}, {way}", len(rows), mean_of(rows)))


def sung_here(cloner: VoiceCloner, singers: Sequence[str]) -> Iterator[tuple[str, Audio]]:
    """The shipped songs, their beginning, by each singer."""
    for singer in singers:
        profile = get_voice(singer).profile
        for path in SCORES:
            song = sing(cloner, read_score(path).sung(), profile)
            yield f"{path.stem} by {singer}", beginning(song.audio)


def recordings(folder: Path | None) -> list[tuple[str, Audio]]:
    """The sounds of a folder, their beginning; none without a folder."""
    if folder is None:
        return []
    return [(path.stem, beginning(decode_audio(path))) for path in sorted(folder.iterdir())]


def beginning(audio: Audio) -> Audio:
    """At most 20 s."""
    rate_hz = audio.sample_rate_hz
    return Audio(audio.waveform[: round(SECONDS * rate_hz)], rate_hz)


def by_octaves_and_high(
    models: CoverModels, target: Target, source: Audio
) -> tuple[Converted, Converted]:
    """As it is usual, and so that the highest note is HIGH_HZ, as far as 24 semitones reach."""
    usual = models.converter.convert(source, target, ConversionSettings(song=True))
    top = np.percentile(usual.source_hz[usual.source_hz > 0], HIGHEST_PART)
    up = float(np.clip(12 * np.log2(HIGH_HZ / top), -24, 24))
    settings = ConversionSettings(song=True, transpose=up)
    return usual, models.converter.convert(source, target, settings, usual.source_hz)


def measured(made: Converted) -> Sung:
    """The figures of one."""
    wanted, step = made.f0_hz, HOP_SAMPLES / made.audio.sample_rate_hz
    swift, praat = (
        at_frames(f0_curve(made.audio, method, SINGING), wanted.size, step)
        for method in (SWIFT, PRAAT)
    )
    due = wanted > 0
    return Sung(
        voiced=float(due.sum()) * step,
        near=share_near(swift, wanted, NEAR_CENTS),
        near_praat=share_near(praat, wanted, NEAR_CENTS),
        unheard=float((swift[due] == 0).mean()),
        unheard_praat=float((praat[due] == 0).mean()),
        octave_off=share_near(swift, wanted, TONE_CENTS, octaves=1.0),
        silent=silent_share(made.audio, wanted),
        top_hz=highest_hz(wanted[due]),
        top_heard_hz=highest_hz(swift[due & (swift > 0)]),
    )


def share_near(heard_hz: Array, wanted_hz: Array, cents: float, octaves: float = 0.0) -> float:
    """Of the frames voiced in both, those so near to the wanted F0, or to it so many octaves up or down."""
    both = (wanted_hz > 0) & (heard_hz > 0)
    if not both.any():
        return float("nan")
    apart = np.abs(np.log2(heard_hz[both] / wanted_hz[both]))
    return float((1200 * np.abs(apart - octaves) <= cents).mean())


def silent_share(made: Audio, wanted_hz: Array) -> float:
    """Of the frames that are to be voiced."""
    size = wanted_hz.size * HOP_SAMPLES
    padded = np.pad(made.waveform[:size], (0, max(0, size - made.waveform.size)))
    powers = np.square(padded, dtype=np.float64).reshape(wanted_hz.size, HOP_SAMPLES).mean(axis=1)
    loud = np.sort(powers)[powers.size // 2 :].mean()
    return float((powers[wanted_hz > 0] < loud * 10 ** (SILENT_DB / 10)).mean())


def highest_hz(f0_hz: Array) -> float:
    """The 99th percentile; NaN without any."""
    return float(np.percentile(f0_hz, HIGHEST_PART)) if f0_hz.size else float("nan")
