"""All that is somebody's, table by table, for them to take along."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model, Q, QuerySet

from voices.models import (
    Account,
    ApiKey,
    Batch,
    Checkpoint,
    Comparison,
    ConsentPhrase,
    ConsentRecord,
    Dataset,
    DictionaryEntry,
    Job,
    LiveSession,
    Quota,
    Recording,
    StoredFile,
    Take,
    Timestamps,
    TrainingPoint,
    Upload,
    UsageDay,
    Voice,
    VoiceConsent,
    VoiceHeard,
    VoiceVersion,
    Webhook,
)
from voices.models.stored_file import PART, SPOKEN
from voices.owner import Owner

SECRETS = {"digest", "password"}


@dataclass(frozen=True)
class Table:
    """Rows of one kind."""

    name: str
    rows: QuerySet[Any]

    @property
    def columns(self) -> list[str]:
        """Every one but secrets: what is added to a model later is exported as well."""
        model: type[Model] = self.rows.model
        return [field.attname for field in model._meta.concrete_fields if field.name not in SECRETS]


def tables_of(owner: Owner) -> list[Table]:
    """The owner's rows; of an account also who that is."""
    voices = Voice.objects.filter(owner.q)
    consent: Any = Q(voice__in=voices.values("pk"))
    consent |= Q(user=owner.user_id) if owner.visitor is None else Q(visitor=owner.visitor)
    told = Webhook.objects.filter(owner.q_through("job__") | owner.q_through("batch__"))
    tables = [
        Table("voices", voices),
        Table("voice_versions", VoiceVersion.objects.filter(owner.q_through("voice__"))),
        Table("recordings", Recording.objects.filter(owner.q_through("voice__"))),
        Table("consent", ConsentRecord.objects.filter(consent)),
        Table("consent_phrases", ConsentPhrase.objects.filter(owner.q_through("voice__"))),
        Table("voice_consents", VoiceConsent.objects.filter(owner.q)),
        Table("jobs", Job.objects.filter(owner.q, parent=None)),
        Table("voices_heard", VoiceHeard.objects.filter(owner.q_through("job__"))),
        Table("files", StoredFile.objects.filter(owner.q).exclude(role__in=(SPOKEN, PART))),
        Table("uploads", Upload.objects.filter(owner.q)),
        Table("timestamps", Timestamps.objects.filter(owner.q_through("job__"))),
        Table("checkpoints", Checkpoint.objects.filter(owner.q_through("job__"))),
        Table("comparisons", Comparison.objects.filter(owner.q)),
        Table("live_sessions", LiveSession.objects.filter(owner.q)),
        Table("training_points", TrainingPoint.objects.filter(owner.q_through("job__"))),
        Table("datasets", Dataset.objects.filter(owner.q)),
        Table("takes", Take.objects.filter(owner.q_through("dataset__"))),
        Table("batches", Batch.objects.filter(owner.q)),
        Table("webhooks", told),
        Table("dictionary", DictionaryEntry.objects.filter(owner.q)),
        Table("usage", UsageDay.objects.filter(owner.q)),
    ]
    if owner.user_id is not None:
        tables += [
            Table("profile", User.objects.filter(pk=owner.user_id)),
            Table("account", Account.objects.filter(user=owner.user_id)),
            Table("quota", Quota.objects.filter(user=owner.user_id)),
            Table("keys", ApiKey.objects.filter(user=owner.user_id)),
        ]
    return tables
