"""Studio voices: trained from a dataset, written to a file and read from one, merged."""

import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from tts_engine.studio.settings import DEVICES as TRAINING_DEVICES
from tts_engine.studio.settings import LAYERS as TRAINING_LAYERS
from tts_engine.studio.settings import RANGES as TRAINING_RANGES
from tts_engine.studio.settings import StudioSettings
from voices.engine.deltas import profile_of
from voices.engine.errors import engine_errors
from voices.engine.models import device
from voices.engine.profiles import Profile

__all__ = [
    "TRAINING_DEVICES", "TRAINING_LAYERS", "TRAINING_RANGES", "TrainingCheckpoint", "TrainingProgress", "VoiceFile",
    "train_voice", "training_file", "training_pace", "training_seconds", "training_settings", "voice_file_read",
    "voice_file_write", "voices_merge",
]  # fmt: skip

FRAMES_PER_SECOND = 22_050 / 256
_CHECKPOINT = re.compile(r"checkpoints/(\d+)\.\w+")
_SAMPLE = re.compile(r"samples/(\d+)-(\d+)\.\w+")


@dataclass(frozen=True, kw_only=True)
class TrainingProgress:
    """How far a training is: `done` of `total` of a stage, at an epoch, with the losses of a step; `seconds_left`
    are those of the whole training.
    """

    stage: str
    epoch: int
    done: int
    total: int
    losses: dict[str, float] = field(default_factory=dict)
    seconds_left: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TrainingCheckpoint:
    """What the voice had become; paths are as they are from the training's folder. Number 0 is before any training."""

    number: int
    epoch: int
    step: int
    figures: dict[str, float]
    losses: dict[str, float]
    profile: Profile
    path: str
    samples: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class VoiceFile:
    """A trained voice as a file has it; `signed` if by a key of this service."""

    name: str
    profile: Profile
    training: dict[str, Any]
    signed: bool


def training_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a training, those that are not given at their defaults.

    Raises:
        AppError: `out_of_range`, `unknown_choice`.
    """
    with engine_errors():
        return StudioSettings.from_dict(values).to_dict()


def training_seconds(
    values: Mapping[str, Any],
    *,
    speech_seconds: float,
    clips: int,
    pace: Mapping[str, float] | None,
) -> float:
    """How long a training takes if it does not end early. No model is loaded.

    Args:
        values: as of `training_settings`.
        speech_seconds, clips: of the dataset.
        pace: as of `training_pace`; what it lacks is foretold by the speed of this machine.
    """
    from tts_engine.studio.pace import USUAL_FRAMES, Pace

    known: dict[str, float] = {
        **vars(Pace.usual()),
        "batch_frames": USUAL_FRAMES,
        **(pace or {}),
    }
    epoch_steps = math.ceil(speech_seconds * FRAMES_PER_SECOND / values["batch_frames"])
    steps = values["epochs"] * max(1, epoch_steps)
    checkpoints = 1 + math.ceil(values["epochs"] / values["save_every"])
    step = known["step"] * values["batch_frames"] / known["batch_frames"]
    return round(clips * known["clip"] + steps * step + checkpoints * known["checkpoint"], 1)


def training_pace(folder: Path, values: Mapping[str, Any]) -> dict[str, float]:
    """What a training in this folder has measured of its parts, to foretell others by; {}: nothing yet."""
    with engine_errors():
        from tts_engine.studio.pace import Pace

        pace = Pace.read(folder)
    found = {"clip": pace.clip, "step": pace.step, "checkpoint": pace.checkpoint}
    measured = {name: round(seconds, 4) for name, seconds in found.items() if seconds > 0}
    return {**measured, "batch_frames": values["batch_frames"]} if measured else {}


def training_file(path: str) -> tuple[int, int | None] | None:
    """Of which checkpoint a file of a training's folder is, and which of its samples; None: it is something else."""
    if found := _CHECKPOINT.fullmatch(path):
        return int(found[1]), None
    if found := _SAMPLE.fullmatch(path):
        return int(found[1]), int(found[2])
    return None


