"""The only door to tts_engine.

Imports of the engine stand inside the functions on purpose: the web process and the management
commands pass through here too and must not load torch, but for reading a text (`phonemes`). Models
that speak are loaded once in a process, by the worker.
"""

from voices.engine.conversion import (
    Conversion,
    ConversionOrder,
    Separation,
    conversion_presets,
    conversion_settings_check,
    convert_recording,
    encode_recording,
    f0_methods,
    separate_recording,
    song_limits,
)
from voices.engine.datasets import (
    Measured,
    Source,
    TakeCheck,
    check_take,
    dataset_defaults,
    dataset_edit,
    dataset_prepare,
    dataset_settings_check,
    measure_recordings,
    sentences_coverage,
    sentences_next,
)
from voices.engine.errors import engine_errors
from voices.engine.fitting import Fitted, fit_voice
from voices.engine.likeness import (
    SpokenCheck,
    check_spoken,
    same_speaker,
    similarities,
    voice_places,
)
from voices.engine.live import LiveTalk, live_settings_check, live_settings_usual, live_talk
from voices.engine.models import (
    families_loaded,
    gpu_memory_bytes,
    is_device_lost,
    is_loaded,
    load_cloner,
    on_lapse,
    on_stage,
    weights_missing,
)
from voices.engine.pieces import (
    Said,
    ends_group,
    length_check,
    said_alone,
    said_join,
    said_pack,
    said_size,
    said_unpack,
    spans_of,
    speak_span,
)
from voices.engine.profiles import (
    Profile,
    Reference,
    analyse_reference,
    bank_voices,
    mean_profile,
    voices_mixed,
)
from voices.engine.provenance import (
    Judgement,
    Provenance,
    examined,
    provenance,
    provenance_of_speech,
)
from voices.engine.settings import (
    BITRATES_KBPS,
    FOLLOWED_SPEEDS,
    PITCH_RANGE_SEMITONES,
    SEED_RANGE,
    SPEED_RANGE,
    VARIATION_RANGE,
    bitrate_check,
    settings_check,
)
from voices.engine.singing import (
    LYRICS_FORMATS,
    SCORE_BYTES,
    SONG_EXAMPLES,
    ScoreDocument,
    SongOrder,
    SungSong,
    lyrics_align,
    lyrics_check,
    lyrics_file,
    score_example,
    score_read,
    score_too_large,
    sing_score,
    song_check,
    song_document,
    song_suits,
)
from voices.engine.speech import (
    SpeechOrder,
    encode,
    encode_stream,
    join,
    speak,
    speak_in_parts,
    speak_many,
    warm_up,
)
from voices.engine.studio import (
    TRAINING_DEVICES,
    TRAINING_LAYERS,
    TRAINING_RANGES,
    TrainingCheckpoint,
    TrainingProgress,
    VoiceFile,
    train_voice,
    training_file,
    training_pace,
    training_seconds,
    training_settings,
    voice_file_read,
    voice_file_write,
    voices_merge,
)
from voices.engine.text import (
    Part,
    characters_check,
    dictionary_check,
    phonemes,
    voices_called,
    words_placed,
)
from voices.engine.tracks import decode, tag, track_opened
from voices.engine.untrusted import read_untrusted, untrusted_task

__all__ = [
    "BITRATES_KBPS", "FOLLOWED_SPEEDS", "LYRICS_FORMATS", "PITCH_RANGE_SEMITONES", "SCORE_BYTES", "SEED_RANGE",
    "SONG_EXAMPLES", "SPEED_RANGE", "TRAINING_DEVICES", "TRAINING_LAYERS", "TRAINING_RANGES", "VARIATION_RANGE",
    "Conversion", "ConversionOrder", "Fitted", "Judgement", "LiveTalk", "Measured", "Part", "Profile", "Provenance",
    "Reference", "Said", "ScoreDocument", "Separation", "SongOrder", "Source", "SpeechOrder", "SpokenCheck",
    "SungSong", "TakeCheck", "TrainingCheckpoint", "TrainingProgress", "VoiceFile", "analyse_reference",
    "bank_voices", "bitrate_check", "characters_check", "check_spoken", "check_take", "conversion_presets",
    "conversion_settings_check", "convert_recording", "dataset_defaults", "dataset_edit", "dataset_prepare",
    "dataset_settings_check", "decode", "dictionary_check", "encode", "encode_recording", "encode_stream",
    "ends_group", "engine_errors", "examined", "f0_methods", "families_loaded", "fit_voice", "gpu_memory_bytes",
    "is_device_lost", "is_loaded", "join", "length_check", "live_settings_check", "live_settings_usual",
    "live_talk", "load_cloner", "lyrics_align", "lyrics_check", "lyrics_file", "mean_profile", "measure_recordings",
    "on_lapse", "on_stage", "phonemes", "provenance", "provenance_of_speech", "read_untrusted", "said_alone",
    "said_join", "said_pack", "said_size", "said_unpack", "same_speaker", "score_example", "score_read",
    "score_too_large", "sentences_coverage", "sentences_next", "separate_recording", "settings_check",
    "similarities", "sing_score", "song_check", "song_document", "song_limits", "song_suits", "spans_of", "speak",
    "speak_in_parts", "speak_many", "speak_span", "tag", "track_opened", "train_voice", "training_file",
    "training_pace", "training_seconds", "training_settings", "untrusted_task", "voice_file_read",
    "voice_file_write", "voice_places", "voices_called", "voices_merge", "voices_mixed", "warm_up",
    "weights_missing", "words_placed",
]  # fmt: skip
