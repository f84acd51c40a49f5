"""The whole chain: a reference and a text in, speech out.

Source: SV2TTS (Jia et al. 2018, arXiv 1806.04558).

    text -> sentences -> phonemes --+
                                    +-> synthesizer -> mel -> vocoder -> waveform
    reference -> voice profile -----+

Sentences are read and synthesised in batches and joined with pauses. A sentence's audio does not depend
on what it is batched with, so the same text, voice and seed always give the same audio.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate, islice
from pathlib import Path

import numpy as np
import torch

from tts_engine.audio.loudness import TARGET_LUFS, normalize_loudness
from tts_engine.audio.resample import resample
from tts_engine.device import resolve_device, resolve_precision
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import EngineError, TextError
from tts_engine.f0.pitch import f0_profile, track_f0
from tts_engine.markup.reading import Reading, Utterance
from tts_engine.recognizer.inference import Recognizer
from tts_engine.recording.reference import ReferenceReport, analyze_reference
from tts_engine.recording.voice_check import hear, require_voice
from tts_engine.speaking.requests import (
    Order,
    Piece,
    Span,
    SpeechRequest,
    SpeechResult,
    SpokenSentence,
    read_request,
)
from tts_engine.speaking.text_check import check_length
from tts_engine.speaking.timing import SentenceTiming
from tts_engine.synthesizer.inference import SynthesisRequest, SynthesisResult, Synthesizer
from tts_engine.synthesizer.profile import voice_spectrum
from tts_engine.types import Audio, VoiceProfile, Waveform
from tts_engine.vocoder.inference import Vocoder
from tts_engine.watermark import Marker, installation_key
from tts_engine.weights import weights_folder

SENTENCE_GAP_SECONDS = 0.30
PARAGRAPH_GAP_SECONDS = 0.65
BATCH_SENTENCES = 8
QUIETEST_DB = -60.0  # of a streamed sentence

Progress = Callable[[int, int], None]
Listener = Callable[[Audio], None]
_Said = tuple[Piece, SentenceTiming]


class VoiceCloner:
    """All models of the chain on one device; load once per process. What they say is watermarked."""

    def __init__(
        self, weights: Path, device: torch.device, precision: torch.dtype = torch.float32
    ) -> None:
        self.marker = Marker(installation_key())
        self.weights = weights
        self.device = device
        self.encoder = SpeakerEncoder.load(weights / "encoder", device=device)
        self.synthesizer = Synthesizer.load(weights / "synthesizer", device=device)
        self.vocoder = Vocoder.load(weights / "vocoder", device=device, precision=precision)

    @classmethod
    def load(
        cls, weights: Path | None = None, device: str = "auto", precision: str = "float32"
    ) -> "VoiceCloner":
        """Load every stage, the vocoder to multiply in this precision.

        Raises:
            CheckpointError: weights are missing or damaged.
            ResourceError: no such device, or it does not multiply in that precision.
        """
        chosen = resolve_device(device)
        return cls(weights or weights_folder(), chosen, resolve_precision(precision, chosen))

    @cached_property
    def recognizer(self) -> Recognizer:
        """The phoneme recognizer, loaded when first needed."""
        return Recognizer.load(self.weights / "recognizer", device=self.device)

    @property
    def sample_rate_hz(self) -> int:
        return self.synthesizer.config.mel.sample_rate_hz

    def profile(self, audio: Audio) -> tuple[VoiceProfile, ReferenceReport]:
        """Measure the voice of a reference recording.

        Raises:
            AudioError: too short, silent, or without a voice.
        """
        report = analyze_reference(audio, self.encoder)
        return self.measure(report.audio, report.speech_seconds), report

    def measure(self, audio: Audio, speech_seconds: float) -> VoiceProfile:
        """Profile of a recording with so much speech; AudioError for music, noise and songs."""
        require_voice(hear(audio), speech_seconds)
        rate = self.recognizer.config.mel.sample_rate_hz
        waveform = resample(audio.waveform, audio.sample_rate_hz, rate)
        frames = waveform.size // self.recognizer.config.mel.hop_samples
        median_hz, spread = f0_profile(track_f0(Audio(waveform, rate), frames))
        mel = self.recognizer.mel(audio)
        heard = self.recognizer.phonemes(mel)
        return VoiceProfile(
            embedding=self.encoder.embed(audio),
            f0_median_hz=median_hz,
            f0_spread_semitones=spread,
            phonemes_per_second=round(len(heard) / max(speech_seconds, 0.1), 2),
            spectrum=voice_spectrum(mel),
        )

    def speak(
        self,
        request: SpeechRequest,
        on_progress: Progress | None = None,
        on_sentence: Listener | None = None,
    ) -> SpeechResult:
        """Speak a whole text.

        Args:
            request: what to say and how.
            on_progress: called with (sentences done, sentences in all); may raise to cancel.
            on_sentence: given each sentence as `stream` would, before `on_progress` counts it.

        Raises:
            TextError: nothing speakable in the text, wrong markup, or more than `max_seconds` of speech.
            VoiceError: the text calls for a voice that is not given.
        """
        spoken: list[_Said] = []
        position = 0
        for piece, timing, count in self._spoken(request):
            spoken.append((piece, timing))
            if on_sentence is not None:
                on_sentence(self.alone(piece, position))
            if on_progress is not None:
                on_progress(len(spoken), count)
            position += piece.size
        return self._result(spoken)

    def pieces(
        self, request: SpeechRequest, span: Span
    ) -> Iterator[tuple[Piece, SentenceTiming, int]]:
        """Speak some sentences of a text; `join` makes of the pieces of all spans what `speak` gives.

        Args:
            request: the whole text and how it is said.
            span: of its sentences as cut, the first and the one after the last.

        Yields:
            Each with its timing, as if its first token began at 0, and with how many the span has.
        """
        yield from self._spoken(request, span)

    def speak_many(self, requests: Sequence[SpeechRequest]) -> list[SpeechResult | EngineError]:
        """Speak texts that wait together: their sentences share batches, whosesoever they are.

        Returns:
            What `speak` would give for each, within 1e-3, or the error it would raise.
        """
        read: list[tuple[Reading, list[Order]] | EngineError] = []
        for request in requests:
            try:
                reading, orders = read_request(request)
                read.append((reading, list(orders)))
            except EngineError as error:
                read.append(error)
        known = [[] if isinstance(found, EngineError) else found[1] for found in read]
        sounds = iter(self._sound([order for orders in known for _, order in orders]))
        return [
            found
            if isinstance(found, EngineError)
            else self._whole(
                request, [self._said(request, found[0], one, *next(sounds)) for one, _ in found[1]]
            )
            for request, found in zip(requests, read, strict=True)
        ]

    def stream(self, request: SpeechRequest) -> Iterator[SpokenSentence]:
        """Speak sentence by sentence, each with the pause after it; errors as in `speak`."""
        position = 0
        for piece, timing, _ in self._spoken(request):
            placed = self._placed(timing, piece, position)
            yield SpokenSentence(audio=self.alone(piece, position), timing=placed)
            position += piece.size

    def _spoken(
        self, request: SpeechRequest, span: Span | None = None
    ) -> Iterator[tuple[Piece, SentenceTiming, int]]:
        """Sentences in order, read and spoken a few at a time; the first alone, to be heard early."""
        reading, orders = read_request(request, span)
        size = BATCH_SENTENCES if reading.span.start else 1
        samples = 0
        while window := list(islice(orders, size)):
            sounds = self._sound([order for _, order in window])
            for (utterance, _), sound in zip(window, sounds, strict=True):
                piece, timing = self._said(request, reading, utterance, *sound)
                samples += piece.size
                check_length(samples / self.sample_rate_hz, request.max_seconds)
                yield piece, timing, reading.count
            size = BATCH_SENTENCES

    def _sound(self, orders: list[SynthesisRequest]) -> list[tuple[SynthesisResult, Waveform]]:
        """Synthesise; the vocoder shifts the pitch where it can, far beyond the pitches of the training."""
        if not self.vocoder.shifts_pitch:
            results = self.synthesizer.synthesize(orders)
            waveforms = self.vocoder.vocode([result.mel for result in results])
            return list(zip(results, waveforms, strict=True))
        shifts = [order.pitch_semitones for order in orders]
        unshifted = self.synthesizer.synthesize([replace(o, pitch_semitones=0.0) for o in orders])
        waveforms = self.vocoder.vocode([result.mel for result in unshifted], shifts)
        return [
            (replace(result, f0_hz=(result.f0_hz * 2.0 ** (shift / 12)).astype(np.float32)), piece)
            for result, piece, shift in zip(unshifted, waveforms, shifts, strict=True)
        ]

    def _said(
        self,
        request: SpeechRequest,
        reading: Reading,
        utterance: Utterance,
        result: SynthesisResult,
        sound: Waveform,
    ) -> _Said:
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
            frames_per_second=self.synthesizer.config.mel.frames_per_second,
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

    def _whole(self, request: SpeechRequest, spoken: list[_Said]) -> SpeechResult | TextError:
        samples = sum(piece.size for piece, _ in spoken)
        try:
            check_length(samples / self.sample_rate_hz, request.max_seconds)
        except TextError as error:
            return error
        return self._result(spoken)

    def _result(self, spoken: list[_Said]) -> SpeechResult:
        starts = accumulate((piece.size for piece, _ in spoken), initial=0)
        timings = [
            self._placed(timing, piece, start)
            for (piece, timing), start in zip(spoken, starts, strict=False)
        ]
        return SpeechResult(audio=self.join([piece for piece, _ in spoken]), timings=tuple(timings))

    def _placed(self, timing: SentenceTiming, piece: Piece, position: int) -> SentenceTiming:
        begin = (position + piece.lead_samples) / self.sample_rate_hz
        return replace(timing, start_seconds=begin)


def _between_silences(piece: Piece, sound: Waveform) -> list[Waveform]:
    lead, silence = (
        np.zeros(samples, dtype=np.float32)
        for samples in (piece.lead_samples, piece.silence_samples)
    )
    return [lead, sound, silence]
