"""What several tests of own voices need: a recording to upload, and a voice made of it."""

import io

import numpy as np
import soundfile as sf
from django.core.files.uploadedfile import SimpleUploadedFile


def recording(seconds=3.0, name="me.wav"):
    stream = io.BytesIO()
    tone = 0.1 * np.sin(np.arange(int(seconds * 16_000)) / 20)
    sf.write(stream, tone, 16_000, format="WAV")
    return SimpleUploadedFile(name, stream.getvalue(), content_type="audio/wav")


def create_voice(client, *recordings, **fields):
    values = {"name": "Мой голос", "consent": "true", **fields}
    values["recording"] = list(recordings) or [recording()]
    response = client.post("/api/v1/voices/", values)
    assert response.status_code == 201, response.content
    return response.json()
