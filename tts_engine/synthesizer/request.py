"""What the synthesizer is asked for, and what may be asked; torch is not needed for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tts_engine.errors import RequestError
from tts_engine.synthesizer.intonation import Contour
from tts_engine.text.symbols import is_phoneme
from tts_engine.types import VoiceProfile

SPEED_LIMITS = (0.25, 4.0)
PITCH_LIMITS = (-12.0, 12.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class SynthesisRequest:
    """One sentence in one voice.

    Attributes:
        tokens: symbols, START first and a final pause last, as the text front end gives them.
        voice: whose voice.
        speed: 2 is twice as fast; changes durations only.
        pitch_semitones: shift of every predicted F0.
        variation: liveliness: 0 always takes the likeliest course, 1 as much chance as in training.
        seed: of that chance.
        durations_frames: frames per token in place of the predicted ones; speed is then not applied.
        contour: of a question; shapes the predicted F0.
        held: tokens that last longer than predicted, as (index, factor); not beside durations_frames.
        f0_hz: F0 per token, 0 = unvoiced, in place of the predicted; pitch_semitones still shifts it.
    """

    tokens: Sequence[str]
    voice: VoiceProfile
    speed: float = 1.0
    pitch_semitones: float = 0.0
    variation: float = 1.0
    seed: int = 0
    durations_frames: Sequence[int] | None = None
    f0_hz: Sequence[float] | None = None
    contour: Contour | None = None
    held: Sequence[tuple[int, float]] = ()

    def __post_init__(self) -> None:
        _check_range("speed", "скорость", self.speed, SPEED_LIMITS)
        _check_range("pitch", "высота", self.pitch_semitones, PITCH_LIMITS)
        _check_range("variation", "живость", self.variation, (0.0, 1.0))
        for name, values in (("durations_frames", self.durations_frames), ("f0_hz", self.f0_hz)):
            if values is not None and len(values) != len(self.tokens):
                raise RequestError(
                    "wrong_length",
                    f"{name} has {len(values)} values for {len(self.tokens)} tokens",
                    f"{name}: значений {len(values)}, а токенов {len(self.tokens)}",
                )
        if self.durations_frames is not None and (
            min(self.durations_frames) < 0 or sum(self.durations_frames) == 0
        ):
            raise RequestError(
                "wrong_durations",
                "durations_frames must not be negative, nor all of them zero",
                "длительности не могут быть отрицательными или все нулевыми",
            )
        if self.contour is not None and not (
            0 <= self.contour.token < self.contour.reach <= len(self.tokens)
        ):
            raise RequestError(
                "wrong_contour",
                "the contour lies outside the tokens",
                "интонационный контур выходит за пределы токенов",
            )
        if not any(is_phoneme(token) for token in self.tokens):
            raise RequestError(
                "no_phonemes", "tokens hold no phoneme", "среди токенов нет ни одной фонемы"
            )


def _check_range(en: str, ru: str, value: float, limits: tuple[float, float]) -> None:
    low, high = limits
    if not low <= value <= high:  # nan fails too
        raise RequestError(
            "out_of_range",
            f"{en} {value} is outside {low:g} … {high:g}",
            f"{ru} {value} вне пределов {low:g} … {high:g}",
            minimum=low,
            maximum=high,
        )
