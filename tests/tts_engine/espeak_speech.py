"""Real speech for tests, offline: espeak-ng's own voice through the library of espeakng-loader."""

import ctypes
from functools import lru_cache

import espeakng_loader
import numpy as np

from tts_engine.types import Audio

SYNCHRONOUS, CHARS_UTF8 = 2, 1
USUAL = {1: 175, 3: 50, 4: 50}  # words a minute, pitch, its range
TEXT = "The north wind and the sun were disputing which of them was the stronger of the two."
CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
parts = []


@CALLBACK
def keep(samples, count, _events):
    """Lives as long as the library, which calls it for every sound."""
    if samples and count > 0:
        parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
    return 0


@lru_cache(maxsize=1)
def _library():
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    rate = library.espeak_Initialize(
        SYNCHRONOUS, 0, str(espeakng_loader.get_data_path()).encode(), 0
    )
    return library, rate


@lru_cache(maxsize=4)
def espeak_speech(text=TEXT):
    """Speech as Audio; its breath and its length depend a little on what was said before in this process."""
    library, rate = _library()
    library.espeak_SetSynthCallback(keep)  # the library is the process's: others speak by it too
    library.espeak_SetVoiceByName(b"en")
    for parameter, usual in USUAL.items():
        library.espeak_SetParameter(parameter, usual, 0)
    parts.clear()
    encoded = text.encode() + b"\0"
    library.espeak_Synth(encoded, len(encoded), 0, 0, 0, CHARS_UTF8, None, None)
    library.espeak_Synchronize()
    return Audio(np.concatenate(parts).astype(np.float32) / 32768.0, rate)
