"""Between a device's clock and the thread that computes."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from tts_engine.errors import RequestError
from tts_engine.live.device import Exchange, converse, open_device


def test_a_device_gets_as_much_as_it_gives():
    exchange = Exchange(100)
    np.testing.assert_array_equal(exchange.swap(np.ones(10)), np.zeros(10))
    exchange.give(np.arange(15))
    np.testing.assert_array_equal(exchange.swap(np.full(10, 2)), np.arange(10))
    np.testing.assert_array_equal(exchange.swap(np.ones(10))[:5], np.arange(10, 15))
    assert exchange.take(0).tolist() == [1] * 10 + [2] * 10 + [1] * 10
    assert exchange.take(0).size == 0


def test_what_cannot_be_played_in_time_is_left_out():
    exchange = Exchange(20)
    exchange.give(np.arange(50))
    np.testing.assert_array_equal(exchange.swap(np.zeros(10)), np.arange(30, 40))


class Sound:
    """Stands for sounddevice: hears ones, ten pieces as soon as it is opened."""

    default = SimpleNamespace(device=None)

    def query_devices(self, name):
        if name != "cable":
            raise ValueError("no such device")

    def Stream(self, *, callback, blocksize, **options):  # noqa: N802  as it is called there
        sound = self
        sound.options, sound.played = options, []

        class Opened:
            latency = (0.01, 0.02)

            def __enter__(self):
                for _ in range(10):
                    goes = np.zeros((blocksize, 1))
                    callback(np.ones((blocksize, 1)), goes, blocksize, None, None)
                    sound.played.append(goes)
                return self

            def __exit__(self, *error):
                return False

        return Opened()


def test_what_a_device_hears_is_pushed_and_what_is_said_is_kept():
    pushed = []

    def push(samples):
        pushed.append(samples)
        return samples / 2

    conversion = SimpleNamespace(block_samples=2205, rate_hz=22_050)
    stream = SimpleNamespace(rate_hz=48_000, conversion=conversion, push=push)
    kept, sound = [], Sound()
    latency = converse(sound, stream, 0.05, lambda came, said: kept.append((came, said)))
    assert latency == pytest.approx(0.03)
    assert sound.options["samplerate"] == 48_000
    assert pushed[0].size == 10 * 480
    np.testing.assert_array_equal(kept[0][1], kept[0][0] / 2)


def test_a_device_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", Sound())
    with pytest.raises(RequestError, match="no sound device 'other'") as refused:
        open_device("other")
    assert refused.value.code == "unknown_device"
    assert open_device("cable").default.device == "cable"
