"""Real speech for tests, offline: espeak-ng's own voice through the library of espeakng-loader.

    python -m tests.tts_engine.espeak_speech TEXT      rate as 4 bytes, samples as int16

What the library says depends a little on all that it has said or read before in its process: its breath, its length.
Each text is therefore said by a process of its own, the same in whatever order tests run.
"""

import ctypes
import subprocess
import sys
from functools import cache

import espeakng_loader
import numpy as np

from benchmarks.servers import ROOT
from tts_engine.types import Audio

SYNCHRONOUS, CHARS_UTF8 = 2, 1
TEXT = "The north wind and the sun were disputing which of them was the stronger of the two."
CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


@cache
def espeak_speech(text=TEXT):
    """Speech as Audio."""
    command = [sys.executable, "-m", "tests.tts_engine.espeak_speech", text]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    samples = np.frombuffer(said, np.int16, offset=4).astype(np.float32) / 32768.0
    return Audio(samples, int.from_bytes(said[:4], "little"))


def _say(text):
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    rate = library.espeak_Initialize(
        SYNCHRONOUS, 0, str(espeakng_loader.get_data_path()).encode(), 0
    )
    sys.stdout.buffer.write(rate.to_bytes(4, "little"))

    @CALLBACK
    def keep(samples, count, _events):
        if samples and count > 0:
            sys.stdout.buffer.write(np.ctypeslib.as_array(samples, (count,)).tobytes())
        return 0

    library.espeak_SetSynthCallback(keep)
    library.espeak_SetVoiceByName(b"en")
    encoded = text.encode() + b"\0"
    library.espeak_Synth(encoded, len(encoded), 0, 0, 0, CHARS_UTF8, None, None)
    library.espeak_Synchronize()


if __name__ == "__main__":
    _say(sys.argv[1])
