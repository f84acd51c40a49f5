"""What tests of trainings need: a voice whose owner has consented, a prepared dataset, and a trainer that only counts.

The trainer keeps its state as the engine does, in a folder that it goes on from, and its losses depend on all of it:
a training that was stopped and one that was not end alike only if nothing was lost.
"""

import json
from dataclasses import dataclass, field

from django.core.files.storage import default_storage
from django.utils import timezone

from tests.voices.stored import voice_create
from voices.engine import TrainingCheckpoint, TrainingProgress
from voices.kinds import TRAINING
from voices.models import Dataset, StoredFile, Voice, Worker
from voices.models.stored_file import CLIP, REPORT
from voices.storage import file_store

EMBEDDING = [1.0] + [0.0] * 255
FIGURES = {"clips": 40, "seconds_kept": 360.0, "embedding": EMBEDDING}
EPOCH_STEPS = 4
NOT_TO_KEEP = {"training.lock", "state.partial"}  # held on this machine; being written


def voice_of(owner, name="Иван"):
    voice = voice_create(**owner.fields, name=name, profile={"embedding": EMBEDDING})
    Voice.objects.filter(pk=voice.pk).update(
        spoken_consent_at=timezone.now(), spoken_consent_embedding=EMBEDDING
    )
    return Voice.objects.get(pk=voice.pk)


def dataset_of(owner, voice, *, figures=FIGURES, prepared=True):
    """With a report and a clip."""
    dataset = Dataset.objects.create(
        **owner.fields,
        voice=voice,
        title="Чтение",
        figures=figures,
        prepared_at=timezone.now() if prepared else None,
    )
    for role, path in ((REPORT, "report.json"), (CLIP, "clips/0001.flac")):
        name = f"datasets/{dataset.pk}/1/{path}"
        file_store(name, b"{}")
        StoredFile.objects.create(
            **owner.fields, dataset=dataset, name=name, role=role, size_bytes=2
        )
    return dataset


def trainer_lives():
    Worker.objects.create(name="trainer:1", queues=[TRAINING.name], seen_at=timezone.now())


@dataclass
class CountingTrainer:
    """Stands for `engine.train_voice`. `at` says what happens at a step; `scores` are of the checkpoints, the best one
    is the highest.
    """

    scores: tuple[float, ...] = (0.1, 0.4, 0.9, 0.5)
    at: dict = field(default_factory=dict)
    course: list = field(default_factory=list)
    seen: list = field(default_factory=list)
    folder: object = None

    def train_voice(self, dataset, folder, values, *, on_progress, on_checkpoint):
        assert (dataset / "clips" / "0001.flac").is_file()
        self.seen.append(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.*")))
        state, self.folder = folder / "state.json", folder
        here = (
            json.loads(state.read_text())
            if state.is_file()
            else {"step": 0, "sum": 1.0, "made": []}
        )
        tell = _Told(self, folder, values, here, on_progress, on_checkpoint)
        for name in NOT_TO_KEEP:
            (folder / name).touch()
        (folder / "corpus").mkdir(exist_ok=True)
        (folder / "corpus" / "audio.i16").write_bytes(b"samples")
        if not here["made"]:
            tell.checkpoint(0)
        try:
            tell.steps()
        except Exception:
            tell.save()
            raise
        (folder / "pace.json").write_text('{"clip": 0.1, "step": 2.0, "checkpoint": 5.0}')


@dataclass
class _Told:
    trainer: CountingTrainer
    folder: object
    values: dict
    here: dict
    on_progress: object
    on_checkpoint: object

    def steps(self):
        total = self.values["epochs"] * EPOCH_STEPS
        while self.here["step"] < total:
            step = self.here["step"] + 1
            self.trainer.at.pop(step, lambda: None)()
            self.here |= {"step": step, "sum": self.here["sum"] * 0.9 + step / 1000}
            self.trainer.course.append(step)
            epoch = -(-step // EPOCH_STEPS)
            if step % EPOCH_STEPS == 0:
                self.save()
                if epoch % self.values["save_every"] == 0 or step == total:
                    self.checkpoint(len(self.here["made"]))
            self.on_progress(
                TrainingProgress(
                    stage="training", epoch=epoch, done=step, total=total,
                    losses={"mel": self.here["sum"]}, seconds_left=2.0 * (total - step),
                )
            )  # fmt: skip

    def checkpoint(self, number):
        files = {f"checkpoints/{number:03d}.voice": f"weights {self.here['sum']:.9f}".encode()}
        files |= {f"samples/{number:03d}-1.flac": f"sound {number}".encode()}
        for path, content in files.items():
            (self.folder / path).parent.mkdir(exist_ok=True)
            (self.folder / path).write_bytes(content)
        score = self.trainer.scores[number]
        best = all(score > self.trainer.scores[one] for one in self.here["made"])
        self.here["made"].append(number)
        made = self.here["made"]
        newest, first = made[-self.values["keep"] :], max(made, key=self.trainer.scores.__getitem__)
        for one in made:
            if one not in newest and one != first:
                (self.folder / f"checkpoints/{one:03d}.voice").unlink(missing_ok=True)
        self.save()
        paths = list(files)
        self.on_checkpoint(
            TrainingCheckpoint(
                number=number, epoch=self.here["step"] // EPOCH_STEPS, step=self.here["step"],
                figures={"score": score, "similarity": 0.8}, losses={"mel": self.here["sum"]},
                profile={"embedding": EMBEDDING}, path=paths[0], samples=(paths[1],),
            ),
            best,
        )  # fmt: skip

    def save(self):
        (self.folder / "state.json").write_text(json.dumps(self.here))


def content_of(stored):
    with default_storage.open(stored.name) as file:
        return file.read()
