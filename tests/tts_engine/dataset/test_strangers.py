"""Who speaks most is the person; stretches of others have their times."""

import numpy as np
import pytest

from tts_engine.dataset.strangers import Voices, other_stretches, person, person_like
from tts_engine.errors import AudioError


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def voices(labels, spread=0.4):
    """d-vectors every 0.4 s of the people of these labels."""
    rng = np.random.default_rng(0)
    people = unit(rng.normal(size=(3, 256)))
    noise = spread * unit(rng.normal(size=(len(labels), 256)))
    starts = 0.4 * np.arange(len(labels))
    found = Voices(vectors=unit(people[labels] + noise), starts=starts, ends=starts + 1.6)
    return found, people


def test_the_person_is_who_speaks_most():
    found, people = voices([1] * 20 + [0] * 60 + [2] * 25)
    assert person(found.vectors) @ people[0] > 0.97


def test_a_recording_names_the_person_who_speaks_less():
    found, people = voices([0] * 60 + [1] * 15 + [2] * 25)
    reference = unit(people[1] + 0.5 * unit(np.random.default_rng(5).normal(size=256)))
    middle = person_like(found.vectors, reference)
    assert middle @ people[1] > 0.97
    assert len(other_stretches(found, middle)) == 2
    with pytest.raises(AudioError) as caught:
        person_like(found.vectors, -people[1])
    assert caught.value.code == "speaker_not_heard"


def test_another_person_has_times_and_a_lone_outlier_has_none():
    labels = [0] * 50 + [1] * 12 + [0] * 20 + [2] + [0] * 20
    found, people = voices(labels)
    ((start, end),) = other_stretches(found, people[0])
    assert abs(start - 20.0) < 0.5
    assert abs(end - (0.4 * 61 + 1.6)) < 0.5


def test_one_person_alone_has_no_strangers():
    found, people = voices([0] * 80)
    assert other_stretches(found, person(found.vectors)) == []
    nothing = Voices(vectors=np.zeros((0, 256), np.float32), starts=np.zeros(0), ends=np.zeros(0))
    assert other_stretches(nothing, people[0]) == []
