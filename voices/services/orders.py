"""From a job's row to what the engine is asked for."""

from uuid import UUID

from voices import engine
from voices.errors import NotFound
from voices.models import Job, Voice


def speech_order(job: Job) -> engine.SpeechOrder:
    """What the engine is to do for a job. Raises NotFound: `voice_deleted`."""
    if job.voice is None:
        raise NotFound("voice_deleted", "the voice was deleted", "голос удалён")
    called = job.params.get("voices", {})
    profiles = dict(Voice.objects.filter(pk__in=called.values()).values_list("pk", "profile"))
    if len(profiles) < len(set(called.values())):
        raise NotFound("voice_deleted", "the voice was deleted", "голос удалён")
    return engine.SpeechOrder(
        text=job.text,
        profile=job.voice.profile,
        voices={name: profiles[UUID(voice_id)] for name, voice_id in called.items()},
        dictionary=job.params.get("dictionary", {}),
        speed=job.params["speed"],
        pitch_semitones=job.params["pitch"],
        variation=job.params.get("variation", 1.0),  # rows of an earlier version have none
        seed=job.params["seed"],
    )
