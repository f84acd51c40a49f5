"""Sound files of strangers, decoded in a confined process."""

import contextlib
import itertools
from typing import Any, BinaryIO, NoReturn

import numpy as np
import soxr

from tts_engine import errors
from tts_engine.audio import refusals
from tts_engine.audio.io import checked, untagged
from tts_engine.audio.reading import MAX_SECONDS, sound_opened
from tts_engine.audio.tags import is_tagged_as_generated
from tts_engine.confinement.running import ConfinementError, Limits, run_confined
from tts_engine.types import Audio

MAX_RATE_HZ = 48_000  # nothing here listens to more
_SAMPLE_BYTES = 4


def decode_untrusted(content: bytes) -> Audio:
    """As `decode_audio` in a confined process; a higher rate than 48 kHz is brought down to it.

    Raises:
        AudioError: as `decode_audio`, and `audio_too_costly`; a crash of the decoder is `damaged_audio`.
        ResourceError: `ffmpeg_missing`.
    """
    return _decoded(content, read_tags=False)[0]


def decode_untrusted_and_tags(content: bytes) -> tuple[Audio, bool]:
    """The same, and whether the file's tags say that its speech is generated."""
    audio, facts = _decoded(content, read_tags=True)
    return audio, bool(facts["tagged_as_generated"])


def _decoded(content: bytes, *, read_tags: bool) -> tuple[Audio, dict[str, Any]]:
    limits = Limits(output_bytes=int((MAX_SECONDS + 1) * MAX_RATE_HZ * _SAMPLE_BYTES))
    options = {"read_tags": read_tags}
    try:
        with run_confined(
            f"{__name__}:decode_task", untagged(content), limits=limits, options=options
        ) as outcome:
            if outcome.error is not None:
                _raise(outcome.error)
            waveform = np.fromfile(
                outcome.output, dtype=np.float32, count=outcome.output_bytes // _SAMPLE_BYTES
            )
            facts = outcome.facts
    except ConfinementError as error:
        if error.reason == "crash":
            raise refusals.damaged("its decoder crashed") from error
        raise refusals.too_costly(error.reason) from error
    return checked(Audio(waveform, int(facts["rate_hz"]))), facts


def _raise(told: dict[str, Any]) -> NoReturn:
    kinds = {"AudioError": errors.AudioError, "ResourceError": errors.ResourceError}
    raise kinds[told["kind"]](told["code"], told["en"], told["ru"], **told["details"])


def load_decoders() -> None:
    """Load what decoding needs, so that no file waits for it."""
    from tts_engine.audio.ffmpeg import ffmpeg_path

    with contextlib.suppress(errors.ResourceError):  # named when a file needs it
        ffmpeg_path()
    is_tagged_as_generated(b"RIFF")  # mutagen loads its formats at the first file


def decode_task(source: BinaryIO, sink: BinaryIO, *, read_tags: bool) -> dict[str, Any]:
    """What the confined process does: samples to `sink`, their rate and the tag returned."""
    with sound_opened(source, MAX_SECONDS) as sound:
        rate_hz = min(sound.rate_hz, MAX_RATE_HZ)
        resampler = soxr.ResampleStream(sound.rate_hz, rate_hz, 1, dtype="float32", quality="HQ")
        resampled = sound.rate_hz != rate_hz
        # an empty last block, and the resampler gives what it held back
        for block in itertools.chain(sound.blocks, [np.zeros(0, np.float32)]):
            last = len(block) == 0
            samples = resampler.resample_chunk(block, last=last) if resampled else block
            sink.write(np.ascontiguousarray(samples, dtype=np.float32).tobytes())
    facts: dict[str, Any] = {"rate_hz": rate_hz}
    if read_tags:
        source.seek(0)
        facts["tagged_as_generated"] = is_tagged_as_generated(source.read())
    return facts
