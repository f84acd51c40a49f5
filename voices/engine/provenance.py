"""Whether a sound file was made here, and whether a machine speaks in it.

Light enough for the web process: no model that speaks is loaded, and no torch.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from django.conf import settings

from voices.engine.errors import engine_errors

if TYPE_CHECKING:
    from tts_engine.detection.inference import SpeakerJudge
    from tts_engine.types import Audio

_one_at_a_time = Lock()  # decoding ten minutes takes memory


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What the file's watermark and its tags say. `score` counts from `threshold` on; `made_here` is
    None where there is too little sound to judge.
    """

    made_here: bool | None
    score: float
    threshold: float
    seconds: float
    tagged_as_generated: bool


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Who speaks as far as can be heard: `speaker` is "person", "machine" or "unknown", then `reason` says why.

    `share` is calibrated, 0 to 1: "machine" from `machine_from` on, "person" below `person_below`; `curve` has it for
    each second. None: too short, quiet, or no speech.
    """

    speaker: str
    reason: str
    share: float | None
    machine_from: float
    person_below: float
    seconds_heard: float
    curve: tuple[float | None, ...]


def provenance(content: bytes) -> Provenance:
    """Look for this installation's watermark in a file's content.

    Raises:
        AppError: not audio (415), too long (413), damaged and the like (422).
    """
    from tts_engine.audio.untrusted import decode_untrusted_and_tags

    with engine_errors(), _one_at_a_time:
        return _provenance(*decode_untrusted_and_tags(content))


def examined(content: bytes) -> tuple[Provenance, Judgement]:
    """The same, and who speaks as far as can be heard, a person or a machine: the one knows nothing of the other.

    Raises:
        AppError: as `provenance`; weights are missing or damaged (503).
    """
    from tts_engine.audio.untrusted import decode_untrusted_and_tags
    from tts_engine.recording.origin import judged

    with engine_errors(), _one_at_a_time:
        audio, tagged = decode_untrusted_and_tags(content)
        heard = judged(audio, _judge(settings.WEIGHTS_DIR))
        return _provenance(audio, tagged), Judgement(
            speaker=heard.speaker,
            reason=heard.reason,
            share=None if heard.share is None else round(heard.share, 3),
            machine_from=heard.machine_from,
            person_below=heard.person_below,
            seconds_heard=round(heard.seconds_heard, 2),
            curve=tuple(None if share is None else round(share, 3) for share in heard.curve),
        )


@lru_cache(maxsize=1)
def _judge(weights: Path) -> "SpeakerJudge":
    from tts_engine.detection.inference import SpeakerJudge

    return SpeakerJudge.load(weights / "detection")


def provenance_of_speech(content: bytes) -> Provenance:
    """The same of a recording in which somebody must be heard to speak.

    Raises:
        AppError: as `provenance`; `spoken_too_short`, `no_voice`, `voice_with_music` (422).
    """
    from tts_engine.audio.speech_detector import speech_seconds
    from tts_engine.audio.untrusted import decode_untrusted_and_tags
    from tts_engine.recording.spoken_consent import require_spoken
    from tts_engine.recording.voice_check import hear, require_voice

    with engine_errors(), _one_at_a_time:
        audio, tagged = decode_untrusted_and_tags(content)
        seconds = speech_seconds(audio)
        require_spoken(seconds)
        require_voice(hear(audio), seconds)
        return _provenance(audio, tagged)


def _provenance(audio: "Audio", tagged: bool) -> Provenance:
    from tts_engine.watermark.detection import detect_mark
    from tts_engine.watermark.key import installation_key

    found = detect_mark(audio, installation_key())
    return Provenance(
        made_here=found.made_here,
        score=round(found.score, 2),
        threshold=round(found.threshold, 2),
        seconds=round(found.seconds, 2),
        tagged_as_generated=tagged,
    )
