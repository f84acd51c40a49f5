"""How a text may be spoken: the one list of bounds that engine, marks, command line, API and pages go by."""

from tts_engine.errors import RequestError

SPEED_RANGE = (0.25, 4.0)  # as OpenAI has it
FOLLOWED_SPEEDS = (0.5, 2.0)  # beyond these words get lost, see docs/voices.md
PITCH_RANGE_SEMITONES = (-12.0, 12.0)
VARIATION_RANGE = (0.0, 1.0)
SEED_RANGE = (0, 2**31 - 1)


def check_settings(
    *,
    speed: float | None = None,
    pitch_semitones: float | None = None,
    variation: float | None = None,
    seed: int | None = None,
) -> None:
    """Raises RequestError: `…_out_of_range`; what is None is left to others and fits."""
    _check_range("speed", speed, SPEED_RANGE, "скорость")
    _check_range("pitch", pitch_semitones, PITCH_RANGE_SEMITONES, "высота")
    _check_range("variation", variation, VARIATION_RANGE, "живость")
    _check_range("seed", seed, SEED_RANGE, "seed")


def _check_range(name: str, value: float | None, bounds: tuple[float, float], name_ru: str) -> None:
    low, high = bounds
    if value is not None and not low <= value <= high:
        raise RequestError(
            f"{name}_out_of_range",
            f"{name} is {value:.10g}; expected {low:.10g} to {high:.10g}",
            f"{name_ru}: {value:.10g}; допустимо от {low:.10g} до {high:.10g}",
            minimum=low,
            maximum=high,
        )
