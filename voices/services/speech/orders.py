"""From a job's row to what the engine is asked for."""

from typing import Any
from uuid import UUID

from voices import engine
from voices.errors import NotFound
from voices.models import Job, Voice, VoiceVersion
from voices.models.job import MAIN


def speech_order(job: Job) -> engine.SpeechOrder:
    """What the engine is to do for a job. Raises NotFound: `voice_deleted`."""
    if job.voice is None:
        raise NotFound("voice_deleted", "the voice was deleted", "голос удалён")
    shares = job.shares
    heard = {job.voice.pk, *(voice for mixed in shares.values() for voice, _ in mixed)}
    profiles = _profiles(job, heard)
    if len(profiles) < len(heard):
        raise NotFound("voice_deleted", "the voice was deleted", "голос удалён")
    speakers = {
        name: engine.mean_profile([(profiles[voice], weight) for voice, weight in mixed])
        for name, mixed in shares.items()
    }
    return engine.SpeechOrder(
        text=job.text,
        profile=speakers.pop(MAIN, profiles[job.voice.pk]),
        voices=speakers,
        dictionary=job.params.get("dictionary", {}),
        speed=job.params["speed"],
        pitch_semitones=job.params["pitch"],
        variation=job.params.get("variation", 1.0),  # rows of an earlier version have none
        seed=job.params["seed"],
    )


def _profiles(job: Job, heard: set[UUID]) -> dict[UUID, dict[str, Any]]:
    """As the voices were when the job was made; of those deleted since there is none."""
    there = Voice.objects.filter(pk__in=heard).select_related("active_version")
    pinned = VoiceVersion.objects.filter(heard__job=job, voice__in=heard)
    now = {voice.pk: voice.profile for voice in there}
    return {**now, **{version.voice_id: version.spoken for version in pinned}}
