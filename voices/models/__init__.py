"""Database rows. They hold facts; services change them, selectors read them."""

from voices.models.account import Account, Quota
from voices.models.api_key import ApiKey, Scope
from voices.models.batch import Batch
from voices.models.checkpoint import Checkpoint
from voices.models.comparison import Comparison
from voices.models.consent import ConsentPhrase, ConsentRecord, VoiceConsent
from voices.models.dataset import Dataset, Take
from voices.models.dictionary import DictionaryEntry
from voices.models.heard import VoiceHeard
from voices.models.idempotency import IdempotencyKey
from voices.models.job import Job, Worker
from voices.models.live import LiveSession
from voices.models.owned import OwnedModel
from voices.models.stored_file import Recording, StoredFile, Timestamps, Upload
from voices.models.training_point import TrainingPoint
from voices.models.usage import RateWindow, UsageDay
from voices.models.voice import Voice
from voices.models.voice_version import VoiceVersion
from voices.models.webhook import Webhook

__all__ = [
    "Account", "ApiKey", "Batch", "Checkpoint", "Comparison", "ConsentPhrase", "ConsentRecord", "Dataset",
    "DictionaryEntry", "IdempotencyKey", "Job", "LiveSession", "OwnedModel", "Quota", "RateWindow", "Recording",
    "Scope", "StoredFile", "Take", "Timestamps", "TrainingPoint", "Upload", "UsageDay", "Voice", "VoiceConsent",
    "VoiceHeard", "VoiceVersion", "Webhook", "Worker",
]  # fmt: skip
