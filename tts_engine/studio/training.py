"""A studio voice out of a dataset: small deltas on the shipped synthesizer and conversion model, trained together,
measured and chosen by itself.

    training = VoiceTraining(dataset, folder, StudioSettings())
    training.estimate()                          seconds, by trying some clips, a step and a sentence
    voice = training.fit(listener)               goes on where an earlier `fit` in the folder was stopped
    voice = end_training(folder)                 goes on no further: the best of what a stopped `fit` has made

    <folder>/training.json                       settings, checkpoints with their figures, whether it has ended
    <folder>/corpus/                             the dataset, aligned
    <folder>/training.lock                       held while it runs
    <folder>/state.pt                            to go on from, written after every epoch; gone at the end
    <folder>/checkpoints/NNN.safetensors         voice files: 000 is the voice before any training
    <folder>/samples/NNN-N.flac                  the same three sentences by every checkpoint

A step depends on seed and number alone, and the state is all of what moves: on one processor a training that was
stopped and begun again makes the same bits as one that was not.
"""

import contextlib
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import torch

from tts_engine.conversion.inference import Converter
from tts_engine.dataset.plan import read_plan
from tts_engine.errors import RequestError
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.studio import data, records
from tts_engine.studio.clips import Clips
from tts_engine.studio.listening import (
    MEASURING,
    PREPARING,
    TRAINING,
    Checkpoint,
    StudioListener,
)
from tts_engine.studio.measuring import Judge
from tts_engine.studio.pace import Course, Pace
from tts_engine.studio.records import (
    Records,
    checkpoint_voice,
    training_locked,
    write_checkpoint,
)
from tts_engine.studio.settings import StudioSettings
from tts_engine.studio.trainer import Trainer
from tts_engine.studio.voice_file import Bases, StudioVoice
from tts_engine.synthesizer.train import load_listeners
from tts_engine.training.corpus import TRAIN
from tts_engine.training.listeners import TrainingListener
from tts_engine.training.loop import STATE_FILE, RunConfig, TrainingRun
from tts_engine.weights import weights_folder

DEFAULTS = StudioSettings()
TRIED_CLIPS, TRIED_STEPS = 8, 2  # of steps the last is timed: the first compiles


class VoiceTraining:
    """One training of one voice in a folder of its own."""

    def __init__(
        self,
        dataset: Path,
        folder: Path,
        settings: StudioSettings = DEFAULTS,
        *,
        weights: Path | None = None,
    ) -> None:
        """Open it; no model is loaded yet.

        Args:
            dataset: as `python -m tts_engine dataset` writes it.
            folder: of this training, made if it is not there; one that holds a training is gone on with.
            settings: of the training.
            weights: folder of weights; None: the shipped one.

        Raises:
            RequestError: `plan_missing`, `plan_invalid` (no dataset), `training_differs`.
            CheckpointError: `weights_missing`.
        """
        self.dataset, self.folder, self.settings = dataset, folder, settings
        self.weights = weights or weights_folder()
        digest, bases = data.digest_of(dataset), Bases.of(self.weights)
        self.records = (
            Records.read(folder).gone_on(settings, digest, bases)
            if (folder / records.RECORDS_FILE).is_file()
            else Records(folder=folder, settings=settings, dataset=digest, bases=bases)
        )

    def estimate(self) -> float:
        """Seconds of a whole `fit`: some clips, two steps and a sentence are tried; only the pace is kept of it.

        Raises:
            RequestError: `too_little_data`.
            CheckpointError: weights are missing or damaged.
        """
        with self._threads(), tempfile.TemporaryDirectory() as temporary:
            work = _Work(self, Path(temporary))
            pace = work.pace
            work.prepare(StudioListener(), most_clips=TRIED_CLIPS)
            for number in range(1, TRIED_STEPS + 1):
                started = time.monotonic()
                work.trainer.step(number, work.run)
                pace.step = time.monotonic() - started
            started = time.monotonic()
            work.judge.spoken(work.clips.profile, work.judge.sentences[0])
            pace.checkpoint = (time.monotonic() - started) * work.judge.spoken_in_all
        pace.write(self.folder)
        clips = data.count_of(self.dataset)
        course = Course(self.settings, StudioListener(), pace, self._steps_per_epoch(), clips)
        return course.seconds_left

    def fit(self, listener: StudioListener | None = None) -> StudioVoice:
        """Train to the end, or until it gets no better; the voice of the best checkpoint.

        Args:
            listener: told how it goes; what it raises stops the training, which goes on from there next time.

        Raises:
            RequestError: `too_little_data`, `clip_missing`; `training_runs`, another process trains in the folder.
            ResourceError: `out_of_memory`; less `batch_frames` need less.
            CheckpointError: weights are missing or damaged.
        """
        if not self.records.finished:
            with training_locked(self.folder), self._threads():
                work = _Work(self, self.folder)
                work.prepare(listener or StudioListener())
                work.train()
        return checkpoint_voice(self.folder)

    def _steps_per_epoch(self) -> int:
        """About: what the clips' frames fill."""
        seconds = sum(piece.seconds for piece in data.usable(read_plan(self.dataset)))
        return max(1, round(seconds * data.FRAMES_PER_SECOND / self.settings.batch_frames))

    @contextlib.contextmanager
    def _threads(self) -> Iterator[None]:
        before = torch.get_num_threads()
        torch.set_num_threads(self.settings.threads or before)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def end_training(folder: Path) -> StudioVoice:
    """End a training that was stopped, as if its last epoch had come: the voice of its best checkpoint.

    Raises:
        RequestError: `training_missing`; `training_runs`, it was not stopped; `nothing_trained`, it was stopped
            before its first checkpoint.
    """
    Records.read(folder)  # or there is no folder to lock
    with training_locked(folder):
        found = Records.read(folder)
        if not any(one.number for one in found.checkpoints):
            raise RequestError(
                "nothing_trained",
                f"the training in {folder} was stopped before its first checkpoint; go on with it by --resume",
                f"обучение в {folder} остановлено до первой контрольной точки; продолжите его с --resume",
            )
        _ended(found)
    return checkpoint_voice(folder)


