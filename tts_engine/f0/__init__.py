"""Fundamental frequency: one interface, whatever the method."""

from tts_engine.f0.curve import read_csv, write_csv
from tts_engine.f0.method import SINGING, SPEECH, F0Range, F0Track
from tts_engine.f0.tracking import (
    HOP_SAMPLES,
    METHODS,
    PRAAT,
    SWIFT,
    at_frames,
    f0_curve,
    f0_profile,
    track_f0,
)

__all__ = [
    "HOP_SAMPLES",
    "METHODS",
    "PRAAT",
    "SINGING",
    "SPEECH",
    "SWIFT",
    "F0Range",
    "F0Track",
    "at_frames",
    "f0_curve",
    "f0_profile",
    "read_csv",
    "track_f0",
    "write_csv",
]
