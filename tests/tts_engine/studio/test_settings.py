"""What may be asked of a training, and how its progress and records are told."""

import pytest

from tts_engine.errors import RequestError
from tts_engine.studio.listening import TRAINING, Checkpoint, StudioListener
from tts_engine.studio.pace import USUAL_FRAMES, Course, Pace
from tts_engine.studio.settings import StudioSettings


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("epochs", 0, "out_of_range"),
        ("learning_rate", 1.0, "out_of_range"),
        ("learning_rate", float("nan"), "out_of_range"),
        ("base_share", -0.1, "out_of_range"),
        ("layers", "everything", "unknown_choice"),
        ("device", "tpu", "unknown_choice"),
    ],
)
def test_what_is_out_of_range_is_named(name, value, code):
    with pytest.raises(RequestError) as error:
        StudioSettings(**{name: value})
    assert error.value.code == code
    assert error.value.details["field"] == name


def test_settings_come_back_from_json_and_strange_ones_do_not():
    settings = StudioSettings(epochs=3, base_share=0)
    assert StudioSettings.from_dict(settings.to_dict()) == settings
    for row in ({"epochs": "3"}, {"epochs": True}, {"steps": 3}, {"layers": 1}):
        with pytest.raises(RequestError):
            StudioSettings.from_dict(row)


def test_a_checkpoint_comes_back_from_json(tmp_path):
    one = Checkpoint(
        number=2,
        epoch=6,
        step=60,
        figures={"score": 0.5},
        path=tmp_path / "checkpoints/002.safetensors",
        samples=(tmp_path / "samples/002-1.flac",),
    )
    assert Checkpoint.from_dict(one.to_dict(tmp_path), tmp_path) == one
    assert not one.kept


def test_time_left_is_foretold_until_every_part_of_it_was_measured():
    heard = []

    class Hears(StudioListener):
        def on_progress(self, progress):
            heard.append(progress)

    pace = Pace()
    settings = StudioSettings(epochs=4, save_every=2, batch_frames=USUAL_FRAMES // 2)
    course = Course(settings, Hears(), pace, per_epoch=10, clips=3, measuring=0.0)
    course.foretold = Pace(clip=0.5, step=4.0, checkpoint=10.0)
    course.tell(TRAINING, 0, 40)
    assert heard[-1].seconds_left == 3 * 0.5 + 40 * 4 / 2 + 2 * 10
    pace.measured("clip", 1.0)
    course.tell(TRAINING, 0, 40)
    assert heard[-1].seconds_left == 3 * 1 + 40 * 4 / 2 + 2 * 10
    pace.measured("step", 2.0)
    pace.measured("checkpoint", 5.0)
    course.tell(TRAINING, 0, 40)
    assert heard[-1].seconds_left == 3 * 1 + 40 * 2 + 2 * 5
    course.clips, course.step, course.measuring = 0, 20, 0.5
    course.tell(TRAINING, 20, 40)
    assert heard[-1].seconds_left == 20 * 2 + 1.5 * 5
    assert heard[-1].epoch == 2


def test_the_pace_is_remembered_and_older_measurements_fade(tmp_path):
    pace = Pace()
    for seconds in (1.0, 2.0):
        pace.measured("step", seconds)
    assert pace.step == pytest.approx(1.1)
    pace.write(tmp_path)
    assert Pace.read(tmp_path) == pace
    assert Pace.read(tmp_path / "nowhere") == Pace()
