"""Voices that nobody has: recordings played faster or slower, as other people.

A synthesizer that has met few people clones strangers badly (Jia et al. 2018, table 5: 98 speakers against 1,200).
Playing a recording at another speed moves its pitch and its formants together, as a smaller or a larger person's
would be, and keeps what makes it sound like speech. Each such voice gets d-vectors of its own (`train align`).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import soundfile as sf

from tts_engine.dataset.sources import Source
from tts_engine.training.corpus import TRAIN

SPEEDS = (0.86, 0.92, 1.08, 1.15, 1.23)  # further away speech is a dwarf's or a giant's
LOWEST_BAND_HZ = 7_500  # a slower 16 kHz recording would teach dull voices
CLIPS_PER_SPEAKER = 24  # of a relative; a voice is known from a few minutes
TELEPHONE_HZ = 8_000  # rate of recordings that no voice is learned from


def relatives(sources: Sequence[Source], count: int) -> Iterator[Source]:
    """Recordings of training speakers as up to `count` other people each, in corpus "relatives".

    A relative has one speed; which ones a speaker gets turns with the speakers, so that all occur.
    """
    by_speaker: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        if source.split == TRAIN:
            by_speaker[source.speaker].append(source)
    for number, clips in enumerate(by_speaker.values()):
        rate_hz = sf.info(clips[0].path).samplerate
        speeds = [speed for speed in SPEEDS if rate_hz / 2 * speed >= LOWEST_BAND_HZ]
        if count <= 0 or rate_hz <= TELEPHONE_HZ:
            continue
        for speed in np.roll(speeds, -number)[:count]:
            for source in clips[:: -(-len(clips) // CLIPS_PER_SPEAKER)]:
                yield replace(
                    source,
                    id=f"relatives/{source.id}@{speed:.2f}",
                    corpus="relatives",
                    speaker=f"{source.speaker}@{speed:.2f}",
                    speed=float(speed),
                )
