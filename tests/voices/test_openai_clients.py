"""The official OpenAI clients, only their base URL changed, against a live server."""

import base64
import io
import json
import shutil
import subprocess

import openai
import pytest
import soundfile

from tts_engine.audio.io import decode_audio
from tts_engine.audio.sniff import sniff_container

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")
NODE_CLIENT = "openai@7.57.0"
NODE_PROGRAM = """
import OpenAI from "openai";
const client = new OpenAI({ baseURL: process.env.ADDRESS + "/v1", apiKey: process.env.KEY });
const told = { models: [] };
for await (const model of client.models.list()) told.models.push(model.id);
const ask = { model: "tts-1", voice: "anna", input: "Добрый день." };
told.heads = {};
for (const format of ["mp3", "opus", "aac", "flac", "wav", "pcm"]) {
  const file = await client.audio.speech.create({ ...ask, response_format: format, speed: 0.25 });
  const head = Buffer.from(await file.arrayBuffer()).subarray(0, 4).toString("latin1");
  told.heads[format] = [head, file.headers.get("content-type")];
}
try {
  await client.audio.speech.create({ ...ask, voice: "nobody" });
} catch (error) {
  told.error = [error.constructor.name, error.status, error.code];
}
console.log(JSON.stringify(told));
"""


@pytest.fixture
def client(running):
    address, key = running
    with openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as opened:
        yield opened


def speak(client, **fields):
    ask = {"model": "tts-1", "voice": "anna", "input": "Добрый день.", **fields}
    return client.audio.speech.create(**ask)


@pytest.mark.parametrize(
    ("asked", "got"), [("mp3", "MP3"), ("opus", "OGG"), ("flac", "FLAC"), ("wav", "WAV")]
)
def test_python_gets_every_format(client, asked, got):
    content = speak(client, response_format=asked).content
    assert soundfile.info(io.BytesIO(content)).format == got


def test_python_gets_bare_samples_at_24_khz(client):
    samples = speak(client, response_format="pcm").content
    wav = speak(client, response_format="wav").content
    seconds = soundfile.info(io.BytesIO(wav)).duration
    assert len(samples) == pytest.approx(2 * 24_000 * seconds, rel=0.02)


def test_python_gets_aac_as_an_adts_stream(client):
    response = speak(client, response_format="aac")
    assert response.response.headers["content-type"] == "audio/aac"
    assert sniff_container(io.BytesIO(response.content)) == "aac"
    wav = speak(client, response_format="wav").content
    seconds = soundfile.info(io.BytesIO(wav)).duration
    assert decode_audio(response.content).seconds == pytest.approx(seconds, abs=0.15)


@pytest.mark.parametrize("speed", [0.25, 4.0])
def test_python_speaks_at_every_speed_of_openai(client, humming_engine, speed):
    speak(client, speed=speed)
    assert humming_engine[-1].speed == speed


@pytest.mark.parametrize("asked", ["aac", "opus"])
def test_python_hears_events_in_other_formats(client, asked):
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="anna", input="Раз, два. Три, четыре.", response_format=asked,
        stream_format="sse",
    ) as response:  # fmt: skip
        lines = [line for line in response.iter_lines() if line.startswith("data: ")]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    sound = b"".join(base64.b64decode(event["audio"]) for event in events[:-1])
    assert sniff_container(io.BytesIO(sound)) == {"aac": "aac", "opus": "ogg"}[asked]


def test_python_is_told_what_cannot_be_sent_as_events(client):
    with pytest.raises(openai.BadRequestError) as caught:
        speak(client, response_format="flac", stream_format="sse")
    assert (caught.value.param, caught.value.code) == ("response_format", "unsupported_value")


def test_python_streams_to_a_file(client, tmp_path):
    path = tmp_path / "speech.mp3"
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="anna", input="Раз, два, три.", speed=1.5
    ) as response:
        response.stream_to_file(path)
    assert soundfile.info(path).duration > 0.2


def test_python_reads_events_sentence_by_sentence(client):
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="anna", input="Раз, два. Три, четыре. Пять, шесть.",
        stream_format="sse",
    ) as response:  # fmt: skip
        lines = [line for line in response.iter_lines() if line.startswith("data: ")]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    kinds = [event["type"] for event in events]  # of three sentences, and of the file's end
    assert kinds == ["speech.audio.delta"] * 4 + ["speech.audio.done"]
    sound = b"".join(base64.b64decode(event["audio"]) for event in events[:-1])
    assert soundfile.info(io.BytesIO(sound)).format == "MP3"
    assert events[-1]["usage"]["total_tokens"] > 0


@pytest.mark.parametrize(
    ("fields", "kind", "code"),
    [
        ({"model": "gpt-9"}, openai.NotFoundError, "model_not_found"),
        ({"voice": "nobody"}, openai.NotFoundError, "voice_not_found"),
        ({"speed": 4.5}, openai.BadRequestError, "invalid_value"),
        ({"input": ""}, openai.BadRequestError, "empty_string"),
    ],
)
def test_python_raises_its_own_errors(client, fields, kind, code):
    with pytest.raises(kind) as caught:
        speak(client, **fields)
    assert caught.value.code == code


def test_python_finds_the_models_and_a_wrong_key_is_told(client, running):
    assert "tts-1" in [model.id for model in client.models.list()]
    assert client.models.retrieve("voiceclone-1").owned_by == "voiceclone"
    stranger = openai.OpenAI(base_url=f"{running[0]}/v1", api_key="sk-wrong")
    with pytest.raises(openai.AuthenticationError):
        stranger.models.list()


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_node_speaks_lists_and_gets_its_own_errors(running, tmp_path):
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}')
    (tmp_path / "speak.js").write_text(NODE_PROGRAM, encoding="utf-8")
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", NODE_CLIENT]
    subprocess.run(install, cwd=tmp_path, check=True, capture_output=True, timeout=200)
    told = subprocess.run(
        ["node", "speak.js"], cwd=tmp_path, check=True, capture_output=True, timeout=90,
        env={"PATH": "/usr/bin:/usr/local/bin:/bin", "ADDRESS": running[0], "KEY": running[1]},
    ).stdout  # fmt: skip
    answer = json.loads(told)
    assert "tts-1" in answer["models"]
    heads = {name: (head, kind) for name, (head, kind) in answer["heads"].items() if name != "pcm"}
    assert heads == {
        "mp3": ("ID3\x04", "audio/mpeg"), "opus": ("OggS", "audio/ogg"),
        "aac": ("ID3\x04", "audio/aac"), "flac": ("fLaC", "audio/flac"),
        "wav": ("RIFF", "audio/wav"),
    }  # fmt: skip
    assert answer["heads"]["pcm"][1] == "audio/pcm"
    assert answer["error"] == ["NotFoundError", 404, "voice_not_found"]
