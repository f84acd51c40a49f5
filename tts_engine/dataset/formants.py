"""Speech of espeak-ng, a formant synthesizer, through the library that the package espeakng-loader carries."""

import ctypes
from collections.abc import Iterator, Sequence

import espeakng_loader
import numpy as np

from tts_engine.audio.resample import resample
from tts_engine.detection.material import CALIBRATION, TEST, TRAIN
from tts_engine.training.corpus import SAMPLE_RATE_HZ
from tts_engine.types import Waveform

SYNCHRONOUS, UTF8 = 2, 1
RATE, PITCH, RANGE = 1, 3, 4
# by split: the language and the throat
VOICES = {
    TRAIN: ("ru", "ru+f2", "ru+m3", "ru+m7", "ru+klatt", "ru+f4"),
    CALIBRATION: ("ru+m5", "ru+f1"),
    TEST: ("ru+m1", "ru+f3", "ru+klatt4"),
}
CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
parts: list[np.ndarray] = []


@CALLBACK
def keep(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: object) -> int:
    """Lives as long as the library, which calls it for every sound."""
    if samples and count > 0:
        parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
    return 0


def espeak(texts: Sequence[str], amount: int) -> Iterator[tuple[str, str, Waveform]]:
    """(split, voice, waveform at the corpus's rate); `amount` of training, a quarter of the others."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = str(espeakng_loader.get_data_path()).encode()
    rate_hz = library.espeak_Initialize(SYNCHRONOUS, 0, data, 0)
    library.espeak_SetSynthCallback(keep)
    rng = np.random.default_rng(3)
    for split, voices in VOICES.items():
        for number in range(amount if split == TRAIN else amount // 4):
            voice = voices[number % len(voices)]
            library.espeak_SetVoiceByName(voice.encode())
            library.espeak_SetParameter(RATE, int(rng.integers(130, 210)), 0)
            library.espeak_SetParameter(PITCH, int(rng.integers(25, 75)), 0)
            library.espeak_SetParameter(RANGE, int(rng.integers(30, 80)), 0)
            said = " ".join(texts[i] for i in rng.integers(len(texts), size=2))
            text = said.encode() + b"\0"
            parts.clear()
            library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 0, 0, UTF8, None, None)
            library.espeak_Synchronize()
            sound = np.concatenate(parts).astype(np.float32) / 32768.0
            yield split, f"espeak-{voice}", resample(sound, rate_hz, SAMPLE_RATE_HZ)
