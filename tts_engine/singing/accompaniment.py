"""What sounds beside the voice: the other parts of the score by a soundfont, or a track of one's own; both together.

    score without the sung part ─ MIDI ─ soundfont ─┐
    track ─ confined decoder ─ key ─────────────────┴─ level under the voice ─ mix, 44.1 kHz, stereo

The accompaniment goes along when the voice is transposed, but never further than half an octave: an octave between
them is none.
"""

import io
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tts_engine.audio.loudness import TARGET_LUFS, loudness_lufs
from tts_engine.audio.resample import resample
from tts_engine.audio.tags import AudioTags
from tts_engine.audio.untrusted import SONG_RATE_HZ, song_opened
from tts_engine.covers.key_shift import shift_key
from tts_engine.covers.mixing import Exit, ExitWriter, limited, samples_24bit
from tts_engine.errors import RequestError, ResourceError
from tts_engine.singing.midi_writing import played_midi
from tts_engine.singing.score import Score
from tts_engine.types import Audio

Stereo = NDArray[np.float32]

LONGEST_SECONDS = 1200.0  # of a mix, which is made in memory
BELOW_VOICE_LU = 5.0  # loudness of the accompaniment under the voice, as in mixes of songs
HALF_OCTAVE = 6
BLOCK_SAMPLES = 1 << 20
PACKAGED_FONT = ("pretty_midi", "TimGM6mb.sf2")
SYSTEM_FONTS = (
    Path("/usr/share/sounds/sf2/default-GM.sf2"),
    Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"),
    Path("/usr/share/sounds/sf2/TimGM6mb.sf2"),
)


def rendered(
    score: Score, sung: int, *, semitones: int = 0, soundfont: Path | None = None
) -> Stereo:
    """The parts of a score beside the sung one, played by a soundfont, (T, 2) at 44.1 kHz from its beginning on.

    Args:
        score: at its tempo, see `at_tempo`.
        sung: number of the part that is not played, from 1 on.
        semitones: by which the voice is moved; octaves are left out.
        soundfont: .sf2; None: the one of an installed package or of the system.

    Raises:
        RequestError: `nothing_to_play`, `accompaniment_too_long`, `soundfont_unreadable`.
        ResourceError: `soundfont_missing`, `renderer_missing`.
    """
    check_seconds(score.seconds)
    others = score.beside(sung)
    font = (soundfont or installed_soundfont()).read_bytes()
    render = renderer()
    try:
        wave = render(font, played_midi(others, key_of(semitones), score.seconds))
    except (ValueError, RuntimeError, OSError) as error:
        raise RequestError(
            "soundfont_unreadable",
            f"the soundfont cannot be played: {error}",
            f"этим банком звуков не сыграть: {error}",
        ) from error
    samples, rate_hz = soundfile.read(io.BytesIO(wave), dtype="float32", always_2d=True)
    return np.asarray(soxr.resample(samples, rate_hz, SONG_RATE_HZ), dtype=np.float32)


def opened_track(path: Path, *, semitones: int = 0) -> Stereo:
    """A track of one's own in the key that is sung in, (T, 2) at 44.1 kHz.

    Args:
        path: of any format; it begins where the score does, at the tempo that is sung in.
        semitones: by which the voice is moved; octaves are left out.

    Raises:
        RequestError: `file_missing`.
        AudioError: it is no sound, or too long.
        ResourceError: `ffmpeg_missing`, `key_shift_failed`.
    """
    if not path.is_file():
        raise RequestError("file_missing", f"no file {path}", f"нет файла {path}")
    with song_opened(path, max_seconds=LONGEST_SECONDS) as song:
        (samples,) = song.blocks(0, song.samples, song.samples)
    moved = key_of(semitones)
    if moved == 0:
        return samples
    with TemporaryDirectory() as folder:
        own, shifted = Path(folder) / "own.flac", Path(folder) / "moved.flac"
        soundfile.write(own, samples_24bit(limited(samples)), SONG_RATE_HZ, subtype="PCM_24")
        shift_key(own, shifted, moved)
        return np.asarray(soundfile.read(shifted, dtype="float32")[0], dtype=np.float32)


