"""The tables made from the forms of Wiktionary."""

import pickle
import zipfile

import pytest

from tts_engine.text.readings_importing import FORMS, LEMMAS, import_tables


def form(word, stress, tags, lemma):
    return {"word_form": word, "stress_pos": [stress], "form_tags": tags, "lemma": lemma}


@pytest.fixture
def wheel(tmp_path):
    forms = {
        "стены": [
            form("стены", 2, "nominative plural", "стена"),
            form("стены", 4, "genitive singular", "стена"),
            form("стены", 0, "archaic genitive singular", "стена"),
        ],
        "осел": [
            form("осёл", 2, "nominative singular", "осёл"),
            form("осел", 2, "masculine past singular", "осесть"),
        ],
        "замок": [
            form("замок", 1, "nominative singular", "замок"),
            form("замок", 3, "nominative singular", "замок"),
        ],
        "Жуков": [form("Жуков", 1, "canonical", "Жуков")],
        "Иванов": [
            form("Иванов", 2, "canonical", "Иванов"),
            form("Иванов", 4, "canonical", "Иванов"),
        ],
    }
    lemmas = {"стена": {"pos": ["NOUN"]}, "осёл": {"pos": ["NOUN"]}, "осесть": {"pos": ["VERB"]}}
    path = tmp_path / "forms.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(FORMS, pickle.dumps(forms))
        archive.writestr(LEMMAS, pickle.dumps(lemmas))
    return path


def entries(path):
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line[0] != "#"]


def test_words_told_by_their_grammar_and_names_that_the_model_misses_are_listed(wheel, tmp_path):
    import_tables(wheel, tmp_path)
    assert entries(tmp_path / "readings.txt") == [
        "осел ос+ел:Vm ос+ёл:Nsn",
        "стены ст+ены:Npn стен+ы:Nsg",
    ]
    assert entries(tmp_path / "names.txt") == ["Жуков ж+уков"]


def test_a_table_that_would_run_code_is_refused(tmp_path):
    path = tmp_path / "forms.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(FORMS, b"cos\nsystem\n(S'true'\ntR.")
        archive.writestr(LEMMAS, pickle.dumps({}))
    with pytest.raises(pickle.UnpicklingError, match=r"os\.system"):
        import_tables(path, tmp_path)
