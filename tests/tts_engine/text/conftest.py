"""The front end loads its stress model once for all tests of this folder."""

import pytest

from tts_engine.text.frontend import get_frontend


@pytest.fixture(scope="session")
def frontend():
    loaded = get_frontend()
    loaded.sentences("Раз, два.")
    return loaded


@pytest.fixture
def say(frontend):
    """Text -> its stressed words, pauses left out."""

    def stressed(text):
        return " ".join(word.stressed for s in frontend.sentences(text) for word in s.words)

    return stressed


@pytest.fixture
def sounds(frontend):
    """Text -> its phonemes without pauses; ⏎ stands for a line break."""

    def phonemes(text):
        sentences = frontend.spoken(text.replace("⏎", "\n"))
        return " ".join(p for s in sentences for word in s.words for p in word.phonemes)

    return phonemes