def mixed(voice: Audio, backing: Stereo, below_lu: float = BELOW_VOICE_LU) -> Stereo:
    """Voice and accompaniment, as loud as all our results, (T, 2) at 44.1 kHz; as long as the longer of them.

    Args:
        voice: the song from the beginning of the score on, marked.
        backing: (T, 2) at 44.1 kHz.
        below_lu: so much quieter than the voice the accompaniment is while somebody sings.

    Raises:
        RequestError: `accompaniment_too_long`, `accompaniment_silent`.
    """
    mono = resample(voice.waveform, voice.sample_rate_hz, SONG_RATE_HZ)
    size = max(mono.size, len(backing))
    check_seconds(size / SONG_RATE_HZ)
    own = loudness_lufs(Audio(mono, SONG_RATE_HZ))
    level = loudness_lufs(Audio(backing[: mono.size].mean(axis=1), SONG_RATE_HZ))
    if not np.isfinite(level):
        raise RequestError(
            "accompaniment_silent",
            "the accompaniment is silent while the voice sings",
            "сопровождение молчит, пока звучит голос",
        )
    mix = np.zeros((size, 2), np.float32)
    mix[: len(backing)] = backing * np.float32(10 ** ((own - below_lu - level) / 20))
    mix[: mono.size] += mono[:, None]
    whole = loudness_lufs(Audio(mix.mean(axis=1), SONG_RATE_HZ))
    mix *= np.float32(10 ** ((TARGET_LUFS - whole) / 20))
    return limited(mix)


def save_mix(path: Path, mix: Stereo, tags: AudioTags, audio_format: str) -> None:
    """Write a mix, (T, 2) at 44.1 kHz, whole or not at all; RequestError `output_not_writable`."""
    partial = path.with_name(path.name + ".partial")
    try:
        with ExitWriter(
            Exit(path=partial, audio_format=audio_format, tags=tags), 2, SONG_RATE_HZ
        ) as file:
            for first in range(0, len(mix), BLOCK_SAMPLES):
                block = mix[first : first + BLOCK_SAMPLES]
                file.write(block, last=first + BLOCK_SAMPLES >= len(mix))
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise RequestError(
            "output_not_writable",
            f"{path} cannot be written: {error.strerror}",
            f"не удаётся записать {path}: {error.strerror}",
        ) from error


def key_of(semitones: int) -> int:
    """A transposition without its octaves, -6 to 5."""
    return (semitones + HALF_OCTAVE) % 12 - HALF_OCTAVE


def check_seconds(seconds: float) -> None:
    """Raises RequestError `accompaniment_too_long`."""
    if seconds > LONGEST_SECONDS:
        raise RequestError(
            "accompaniment_too_long",
            f"the song lasts {seconds:.0f} s; with accompaniment at most {LONGEST_SECONDS:.0f} s can be made",
            f"песня длится {seconds:.0f} с; с сопровождением — не больше {LONGEST_SECONDS:.0f} с",
        )


def installed_soundfont() -> Path:
    """Of the package `pretty_midi`, else of the system; ResourceError `soundfont_missing`."""
    package, name = PACKAGED_FONT
    found = find_spec(package)
    packaged = [Path(found.origin).parent / name] if found is not None and found.origin else []
    for path in (*packaged, *SYSTEM_FONTS):
        if path.is_file():
            return path
    raise ResourceError(
        "soundfont_missing",
        "there is no soundfont to play the accompaniment: pip install pretty_midi, or name an .sf2 file",
        "сопровождение нечем сыграть, нет банка звуков: pip install pretty_midi или укажите файл .sf2",
    )


def renderer() -> Callable[[bytes, bytes], bytes]:
    """The function that plays MIDI by a soundfont; ResourceError `renderer_missing`."""
    try:
        from midirenderer import render_wave_from
    except ImportError as error:
        raise ResourceError(
            "renderer_missing",
            "the accompaniment cannot be played: pip install midirenderer, or give a track instead",
            "сопровождение не сыграть: pip install midirenderer или дайте сопровождение записью",
        ) from error
    return cast(Callable[[bytes, bytes], bytes], render_wave_from)
