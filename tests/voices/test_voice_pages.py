"""The pages of the bank and of own voices: their words, and what they promise to record."""

import html
import json
import re
from pathlib import Path

import pytest
from django.test import Client

from voices.consent_texts import CURRENT, TEXTS
from voices.web.strings import bank, frame, my_voices, training

pytestmark = pytest.mark.usefixtures("transactional_db")

SCRIPTS = Path(__file__).resolve().parents[2] / "voices" / "static" / "voices"
OF_PAGE = {
    bank: ("bank", "voicemap", "preview", "api"),
    my_voices: (
        "my_voices", "voiceform", "owncard", "quality", "preview", "picker", "recorder", "api",
        "versions", "fitting", "compare", "voicefiles",
    ),
    training: ("training", "plot", "api"),
}  # fmt: skip


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_text_that_is_recorded_is_the_text_that_is_shown(language):
    client = Client()
    client.cookies["lang"] = language
    for path in ("/my-voices/", "/"):
        page = client.get(path).content.decode()
        assert TEXTS[CURRENT][language] in html.unescape(page)
        data = json.loads(re.search(r'id="page-data"[^>]*>(.*?)</script>', page)[1])
        assert data["consentVersion"] == CURRENT


def test_the_pages_are_in_the_navigation():
    page = Client().get("/voices/").content.decode()
    assert re.search(r'href="/voices/" aria-current="page"', page)
    assert 'href="/my-voices/"' in page


@pytest.mark.parametrize("words", OF_PAGE, ids=["bank", "my_voices", "training"])
def test_scripts_say_only_words_that_the_page_has(words):
    known = {**frame.SCRIPT, **words.SCRIPT}
    for name in OF_PAGE[words]:
        source = (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")
        said = set(re.findall(r'\b(?:say|plural)\("(\w+)"', source))
        assert said <= set(known), name