def train_voice(
    dataset: Path,
    folder: Path,
    values: Mapping[str, Any],
    *,
    on_progress: Callable[[TrainingProgress], None],
    on_checkpoint: Callable[[TrainingCheckpoint, bool], None],
) -> None:
    """Train a voice, or go on where the folder was left.

    Args:
        dataset: report.json and clips, as they were prepared.
        folder: of the training.
        values: as of `training_settings`.
        on_progress: after each step; may raise to stop, and the folder has what is needed to go on.
        on_checkpoint: with whether it is the best so far.

    Raises:
        AppError: too little data, another dataset than it was begun with, no such device.
    """
    import torch

    usual = device()  # settles threads, and which GPU is this process's
    allowed = torch.get_num_threads()
    with engine_errors():
        from tts_engine.studio.listening import Checkpoint, Progress, StudioListener
        from tts_engine.studio.training import VoiceTraining

        class Told(StudioListener):
            """Passes on plain values."""

            def on_progress(self, progress: Progress) -> None:
                on_progress(_told(progress))

            def on_checkpoint(self, checkpoint: Checkpoint, *, best: bool) -> None:
                on_checkpoint(_kept(checkpoint, folder), best)

        wish = StudioSettings.from_dict(values)
        here = replace(
            wish,
            device=usual if wish.device == "auto" else wish.device,
            threads=min(wish.threads or allowed, allowed),
        )
        VoiceTraining(dataset, folder, here, weights=settings.WEIGHTS_DIR).fit(Told())


def _told(progress: Any) -> TrainingProgress:
    return TrainingProgress(
        stage=progress.stage,
        epoch=progress.epoch,
        done=progress.step,
        total=progress.total,
        losses=dict(progress.losses),
        seconds_left=progress.seconds_left,
    )


def _kept(checkpoint: Any, folder: Path) -> TrainingCheckpoint:
    from tts_engine.speaking.voicebank import profile_to_dict
    from tts_engine.studio.voice_file import read_voice

    voice = read_voice(checkpoint.path)
    return TrainingCheckpoint(
        number=checkpoint.number,
        epoch=checkpoint.epoch,
        step=checkpoint.step,
        figures=dict(checkpoint.figures),
        losses=dict(checkpoint.losses),
        profile=profile_to_dict(voice.profile),
        path=checkpoint.path.relative_to(folder).as_posix(),
        samples=tuple(path.relative_to(folder).as_posix() for path in checkpoint.samples),
    )


def voice_file_write(profile: Profile, *, name: str, training: Mapping[str, Any]) -> bytes:
    """A trained voice as one file, signed with the service's key. No model is loaded.

    Raises:
        AppError: `voice_not_trained`, `voice_weights_damaged`.
    """
    with engine_errors():
        from tts_engine.studio.voice_file import StudioVoice, voice_bytes

        voice = StudioVoice(profile=profile_of(profile), name=name, training=dict(training))
        return voice_bytes(voice, _key())


def voice_file_read(content: bytes) -> VoiceFile:
    """What a file has of a voice that fits the weights here. No model is loaded.

    Raises:
        AppError: `voice_file_unreadable`, `voice_signature_wrong`, `delta_damaged`, `delta_of_another_base`.
    """
    with engine_errors():
        from tts_engine.speaking.voicebank import profile_to_dict
        from tts_engine.studio.voice_file import Bases, key_id, parse_voice

        voice = parse_voice(content, bases=Bases.of(settings.WEIGHTS_DIR), key=_key())
        return VoiceFile(
            name=voice.name,
            profile=profile_to_dict(voice.profile),
            training=dict(voice.training),
            signed=voice.signer == key_id(_key()),
        )


def voices_merge(
    shares: Sequence[tuple[Profile, float]], *, name: str
) -> tuple[Profile, bytes | None]:
    """A voice between voices: its profile, and the file of what it adds to the weights, where any of them does.

    Raises:
        AppError: `delta_of_another_base`, `delta_damaged`, `voice_weights_damaged`.
    """
    with engine_errors():
        from tts_engine.speaking.voicebank import profile_to_dict
        from tts_engine.studio.voice_file import StudioVoice, merge_voices, voice_bytes

        voices = [(StudioVoice(profile=profile_of(row)), weight) for row, weight in shares]
        merged = replace(merge_voices(voices, name), training={})
        content = voice_bytes(merged) if merged.profile.delta is not None else None
        return profile_to_dict(merged.profile), content


def _key() -> bytes:
    return hashlib.sha256(b"voice files\0" + settings.SECRET_KEY.encode()).digest()
