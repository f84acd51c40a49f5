"""Framework-free speech engine: text and a voice in, a waveform out.

What most programs need is imported from here, and when it is asked for:

    from tts_engine import VoiceCloner, list_voices
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tts_engine.speaking.cloning import VoiceCloner
    from tts_engine.speaking.voicebank import list_voices

__all__ = ["VoiceCloner", "list_voices"]

_HOMES = {
    "VoiceCloner": "tts_engine.speaking.cloning",
    "list_voices": "tts_engine.speaking.voicebank",
}

# Threads that wait for each other sleep: spinning, two processes on the same cores take ten times as long
# or more. OpenMP reads it when torch is imported, so it stands before all that does.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
