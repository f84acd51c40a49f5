"""Held-out utterances spoken again by the voice of the same person, against the natural recording.

Columns of the table:

    MCD      mel-cepstral distortion after time warping, decibels
    F0 CORR  correlation of log F0 after warping; F0 RMSE in Hz; VOICING: frames voiced in one only, %
    PHONE    mean absolute error of phoneme durations, milliseconds, against the forced alignment
    LENGTH   total length of the phonemes, percent longer (+) or shorter (-)

A second row per voice is copy synthesis, the vocoder on the natural mel: what the vocoder alone costs.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_engine.evaluation.distortion import (
    Path,
    duration_errors,
    mel_cepstral_distortion,
    pitch_errors,
    warping_path,
)
from tts_engine.evaluation.subjects import bank_speakers, clip_audio
from tts_engine.f0 import track_f0
from tts_engine.recognizer.align import Alignment, align
from tts_engine.recognizer.inference import Recognizer
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import BankVoice
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.symbols import is_phoneme
from tts_engine.training.corpus import HELD_OUT, Clip, Corpus
from tts_engine.types import Audio

Array = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class NaturalRow:
    """Distances of one voice's utterances, or their means, to natural recordings."""

    voice: str
    clips: int
    mcd_db: float
    f0_correlation: float
    f0_rmse_hz: float
    voicing_error_percent: float
    phoneme_ms: float
    length_percent: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """Sound with its log-mel (80, T) and F0 per frame (T,), and how long each token is held."""

    audio: Audio
    mel: Array
    f0_hz: Array
    tokens: Sequence[str]
    durations: Sequence[int]


@dataclass(frozen=True, kw_only=True, eq=False)
class NaturalPair:
    """One text recorded and spoken, with the frames that belong together."""

    voice: str
    clip: Clip
    natural: Track
    spoken: Track
    path: Path
    row: NaturalRow


def natural_rows(
    cloner: VoiceCloner, corpus: Corpus, voices: Sequence[BankVoice], count: int
) -> tuple[list[NaturalRow], list[NaturalPair]]:
    """Rows of every voice with held-out transcribed clips, `count` clips each, and the first pairs."""
    rows: list[NaturalRow] = []
    shown: list[NaturalPair] = []
    speakers = bank_speakers()
    for voice in voices:
        held_out = [
            clip
            for clip in corpus.select(split=HELD_OUT)
            if clip.tokens and clip.speaker == speakers.get(voice.slug)
        ]
        clips = held_out[:: max(1, len(held_out) // count)][:count]
        if not clips:
            continue
        pairs = [compare(cloner, corpus, clip, voice) for clip in clips]
        copies = [copy_row(cloner, pair) for pair in pairs]
        rows.append(_mean_row(voice.slug, [pair.row for pair in pairs]))
        rows.append(_mean_row(f"{voice.slug}, copy synthesis", copies))
        shown.append(pairs[0])
    return rows, shown


def compare(cloner: VoiceCloner, corpus: Corpus, clip: Clip, voice: BankVoice) -> NaturalPair:
    """Speak a clip's phonemes in the voice and measure the distance to the clip."""
    natural = track_of(cloner.recognizer, clip_audio(corpus, clip), clip.tokens)
    result = cloner.synthesizer.synthesize(
        [SynthesisRequest(tokens=clip.tokens, voice=voice.profile)]
    )[0]
    waveform = cloner.vocoder.vocode([result.mel])[0]
    spoken = measured_track(
        cloner.recognizer,
        Audio(waveform, cloner.sample_rate_hz),
        clip.tokens,
        result.durations_frames.tolist(),
    )
    path = warping_path(natural.mel, spoken.mel)
    durations = duration_errors(
        phoneme_durations(natural), phoneme_durations(spoken), _frame_seconds(cloner.recognizer)
    )
    row = dataclasses.replace(
        _spectrum_and_pitch(voice.slug, natural, spoken, path),
        phoneme_ms=durations.phoneme_ms,
        length_percent=durations.total_percent,
    )
    return NaturalPair(
        voice=voice.slug, clip=clip, natural=natural, spoken=spoken, path=path, row=row
    )


def copy_row(cloner: VoiceCloner, pair: NaturalPair) -> NaturalRow:
    """The same measures for the vocoder's copy of the natural mel; it keeps all durations."""
    waveform = cloner.vocoder.vocode([pair.natural.mel])[0]
    copy = measured_track(cloner.recognizer, Audio(waveform, cloner.sample_rate_hz), (), ())
    frames = np.arange(min(copy.mel.shape[1], pair.natural.mel.shape[1]))
    return _spectrum_and_pitch(pair.voice, pair.natural, copy, np.stack([frames, frames], axis=1))


def track_of(recognizer: Recognizer, audio: Audio, tokens: Sequence[str]) -> Track:
    """A recording with its forced alignment."""
    mel = recognizer.mel(audio)
    alignment: Alignment = align(mel, recognizer.log_posteriors(mel), tokens)
    return measured_track(recognizer, audio, alignment.tokens, alignment.durations)


def measured_track(
    recognizer: Recognizer, audio: Audio, tokens: Sequence[str], durations: Sequence[int]
) -> Track:
    """A sound whose durations are known."""
    mel = recognizer.mel(audio)
    f0_hz = track_f0(audio, mel.shape[1])
    return Track(audio=audio, mel=mel, f0_hz=f0_hz, tokens=tokens, durations=durations)


def phoneme_durations(track: Track) -> list[int]:
    """Frames of the phonemes, without pauses."""
    pairs = zip(track.tokens, track.durations, strict=True)
    return [frames for token, frames in pairs if is_phoneme(token)]


def _spectrum_and_pitch(voice: str, natural: Track, other: Track, path: Path) -> NaturalRow:
    pitch = pitch_errors(natural.f0_hz, other.f0_hz, path)
    return NaturalRow(
        voice=voice,
        clips=1,
        mcd_db=mel_cepstral_distortion(natural.mel, other.mel, path),
        f0_correlation=pitch.correlation,
        f0_rmse_hz=pitch.rmse_hz,
        voicing_error_percent=pitch.voicing_percent,
        phoneme_ms=np.nan,
        length_percent=np.nan,
    )


def _mean_row(voice: str, rows: Sequence[NaturalRow]) -> NaturalRow:
    names = [column.name for column in dataclasses.fields(NaturalRow)][2:]
    means = {}
    for name in names:
        known = [getattr(row, name) for row in rows if not np.isnan(getattr(row, name))]
        means[name] = float(np.mean(known)) if known else float("nan")
    return NaturalRow(voice=voice, clips=len(rows), **means)


def _frame_seconds(recognizer: Recognizer) -> float:
    return 1 / recognizer.config.mel.frames_per_second
