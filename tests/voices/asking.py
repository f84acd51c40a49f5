"""People who ask for speech: an owner by name, and a job of theirs."""

from voices.models import Job
from voices.owner import Owner
from voices.services.accounts.api_keys import user_ensure
from voices.services.speech.speech import SpeechWish, speech_job_prepare


def owner_of(name: str) -> Owner:
    return Owner(user_id=user_ensure(username=name).pk)


def asked(name: str = "alice", text: str = "Привет.", *, text_limit: int = 5000, **wish) -> Job:
    """As by a call that waits, in the queue of speech; in that of long work with a `text_limit` of 50,000."""
    order = SpeechWish(text=text, voice="anna", **wish)
    return speech_job_prepare(owner=owner_of(name), wish=order, text_limit=text_limit)()
