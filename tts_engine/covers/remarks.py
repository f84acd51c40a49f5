"""What is wrong with a song, or should be known of it, each by a name and in two languages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_engine.covers.settings import CoverNote, CoverSettings
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError
from tts_engine.f0 import HOP_SAMPLES
from tts_engine.recording.speakers import find_speakers
from tts_engine.types import Audio

FULL_SCALE, CLIPPED_SHARE = 0.999, 1e-3
NO_MUSIC_DB = -35.0  # of what is no voice, below the voice
WIDE_DB = -6.0  # of what differs between the sides, below what they share
# cosine of two kinds of singing, and the share of the one: registers of one singer and rests of instruments differ too
OTHER_PERSON, MOST_OF_ONE = 0.68, 0.78
# Share of the harmonics' power above the first, in the tenth of the frames that has most of it: 0.035 where somebody
# sings a high "oo", over 0.6 in speech, under 0.01 when whistled
WHISTLED_SHARE = 0.012
WINDOW_SAMPLES, HARMONICS, BESIDE, FAINT_SHARE = 1024, 6, 0.1, 1e-2

Stereo = NDArray[np.float32]

NOTES = {
    "mono": (
        "the recording has one channel: the new voice stands in the middle",
        "в записи один канал: новый голос стоит посередине",
    ),
    "narrow_band": (
        "the recording has nothing above 4 kHz, as telephones do: words get lost, the result is dull",
        "в записи нет ничего выше 4 кГц, как в телефоне: слова теряются, результат глухой",
    ),
    "clipped": (
        "the recording is overdriven, which is heard in the new voice as roughness",
        "запись перегружена, в новом голосе это слышно как хрипы",
    ),
    "no_music": (
        "hardly any music is heard: for a voice alone the preset speech is quicker and takes all of it",
        "музыки почти не слышно: для голоса без музыки быстрее и полнее режим speech",
    ),
    "whistled": (
        (
            "it sounds like a whistle or a flute: the tune has hardly an overtone, so that there are no words in it, "
            "and the new voice hums"
        ),
        (
            "похоже на свист или флейту: у мелодии почти нет обертонов, слов для нового голоса в ней нет, "
            "и он будет гудеть"
        ),
    ),
    "several_voices": (
        (
            "several voices seem to sing at once, a choir or doubled voices; they become one voice, and its pitch may "
            "jump between them: give the lead voice alone as own vocals"
        ),
        (
            "похоже, поют сразу несколько голосов: хор или дубли; они станут одним голосом, и высота может прыгать "
            "между ними: дайте ведущий голос отдельно"
        ),
    ),
    "second_voice": (
        (
            "a second singer seems to take turns with the first; both get the new voice: give the lead voice alone "
            "as own vocals to keep the other"
        ),
        (
            "похоже, поёт и второй человек по очереди с первым; новый голос получат оба: чтобы сохранить второго, "
            "дайте ведущий голос отдельно"
        ),
    ),
}


def note(code: str) -> CoverNote:
    """One of NOTES."""
    en, ru = NOTES[code]
    return CoverNote(code=code, en=en, ru=ru)


def no_voice_in_song(seconds: float) -> AudioError:
    return AudioError(
        "no_voice_in_song",
        "nobody sings or speaks in the recording, there is only music or noise",
        "в записи никто не поёт и не говорит: слышны только музыка или шум",
        voice_seconds=round(seconds, 2),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Excerpt:
    """The part of a source with the most voice.

    Attributes:
        song: all that sounds, (T, 2) at 44.1 kHz.
        voice: the voice taken out of it, (T, 2).
        mono: the same as the models hear it, 22 050 Hz.
        f0_hz: its F0 by frame of 256 samples, (F,).
    """

    song: Stereo
    voice: Stereo
    mono: Audio
    f0_hz: NDArray[np.float32]


def notes_of_excerpt(
    excerpt: Excerpt, encoder: SpeakerEncoder, settings: CoverSettings
) -> tuple[CoverNote, ...]:
    """What is to be known of the part with the most voice.

    Args:
        excerpt: that part.
        encoder: tells people apart.
        settings: of the cover.
    """
    song, voice = excerpt.song, excerpt.voice
    found = []
    if (np.abs(song) >= FULL_SCALE).mean() > CLIPPED_SHARE:
        found.append("clipped")
    if overtones(excerpt.mono, excerpt.f0_hz) < WHISTLED_SHARE:
        found.append("whistled")
    if settings.kind.mixed:
        rest = song - voice
        if not rest.any() or _decibels(rest, voice) < NO_MUSIC_DB:
            found.append("no_music")
        if np.array_equal(song[:, 0], song[:, 1]):
            found.append("mono")
        sides = voice[:, 0] - voice[:, 1]
        if sides.any() and _decibels(sides, voice.sum(axis=1)) > WIDE_DB:
            found.append("several_voices")
        people = find_speakers(excerpt.mono, encoder)
        apart = people.likeness < OTHER_PERSON and people.main_share < MOST_OF_ONE
        if people.several and apart:
            found.append("second_voice")
    return tuple(note(code) for code in found)


def overtones(audio: Audio, f0_hz: NDArray[np.float32]) -> float:
    """How far the first six harmonics are more than the first: the ninth decile, 0 to 1, over the voiced frames."""
    voiced = np.flatnonzero(f0_hz > 0)
    padded = np.pad(audio.waveform, (WINDOW_SAMPLES // 2, WINDOW_SAMPLES))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SAMPLES)
    # the window of a frame lies around its middle
    chosen = windows[np.minimum(voiced * HOP_SAMPLES + HOP_SAMPLES // 2, len(windows) - 1)]
    powers = np.abs(np.fft.rfft(chosen * np.hanning(WINDOW_SAMPLES))) ** 2
    hertz = np.fft.rfftfreq(WINDOW_SAMPLES, 1 / audio.sample_rate_hz)
    near = np.maximum(BESIDE * f0_hz[voiced], 1.5 * hertz[1])[:, None]
    found = np.stack(
        [
            (powers * (np.abs(hertz - k * f0_hz[voiced, None]) < near)).sum(axis=1)
            for k in range(1, HARMONICS + 1)
        ]
    )
    whole = found.sum(axis=0)
    loud = whole > np.median(whole, keepdims=True) * FAINT_SHARE if whole.size else whole > 0
    if not loud.any():
        return 1.0
    return float(np.percentile(found[1:, loud].sum(axis=0) / whole[loud], 90))


def _decibels(one: Stereo, other: Stereo) -> float:
    """Power of one over another's."""
    powers = [float(np.mean(np.square(sound, dtype=np.float64))) for sound in (one, other)]
    return float(10 * np.log10((powers[0] + 1e-15) / (powers[1] + 1e-15)))
