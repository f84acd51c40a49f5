"""What is to be spoken and how, and what comes of it; neither a model nor torch is loaded here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tts_engine.audio.tags import AudioTags
from tts_engine.errors import RequestError, VoiceError
from tts_engine.markup.lexicon import Lexicon
from tts_engine.markup.reading import Reading, Utterance
from tts_engine.markup.ssml import parse_script
from tts_engine.speaking.saving import save_audio
from tts_engine.speaking.timing import Prosody, SentenceTiming
from tts_engine.speaking.voice_mix import bank_profile
from tts_engine.speech_settings import PITCH_RANGE_SEMITONES, SPEED_RANGE, check_settings
from tts_engine.synthesizer.intonation import Contour
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.frontend import Sentence
from tts_engine.text.intonation import Question, question_focus
from tts_engine.types import Audio, VoiceProfile, Waveform


@dataclass(frozen=True, kw_only=True)
class SpeechRequest:
    """One text to be spoken.

    Attributes:
        text: Russian text, any length; `+` before a vowel or U+0301 after it sets the stress. It may be
            SSML or carry the marks of markup/notation.py.
        voice: whose voice.
        voices: other voices that the text calls for, by name.
        lexicon: the person's own dictionary, if any.
        speed: 0.25 (slow) to 4 (fast); beyond 2 words get lost.
        pitch_semitones: -12 to 12.
        variation: liveliness, 0 (always the likeliest course) to 1 (as in training).
        seed: the same seed gives the same audio; at variation 0 every seed does.
        prosody: course of each sentence in order, in place of the predicted one: one for every sentence
            that `SpeechResult.timings` would have, or none at all.
        max_seconds: of sound; None: as long as it gets. Pauses, numbers and a low speed make hours out of
            a page, and all of it is in memory at the end.
    """

    text: str
    voice: VoiceProfile
    voices: Mapping[str, VoiceProfile] = field(default_factory=dict)
    lexicon: Lexicon | None = None
    speed: float = 1.0
    pitch_semitones: float = 0.0
    variation: float = 1.0
    seed: int = 0
    prosody: Sequence[Prosody] = ()
    max_seconds: float | None = None

    def __post_init__(self) -> None:
        check_settings(
            speed=self.speed,
            pitch_semitones=self.pitch_semitones,
            variation=self.variation,
            seed=self.seed,
        )


@dataclass(frozen=True, kw_only=True)
class SpeechResult:
    """Spoken text.

    Attributes:
        audio: all sentences joined, -16 LUFS.
        timings: each sentence in order, with the time and pitch of its sounds.
        voice_name: for the tags of files.
    """

    audio: Audio
    timings: tuple[SentenceTiming, ...]
    voice_name: str = ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What was said, in order."""
        return tuple(timing.sentence for timing in self.timings)

    @property
    def starts_seconds(self) -> tuple[float, ...]:
        """Where in the audio each sentence begins."""
        return tuple(timing.start_seconds for timing in self.timings)

    def save(self, path: str | Path, audio_format: str | None = None) -> None:
        """Write a sound file, whole or not at all.

        Args:
            path: its suffix tells the format when none is named.
            audio_format: one of `speaking.saving.SAVED_FORMATS`.

        Raises:
            RequestError: `unknown_format`, `output_not_writable`.
        """
        tags = AudioTags(title=self.sentences[0].source[:80], voice=self.voice_name)
        save_audio(Path(path), self.audio, tags, audio_format)


@dataclass(frozen=True, kw_only=True)
class SpokenSentence:
    """One sentence of a stream: its audio with the pauses around it, and its time in the whole stream."""

    audio: Audio
    timing: SentenceTiming


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """One sentence spoken, before the loudness and the mark of the whole, between its silences.

    Attributes:
        lead_samples: silence before it.
        sound: what is heard.
        silence_samples: after it.
        volume_db: how much louder than usual it is.
    """

    lead_samples: int
    sound: Waveform
    silence_samples: int
    volume_db: float = 0.0

    @property
    def size(self) -> int:
        """Samples of all of it."""
        return self.lead_samples + self.sound.size + self.silence_samples


def bank_request(
    text: str, voice: str | VoiceProfile, *, lexicon: Lexicon | None = None, **settings: Any
) -> SpeechRequest:
    """A request whose voices are those of the bank.

    Args:
        text: as of `SpeechRequest`.
        voice: slug of a voice, a mix such as anna(2)+elena, or a profile. Others that the text calls for are
            taken from the bank.
        lexicon: as of `SpeechRequest`, like the settings.

    Raises:
        VoiceError: `unknown_voice`, `bad_voice_mix`, `voice_mix_too_large`.
        TextError: wrong markup.
    """
    return SpeechRequest(
        text=text,
        voice=bank_profile(voice) if isinstance(voice, str) else voice,
        voices={name: bank_profile(name) for name in parse_script(text).voices},
        lexicon=lexicon,
        **settings,
    )


Span = tuple[int, int]
Order = tuple[Utterance, SynthesisRequest]


def read_request(
    request: SpeechRequest, span: Span | None = None
) -> tuple[Reading, Iterator[Order]]:
    """A request's sentences, each read when it is taken; what can be wrong is found before the first.

    Args:
        request: what to say.
        span: of the sentences as cut, the first and the one after the last; None for all of them.

    Raises:
        TextError: an empty text or wrong markup; the iterator `nothing_to_say` before anything else.
        VoiceError: the text calls for a voice that is not given.
        RequestError: the prosody fits another text.
    """
    reading = Reading(request.text, request.lexicon, span)
    for name in reading.speakers:
        if name is not None and name not in request.voices:
            raise _unknown_voice(name)
    if not request.prosody:
        return reading, (
            (utterance, _synthesis_request(request, utterance, Prosody())) for utterance in reading
        )
    utterances = list(reading)
    if len(request.prosody) != len(utterances):
        raise RequestError(
            "wrong_length",
            f"prosody of {len(request.prosody)} sentences for {len(utterances)}",
            f"просодия дана для {len(request.prosody)} предложений, а их {len(utterances)}",
            given=len(request.prosody),
            expected=len(utterances),
        )
    orders = [
        (utterance, _synthesis_request(request, utterance, course))
        for utterance, course in zip(utterances, request.prosody, strict=True)
    ]
    return reading, iter(orders)


def _unknown_voice(name: str) -> VoiceError:
    return VoiceError(
        "unknown_voice",
        f"no voice {name[:80]!r}",
        f"нет голоса «{name[:80]}»",
        voice=name[:80],
    )


def _synthesis_request(
    request: SpeechRequest, utterance: Utterance, prosody: Prosody
) -> SynthesisRequest:
    delivery = utterance.delivery
    voice = request.voice if delivery.voice is None else request.voices[delivery.voice]
    return SynthesisRequest(
        tokens=utterance.sentence.tokens,
        voice=voice,
        speed=_within(request.speed * delivery.speed, SPEED_RANGE),
        pitch_semitones=_within(
            request.pitch_semitones + delivery.pitch_semitones, PITCH_RANGE_SEMITONES
        ),
        variation=request.variation,
        seed=request.seed,
        durations_frames=prosody.durations_frames,
        f0_hz=prosody.f0_hz,
        contour=question_contour(utterance.sentence),
        held=utterance.sentence.held,
    )


def question_contour(sentence: Sentence) -> Contour | None:
    """How a question's pitch moves; None for other sentences."""
    focus = question_focus(sentence)
    if focus is None:
        return None
    return Contour(rises=focus.kind is not Question.WORD, token=focus.token, reach=focus.reach)


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
