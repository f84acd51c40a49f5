"""Sizes of the detector of machine speech, and the calibration of its answers; stored beside its weights."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DetectorConfig:
    """A light convolutional network over levels of linear bands, seen by a long window and by short ones within it.

    Attributes:
        sample_rate_hz: of what it hears.
        fft_samples, window_samples, hop_samples: of the short-time spectrum.
        fine_samples: of the short windows, which see single pulses of the voice.
        fine_windows: how many of them in a hop; 0: none.
        bands: triangles of equal width from `low_hz` to `high_hz`; what lies above is left to the formats of files.
        floor_db: levels that much below the loudest are all one.
        quiet_db: frames that much below the loud ones are not judged: silence tells of microphones.
        window_seconds, step_seconds: of what is judged at a time, and from one to the next.
        channels: of the four convolutions that see neighbours.
        step_size: what is kept of each step of 80 ms.
        slope, offset: share of machine speech = sigmoid(slope * logit + offset), fitted on held-out people.
        machine_from, person_below: shares; between them the answer is "cannot tell".
    """

    sample_rate_hz: int = 16_000
    fft_samples: int = 512
    window_samples: int = 400
    hop_samples: int = 160
    fine_samples: int = 96
    fine_windows: int = 4
    bands: int = 80
    low_hz: float = 100.0
    high_hz: float = 7_000.0
    floor_db: float = 60.0
    quiet_db: float = 35.0
    window_seconds: float = 4.0
    step_seconds: float = 2.0
    channels: tuple[int, int, int, int] = (16, 32, 48, 64)
    step_size: int = 64
    slope: float = 1.0
    offset: float = 0.0
    machine_from: float = 0.9
    person_below: float = 0.1

    def __post_init__(self) -> None:
        if self.bands % 16:
            raise ValueError(f"{self.bands} bands are not halved four times")
        if not 0.0 <= self.person_below <= self.machine_from <= 1.0:
            raise ValueError(
                f"0 <= person_below {self.person_below} <= machine_from {self.machine_from} <= 1 is needed"
            )

    @property
    def frames_per_second(self) -> float:
        return self.sample_rate_hz / self.hop_samples

    @property
    def window_frames(self) -> int:
        """Frames that are judged at a time."""
        return round(self.window_seconds * self.frames_per_second)
