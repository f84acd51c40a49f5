"""The one door to espeak-ng: a backend per language and process, library and data from its wheel.

phonemizer copies the library for every backend object and never frees it, so backends are cached.
"""

import logging
import threading
from functools import lru_cache

import espeakng_loader
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper

_lock = threading.Lock()


@lru_cache(maxsize=2)
def _backend(language: str) -> EspeakBackend:
    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    quiet = logging.getLogger(f"{__name__}.phonemizer")
    quiet.setLevel(logging.ERROR)
    return EspeakBackend(
        language,
        with_stress=True,
        language_switch="remove-flags",
        words_mismatch="ignore",
        logger=quiet,
    )


def espeak_ipa(word: str, language: str) -> str:
    """IPA of one word as espeak-ng says it, stress marks ˈ ˌ included; empty when it says nothing.

    Args:
        word: letters without spaces.
        language: `en-us` or `ru`.
    """
    with _lock:  # espeak keeps its state in globals
        spoken = _backend(language).phonemize([word], strip=True)
    return spoken[0] if spoken else ""
