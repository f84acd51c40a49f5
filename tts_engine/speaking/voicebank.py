"""The shipped voice bank: one JSON file per voice under `weights/voices/`.

A voice is a d-vector with a few measured facts, a name and its source; no recording is kept.
"""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts_engine.errors import CheckpointError, VoiceError
from tts_engine.types import DELTAS, VoiceProfile
from tts_engine.weights import verify_folder, weights_folder


@dataclass(frozen=True, kw_only=True)
class BankVoice:
    """One named voice.

    Attributes:
        slug: stable name in commands and calls.
        name: shown name in English; `name_ru` in Russian.
        description: one sentence in English; `description_ru` in Russian.
        gender: "female" or "male".
        language: of the recordings behind it, "ru" or "en".
        licence: of those recordings.
        attribution: who is to be named.
        profile: what the synthesizer needs.
    """

    slug: str
    name: str
    name_ru: str
    description: str
    description_ru: str
    gender: str
    language: str
    licence: str
    attribution: str
    profile: VoiceProfile


def list_voices(folder: Path | None = None) -> list[BankVoice]:
    """All voices of the bank in the order of their slugs; raises CheckpointError as `verify_folder`."""
    root = folder or weights_folder() / "voices"
    verify_folder(root)
    voices = [read_voice(path) for path in sorted(root.glob("*.json"))]
    if not voices:
        raise CheckpointError(
            "voices_missing",
            f"no voices in {root}; the repository ships them under weights/voices/",
            f"в {root} нет голосов; они поставляются в weights/voices/",
        )
    return voices


def get_voice(name: str, folder: Path | None = None) -> BankVoice:
    """The voice of that slug, or of a name that it is shown by, in any case; else VoiceError."""
    voices, wanted = list_voices(folder), _plain(name)
    for voice in voices:
        if wanted in map(_plain, (voice.slug, voice.name, voice.name_ru)):
            return voice
    names = ", ".join(voice.slug for voice in voices)
    raise VoiceError(
        "unknown_voice",
        f"no voice {name!r}; the bank has {names}",
        f"нет голоса {name!r}; в банке есть {names}",
        voices=[voice.slug for voice in voices],
    )


def _plain(name: str) -> str:
    return name.strip().casefold().replace("ё", "е")


def read_voice(path: Path) -> BankVoice:
    """Read one voice; CheckpointError when the file is damaged."""
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        return BankVoice(**{**row, "profile": profile_from_dict(row["profile"])})
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointError(
            "voice_damaged",
            f"{path} is not a voice: {error}",
            f"{path} не является голосом: {error}",
        ) from error


def write_voice(voice: BankVoice, folder: Path) -> None:
    """Store a voice as `<folder>/<slug>.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(voice_to_dict(voice), ensure_ascii=False, indent=1)
    (folder / f"{voice.slug}.json").write_text(text + "\n", encoding="utf-8")


def voice_to_dict(voice: BankVoice) -> dict[str, Any]:
    """Plain JSON values of a voice, as its file has them."""
    return {**dataclasses.asdict(voice), "profile": profile_to_dict(voice.profile)}


def profile_to_dict(profile: VoiceProfile) -> dict[str, Any]:
    """Plain JSON values of a profile, without deltas: they are a file of their own, see `studio.voice_file`."""
    values: Sequence[float] = profile.embedding.tolist()
    return {
        **{
            field.name: getattr(profile, field.name)
            for field in dataclasses.fields(profile)
            if field.name not in ("embedding", *DELTAS)
        },
        "embedding": [round(value, 6) for value in values],
    }


def profile_from_dict(row: dict[str, Any]) -> VoiceProfile:
    """Inverse of `profile_to_dict`; TypeError on missing or unknown fields."""
    embedding = np.asarray(row["embedding"], dtype=np.float32)
    lists = {name: tuple(row.get(name, ())) for name in ("spectrum", "fitted")}
    return VoiceProfile(**{**row, **lists, "embedding": embedding})
