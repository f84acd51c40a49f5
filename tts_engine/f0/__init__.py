"""Fundamental frequency: one interface, whatever the method."""

from tts_engine.f0.method import SINGING, SPEECH, F0Range
from tts_engine.f0.tracking import HOP_SAMPLES, METHODS, PRAAT, f0_profile, track_f0

__all__ = [
    "HOP_SAMPLES",
    "METHODS",
    "PRAAT",
    "SINGING",
    "SPEECH",
    "F0Range",
    "f0_profile",
    "track_f0",
]
