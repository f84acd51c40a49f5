"""The whole chain: a reference and a text in, speech out.

Source: SV2TTS (Jia et al. 2018, arXiv 1806.04558).

    text -> sentences -> phonemes --+
                                    +-> synthesizer -> mel -> vocoder -> waveform
    reference -> voice profile -----+

Sentences are read and synthesised in batches and joined with pauses. A sentence's audio does not depend
on what it is batched with, so the same text, voice and seed always give the same audio.

Neither torch nor numpy is imported until a cloner is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tts_engine.errors import EngineError, TextError
from tts_engine.speaking.text_check import check_length
from tts_engine.weights import weights_folder

if TYPE_CHECKING:
    import torch

    from tts_engine.markup.reading import Reading
    from tts_engine.recognizer.inference import Recognizer
    from tts_engine.recording.reference import ReferenceReport
    from tts_engine.speaking.fitting import FittedVoice
    from tts_engine.speaking.joining import Said
    from tts_engine.speaking.requests import (
        Order,
        Piece,
        Span,
        SpeechRequest,
        SpeechResult,
        SpokenSentence,
    )
    from tts_engine.speaking.timing import SentenceTiming
    from tts_engine.synthesizer.inference import SynthesisResult
    from tts_engine.synthesizer.request import SynthesisRequest
    from tts_engine.types import Audio, VoiceProfile, Waveform

BATCH_SENTENCES = 8

Progress = Callable[[int, int], None]
FittingProgress = Callable[[int, int, str], None]
Listener = Callable[["Audio"], None]


class VoiceCloner:
    """All models of the chain on one device; load once per process. What they say is watermarked."""

    def __init__(self, weights: Path, device: torch.device, precision: torch.dtype) -> None:
        from tts_engine.encoder.inference import SpeakerEncoder
        from tts_engine.speaking.joining import Joiner
        from tts_engine.synthesizer.inference import Synthesizer
        from tts_engine.vocoder.inference import Vocoder
        from tts_engine.watermark.key import installation_key
        from tts_engine.watermark.marking import Marker

        self.weights = weights
        self.device = device
        self.encoder = SpeakerEncoder.load(weights / "encoder", device=device)
        self.synthesizer = Synthesizer.load(weights / "synthesizer", device=device)
        self.vocoder = Vocoder.load(weights / "vocoder", device=device, precision=precision)
        mel = self.synthesizer.config.mel
        self.joiner = Joiner(
            Marker(installation_key()),
            sample_rate_hz=mel.sample_rate_hz,
            frames_per_second=mel.frames_per_second,
        )

    @classmethod
    def load(
        cls, weights: Path | None = None, device: str = "auto", precision: str = "float32"
    ) -> VoiceCloner:
        """Load every stage, the vocoder to multiply in this precision.

        Raises:
            CheckpointError: weights are missing or damaged.
            ResourceError: no such device, or it does not multiply in that precision.
        """
        from tts_engine.device import resolve_device, resolve_precision

        chosen = resolve_device(device)
        return cls(weights or weights_folder(), chosen, resolve_precision(precision, chosen))

    @cached_property
    def recognizer(self) -> Recognizer:
        """The phoneme recognizer, loaded when first needed."""
        from tts_engine.recognizer.inference import Recognizer

        return Recognizer.load(self.weights / "recognizer", device=self.device)

    @property
    def sample_rate_hz(self) -> int:
        return self.joiner.sample_rate_hz

    def profile(self, audio: Audio) -> tuple[VoiceProfile, ReferenceReport]:
        """Measure the voice of a reference recording.

        Raises:
            AudioError: too short, silent, or without a voice.
        """
        from tts_engine.recording.reference import analyze_reference

        report = analyze_reference(audio, self.encoder)
        return self.measure(report.audio, report.speech_seconds), report

    def measure(self, audio: Audio, speech_seconds: float) -> VoiceProfile:
        """Profile of a recording with so much speech; AudioError for music, noise and songs."""
        from tts_engine.speaking.measuring import measure_voice

        return measure_voice(
            audio, speech_seconds, encoder=self.encoder, recognizer=self.recognizer
        )

    def fit(
        self,
        profile: VoiceProfile,
        recordings: Sequence[Audio],
        on_progress: FittingProgress = lambda done, total, stage: None,
    ) -> FittedVoice:
        """Move a measured voice until it sounds like its recordings, in about a minute of one core.

        Args:
            profile: as `profile` has measured it.
            recordings: of that voice, each as `ReferenceReport.audio`; 15 s of them serve.
            on_progress: called with (done, all, stage); may raise to stop.

        Raises:
            AudioError: no phoneme is heard in them.
        """
        from tts_engine.speaking.fitting import fit_voice

        return fit_voice(self, profile, recordings, on_progress)

    def say(
        self,
        text: str,
        voice: str | VoiceProfile = "anna",
        *,
        speed: float = 1.0,
        pitch_semitones: float = 0.0,
        seed: int = 0,
    ) -> SpeechResult:
        """Speak a text in a voice of the bank, a mix of them or one's own; raises as `speak`.

        Args:
            text: Russian, any length; it may carry marks or be SSML.
            voice: slug, mix such as anna(2)+elena, or what `profile` has measured.
            speed: 0.25 to 4.
            pitch_semitones: -12 to 12.
            seed: the same seed gives the same audio.
        """
        from tts_engine.speaking.requests import bank_request
        from tts_engine.speaking.voice_mix import bank_name

        request = bank_request(text, voice, speed=speed, pitch_semitones=pitch_semitones, seed=seed)
        name = bank_name(voice) if isinstance(voice, str) else ""
        return replace(self.speak(request), voice_name=name)

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
        spoken: list[Said] = []
        position = 0
        for piece, timing, count in self._spoken(request):
            spoken.append((piece, timing))
            if on_sentence is not None:
                on_sentence(self.alone(piece, position))
            if on_progress is not None:
                on_progress(len(spoken), count)
            position += piece.size
        return self.joiner.whole(spoken)

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
        from tts_engine.speaking.requests import read_request

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
                request,
                [self.joiner.said(request, found[0], one, *next(sounds)) for one, _ in found[1]],
            )
            for request, found in zip(requests, read, strict=True)
        ]

    def stream(self, request: SpeechRequest) -> Iterator[SpokenSentence]:
        """Speak sentence by sentence, each with the pause after it; errors as in `speak`."""
        from tts_engine.speaking.requests import SpokenSentence

        position = 0
        for piece, timing, _ in self._spoken(request):
            placed = self.joiner.placed(timing, piece, position)
            yield SpokenSentence(audio=self.alone(piece, position), timing=placed)
            position += piece.size

    def _spoken(
        self, request: SpeechRequest, span: Span | None = None
    ) -> Iterator[tuple[Piece, SentenceTiming, int]]:
        """Sentences in order, read and spoken a few at a time; the first alone, to be heard early."""
        from tts_engine.speaking.requests import read_request

        reading, orders = read_request(request, span)
        size = BATCH_SENTENCES if reading.span.start else 1
        samples = 0
        while window := list(islice(orders, size)):
            sounds = self._sound([order for _, order in window])
            for (utterance, _), sound in zip(window, sounds, strict=True):
                piece, timing = self.joiner.said(request, reading, utterance, *sound)
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
            (
                replace(
                    result, f0_hz=(result.f0_hz * 2.0 ** (shift / 12)).astype(result.f0_hz.dtype)
                ),
                piece,
            )
            for result, piece, shift in zip(unshifted, waveforms, shifts, strict=True)
        ]

    def alone(self, piece: Piece, position: int) -> Audio:
        """A sentence of a stream, after so many samples; see `Joiner.alone`."""
        return self.joiner.alone(piece, position)

    def join(self, pieces: Sequence[Piece]) -> Audio:
        """All sentences of a text, marked and loud as a whole."""
        return self.joiner.join(pieces)

    def _whole(self, request: SpeechRequest, spoken: list[Said]) -> SpeechResult | TextError:
        samples = sum(piece.size for piece, _ in spoken)
        try:
            check_length(samples / self.sample_rate_hz, request.max_seconds)
        except TextError as error:
            return error
        return self.joiner.whole(spoken)
