"""Addresses under /api/v1/."""

from django.urls import path

from voices.api.account import AccountApi, AccountExportApi, AccountUsageApi, KeyApi, KeysApi
from voices.api.batches import BatchApi, BatchArchiveApi, BatchCancelApi, BatchesApi
from voices.api.comparisons import ComparisonApi, ComparisonChooseApi, ComparisonsApi
from voices.api.consent import ConsentApi, ConsentTextApi, PhraseApi, SpokenApi
from voices.api.conversions import (
    ConversionApi,
    ConversionBatchesApi,
    ConversionFileApi,
    ConversionsApi,
    RightsTextApi,
    SeparationsApi,
)
from voices.api.datasets import (
    DatasetApi,
    DatasetEditsApi,
    DatasetFileApi,
    DatasetPrepareApi,
    DatasetReportApi,
    DatasetsApi,
    DatasetSentencesApi,
)
from voices.api.detect import DetectApi
from voices.api.dictionary import DictionaryApi, DictionaryEntryApi
from voices.api.events import JobEventsApi
from voices.api.job_parts import JobPartsApi
from voices.api.jobs import JobApi, JobAudioApi, JobCancelApi, JobFileApi, JobsApi
from voices.api.likeness import SimilarApi, VoiceMapApi
from voices.api.limits import LimitsApi, WebhookSecretApi
from voices.api.live import LiveApi, TalkApi
from voices.api.points import JobPointsApi
from voices.api.share import JobShareApi
from voices.api.songs import (
    AlignmentApi,
    AlignmentFileApi,
    AlignmentsApi,
    ScoresApi,
    ScoreSuitsApi,
    SongApi,
    SongFileApi,
    SongsApi,
)
from voices.api.speech import PhonemesApi, SpeechApi
from voices.api.takes import TakeAcceptApi, TakeApi, TakeAudioApi, TakesApi
from voices.api.timestamps import TimestampsApi
from voices.api.trainings import (
    CheckpointActivateApi,
    TrainingApi,
    TrainingCancelApi,
    TrainingEstimateApi,
    TrainingFinishApi,
    TrainingPauseApi,
    TrainingResumeApi,
    TrainingsApi,
)
from voices.api.uploads import UploadApi, UploadFinishApi, UploadPartApi, UploadsApi
from voices.api.versions import FittingApi, VersionActivateApi, VersionPreviewApi, VersionsApi
from voices.api.voice_files import VersionFileApi, VoiceImportApi, VoicesMergeApi
from voices.api.voices import RecordingApi, RecordingsApi, VoiceApi, VoicePreviewApi, VoicesApi

