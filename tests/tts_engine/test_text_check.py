"""Characters that no text has on purpose."""

import pytest

from tts_engine.errors import TextError
from tts_engine.speaking.text_check import check_characters


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800"])
def test_control_characters_are_named_with_their_place(character):
    with pytest.raises(TextError) as caught:
        check_characters(f"да{character}")
    assert caught.value.code == "control_characters"
    assert caught.value.details == {"position": 2}
    assert f"U+{ord(character):04X}" in caught.value.message_ru


@pytest.mark.parametrize(
    "text", ["", "За\u0301мок, «дом».\r\n\tИ — 🙂", "глава\f\vглава", "мяг\u00adкий\u200b\ufeff"]
)
def test_lines_tabs_marks_and_soft_hyphens_are_text(text):
    check_characters(text)
