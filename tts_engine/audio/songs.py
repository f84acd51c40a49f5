"""Stereo files written in another format, block by block: an hour takes no more memory than a minute."""

from pathlib import Path

import soundfile

from tts_engine.audio.formats import format_named

BLOCK_SAMPLES = 1 << 20


def encode_song(source: Path, target: Path, audio_format: str) -> None:
    """Write a sound file of ours in another format at the rate it has.

    Args:
        source: anything that soundfile reads, of any channels.
        target: is written anew.
        audio_format: one that holds the rate.

    Raises:
        RequestError: `unknown_format`.
        ValueError: the format has no such rate.
    """
    described = format_named(audio_format)
    with soundfile.SoundFile(source) as song:
        rate_hz = song.samplerate
        if described.writable_rate_hz(rate_hz) != rate_hz:
            raise ValueError(f"{audio_format} has no {rate_hz} Hz")
        options = described.written_with(rate_hz)
        with soundfile.SoundFile(target, "w", rate_hz, song.channels, **options) as file:
            for block in song.blocks(BLOCK_SAMPLES, dtype="float32"):
                file.write(block)
