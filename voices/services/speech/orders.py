"""From a job's row to what the engine is asked for."""

from voices import engine
from voices.errors import NotFound
from voices.models import Job, Voice
from voices.models.job import MAIN


def speech_order(job: Job) -> engine.SpeechOrder:
    """What the engine is to do for a job. Raises NotFound: `voice_deleted`."""
    if job.voice is None:
        raise NotFound("voice_deleted", "the voice was deleted", "голос удалён")
    shares = job.shares
    heard = {voice for mixed in shares.values() for voice, _ in mixed}
    profiles = dict(Voice.objects.filter(pk__in=heard).values_list("pk", "profile"))
    if len(profiles) < len(heard):
        raise NotFound("voice_deleted", "the voice was deleted", "голос удалён")
    speakers = {
        name: engine.mean_profile([(profiles[voice], weight) for voice, weight in mixed])
        for name, mixed in shares.items()
    }
    return engine.SpeechOrder(
        text=job.text,
        profile=speakers.pop(MAIN, job.voice.profile),
        voices=speakers,
        dictionary=job.params.get("dictionary", {}),
        speed=job.params["speed"],
        pitch_semitones=job.params["pitch"],
        variation=job.params.get("variation", 1.0),  # rows of an earlier version have none
        seed=job.params["seed"],
    )
