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
