"""The whole chain: somebody's song or speech in another voice, with its music.

    song ─ separated ─┬─ vocals ─ where is a voice? ─ F0 ─ converted ─ worked, marked ─ its place, its room ─┐
                      │             └──────────── what is no voice ────────────────────────────────────────┤
                      └─ accompaniment ────────────────────────────────────────────────────────────────────┴─ mix

An hour takes no more memory than a minute: the vocals are converted section by section, the mix is written block by
block. Nothing is in the folder before all of it is whole.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.formats import format_named
from tts_engine.audio.resample import resample
from tts_engine.audio.tags import AudioTags
from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.conversion.converting import ConversionSettings, Target, VoiceConverter
from tts_engine.covers.effects import high_passed, room, worked
from tts_engine.covers.key_shift import shift_key
from tts_engine.covers.listening import (
    FRAME_SAMPLES,
    FRAMES_PER_SECOND,
    Listened,
    balance,
    everything,
    frame_powers,
    frames_of,
    listen,
    sections,
    voice_gate,
)
from tts_engine.covers.mixing import Exit, Laid, VoiceTrack, write_mix
from tts_engine.covers.models import CoverModels
from tts_engine.covers.pitch import f0_of, section_audio, semitones_of, write_f0
from tts_engine.covers.remarks import no_voice_in_song
from tts_engine.covers.reporting import Sounding, described
from tts_engine.covers.settings import Cover, CoverSettings, CoverSource, CoverVoice
from tts_engine.covers.stems import Stems, sources_opened, take_apart
from tts_engine.f0 import HOP_SAMPLES
from tts_engine.types import Audio
from tts_engine.watermark.key import installation_key
from tts_engine.watermark.marking import Marker

STAGES = (
    "separating",
    "listening",
    "pitch",
    "learning",
    "converting",
    "shifting",
    "mixing",
    "reporting",
)
LEAST_VOICE_SECONDS = 1.0
LEAST_SPEECH_SHARE = 0.1  # of what sounds, where all of it is converted
LEAST_VOICED_FRAMES = 20
MOST_LEVEL_DB = 12.0

Array = NDArray[np.float32]
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Work:
    """What is wanted, and the folder in which it is done."""

    source: CoverSource
    voice: CoverVoice
    settings: CoverSettings
    folder: Path
    models: Callable[[], CoverModels]
    device: str
    told: Told

    @property
    def title(self) -> str:
        """For tags and the report."""
        given = (self.source.song, self.source.vocals)
        return next(path.stem for path in given if path is not None)

    def of(self, stage: str) -> Callable[[int, int], None]:
        """Who is told of a stage."""
        return lambda done, total: self.told(stage, done, total)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Heard:
    """What the conversion goes by: see `listening` and `pitch`."""

    listened: Listened
    gate: NDArray[np.float64]
    found: list[slice]
    f0_hz: Array
    semitones: float


def make_cover(
    source: CoverSource,
    voice: CoverVoice,
    settings: CoverSettings,
    folder: Path,
    *,
    models: Callable[[], CoverModels],
    device: str = "auto",
    told: Told = lambda stage, done, total: None,
) -> Cover:
    """Make a cover of a song, or convert speech.

    Args:
        source: the recording, or its stems.
        voice: the voice to be put on.
        settings: see there.
        folder: for the files; it is made. What has their names is replaced.
        models: gives the models; asked for when all files of the source have been found good.
        device: for the separation, of `device.resolve_device`.
        told: is told the stage of STAGES and how many of how many are done, seconds but for "learning"; what it
            raises ends the work.

    Raises:
        RequestError: as `CoverSettings.check` and `CoverSource.check`; `preview_outside_song`, `pitch_unknown`,
            `f0_file_invalid`, `f0_file_of_another_length`.
        AudioError: as `separate_song`; `no_voice`, `no_voice_in_song`.
        CheckpointError, ResourceError: weights or a device are not there.

    Whatever is raised, no file is left behind, and files of before are as they were.
    """
    settings.check()
    source.check(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".cover-", dir=folder) as inner:
        work = _Work(
            source=source,
            voice=voice,
            settings=settings,
            folder=Path(inner),
            models=models,
            device=device,
            told=told,
        )
        cover = _made(work)
        files = {role: path.replace(folder / path.name) for role, path in cover.files.items()}
    return replace(cover, files=files)


def _made(work: _Work) -> Cover:
    """All files in the folder of the work."""
    settings = work.settings
    with sources_opened(work.source, settings) as opened:
        if work.voice.profile is None:  # who it is to be is known before an hour is separated
            work = replace(work, voice=work.models().measured(work.voice))
        stems = take_apart(opened, settings, work.folder, work.device, work.of("separating"))
    heard = _heard(work, stems)
    models = work.models()
    target = Target(profile=work.voice.known)
    if settings.index_rate:
        target = models.target(work.voice, work.of("learning"))
    track = VoiceTrack(work.folder / "voice.raw", stems.samples)
    try:
        louder = _converted(work, stems, heard, models.converter, target, track)
        sounding = Sounding(
            stems=stems,
            keyed=_in_key(work, stems),
            track=track,
            laid=_laid(settings, heard, louder),
            f0_hz=heard.f0_hz,
        )
        return _written(work, sounding, heard.semitones, models)
    finally:
        track.close()


def _written(work: _Work, sounding: Sounding, semitones: float, models: CoverModels) -> Cover:
    """The files, and what is told of them."""
    settings, stems, laid = work.settings, sounding.stems, sounding.laid
    exits = _exits(work)
    rate_hz = settings.rate_hz or SONG_RATE_HZ
    write_mix(sounding.keyed, sounding.track, laid, exits, rate_hz, work.of("mixing"))
    files = {role: one.path for role, one in exits.items()}
    files["f0"] = work.folder / "f0.csv"
    write_f0(sounding.f0_hz, stems.start_seconds, files["f0"])
    cover = Cover(
        files=files,
        seconds=stems.seconds,
        start_seconds=stems.start_seconds,
        semitones=semitones,
        sung_seconds=float((laid.gate > 0.5).sum()) / FRAMES_PER_SECOND,
        notes=stems.notes,
    )
    work.told("reporting", 0, 1)
    cover, page = described(cover, sounding, work.title, work.voice, settings, models)
    if page:
        files["report"] = work.folder / "report.html"
        files["report"].write_text(page, encoding="utf-8")
    if settings.kind.mixed:
        files |= _named(stems, sounding.keyed, work.folder)
    work.told("reporting", 1, 1)
    return replace(cover, files=files)


def _in_key(work: _Work, stems: Stems) -> Stems:
    """What is mixed, in the key of the cover."""
    semitones, told = work.settings.key_shift, work.of("shifting")
    if not semitones:
        return stems
    keyed = stems
    told(0, 2)
    if stems.accompaniment is not None:
        music = work.folder / "keyed_accompaniment.flac"
        shift_key(stems.accompaniment, music, semitones)
        keyed = replace(keyed, accompaniment=music)
    told(1, 2)
    if stems.refilled:
        vocals = work.folder / "keyed_vocals.flac"
        shift_key(stems.vocals, vocals, semitones)
        keyed = replace(keyed, vocals=vocals)
    told(2, 2)
    return keyed


def _heard(work: _Work, stems: Stems) -> _Heard:
    """Where somebody sings, and at which pitch.

    Raises:
        AudioError: `no_voice_in_song`, `no_voice`.
    """
    settings = work.settings
    listened = listen(stems.vocals, stems.samples, work.of("listening"))
    if settings.kind.mixed:
        if listened.voice_seconds < LEAST_VOICE_SECONDS:
            raise no_voice_in_song(listened.voice_seconds)
        gate = voice_gate(listened)
        found = sections(gate, listened.powers)
    else:
        if listened.voice_seconds < LEAST_SPEECH_SHARE * listened.sounding_seconds:
            raise no_voice_in_song(listened.voice_seconds)
        gate = np.ones(len(listened.powers))
        found = everything(listened.powers)
    frames = frames_of(stems.samples)
    f0_hz = f0_of(stems, found, settings, frames, work.of("pitch"))
    semitones = semitones_of(f0_hz, work.voice.known, settings)
    voiced = [part for part in found if (f0_hz[part] > 0).sum() >= LEAST_VOICED_FRAMES]
    if settings.kind.mixed:  # a section without any pitch stays as it was
        for part in found:
            if part not in voiced:
                gate[part] = 0.0
    return _Heard(listened=listened, gate=gate, found=voiced, f0_hz=f0_hz, semitones=semitones)


def _converted(
    work: _Work,
    stems: Stems,
    heard: _Heard,
    converter: VoiceConverter,
    target: Target,
    track: VoiceTrack,
) -> float:
    """Put the new voice on the track, section by section, marked; how much louder it has to be there."""
    settings, marker = work.settings, Marker(installation_key())
    wanted = ConversionSettings(
        transpose=heard.semitones,
        song=settings.kind.sung,
        index_rate=settings.index_rate,
        protect=settings.protect,
        rms_mix=settings.envelope_mix,
    )
    powers = heard.listened.powers.sum(axis=1)
    level = _level(powers[heard.gate > 0.5])
    before = after = 0.0
    whole = sum(part.stop - part.start for part in heard.found)
    done = 0
    for part in heard.found:
        audio = section_audio(stems, part)
        f0_hz = _fitted(heard.f0_hz[part], -(-audio.waveform.size // HOP_SAMPLES))
        made = converter.convert(audio, target, wanted, f0_hz)
        voice = resample(made.audio.waveform, made.audio.sample_rate_hz, SONG_RATE_HZ)
        voice = worked(voice, level) if settings.kind.worked else high_passed(voice)
        start = part.start * FRAME_SAMPLES
        marked = marker.mark(Audio(voice, SONG_RATE_HZ), start_seconds=start / SONG_RATE_HZ)
        track.place(start, marked.waveform)
        gate = heard.gate[part]
        before += float((powers[part] * gate).sum())
        after += float((frame_powers(marked.waveform, gate.size) * gate).sum())
        done += part.stop - part.start
        work.of("converting")(int(done / FRAMES_PER_SECOND), int(whole / FRAMES_PER_SECOND))
    return float(np.sqrt(before / max(2 * after, 1e-12)))


def _fitted(f0_hz: Array, frames: int) -> Array:
    """As many values as the sound has frames: a sample more or less at its end is one."""
    return np.pad(f0_hz[:frames], (0, max(0, frames - f0_hz.size)))


def _level(powers: NDArray[np.float64]) -> float:
    """RMS of the louder half of what is sung, of one side."""
    if not powers.size:
        return 1.0
    loud = np.sort(powers)[powers.size // 2 :]
    return float(np.sqrt(loud.mean() / 2))


def _laid(settings: CoverSettings, heard: _Heard, level: float) -> Laid:
    """How the new voice is laid, so much louder than it was made."""
    most = 10 ** (MOST_LEVEL_DB / 20)
    kind = settings.kind
    return Laid(
        gate=heard.gate,
        balance=balance(heard.listened.powers) if kind.mixed else np.ones((heard.gate.size, 2)),
        level=float(np.clip(level, 1 / most, most)),
        response=None if kind.room_db is None else room(kind.room_db),
    )


def _exits(work: _Work) -> dict[str, Exit]:
    """The sounds that are written, with their tags."""
    tags = AudioTags(title=work.title, voice=work.voice.name)
    audio_format = work.settings.audio_format
    mix = work.folder / f"mix.{format_named(audio_format).suffix}"
    exits = {"mix": Exit(path=mix, audio_format=audio_format, tags=tags)}
    if work.settings.kind.mixed:
        path = work.folder / "converted.flac"
        exits["converted"] = Exit(path=path, audio_format="flac", tags=tags)
    return exits


def _named(stems: Stems, keyed: Stems, folder: Path) -> dict[str, Path]:
    """The old voice, and the music as it is in the mix, under the names of their roles."""
    files = {"vocals": stems.vocals}
    if keyed.accompaniment is not None:
        files["accompaniment"] = keyed.accompaniment
    return {role: path.replace(folder / f"{role}.flac") for role, path in files.items()}
