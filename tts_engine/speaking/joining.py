"""Sentences spoken, to one sound: their volume, the silences between them, loudness and the mark."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np

from tts_engine.audio.loudness import TARGET_LUFS, normalize_loudness
from tts_engine.markup.reading import Reading, Utterance
from tts_engine.speaking.requests import Piece, SpeechRequest, SpeechResult
from tts_engine.speaking.timing import SentenceTiming
from tts_engine.synthesizer.inference import SynthesisResult
from tts_engine.types import Audio, Waveform
from tts_engine.watermark.marking import Marker

SENTENCE_GAP_SECONDS = 0.30
PARAGRAPH_GAP_SECONDS = 0.65
QUIETEST_DB = -60.0  # of a streamed sentence

Said = tuple[Piece, SentenceTiming]


class Joiner:
    """Joins what is spoken at one rate, and marks it."""

    def __init__(self, marker: Marker, *, sample_rate_hz: int, frames_per_second: float) -> None:
        self.marker = marker
        self.sample_rate_hz = sample_rate_hz
        self.frames_per_second = frames_per_second

    def said(
        self,
        request: SpeechRequest,
        reading: Reading,
        utterance: Utterance,
        result: SynthesisResult,
        sound: Waveform,
    ) -> Said:
        """An utterance as loud as it shall be, between its silences."""
        if len(reading.speakers) > 1:  # voices of a dialogue are equally loud
            sound = normalize_loudness(Audio(sound, self.sample_rate_hz)).waveform
        volume_db = utterance.delivery.volume_db
        after = utterance.gap_seconds
        if after is None:
            usual = (
                PARAGRAPH_GAP_SECONDS if utterance.sentence.ends_paragraph else SENTENCE_GAP_SECONDS
            )
            after = 0.0 if utterance.is_last else usual / request.speed
        piece = Piece(
            lead_samples=round(utterance.lead_seconds * self.sample_rate_hz),
            sound=sound if volume_db == 0 else (sound * 10 ** (volume_db / 20)).astype(np.float32),
            silence_samples=round(after * self.sample_rate_hz),
            volume_db=volume_db,
        )
        timing = SentenceTiming(
            sentence=utterance.sentence,
            start_seconds=0.0,
            frames_per_second=self.frames_per_second,
            durations_frames=tuple(result.durations_frames.tolist()),
            f0_hz=tuple(result.f0_hz.tolist()),
        )
        return piece, timing

    def alone(self, piece: Piece, position: int) -> Audio:
        """A sentence as loud as can be known before the rest is made, marked, between its silences.

        Args:
            piece: the sentence.
            position: samples of the whole before it.
        """
        begin = (position + piece.lead_samples) / self.sample_rate_hz
        quieter_db = min(piece.volume_db, 0.0)  # loud as can be already
        lufs = TARGET_LUFS + max(quieter_db, QUIETEST_DB)
        marked = self.marker.mark(Audio(piece.sound, self.sample_rate_hz), start_seconds=begin)
        spoken = normalize_loudness(marked, lufs=lufs).waveform
        return Audio(np.concatenate(_between_silences(piece, spoken)), self.sample_rate_hz)

    def join(self, pieces: Sequence[Piece]) -> Audio:
        """All sentences of a text, marked and loud as a whole."""
        waveforms = [part for piece in pieces for part in _between_silences(piece, piece.sound)]
        marked = self.marker.mark(Audio(np.concatenate(waveforms), self.sample_rate_hz))
        return normalize_loudness(marked)

    def whole(self, spoken: Sequence[Said]) -> SpeechResult:
        """All sentences of a text, joined and timed."""
        starts = accumulate((piece.size for piece, _ in spoken), initial=0)
        timings = [
            self.placed(timing, piece, start)
            for (piece, timing), start in zip(spoken, starts, strict=False)
        ]
        return SpeechResult(audio=self.join([piece for piece, _ in spoken]), timings=tuple(timings))

    def placed(self, timing: SentenceTiming, piece: Piece, position: int) -> SentenceTiming:
        """A sentence's timing in the whole, given the samples before it."""
        begin = (position + piece.lead_samples) / self.sample_rate_hz
        return replace(timing, start_seconds=begin)


def _between_silences(piece: Piece, sound: Waveform) -> list[Waveform]:
    lead, silence = (
        np.zeros(samples, dtype=np.float32)
        for samples in (piece.lead_samples, piece.silence_samples)
    )
    return [lead, sound, silence]
