"""A voice whose owner has consented and a prepared dataset of it, put into an installation that runs.

    python -m tests.end_to_end.studio_rows OWNER FOLDER      a visitor's id or the name of a user
    python -m tests.end_to_end.studio_rows OWNER FILE        the voice alone, of a recording

The folder is as `python -m tts_engine dataset` leaves it. How recordings become one is the business of other tests.
"""

import json
import sys
from pathlib import Path

import django
import numpy as np


def main(name: str, source: Path) -> None:
    """Print the voice's id and the dataset's."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from tests.voices.stored import voice_create

    user = User.objects.filter(username=name).first()
    owner = {"visitor": name} if user is None else {"user": user}
    clips = sorted((source / "clips").iterdir()) if source.is_dir() else [source]
    profile = _profile(max(clips, key=lambda path: path.stat().st_size))
    voice = voice_create(**owner, name="Чтец", profile=profile, spoken_consent_at=timezone.now())
    voice.spoken_consent_embedding = profile["embedding"]
    voice.save()
    made = {"voice": str(voice.pk)}
    if source.is_dir():
        made["dataset"] = _dataset(owner, voice, source, clips)
    sys.stdout.write(json.dumps(made))


def _dataset(owner, voice, folder: Path, clips: list[Path]) -> str:
    from django.utils import timezone

    from voices.models import Dataset, StoredFile
    from voices.models.stored_file import CLIP, REPORT
    from voices.storage import file_store, prepared_name

    dataset = Dataset.objects.create(
        **owner,
        voice=voice,
        title="Сказка",
        state=Dataset.State.PREPARED,
        prepared_at=timezone.now(),
        figures={
            "clips": len(clips), "recordings": 1, "refused": 0, "seconds_given": 20.0, "seconds_kept": 18.0,
            "dropped_seconds": {}, "edits_lost": 0, "embedding": voice.profile["embedding"],
        },
    )  # fmt: skip
    for role, path in [(REPORT, folder / "report.json"), *((CLIP, clip) for clip in clips)]:
        name = prepared_name(dataset.pk, 1, path.relative_to(folder).as_posix())
        file_store(name, path.read_bytes())
        size = path.stat().st_size
        StoredFile.objects.create(**owner, dataset=dataset, name=name, role=role, size_bytes=size)
    return str(dataset.pk)


def _profile(clip: Path) -> dict:
    """As it would be measured."""
    from tts_engine.audio.io import decode_audio
    from tts_engine.device import resolve_device
    from tts_engine.encoder.inference import SpeakerEncoder
    from tts_engine.speaking.voicebank import profile_to_dict
    from tts_engine.types import VoiceProfile
    from tts_engine.weights import weights_folder

    encoder = SpeakerEncoder.load(weights_folder() / "encoder", device=resolve_device("cpu"))
    vector = np.asarray(encoder.embed(decode_audio(clip)), dtype=np.float32)
    return profile_to_dict(VoiceProfile(embedding=vector, f0_median_hz=110.0))


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], Path(sys.argv[2]))
