"""What is no song through the service: the job ends with a code, in both languages, and only the song is kept."""

import pytest

from tests.bad_songs import BEFORE_MODELS, own_stems, whistle
from tts_engine.covers import listening
from voices.engine import conversion
from voices.models import StoredFile
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "no_models")


@pytest.fixture
def no_models(monkeypatch):
    monkeypatch.setattr(conversion, "load_cover_models", lambda: pytest.fail("models were loaded"))


@pytest.fixture
def client(caller, messages):
    return caller("alice")


def ended(client, paths, language="en", **fields):
    """The job on these files, in the voice of a reference."""
    body = {name: path.open("rb") for name, path in paths.items()}
    answer = client.post("/api/v1/conversions/", {**body, "rights": "true", **fields})
    assert answer.status_code == 202, answer.content
    job_run_next(queue="conversion")
    return client.get(answer["Location"], HTTP_ACCEPT_LANGUAGE=language).json()


def on_disk(settings):
    return sorted(path.stem for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


@pytest.mark.parametrize("code", BEFORE_MODELS)
def test_what_is_no_song_fails_with_its_code(client, settings, tmp_path, code):
    song = BEFORE_MODELS[code](tmp_path)
    job = ended(client, {"audio": song, "reference": song})
    assert (job["status"], job["error"]["code"]) == ("failed", code)
    russian = client.get(f"/api/v1/jobs/{job['id']}/", HTTP_ACCEPT_LANGUAGE="ru").json()
    assert russian["error"]["message"] != job["error"]["message"]
    assert on_disk(settings) == ["reference", "source"]
    assert {file.role for file in StoredFile.objects.all()} == {"source", "reference"}


def test_a_pitch_curve_of_another_length_fails_with_its_code(client, settings, tmp_path):
    curve = tmp_path / "f0.csv"
    curve.write_text("".join(f"{second},200\n" for second in range(10)))
    job = ended(client, {**own_stems(tmp_path), "f0": curve}, voice="anna")
    assert (job["status"], job["error"]["code"]) == ("failed", "f0_file_of_another_length")
    assert on_disk(settings) == ["own-accompaniment", "own-f0", "own-vocals"]


@pytest.mark.parametrize(
    ("heard", "hz", "code"), [(False, 440.0, "no_voice_in_song"), (True, 2500.0, "no_voice")]
)
def test_a_song_without_a_voice_fails_with_its_code(
    client, settings, monkeypatch, tmp_path, heard, hz, code
):
    monkeypatch.setattr(
        listening,
        "_voiced",
        lambda wave, frames: (listening.frame_powers(wave, frames) > 1e-6) & heard,
    )
    job = ended(client, own_stems(tmp_path, whistle(hz=hz)), voice="anna")
    assert (job["status"], job["error"]["code"]) == ("failed", code)
    assert on_disk(settings) == ["own-accompaniment", "own-vocals"]
