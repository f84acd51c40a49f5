"""Who speaks in a recording, a person or a machine: judged where somebody speaks, not where music plays or is sung.

The detector has learned from speech alone: of anything else its answer would mean nothing.
"""

import dataclasses

from tts_engine.detection.inference import (
    LEAST_SECONDS,
    MUSIC,
    NO_SPEECH,
    UNKNOWN,
    Judgement,
    SpeakerJudge,
)
from tts_engine.recording.voice_check import Heard, hear
from tts_engine.types import Audio


def judged(audio: Audio, judge: SpeakerJudge) -> Judgement:
    """The judge's answer, or that it cannot be told because nobody speaks, or music drowns who does."""
    found, reason = judge.judge(audio), not_speech(hear(audio))
    if not reason or found.share is None:
        return found
    return dataclasses.replace(found, speaker=UNKNOWN, share=None, reason=reason)


def not_speech(heard: Heard) -> str:
    """Why what is heard cannot be judged; "" where somebody speaks."""
    if heard.accompanied or heard.singing > heard.speech:
        return MUSIC
    return NO_SPEECH if heard.speech < LEAST_SECONDS / 2 else ""
