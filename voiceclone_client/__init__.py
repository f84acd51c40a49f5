"""A client of the voice cloning service. It needs httpx and nothing else of this repository.

from voiceclone_client import VoiceClone

with VoiceClone("http://127.0.0.1:8000", api_key="…") as service:
    open("hello.mp3", "wb").write(service.speech("Привет, мир", voice="anna"))

AsyncVoiceClone has the same methods for asyncio.
"""

from voiceclone_client.async_client import AsyncVoiceClone
from voiceclone_client.client import VoiceClone
from voiceclone_client.errors import (
    ConflictError,
    InvalidRequestError,
    JobFailedError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ServiceError,
    UnreachableError,
)
from voiceclone_client.live import LiveTicket
from voiceclone_client.types import (
    Batch,
    Comparison,
    Dataset,
    Detection,
    Job,
    Point,
    Reading,
    Sentence,
    SpeakerJudgement,
    Take,
    Talk,
    Training,
    Upload,
    Voice,
    VoiceVersion,
)

__all__ = [
    "AsyncVoiceClone", "Batch", "Comparison", "ConflictError", "Dataset", "Detection", "InvalidRequestError",
    "Job", "JobFailedError", "LiveTicket", "NotFoundError", "PermissionDeniedError", "Point", "RateLimitError",
    "Reading", "Sentence", "ServerError", "ServiceError", "SpeakerJudgement", "Take", "Talk", "Training",
    "UnreachableError", "Upload", "Voice", "VoiceClone", "VoiceVersion",
]  # fmt: skip
