"""Train a voice on a dataset that `python -m tts_engine dataset` has made, in a folder that can be gone on with.

train voice --dataset DIR --output me.voice            begins; the folder is me.training unless one is named
train voice --dataset DIR --output me.voice --resume   goes on where it was stopped or killed
train voice --output me.voice --finish                 goes on no further: the best checkpoint of one that was stopped
say "Привет" --voice-file me.voice --output a.mp3      speaks
"""

import argparse
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tts_engine.errors import RequestError
from tts_engine.studio.listening import TRAINING, Checkpoint, Progress, StudioListener
from tts_engine.studio.records import RECORDS_FILE
from tts_engine.studio.settings import DEVICES, LANGUAGES, LAYERS, StudioSettings

if TYPE_CHECKING:
    pass

TOLD_SECONDS = 10.0
HELP = {
    "epochs": "times that every clip is heard at most",
    "learning_rate": "of whole weights at its peak; fewer layers take a multiple",
    "batch_frames": "mel frames of a step, 86 are a second",
    "save_every": "epochs between checkpoints",
    "keep": "newest checkpoints kept beside the best",
    "base_share": "sentences beside the dataset for each clip, 0 to 1",
    "patience": "checkpoints without a better one before it ends; 0: never",
    "layers": "what may change",
    "rank": "of the matrices that a voice is stored as",
    "language": "of clips whose text is not known",
    "threads": "of the processor; 0: as many as there are",
    "device": "auto, cpu or cuda",
    "seed": "of all chance",
}
CHOICES = {"layers": LAYERS, "language": LANGUAGES, "device": DEVICES}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `train voice`."""
    parser.add_argument("--dataset", type=Path, metavar="DIR", help="not needed to --finish")
    parser.add_argument("--output", type=Path, required=True, help="the voice, *.voice")
    parser.add_argument("--folder", type=Path, help="of the training; default: beside the output")
    parser.add_argument(
        "--resume", action="store_true", help="go on with the training in the folder"
    )
    parser.add_argument(
        "--finish", action="store_true", help="write the best checkpoint of one that was stopped"
    )
    parser.add_argument("--estimate", action="store_true", help="only measure how long it takes")
    parser.add_argument(
        "--checkpoint", type=int, help="write this one instead of the best, when it has ended"
    )
    parser.add_argument("--name", default="", help="of the voice, for people")
    for field in fields(StudioSettings):
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            type=type(field.default),
            default=field.default,
            choices=CHOICES.get(field.name),
            help=f"{HELP[field.name]} (default {field.default})",
        )


def run(arguments: argparse.Namespace) -> None:
    """Train, tell how it goes on standard error, and write the voice."""
    output: Path = arguments.output
    folder: Path = arguments.folder or output.with_suffix(".training")
    if not output.parent.is_dir():
        raise RequestError(
            "output_not_writable",
            f"{output} cannot be written: there is no folder {output.parent}",
            f"не удаётся записать {output}: нет папки {output.parent}",
        )
    if not _trained(arguments, folder):
        return

    from tts_engine.studio.records import checkpoint_voice
    from tts_engine.studio.voice_file import write_voice

    voice = checkpoint_voice(folder, arguments.checkpoint, arguments.name or output.stem)
    write_voice(output, voice)
    told: Any = voice.training["figures"]
    figures = ", ".join(f"{name} {value:g}" for name, value in told.items())
    sys.stdout.write(f"{output}: checkpoint {voice.training['checkpoint']}, {figures}\n")


def _trained(arguments: argparse.Namespace, folder: Path) -> bool:
    """Whether there is a voice to be written now."""
    if arguments.finish:
        from tts_engine.studio.training import end_training

        end_training(folder)
        return True
    if arguments.dataset is None:
        raise RequestError(
            "dataset_missing", "name a dataset: --dataset DIR", "укажите набор: --dataset DIR"
        )
    if (folder / RECORDS_FILE).is_file() != arguments.resume and not arguments.estimate:
        raise _begun(folder) if not arguments.resume else _nothing(folder)

    from tts_engine.studio.training import VoiceTraining

    names = [field.name for field in fields(StudioSettings)]
    settings = StudioSettings(**{name: getattr(arguments, name) for name in names})
    training: VoiceTraining = VoiceTraining(arguments.dataset, folder, settings)
    if arguments.estimate:
        sys.stdout.write(f"{training.estimate():.0f} s\n")
        return False
    try:
        training.fit(_Terminal())
    except KeyboardInterrupt:
        sys.stderr.write("stopped: --resume goes on, --finish writes the best checkpoint\n")
        raise
    return True


class _Terminal(StudioListener):
    """A line now and then on standard error."""

    def __init__(self) -> None:
        self._told = 0.0

    def on_progress(self, progress: Progress) -> None:
        """Stage, how far, and how long still."""
        now = time.monotonic()
        if now - self._told < TOLD_SECONDS:
            return
        self._told = now
        loss = f", loss {progress.losses['sum']:.3f}" if progress.stage == TRAINING else ""
        where = f"epoch {progress.epoch} of {progress.epochs}, " if progress.epoch else ""
        sys.stderr.write(
            f"{progress.stage}: {where}{progress.step} of {progress.total}{loss}"
            f", {progress.seconds_left:.0f} s left\n"
        )

    def on_checkpoint(self, checkpoint: Checkpoint, *, best: bool) -> None:
        """Its figures."""
        figures = ", ".join(f"{name} {value:g}" for name, value in checkpoint.figures.items())
        sys.stderr.write(f"checkpoint {checkpoint.number}{' (best)' if best else ''}: {figures}\n")


def _begun(folder: Path) -> RequestError:
    return RequestError(
        "training_exists",
        f"{folder} holds a training already; go on with it by --resume, or name another --folder",
        f"в {folder} уже есть обучение; продолжите его с --resume или укажите другую --folder",
    )


def _nothing(folder: Path) -> RequestError:
    return RequestError(
        "training_missing",
        f"there is no training in {folder} to go on with",
        f"в {folder} нет обучения, которое можно продолжить",
    )
