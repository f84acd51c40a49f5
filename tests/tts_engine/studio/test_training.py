"""A whole training with a tiny synthesizer: it goes on to the same bits, tells how it goes, picks its best voice."""

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from tests.tts_engine.conversion import tiny as conversion
from tests.tts_engine.studio.tiny_studio import tiny_dataset, tiny_weights
from tts_engine.audio.io import decode_audio
from tts_engine.cli import main
from tts_engine.commands import train_voice
from tts_engine.errors import RequestError
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.studio import measuring, others
from tts_engine.studio.clips import Clips
from tts_engine.studio.data import SPEAKER, prepare
from tts_engine.studio.listening import MEASURING, PREPARING, TRAINING, StudioListener
from tts_engine.studio.others import OTHERS, OTHERS_HELD_OUT
from tts_engine.studio.records import Records, checkpoint_voice
from tts_engine.studio.settings import StudioSettings
from tts_engine.studio.training import VoiceTraining
from tts_engine.studio.voice_file import read_voice
from tts_engine.types import DELTAS

pytestmark = [pytest.mark.weights, pytest.mark.long]
SETTINGS = StudioSettings(
    epochs=4,
    save_every=1,
    keep=1,
    patience=0,
    batch_frames=500,
    rank=2,
    language="en",
    device="cpu",
)


FIGURES = {
    *("phoneme_errors", "similarity", "mel_distance", "score"),
    *("conversion_phoneme_errors", "conversion_similarity"),
}


class Stop(Exception):
    """Raised by a listener."""


class Hears(StudioListener):
    """Keeps what it is told; stops the training after a step."""

    def __init__(self, stop_after=None):
        self.told, self.checkpoints, self.stop_after = [], [], stop_after

    def on_progress(self, progress):
        self.told.append(progress)
        if progress.stage == TRAINING and progress.step == self.stop_after:
            raise Stop

    def on_checkpoint(self, checkpoint, *, best):
        self.checkpoints.append((checkpoint, best))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return tiny_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return tiny_dataset(tmp_path_factory.mktemp("data") / "dataset")


@pytest.fixture(autouse=True, scope="module")
def few_sentences():
    with pytest.MonkeyPatch.context() as patch:
        for module in (measuring, others):
            patch.setattr(module, "SAID", module.SAID[:1])
        patch.setattr(measuring, "SAMPLED", measuring.SAMPLED[:1])
        patch.setattr(others, "REHEARSED", others.REHEARSED[:2])
        yield


