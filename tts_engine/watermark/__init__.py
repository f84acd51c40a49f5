"""An inaudible mark in every output, and its detector: docs/decisions/0012-watermark.md."""

from tts_engine.watermark.detection import RELIABLE_SECONDS, Detection, Detector, detect_mark
from tts_engine.watermark.key import installation_key
from tts_engine.watermark.marking import Marker
from tts_engine.watermark.pattern import Pattern

__all__ = [
    "RELIABLE_SECONDS",
    "Detection",
    "Detector",
    "Marker",
    "Pattern",
    "detect_mark",
    "installation_key",
]