urlpatterns = [
    path("account/", AccountApi.as_view(), name="account-api"),
    path("account/usage/", AccountUsageApi.as_view(), name="account-usage"),
    path("account/export/", AccountExportApi.as_view(), name="account-export"),
    path("account/keys/", KeysApi.as_view(), name="keys"),
    path("account/keys/<slug:prefix>/", KeyApi.as_view(), name="key"),
    path("speech/", SpeechApi.as_view(), name="speech"),
    path("phonemes/", PhonemesApi.as_view(), name="phonemes"),
    path("detect/", DetectApi.as_view(), name="detect"),
    path("conversions/", ConversionsApi.as_view(), name="conversions"),
    path("conversions/batches/", ConversionBatchesApi.as_view(), name="conversion-batches"),
    path("conversions/rights/", RightsTextApi.as_view(), name="rights-text"),
    path("conversions/<uuid:conversion_id>/", ConversionApi.as_view(), name="conversion"),
    path(
        "conversions/<uuid:conversion_id>/files/<slug:role>/",
        ConversionFileApi.as_view(),
        name="conversion-file",
    ),
    path("live/", LiveApi.as_view(), name="live"),
    path("live/<uuid:session_id>/", TalkApi.as_view(), name="talk"),
    path("separations/", SeparationsApi.as_view(), name="separations"),
    path("scores/", ScoresApi.as_view(), name="scores"),
    path("scores/suits/", ScoreSuitsApi.as_view(), name="scores-suits"),
    path("songs/", SongsApi.as_view(), name="songs"),
    path("songs/<uuid:song_id>/", SongApi.as_view(), name="song"),
    path("songs/<uuid:song_id>/files/<slug:role>/", SongFileApi.as_view(), name="song-file"),
    path("alignments/", AlignmentsApi.as_view(), name="alignments"),
    path("alignments/<uuid:alignment_id>/", AlignmentApi.as_view(), name="alignment"),
    path(
        "alignments/<uuid:alignment_id>/files/<slug:role>/",
        AlignmentFileApi.as_view(),
        name="alignment-file",
    ),
    path("dictionary/", DictionaryApi.as_view(), name="dictionary"),
    path("dictionary/<uuid:entry_id>/", DictionaryEntryApi.as_view(), name="dictionary-entry"),
    path("jobs/", JobsApi.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>/", JobApi.as_view(), name="job"),
    path("jobs/<uuid:job_id>/cancel/", JobCancelApi.as_view(), name="job-cancel"),
    path("jobs/<uuid:job_id>/events/", JobEventsApi.as_view(), name="job-events"),
    path("jobs/<uuid:job_id>/points/", JobPointsApi.as_view(), name="job-points"),
    path("jobs/<uuid:job_id>/timestamps/", TimestampsApi.as_view(), name="job-timestamps"),
    path("jobs/<uuid:job_id>/audio/", JobAudioApi.as_view(), name="job-audio"),
    path("jobs/<uuid:job_id>/files/<slug:role>/", JobFileApi.as_view(), name="job-file"),
    path("limits/", LimitsApi.as_view(), name="limits"),
    path("webhook-secret/", WebhookSecretApi.as_view(), name="webhook-secret"),
    path("jobs/<uuid:job_id>/parts/", JobPartsApi.as_view(), name="job-parts"),
    path("jobs/<uuid:job_id>/share/", JobShareApi.as_view(), name="job-share"),
    path("batches/", BatchesApi.as_view(), name="batches"),
    path("batches/<uuid:batch_id>/", BatchApi.as_view(), name="batch"),
    path("batches/<uuid:batch_id>/cancel/", BatchCancelApi.as_view(), name="batch-cancel"),
    path("batches/<uuid:batch_id>/archive/", BatchArchiveApi.as_view(), name="batch-archive"),
    path("datasets/", DatasetsApi.as_view(), name="datasets"),
    path("datasets/<uuid:dataset_id>/", DatasetApi.as_view(), name="dataset"),
    path(
        "datasets/<uuid:dataset_id>/sentences/",
        DatasetSentencesApi.as_view(),
        name="dataset-sentences",
    ),
    path("datasets/<uuid:dataset_id>/takes/", TakesApi.as_view(), name="takes"),
    path("datasets/<uuid:dataset_id>/takes/<uuid:take_id>/", TakeApi.as_view(), name="take"),
    path(
        "datasets/<uuid:dataset_id>/takes/<uuid:take_id>/accept/",
        TakeAcceptApi.as_view(),
        name="take-accept",
    ),
    path(
        "datasets/<uuid:dataset_id>/takes/<uuid:take_id>/audio/",
        TakeAudioApi.as_view(),
        name="take-audio",
    ),
    path(
        "datasets/<uuid:dataset_id>/prepare/", DatasetPrepareApi.as_view(), name="dataset-prepare"
    ),
    path("datasets/<uuid:dataset_id>/edits/", DatasetEditsApi.as_view(), name="dataset-edits"),
    path("datasets/<uuid:dataset_id>/report/", DatasetReportApi.as_view(), name="dataset-report"),
    path(
        "datasets/<uuid:dataset_id>/files/<path:path>/",
        DatasetFileApi.as_view(),
        name="dataset-file",
    ),
    path("uploads/", UploadsApi.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>/", UploadApi.as_view(), name="upload"),
    path("uploads/<uuid:upload_id>/parts/<int:number>/", UploadPartApi.as_view(), name="part"),
    path("uploads/<uuid:upload_id>/finish/", UploadFinishApi.as_view(), name="upload-finish"),
    path("voices/", VoicesApi.as_view(), name="voices"),
    path("voices/map/", VoiceMapApi.as_view(), name="voices-map"),
    path("voices/import/", VoiceImportApi.as_view(), name="voices-import"),
    path("voices/merge/", VoicesMergeApi.as_view(), name="voices-merge"),
    path("voices/<str:voice_id>/", VoiceApi.as_view(), name="voice"),
    path("voices/<str:voice_id>/preview/", VoicePreviewApi.as_view(), name="voice-preview"),
    path("voices/<str:voice_id>/similar/", SimilarApi.as_view(), name="voice-similar"),
    path("consent/", ConsentTextApi.as_view(), name="consent-text"),
    path("voices/<uuid:voice_id>/consent/", ConsentApi.as_view(), name="consent"),
    path("voices/<uuid:voice_id>/consent/phrase/", PhraseApi.as_view(), name="consent-phrase"),
    path("voices/<uuid:voice_id>/consent/spoken/", SpokenApi.as_view(), name="consent-spoken"),
    path("voices/<uuid:voice_id>/versions/", VersionsApi.as_view(), name="versions"),
    path(
        "voices/<uuid:voice_id>/versions/<int:number>/activate/",
        VersionActivateApi.as_view(),
        name="version-activate",
    ),
    path(
        "voices/<uuid:voice_id>/versions/<int:number>/preview/",
        VersionPreviewApi.as_view(),
        name="version-preview",
    ),
    path(
        "voices/<uuid:voice_id>/versions/<int:number>/file/",
        VersionFileApi.as_view(),
        name="version-file",
    ),
    path("voices/<uuid:voice_id>/comparisons/", ComparisonsApi.as_view(), name="comparisons"),
    path("comparisons/<uuid:comparison_id>/", ComparisonApi.as_view(), name="comparison"),
    path(
        "comparisons/<uuid:comparison_id>/choose/",
        ComparisonChooseApi.as_view(),
        name="comparison-choose",
    ),
    path("voices/<uuid:voice_id>/trainings/", TrainingsApi.as_view(), name="trainings"),
    path(
        "voices/<uuid:voice_id>/trainings/estimate/",
        TrainingEstimateApi.as_view(),
        name="trainings-estimate",
    ),
    path("trainings/<uuid:training_id>/", TrainingApi.as_view(), name="training"),
    path(
        "trainings/<uuid:training_id>/finish/", TrainingFinishApi.as_view(), name="training-finish"
    ),
    path("trainings/<uuid:training_id>/pause/", TrainingPauseApi.as_view(), name="training-pause"),
    path(
        "trainings/<uuid:training_id>/resume/", TrainingResumeApi.as_view(), name="training-resume"
    ),
    path(
        "trainings/<uuid:training_id>/cancel/", TrainingCancelApi.as_view(), name="training-cancel"
    ),
    path(
        "trainings/<uuid:training_id>/checkpoints/<int:number>/activate/",
        CheckpointActivateApi.as_view(),
        name="checkpoint-activate",
    ),
    path("voices/<uuid:voice_id>/fitting/", FittingApi.as_view(), name="fitting"),
    path("voices/<uuid:voice_id>/recordings/", RecordingsApi.as_view(), name="recordings"),
    path(
        "voices/<uuid:voice_id>/recordings/<uuid:recording_id>/",
        RecordingApi.as_view(),
        name="recording",
    ),
]
