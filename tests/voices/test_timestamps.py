"""Times of words: kept when asked for, and written as json, srt, vtt and lrc."""

import pytest

from tests.conftest import hum
from voices import engine

pytestmark = pytest.mark.usefixtures("bank_voice", "inline_worker")


def word(text, start, end):
    return {"text": text, "start": start, "end": end,
            "phonemes": [{"ipa": "a", "start": start, "end": end}]}  # fmt: skip


SENTENCES = [
    {"text": "Раз,\nдва.", "start": 0.05, "end": 1.0,
     "words": [word("раз", 0.05, 0.4), word("два", 0.5, 1.0)]},
    {"text": "Три.", "start": 61.25, "end": 62.0, "words": [word("три", 61.25, 62.0)]},
]  # fmt: skip


@pytest.fixture
def timed_engine(monkeypatch):
    def speak(order, on_progress=None, *, on_timing=None):
        for row in SENTENCES if on_timing else ():
            on_timing(row)
        return hum(order.text)

    def speak_in_parts(order, *, on_timing=None):
        for row in SENTENCES:
            if on_timing:
                on_timing(row)
            yield hum(row["text"])

    monkeypatch.setattr(engine, "speak", speak)
    monkeypatch.setattr(engine, "speak_in_parts", speak_in_parts)


def made(client, path="jobs", **fields):
    body = {"text": "Раз, два. Три.", "voice": "anna", "timestamps": True, **fields}
    answer = client.post(f"/api/v1/{path}/", body, "json")
    if answer.streaming:
        list(answer.streaming_content)
    return answer["X-Job-Id"] if path == "speech" else answer.json()["id"]


@pytest.mark.parametrize(("path", "stream"), [("jobs", {}), ("speech", {"stream": True})])
def test_words_and_sounds_have_their_times(caller, timed_engine, path, stream):
    client = caller("alice")
    job = made(client, path, **stream)
    body = client.get(f"/api/v1/jobs/{job}/timestamps/").json()
    assert body == {"sentences": SENTENCES}


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (
            "format=srt",
            "1\n00:00:00,050 --> 00:00:01,000\nРаз, два.\n\n2\n00:01:01,250 --> 00:01:02,000\nТри.",
        ),
        (
            "format=vtt&unit=word",
            (
                "WEBVTT\n\n1\n00:00:00.050 --> 00:00:00.400\nраз\n\n2\n00:00:00.500 --> 00:00:01.000\n"
                "два\n\n3\n00:01:01.250 --> 00:01:02.000\nтри"
            ),
        ),
        ("format=lrc", "[00:00.05]Раз, два.\n[01:01.25]Три."),
    ],
)
def test_they_come_as_files_of_players(caller, timed_engine, query, text):
    client = caller("alice")
    answer = client.get(f"/api/v1/jobs/{made(client)}/timestamps/?{query}")
    assert answer.content.decode().strip() == text
    assert "attachment" in answer["Content-Disposition"]


def test_without_asking_there_are_none(caller, timed_engine):
    client = caller("alice")
    job = made(client, timestamps=False)
    refused = client.get(f"/api/v1/jobs/{job}/timestamps/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "no_timestamps")
    assert client.get(f"/api/v1/jobs/{job}/timestamps/?format=doc").status_code == 400


def test_those_of_others_look_missing(caller, timed_engine):
    job = made(caller("bob"))
    refused = caller("alice").get(f"/api/v1/jobs/{job}/timestamps/")
    assert refused.json()["error"]["code"] == "unknown_job"


@pytest.mark.weights
def test_the_engine_tells_times_within_its_audio():
    order = engine.SpeechOrder(
        text="Привет, мир! У меня 2 кота.", profile=engine.bank_voices()[0]["profile"]
    )
    rows = []
    audio = engine.speak(order, on_timing=rows.append)
    assert [row["text"] for row in rows] == ["Привет, мир!", "У меня 2 кота."]
    words = [word for row in rows for word in row["words"]]
    assert [word["text"].lower() for word in words][:2] == ["привет", "мир"]
    ends = [0.0, *(word["end"] for word in words)]
    assert all(end <= word["start"] + 1e-6 for end, word in zip(ends, words, strict=False))
    assert words[-1]["end"] <= audio.seconds
    assert all(
        word["phonemes"][0]["start"] == word["start"] and word["phonemes"][-1]["end"] == word["end"]
        for word in words
    )
