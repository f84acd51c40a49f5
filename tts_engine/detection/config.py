"""Sizes of the detector of machine speech, and the calibration of its answers; stored beside its weights."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DetectorConfig:
    """What is heard at a time, and what the logits say.

    Attributes:
        window_seconds, step_seconds: of what is judged at a time, and from one to the next.
        floor_db: steps that much below the loudest are silent.
        quiet_db: steps that much below the loud ones are not judged: silence tells of microphones.
        slope, offset: share of machine speech = sigmoid(slope * logit + offset), fitted on held-out people.
        machine_from, person_below: shares; between them the answer is "cannot tell".
    """

    window_seconds: float = 3.0
    step_seconds: float = 2.0
    floor_db: float = 60.0
    quiet_db: float = 35.0
    slope: float = 1.0
    offset: float = 0.0
    machine_from: float = 0.9
    person_below: float = 0.1

    def __post_init__(self) -> None:
        if not 0.0 <= self.person_below <= self.machine_from <= 1.0:
            raise ValueError(
                f"0 <= person_below {self.person_below} <= machine_from {self.machine_from} <= 1 is needed"
            )