@pytest.fixture(scope="module")
def undisturbed(weights, dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    listener = Hears()
    voice = VoiceTraining(dataset, folder, SETTINGS, weights=weights).fit(listener)
    return folder, listener, voice


def test_stages_epochs_and_the_time_left_are_told(undisturbed):
    _, listener, _ = undisturbed
    stages = [progress.stage for progress in listener.told]
    assert stages[0] == PREPARING
    assert [s for s, before in zip(stages, [None, *stages], strict=False) if s != before][:3] == [
        PREPARING,
        MEASURING,
        TRAINING,
    ]
    trained = [progress for progress in listener.told if progress.stage == TRAINING]
    assert [progress.step for progress in trained] == list(range(1, trained[-1].total + 1))
    assert trained[-1].epoch == trained[-1].epochs == 4
    assert trained[-1].seconds_left == 0
    assert all(progress.seconds_left > 0 for progress in trained[:-1])
    told = trained[0].losses
    assert {"after", "voice", "words", "durations", "sum"} <= told.keys()
    converting = {"mel", "edges", "voice", "second_voice", "words", "sum"}
    assert {f"conversion_{name}" for name in converting} <= told.keys()
    assert all(np.isfinite(list(progress.losses.values())).all() for progress in trained)
    assert trained[-1].figures == listener.checkpoints[-1][0].figures


def test_what_others_say_stands_beside_the_clips_and_is_not_learned_as_the_voice(undisturbed):
    clips = Clips(undisturbed[0] / "corpus", conversion.TINY)
    said = [clips.tracked.split(name) for name in (OTHERS, OTHERS_HELD_OUT)]
    assert [len(items) for items in said] == [2, 1]
    speakers = [item.clip.speaker for items in said for item in items]
    assert len(set(speakers)) == 3, "each is said by the next voice of the bank"
    for item in clips.items:
        assert item.clip.corpus == SPEAKER


def test_losses_fall(undisturbed):
    _, listener, _ = undisturbed
    first, *_, last = [c for c, _ in listener.checkpoints if c.losses]
    for name in ("after", "conversion_mel"):
        assert last.losses[name] < first.losses[name]


def test_checkpoints_are_measured_heard_and_only_the_newest_and_the_best_are_kept(undisturbed):
    folder, listener, voice = undisturbed
    records = Records.read(folder)
    assert records.finished
    assert [one.number for one in records.checkpoints] == [0, 1, 2, 3, 4]
    assert [one.epoch for one in records.checkpoints] == [0, 1, 2, 3, 4]
    kept = {one.number for one in records.checkpoints if one.kept}
    assert kept == {4, records.best.number}
    for one in records.checkpoints:
        assert set(one.figures) == FIGURES
        assert decode_audio(one.samples[0]).seconds > 0.3
    scores = [one.figures["score"] for one in records.checkpoints]
    assert scores[records.best.number] == max(scores)
    assert voice.training["checkpoint"] == records.best.number
    assert listener.checkpoints[0][1]


def test_stopped_in_mid_training_it_goes_on_to_the_same_bits(
    undisturbed, weights, dataset, tmp_path
):
    folder, whole, _ = undisturbed
    steps = whole.told[-1].total
    assert steps == 2 * SETTINGS.epochs, "or nothing stops in mid-epoch"
    heard = []
    for stop in (1, steps // 2, steps - 1):  # in an epoch, after one, in the last
        listener = Hears(stop_after=stop)
        with pytest.raises(Stop):
            VoiceTraining(dataset, tmp_path, SETTINGS, weights=weights).fit(listener)
        heard += [progress for progress in listener.told if progress.stage == TRAINING]
    last = Hears()
    VoiceTraining(dataset, tmp_path, SETTINGS, weights=weights).fit(last)
    heard += [progress for progress in last.told if progress.stage == TRAINING]
    wanted = [progress for progress in whole.told if progress.stage == TRAINING]
    assert [p.step for p in heard] == [p.step for p in wanted]
    assert [p.losses for p in heard] == [p.losses for p in wanted]
    profiles = [checkpoint_voice(where, number=4).profile for where in (folder, tmp_path)]
    for name in DELTAS:
        first, second = (getattr(profile, name) for profile in profiles)
        assert first.key == second.key
    assert [c.figures for c in Records.read(folder).checkpoints] == [
        c.figures for c in Records.read(tmp_path).checkpoints
    ]


def test_a_state_that_was_lost_since_a_checkpoint_makes_it_again(
    undisturbed, weights, dataset, tmp_path
):
    whole = Records.read(undisturbed[0])
    per_epoch = whole.checkpoints[1].step
    with pytest.raises(Stop):
        VoiceTraining(dataset, tmp_path, SETTINGS, weights=weights).fit(Hears(per_epoch))
    early = (tmp_path / "state.pt").read_bytes()
    with pytest.raises(Stop):
        VoiceTraining(dataset, tmp_path, SETTINGS, weights=weights).fit(Hears(3 * per_epoch))
    (tmp_path / "state.pt").write_bytes(early)  # the process was killed before it was written
    VoiceTraining(dataset, tmp_path, SETTINGS, weights=weights).fit()
    assert [one.number for one in Records.read(tmp_path).checkpoints] == [0, 1, 2, 3, 4]
    assert Records.read(tmp_path).checkpoints[-1].figures == whole.checkpoints[-1].figures


def test_other_settings_another_dataset_and_other_weights_do_not_go_on(
    undisturbed, weights, dataset
):
    folder, _, _ = undisturbed
    with pytest.raises(RequestError) as error:
        VoiceTraining(dataset, folder, replace(SETTINGS, epochs=9), weights=weights)
    assert error.value.code == "training_differs"
    VoiceTraining(dataset, folder, replace(SETTINGS, threads=1), weights=weights)
    with pytest.raises(RequestError):
        VoiceTraining(dataset, folder, SETTINGS)


def test_the_estimate_counts_what_was_timed(weights, dataset, tmp_path):
    seconds = VoiceTraining(dataset, tmp_path, SETTINGS, weights=weights).estimate()
    assert 0 < seconds < 600
    longer = replace(SETTINGS, epochs=40)
    assert VoiceTraining(dataset, tmp_path, longer, weights=weights).estimate() > 2 * seconds


def test_a_training_ends_when_it_gets_no_better(weights, dataset, tmp_path, monkeypatch):
    scores = iter([0.5, 0.7, 0.6, 0.6, 0.9])
    monkeypatch.setattr(
        measuring.Judge,
        "measure",
        lambda self, profile, told: dict.fromkeys(FIGURES, next(scores)),
    )
    patient = replace(SETTINGS, patience=2, layers="voice", base_share=0.0)
    voice = VoiceTraining(dataset, tmp_path, patient, weights=weights).fit()
    records = Records.read(tmp_path)
    assert (len(records.checkpoints), records.best.number, records.finished) == (4, 1, True)
    assert voice.training["checkpoint"] == 1
    with pytest.raises(RequestError) as error:
        checkpoint_voice(tmp_path, number=2)
    assert error.value.details["kept"] == [1, 3]


def test_the_command_trains_goes_on_and_its_voice_speaks(
    weights, dataset, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("VOICECLONE_WEIGHTS", str(weights))
    output = tmp_path / "me.voice"
    options = ["--epochs", "1", "--save-every", "1", "--batch-frames", "2000", "--rank", "1"]
    options += ["--language", "en", "--device", "cpu"]
    command = ["train", "voice", "--dataset", str(dataset), "--output", str(output), *options]
    assert main([*command, "--resume"]) == 2
    assert main(command) == 0
    assert "similarity" in capsys.readouterr().out
    assert main(command) == 2
    assert "--resume" in capsys.readouterr().err
    assert main([*command, "--resume", "--checkpoint", "1"]) == 0
    assert "checkpoint 1" in capsys.readouterr().out
    assert read_voice(output).name == "me"
    sound = tmp_path / "hello.wav"
    spoken = ["say", "Привет", "--voice-file", str(output), "--output", str(sound)]
    assert main([*spoken, "--device", "cpu"]) == 0
    assert decode_audio(sound).seconds > 0.2
    monkeypatch.delenv("VOICECLONE_WEIGHTS")
    assert main(spoken) == 2
    assert "other weights" in capsys.readouterr().err


@contextmanager
def another_process_trains(folder):
    """Until it is killed, as a machine that fails would."""
    program = (
        "import sys, pathlib; from tts_engine.studio.records import training_locked\n"
        "with training_locked(pathlib.Path(sys.argv[1])): print('locked', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program, str(folder)], **pipes) as process:
        assert process.stdout.readline() == b"locked\n"
        yield
        process.kill()


def test_ctrl_c_keeps_what_is_made_and_finish_writes_the_best_of_it(
    weights, dataset, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("VOICECLONE_WEIGHTS", str(weights))
    output = tmp_path / "me.voice"
    options = ["--epochs", "3", "--save-every", "1", "--batch-frames", "2000", "--rank", "1"]
    command = ["train", "voice", "--output", str(output)]
    begun = [*command, "--dataset", str(dataset), "--language", "en", "--device", "cpu", *options]

    def stopped_at(number):
        def on_checkpoint(self, checkpoint, *, best):
            if checkpoint.number == number:
                raise KeyboardInterrupt

        monkeypatch.setattr(train_voice._Terminal, "on_checkpoint", on_checkpoint)

    stopped_at(0)
    assert main(begun) == 130
    assert "--finish writes the best" in capsys.readouterr().err
    assert main([*command, "--finish"]) == 2
    assert "before its first checkpoint" in capsys.readouterr().err
    stopped_at(1)
    assert main([*begun, "--resume"]) == 130
    assert not output.exists()
    with another_process_trains(output.with_suffix(".training")):
        for also in ([*command, "--finish"], [*begun, "--resume"]):
            assert main(also) == 2
            assert "a training runs in" in capsys.readouterr().err
    assert not output.exists()  # nor is the lock left behind by a process that was killed
    assert (output.with_suffix(".training") / "state.pt").exists()
    assert main([*command, "--finish"]) == 0
    assert read_voice(output).training["checkpoint"] in (0, 1)
    records = Records.read(output.with_suffix(".training"))
    assert (records.finished, len(records.checkpoints)) == (True, 2)
    assert not (records.folder / "state.pt").exists()
    assert main(command) == 2
    assert "--dataset" in capsys.readouterr().err


def test_too_little_is_refused(weights, tmp_path):
    dataset = tiny_dataset(tmp_path / "dataset")
    row = json.loads((dataset / "report.json").read_text())
    for piece in row["pieces"][3:]:
        piece["kept"] = False
    (dataset / "report.json").write_text(json.dumps(row))
    with pytest.raises(RequestError) as error:
        VoiceTraining(dataset, tmp_path / "run", SETTINGS, weights=weights).fit()
    assert error.value.code == "too_little_data"


def test_the_voice_is_that_of_what_is_learned_from(undisturbed, weights, dataset):
    folder, _, voice = undisturbed
    cloner = VoiceCloner.load(weights, device="cpu")
    assert (
        prepare(
            dataset,
            folder,
            language="en",
            cloner=cloner,
            on_clip=lambda done, total: pytest.fail("prepared twice"),
        )
        == folder / "corpus"
    )
    assert voice.profile.f0_median_hz > 50
    assert len(voice.profile.spectrum) == 20
