"""What a cover is like: its half minute with the most voice heard, measured, drawn, and told in a report."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.reading import to_mono
from tts_engine.audio.resample import resample
from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.conversion.converting import moved
from tts_engine.covers.figures import Compared, compared, figures_of, most_voice
from tts_engine.covers.listening import FRAME_SAMPLES, FRAMES_PER_SECOND, stereo_blocks
from tts_engine.covers.mixing import Laid, VoiceTrack, laid_voice, limited, mixed
from tts_engine.covers.models import CoverModels
from tts_engine.covers.pitch import RATE_HZ, section_audio
from tts_engine.covers.remarks import Excerpt, notes_of_excerpt
from tts_engine.covers.report import Sounds, Told, mono_sound, render
from tts_engine.covers.settings import Cover, CoverSettings, CoverVoice
from tts_engine.covers.stems import Stems
from tts_engine.types import Audio
from tts_engine.watermark.key import installation_key

Stereo = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sounding:
    """A cover that can be heard.

    Attributes:
        stems: the source.
        keyed: the same in the key of the cover.
        track, laid: the new voice.
        f0_hz: of the source, (F,).
    """

    stems: Stems
    keyed: Stems
    track: VoiceTrack
    laid: Laid
    f0_hz: NDArray[np.float32]


def described(
    cover: Cover,
    sounding: Sounding,
    title: str,
    voice: CoverVoice,
    settings: CoverSettings,
    models: CoverModels,
) -> tuple[Cover, str]:
    """The cover with its notes and figures, and its report in HTML; "" and no figures where none is wanted."""
    part = most_voice(sounding.laid.gate)
    first, stop = part.start * FRAME_SAMPLES, min(part.stop * FRAME_SAMPLES, sounding.stems.samples)
    old = stereo_blocks(sounding.stems.vocals, first, stop)
    new = laid_voice(sounding.track, sounding.laid, first, stop)
    song = old.copy()
    if sounding.stems.accompaniment is not None:
        song += stereo_blocks(sounding.stems.accompaniment, first, stop)
    source, encoder = section_audio(sounding.stems, part), models.cloner.encoder
    excerpt = Excerpt(song=song, voice=old, mono=source, f0_hz=sounding.f0_hz[part])
    notes = (*cover.notes, *notes_of_excerpt(excerpt, encoder, settings))
    if not settings.report:
        return replace(cover, notes=notes), ""
    heard = _compared(sounding, part, new, cover.semitones)
    figures = figures_of(heard, voice.known, encoder, installation_key())
    told = Told(
        title=title,
        voice=voice.name,
        settings=settings,
        semitones=cover.semitones,
        seconds=cover.seconds,
        sung_seconds=cover.sung_seconds,
        first_second=cover.start_seconds + part.start / FRAMES_PER_SECOND,
        notes=notes,
        figures=figures,
    )
    apart = settings.kind.mixed
    sounds = Sounds(
        reference=mono_sound(models.sample(voice)),
        source=(song, SONG_RATE_HZ),
        result=(limited(mixed(sounding.keyed, sounding.laid, new, first)), SONG_RATE_HZ),
        old_voice=(old, SONG_RATE_HZ) if apart else None,
        new_voice=(new, SONG_RATE_HZ) if apart else None,
    )
    return replace(cover, notes=notes, figures=figures), render(told, sounds, heard)


def _compared(sounding: Sounding, part: slice, new: Stereo, semitones: float) -> Compared:
    source_hz = sounding.f0_hz[part]
    made = resample(np.ascontiguousarray(to_mono(new)), SONG_RATE_HZ, RATE_HZ)
    return compared(
        section_audio(sounding.stems, part),
        Audio(made, RATE_HZ),
        source_hz,
        moved(source_hz, semitones),
    )