def _ended(found: Records) -> Records:
    ended = replace(found, finished=True)
    ended.write()
    (found.folder / STATE_FILE).unlink(missing_ok=True)  # 165 MB that nothing goes on from
    return ended


class _Work(TrainingListener):
    """Models and data of a training while it is at work; told by the loop when a step is whole."""

    def __init__(self, training: VoiceTraining, folder: Path) -> None:
        self.training, self.settings, self.folder = training, training.settings, folder
        self.cloner = VoiceCloner.load(training.weights, device=training.settings.device)
        self.converter = Converter.load(training.weights, device=self.cloner.device)
        self.pace = Pace.read(folder)
        self.records = training.records
        self._sums: dict[str, list[float]] = defaultdict(
            list
        )  # of losses, since the last checkpoint

    def prepare(self, listener: StudioListener, most_clips: int | None = None) -> None:
        """Align the clips, and make ready what learns from them and what judges."""
        plan_clips = data.count_of(self.training.dataset, most_clips)
        self.course = Course(
            self.settings, listener, self.pace, self.training._steps_per_epoch(), plan_clips
        )
        self.course.tell(PREPARING, 0, plan_clips)
        last = time.monotonic()

        def on_clip(done: int, total: int) -> None:
            nonlocal last
            self.pace.measured("clip", time.monotonic() - last)
            last = time.monotonic()
            self.course.clips = total - done
            self.course.tell(PREPARING, done, total)

        corpus = data.prepare(
            self.training.dataset,
            self.folder,
            language=self.settings.language,
            cloner=self.cloner,
            on_clip=on_clip,
            most_clips=most_clips,
        )
        self.course.clips = 0
        self.clips = Clips(corpus, self.converter.config)
        self.seconds = sum(item.clip.seconds for item in self.clips.tracked.split(TRAIN))
        self.trainer = Trainer(
            self.settings,
            self.cloner.synthesizer,
            self.converter,
            load_listeners(self.converter.config.mel, self.cloner.device),
            self.clips,
        )
        self.judge = Judge(self.cloner, self.converter, self.clips)
        per_epoch = self.course.per_epoch = self.trainer.per_epoch
        self.run = TrainingRun(
            RunConfig(
                folder=self.folder,
                steps=self.settings.epochs * per_epoch,
                seed=self.settings.seed,
                save_every=per_epoch,
                device=self.settings.device,
                listeners=(self,),
            )
        )

    def train(self) -> None:
        """Steps and checkpoints, until the last epoch or until it gets no better."""
        run, course, trainer = self.run, self.course, self.trainer
        run.resume(trainer.state)
        course.step = run.step
        self.records = self.records.until(run.step)
        self._checkpoint_if_due()
        course.figures = self.records.checkpoints[-1].figures
        course.measuring = 0.0
        with run.steps(trainer.state) as steps:
            for number in steps:
                if self.records.is_over:
                    break
                started = time.monotonic()
                run.log(trainer.step(number, run))
                self.pace.measured("step", time.monotonic() - started)
                if run.is_save_step:
                    run.save(trainer.state)
                    self.pace.write(self.folder)
        self.records = _ended(self.records)

    def on_step(self, step: int, values: Mapping[str, float]) -> None:
        """A step is whole: whatever is raised from here on, the training goes on after it."""
        self.course.step = step
        for name, value in values.items():
            self._sums[name].append(value)
        self._checkpoint_if_due()
        self.course.tell(TRAINING, step, self.course.steps, values)

    def _checkpoint_if_due(self) -> None:
        """After every so many epochs and the last, and before the first; also when one was broken off."""
        step, done = self.course.step, self.records.checkpoints
        every = self.settings.save_every * self.course.per_epoch
        due = step % every == 0 or step == self.course.steps
        if due and not (done and done[-1].step == step):
            self._checkpoint({name: sum(v) / len(v) for name, v in self._sums.items()})
            self._sums.clear()

    def _checkpoint(self, losses: Mapping[str, float]) -> None:
        """Write the voice as it is now, measure it and let it be heard."""
        started, course, number = time.monotonic(), self.course, self.records.next_number
        trainer, bases = self.trainer, self.training.records.bases
        voice = StudioVoice(
            profile=replace(
                self.clips.profile,
                delta=trainer.speech.adapters.delta(bases.synthesizer),
                conversion_delta=trainer.conversion.adapters.delta(bases.conversion),
            ),
            training={"settings": self.settings.to_dict(), "seconds": round(self.seconds, 1)},
        )

        def on_spoken(done: int, total: int) -> None:
            course.measuring = 1 - done / total
            course.tell(MEASURING, done, total)

        figures = self.judge.measure(voice.profile, on_spoken)
        checkpoint = Checkpoint(
            number=number,
            epoch=-(-course.step // course.per_epoch),
            step=course.step,
            figures=figures,
            path=write_checkpoint(self.folder, number, voice),
            samples=self.judge.write_samples(voice.profile, self.folder / records.SAMPLES, number),
            losses={name: round(value, 5) for name, value in losses.items()},
        )
        self.records = self.records.with_checkpoint(checkpoint)
        self.pace.measured("checkpoint", time.monotonic() - started)
        course.figures = figures
        course.listener.on_checkpoint(checkpoint, best=self.records.best == checkpoint)
