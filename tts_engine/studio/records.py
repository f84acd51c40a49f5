"""What a training leaves on the disk, readable without torch: its settings, its checkpoints, and which is the best.

Checkpoints are voice files (`studio.voice_file`), so that each is a voice that can be heard, chosen and exported.
"""

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tts_engine.errors import RequestError
from tts_engine.studio.listening import Checkpoint
from tts_engine.studio.settings import StudioSettings
from tts_engine.studio.voice_file import Bases, StudioVoice, read_voice, write_voice

RECORDS_FILE, LOCK_FILE = "training.json", "training.lock"
CHECKPOINTS, SAMPLES = "checkpoints", "samples"
WHERE = ("threads", "device")  # settings that may differ when a training goes on


@dataclass(frozen=True, kw_only=True)
class Records:
    """A training as it is on the disk.

    Attributes:
        folder: of the training.
        settings: it was begun with.
        dataset: digest of the dataset's plan.
        bases: of the weights that it was begun with.
        checkpoints: in order; those not kept have their figures still.
        finished: whether it ended by itself.
    """

    folder: Path
    settings: StudioSettings
    dataset: str
    bases: Bases
    checkpoints: tuple[Checkpoint, ...] = ()
    finished: bool = False

    @classmethod
    def read(cls, folder: Path) -> "Records":
        """Raises RequestError: `training_missing`."""
        try:
            row = json.loads((folder / RECORDS_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise RequestError(
                "training_missing",
                f"there is no training in {folder}",
                f"в {folder} нет обучения",
            ) from error
        return cls(
            folder=folder,
            settings=StudioSettings.from_dict(row["settings"]),
            dataset=row["dataset"],
            bases=Bases(**row["bases"]),
            checkpoints=tuple(Checkpoint.from_dict(one, folder) for one in row["checkpoints"]),
            finished=row["finished"],
        )

    def write(self) -> None:
        """Write it, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        row = {
            "settings": self.settings.to_dict(),
            "dataset": self.dataset,
            "bases": asdict(self.bases),
            "checkpoints": [one.to_dict(self.folder) for one in self.checkpoints],
            "finished": self.finished,
        }
        partial = self.folder / (RECORDS_FILE + ".partial")
        partial.write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")
        partial.replace(self.folder / RECORDS_FILE)

    @property
    def best(self) -> Checkpoint:
        """The kept checkpoint of the highest score, the first of them; number 0 is before any training."""
        kept = [one for one in self.checkpoints if one.kept] or self.checkpoints
        return max(kept, key=lambda one: (one.figures["score"], -one.number))

    @property
    def next_number(self) -> int:
        return len(self.checkpoints)

    def gone_on(self, settings: StudioSettings, dataset: str, bases: Bases) -> "Records":
        """The same for a training that is begun again.

        Raises:
            RequestError: `training_differs`, other settings, another dataset or other weights.
        """
        here = {name: getattr(settings, name) for name in WHERE}
        asked = (settings, dataset, bases)
        if asked != (replace(self.settings, **here), self.dataset, self.bases):
            raise RequestError(
                "training_differs",
                f"{self.folder} holds a training with other settings, another dataset or other weights; go on with "
                "those, or name another folder",
                f"в {self.folder} обучение с другими настройками, набором или весами; продолжите с теми же "
                "или укажите другую папку",
            )
        return replace(self, settings=settings)

    def until(self, step: int) -> "Records":
        """Without checkpoints of later steps: a state that was lost makes them again."""
        return replace(self, checkpoints=tuple(one for one in self.checkpoints if one.step <= step))

    def with_checkpoint(self, checkpoint: Checkpoint) -> "Records":
        """And one more, on the disk; of the older files the best and the newest stay."""
        more = replace(self, checkpoints=(*self.checkpoints, checkpoint))
        more.write()
        newest = more.checkpoints[-self.settings.keep :]
        for one in more.checkpoints:
            if one not in newest and one != more.best:
                one.path.unlink(missing_ok=True)
        return more

    @property
    def is_over(self) -> bool:
        """Whether so many checkpoints in a row were no better that it is not worth going on."""
        patience = self.settings.patience
        return 0 < patience <= self.checkpoints[-1].number - self.best.number


@contextmanager
def training_locked(folder: Path) -> Iterator[None]:
    """The folder of a training for one at a time; the system frees it when the process ends, however it ends.

    Raises:
        RequestError: `training_runs`, somebody trains in it at this moment.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RequestError(
                "training_runs",
                f"a training runs in {folder} at this moment; stop it first (Ctrl-C), or wait for its end",
                f"в {folder} сейчас идёт обучение; сначала остановите его (Ctrl-C) или дождитесь конца",
            ) from None
        yield


def checkpoint_path(folder: Path, number: int) -> Path:
    """Where the deltas of a checkpoint lie."""
    return folder / CHECKPOINTS / f"{number:03d}.safetensors"


def write_checkpoint(folder: Path, number: int, voice: StudioVoice) -> Path:
    """Write a checkpoint's deltas; returns its path."""
    path = checkpoint_path(folder, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_voice(path, voice)
    return path


def checkpoint_voice(folder: Path, number: int | None = None, name: str = "") -> StudioVoice:
    """The voice of a checkpoint that is kept, of the best when none is named.

    Raises:
        RequestError: `training_missing`, `checkpoint_missing`, `voice_file_unreadable`.
    """
    records = Records.read(folder)
    found = {one.number: one for one in records.checkpoints}
    chosen = found.get(number) if number is not None else (records.best if found else None)
    if chosen is None or not chosen.kept:
        kept = [one.number for one in records.checkpoints if one.kept]
        raise RequestError(
            "checkpoint_missing",
            f"checkpoint {number} is not there; these are: {', '.join(map(str, kept)) or 'none'}",
            f"точки {number} нет; есть {', '.join(map(str, kept)) or 'никаких'}",
            kept=kept,
        )
    voice = read_voice(chosen.path)
    training: Mapping[str, Any] = {
        **voice.training,
        "figures": dict(chosen.figures),
        "epoch": chosen.epoch,
        "checkpoint": chosen.number,
    }
    return replace(voice, name=name, training=training)
