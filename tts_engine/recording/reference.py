"""Is a recording good enough to clone a voice from, and which part of it is best?

recording ─ speech found ─ another speaker's stretches cut out ─ best stretch, at most a minute
          ─ noise, reverberation, music measured ─ a denoised copy instead, if it helps
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.speech_detector import speech_mask, without_digital_silence
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError
from tts_engine.recording.denoise import Denoising, denoised_if_better
from tts_engine.recording.music import music_share
from tts_engine.recording.noise import snr_db
from tts_engine.recording.notes import Note, recording_notes
from tts_engine.recording.reverb import decay_seconds
from tts_engine.recording.speakers import find_speakers
from tts_engine.recording.stretch import best_stretch
from tts_engine.types import Audio

REQUIRED_SECONDS = 2.0
SILENT_RMS = 10 ** (-65 / 20)
CLIPPED_LEVEL = 0.999


@dataclass(frozen=True, kw_only=True)
class ReferenceReport:
    """What a recording is like. Where it is noisy or ringing is judged in the stretch to clone from.

    Attributes:
        audio: the stretch to clone from, one speaker's, at most a minute; denoised if that helps.
        speech_seconds: speech in that stretch.
        clipped_share: samples at full scale.
        snr_db: level of speech over the background; infinite when that is never heard alone.
        decay_seconds: time in which sounds fall by 60 dB: 0.2-0.4 in a dry room, 0 when unknown.
        music_share: share of the time in which tones are held as instruments do.
        main_speaker_share: of the speech in the whole recording; 1 when there is one speaker.
        speaker_likeness: cosine between the two kinds of voice that were found in it.
        denoising: the recording beside its denoised copy; None when it is clean enough.
        notes: what could be better.
    """

    audio: Audio
    speech_seconds: float
    clipped_share: float
    snr_db: float
    decay_seconds: float
    music_share: float
    main_speaker_share: float
    speaker_likeness: float
    denoising: Denoising | None
    notes: tuple[Note, ...]

    def figures(self) -> dict[str, float | bool | None]:
        """The measures as plain numbers that JSON can hold; None for what is unknown."""
        denoising = self.denoising
        return {
            "clipped_share": round(self.clipped_share, 5),
            "snr_db": _known(self.snr_db),
            "decay_seconds": round(self.decay_seconds, 2) or None,
            "music_share": round(self.music_share, 3),
            "main_speaker_share": round(self.main_speaker_share, 3),
            "speaker_likeness": round(self.speaker_likeness, 3),
            "denoised": denoising is not None and denoising.used,
            "denoised_snr_db": _known(denoising.denoised_snr_db) if denoising else None,
            "agreement": round(denoising.agreement, 3) if denoising else None,
            "denoised_agreement": round(denoising.denoised_agreement, 3) if denoising else None,
        }


def analyze_reference(audio: Audio, encoder: SpeakerEncoder) -> ReferenceReport:
    """Judge a recording.

    Raises:
        AudioError: silence ("reference_silent"), or under 2 s of one person's speech
            ("reference_too_short").
    """
    audio = without_digital_silence(audio)
    rms = float(np.linalg.norm(audio.waveform)) / max(1, audio.waveform.size) ** 0.5
    if rms < SILENT_RMS:
        raise AudioError(
            "reference_silent",
            "the recording is silent; check the microphone and record again",
            "в записи тишина; проверьте микрофон и запишите ещё раз",
            level=round(rms, 6),
        )
    mask = speech_mask(audio)
    _require_speech(audio, mask)
    speakers = find_speakers(audio, encoder)
    if speakers.several:
        mask = mask[speakers.main]
        audio = Audio(audio.waveform[speakers.main], audio.sample_rate_hz)
    audio, mask = best_stretch(audio, mask)
    _require_speech(audio, mask)
    clipped = float(np.mean(np.abs(audio.waveform) >= CLIPPED_LEVEL))
    noise_db, decay, music = snr_db(audio), decay_seconds(audio), music_share(audio)
    seconds = float(mask.sum()) / audio.sample_rate_hz
    chosen, denoising = denoised_if_better(audio, noise_db, encoder)
    return ReferenceReport(
        audio=chosen,
        speech_seconds=seconds,
        clipped_share=clipped,
        snr_db=noise_db,
        decay_seconds=decay,
        music_share=music,
        main_speaker_share=speakers.main_share,
        speaker_likeness=speakers.likeness,
        denoising=denoising,
        notes=recording_notes(
            speech_seconds=seconds,
            clipped_share=clipped,
            snr_db=noise_db,
            decay_seconds=decay,
            music_share=music,
            main_speaker_share=speakers.main_share,
            denoised=denoising is not None and denoising.used,
        ),
    )


def _require_speech(audio: Audio, mask: NDArray[np.bool_]) -> None:
    seconds = float(mask.sum()) / audio.sample_rate_hz
    if seconds < REQUIRED_SECONDS:
        decimal = f"{seconds:.1f}".replace(".", ",")
        raise AudioError(
            "reference_too_short",
            f"{seconds:.1f} s of speech found, at least {REQUIRED_SECONDS:g} s are needed; "
            "record 10 to 20 s without long pauses",
            f"найдено {decimal} с речи, нужно не меньше {REQUIRED_SECONDS:g} с; "
            "запишите 10–20 секунд без долгих пауз",
            speech_seconds=round(seconds, 2),
            required_seconds=REQUIRED_SECONDS,
        )


def _known(decibels: float) -> float | None:
    return round(decibels, 1) if np.isfinite(decibels) else None
