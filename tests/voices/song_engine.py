"""What stands for the engine where songs are tested: quick, and told what to make."""

import io

import numpy as np
import soundfile as sf
from django.core.files.uploadedfile import SimpleUploadedFile

from voices import engine

SECONDS, RATE_HZ = 2.0, 44_100
STEMS = ("vocals", "accompaniment")
CURVE = "seconds,Hz\n" + "".join(
    f"{0.005 + 0.01 * index:.4f},{220.0 if index < 150 else 0.0:.2f}\n" for index in range(200)
)


def tone(hz=220, seconds=SECONDS):
    wave = 0.2 * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)
    return np.stack([wave, wave], axis=1)


def song(name="Песня.wav", hz=330):
    stream = io.BytesIO()
    sf.write(stream, tone(hz), RATE_HZ, format="WAV")
    return SimpleUploadedFile(name, stream.getvalue(), content_type="audio/wav")


class SongEngine:
    """Makes tones of what it is given, and keeps its orders."""

    def __init__(self):
        self.orders = []
        self.given = []  # contents of each order's files
        self.curves = []  # contents of their F0 files
        self.separated = 0
        self.at_stage = lambda done, total, stage: None

    def convert_recording(self, order, folder, told):
        self.orders.append(order)
        self.given.append({name: path.read_bytes() for name, path in order.sources.items()})
        self.curves.append(order.f0 and order.f0.read_bytes())
        if not {*STEMS} <= order.sources.keys():
            self.separated += 1
        for stage in ("separating", "converting", "mixing"):
            for done in (0.0, SECONDS / 2, SECONDS):
                told(done, SECONDS, stage)
                self.at_stage(done, SECONDS, stage)
        files = {"mix": folder / f"mix.{order.audio_format}"}
        for role in (*STEMS, "converted"):
            files[role] = folder / f"{role}.flac"
        for index, path in enumerate(files.values()):
            sf.write(path, tone(220 + 110 * index), RATE_HZ)
        files["f0"], files["report"] = folder / "f0.csv", folder / "report.html"
        files["f0"].write_text(CURVE)
        files["report"].write_text("<!doctype html><title>Report</title><p>220 Hz</p>")
        return engine.Conversion(
            files=files,
            seconds=SECONDS,
            start_seconds=0.0,
            semitones=-12.0,
            notes=[{"code": "second_voice", "en": "a second voice", "ru": "второй голос"}],
            figures={"likeness": 0.8},
        )

    def separate_recording(self, source, folder, *, preview_from, told):
        self.separated += 1
        folder.mkdir()
        told(0.0, SECONDS, "separating")
        self.at_stage(0.0, SECONDS, "separating")
        for hz, name in ((220, "vocals"), (440, "accompaniment")):
            sf.write(folder / f"{name}.flac", tone(hz), RATE_HZ)
        return engine.Separation(
            vocals=folder / "vocals.flac",
            accompaniment=folder / "accompaniment.flac",
            start_seconds=preview_from or 0.0,
            seconds=SECONDS,
            figures={"vocals_db": -20.0, "accompaniment_db": None},
        )


def song_engine_set(monkeypatch):
    """Let it stand for the engine."""
    made = SongEngine()
    for name in ("convert_recording", "separate_recording"):
        monkeypatch.setattr(engine, name, getattr(made, name))
    return made
