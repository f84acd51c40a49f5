"""What the pages that make speech let one choose."""

from typing import Any

from voices.audio_formats import MEDIA_TYPES
from voices.engine import FOLLOWED_SPEEDS, PITCH_RANGE_SEMITONES, VARIATION_RANGE

FORMATS = [name for name in MEDIA_TYPES if name != "pcm"]  # nobody listens to bare samples


def speech_choices() -> dict[str, Any]:
    """Context of templates/voices/settings_fields.html."""
    return {
        "speed_range": FOLLOWED_SPEEDS,
        "pitch_range": PITCH_RANGE_SEMITONES,
        "variation_range": VARIATION_RANGE,
        "formats": FORMATS,
    }
