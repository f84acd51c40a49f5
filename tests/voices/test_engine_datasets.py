"""Datasets through the only door to the engine: with the models that ship, on sentences that they say themselves."""

import io
import json
import zipfile

import pytest
import soundfile as sf

from voices import engine
from voices.errors import AppError

pytestmark = pytest.mark.weights
TEXTS = (
    "Утром над рекой стоял густой туман, и противоположного берега не было видно.",
    "Дедушка починил старые часы, и они снова пошли.",
)


@pytest.fixture(scope="module")
def said():
    """wav of each text by anna."""
    from tts_engine.speaking.requests import SpeechRequest
    from tts_engine.speaking.voicebank import get_voice
    from voices.engine.models import load_cloner

    cloner, voice = load_cloner(), get_voice("anna").profile

    def by(text):
        audio = cloner.speak(SpeechRequest(text=text, voice=voice)).audio
        stream = io.BytesIO()
        sf.write(stream, audio.waveform, audio.sample_rate_hz, "PCM_16", format="WAV")
        return stream.getvalue()

    return [by(text) for text in TEXTS]


def test_a_take_is_judged_against_its_sentence_and_its_reader(said):
    first = engine.check_take(said[0], sentence=TEXTS[0], reader=None)
    assert (first.reasons, len(first.embedding)) == ([], 256)
    assert first.figures["similarity"] is None
    other = engine.check_take(said[0], sentence=TEXTS[1], reader=first.embedding)
    assert [reason["code"] for reason in other.reasons] == ["other_words"]
    assert other.figures["similarity"] == pytest.approx(1.0, abs=0.01)
    with pytest.raises(AppError) as caught:
        engine.check_take(b"no sound", sentence=TEXTS[0], reader=None)
    assert caught.value.status == 415


def test_a_zip_is_measured_and_what_cannot_be_read_is_told(said, tmp_path):
    path = tmp_path / "корпус.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.csv", f"а|{TEXTS[0]}\nб|{TEXTS[1]}\nв|нет\n")
        archive.writestr("wavs/а.wav", said[0])
        archive.writestr("wavs/б.wav", said[1])
        archive.writestr("wavs/в.wav", b"broken")
    stages = []
    found = engine.measure_recordings(path, lambda *told: stages.append(told))
    assert (found.recordings, found.with_text, found.refused) == (3, 3, 1)
    assert 4 < found.seconds < 20
    assert found.reason["ru"]
    assert stages == [(0, 3, "measuring"), (1, 3, "measuring"), (2, 3, "measuring")]


def test_recordings_become_clips_and_edits_are_followed(said, tmp_path):
    sources = []
    for number, (content, text) in enumerate(zip(said, TEXTS, strict=True)):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(content)
        sources.append(engine.Source(path=path, text=text))
    folder, stages = tmp_path / "dataset", []
    folder.mkdir()
    reader = engine.check_take(said[0], sentence=TEXTS[0], reader=None).embedding
    figures = engine.dataset_prepare(
        sources,
        folder,
        settings={"denoise": False},
        reader=reader,
        told=lambda *told: stages.append(told),
    )
    assert (figures["recordings"], figures["clips"], figures["refused"]) == (2, 2, 0)
    assert (
        engine.similarities({"embedding": reader}, [{"embedding": figures["embedding"]}])[0] > 0.9
    )
    assert {stage for _, _, stage in stages} == {"listening", "cutting"}
    assert all(done <= total for done, total, _ in stages)
    report = json.loads((folder / "report.json").read_text("utf-8"))
    kept = [piece for piece in report["pieces"] if piece["kept"]]
    assert [piece["text"] for piece in kept] == list(TEXTS)
    again = engine.dataset_edit(folder, [{"clip": kept[0]["id"], "action": "drop"}])
    assert again["clips"] == 1
    with pytest.raises(AppError) as caught:
        engine.dataset_edit(folder, [{"clip": "9", "action": "drop"}])
    assert caught.value.code == "edits_invalid"


def test_sentences_to_read_need_no_model():
    [first, second] = engine.sentences_next([], 2)
    assert engine.sentences_next([first], 1) == [second]
    covered, total = engine.sentences_coverage([first])
    assert 0 < covered < total
