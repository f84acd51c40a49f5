"""все and всё."""

import pytest

from tts_engine.text.homographs import correct_all


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("все знают это", "все"),
        ("не все согласны", "все"),
        ("все сразу поняли", "все"),
        ("они все ушли", "все"),
        ("они все знают", "всё"),
        ("я все понял", "всё"),
        ("все было давно", "всё"),
        ("все кончено", "всё"),
        ("все", "всё"),
        ("все , знают", "всё"),
    ],
)
def test_all_is_told_from_everything(text, corrected):
    tokens = text.split()
    guessed = ["всё" if token == "все" else token for token in tokens]
    assert correct_all(tokens, guessed)[tokens.index("все")] == corrected


def test_a_written_yo_stays():
    assert correct_all(["всё", "знают"], ["всё", "зн+ают"]) == ["всё", "зн+ают"]
