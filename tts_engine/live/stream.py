"""Sound of any rate in pieces of any size, in and out; what comes too late is dropped and never waits."""

from collections import deque
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from tts_engine.audio.resample import ResamplingStream
from tts_engine.live.converting import LiveConversion
from tts_engine.types import Waveform

TIMED_BLOCKS = 500  # the last ones


@dataclass(frozen=True, kw_only=True)
class LiveReport:
    """What the delay is made of, in seconds, and what became of the blocks.

    Attributes:
        block_seconds: a sound may wait so long until its block is full.
        ahead_seconds: of sound that is waited for after the block; in it lie crossfade and search.
        crossfade_seconds: of that.
        resampling_seconds: by which changing the rate on the way in is late.
        computing_seconds, computing_p95_seconds: from a full block to its sound, median and 95th percentile.
        delay_seconds: all of it together, with the median; devices and networks come on top.
        said, silent, dropped: blocks that were converted, in which nobody spoke, that came too late.
        semitones: by which F0 is moved; None as long as that is not known for good.
    """

    block_seconds: float
    ahead_seconds: float
    crossfade_seconds: float
    resampling_seconds: float
    computing_seconds: float
    computing_p95_seconds: float
    delay_seconds: float
    said: int
    silent: int
    dropped: int
    semitones: float | None


class LiveStream:
    """A conversion behind doors of another rate. One thread pushes."""

    def __init__(self, conversion: LiveConversion, rate_hz: int) -> None:
        self.conversion, self.rate_hz = conversion, rate_hz
        self._in = ResamplingStream(rate_hz, conversion.rate_hz)
        self._out = ResamplingStream(conversion.rate_hz, rate_hz)
        self._waiting = np.zeros(0, np.float32)
        self._computing: deque[float] = deque(maxlen=TIMED_BLOCKS)
        self._said = self._silent = self._dropped = 0
        self._taken = self._given = 0  # samples, before and after resampling in

    def push(self, samples: Waveform) -> Waveform:
        """Hear samples, all that there are by now, and give what is said of them, (T,) -> (T',), maybe nothing.

        Of several blocks that have come in the meantime only the newest is said.
        """
        came = self._in.push(samples)
        self._taken, self._given = self._taken + samples.size, self._given + came.size
        self._waiting = np.concatenate([self._waiting, came])
        size = self.conversion.block_samples
        while self._waiting.size >= 2 * size:
            self.conversion.skip(self._next(size))
            self._dropped += 1
        if self._waiting.size < size:
            return np.zeros(0, np.float32)
        started = perf_counter()
        said = self.conversion.convert(self._next(size))
        if said.any():
            self._said += 1
            self._computing.append(perf_counter() - started)
        else:
            self._silent += 1
        return self._out.push(said)

    def _next(self, size: int) -> Waveform:
        block, self._waiting = self._waiting[:size], self._waiting[size:]
        return block

    def report(self) -> LiveReport:
        """What was measured so far."""
        conversion, rate = self.conversion, self.conversion.rate_hz
        times = np.asarray(self._computing) if self._computing else np.zeros(1)
        block, ahead = conversion.block_samples / rate, conversion.ahead_samples / rate
        resampling = max(0.0, self._taken / self.rate_hz - self._given / rate)
        computing = float(np.median(times))
        return LiveReport(
            block_seconds=block,
            ahead_seconds=ahead,
            crossfade_seconds=conversion.settings.crossfade_seconds,
            resampling_seconds=resampling,
            computing_seconds=computing,
            computing_p95_seconds=float(np.quantile(times, 0.95)),
            delay_seconds=block + ahead + resampling + computing,
            said=self._said,
            silent=self._silent,
            dropped=self._dropped,
            semitones=conversion.semitones,
        )
