"""People who ask: an owner by name, a job of theirs, what they are answered and what is kept of it."""

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


def refused(answer):
    """Status and code of a call that was refused."""
    return answer.status_code, answer.json()["error"]["code"]


def body_of(answer) -> bytes:
    """All of a file that was answered."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def on_disk(settings) -> set[str]:
    """Names of all files that are kept."""
    return {path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}
