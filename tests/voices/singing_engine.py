"""What stands for the engine where scores are sung and words looked for: quick, and told what to make."""

import soundfile as sf
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.tts_engine.singing.made import KALINKA, musicxml
from tests.voices.song_engine import RATE_HZ, SECONDS, tone
from voices import engine

LYRICS = "Во поле берёза стояла\nво поле кудрявая"
SOUNDLESS = {"syllables": [], "phonemes": []}
FOUND = {
    "seconds": SECONDS,
    "lines": [
        {
            "text": "Во поле берёза стояла",
            "words": [
                {"text": "Во", "start": 0.1, "end": 0.3, "certainty": 0.8, **SOUNDLESS},
                {"text": "поле", "start": 0.3, "end": 0.7, "certainty": 0.7, **SOUNDLESS},
                {"text": "берёза", "start": 0.7, "end": 1.2, "certainty": 0.9, **SOUNDLESS},
                {"text": "стояла", "start": 1.3, "end": 1.8, "certainty": 0.6, **SOUNDLESS},
            ],
        },
        {"text": "во поле кудрявая", "words": []},
    ],
}


def score_file(content=None, name="Калинка.musicxml"):
    content = musicxml(KALINKA).encode() if content is None else content
    return SimpleUploadedFile(name, content)


def notes(*syllables, midi=60.0, seconds=0.5):
    """A score as JSON, a note for each syllable."""
    rows = [
        {"start": index * seconds, "seconds": seconds, "midi": midi + index % 3, "syllable": text}
        for index, text in enumerate(syllables or ("Ка", "лин", "ка"))
    ]
    return {"title": "Своя песня", "parts": [{"name": "Голос", "notes": rows}]}


class SingingEngine:
    """Makes tones of scores, finds the same words in every song, and keeps its orders."""

    def __init__(self):
        self.orders = []
        self.tracks = []  # their contents
        self.aligned = []  # (contents, lyrics, separate)
        self.at_stage = lambda done, total, stage: None

    def _tell(self, told, stage):
        for done in (0, 1, 2):
            told(done, 2, stage)
            self.at_stage(done, 2, stage)

    def sing_score(self, order, folder, told):
        self.orders.append(order)
        if order.track is not None:
            self.tracks.append(order.track.read_bytes())
        self._tell(told, "singing")
        files = {
            "mix": folder / f"mix.{order.audio_format}",
            "vocals": folder / "vocals.flac",
            "midi": folder / "song.mid",
            "lrc": folder / "song.lrc",
        }
        for name in ("mix", "vocals"):
            sf.write(files[name], tone(), RATE_HZ)
        files["midi"].write_bytes(b"MThd of a song")
        files["lrc"].write_text("[00:00.00]<00:00.00>Калинка <00:02.00>\n", encoding="utf-8")
        return engine.SungSong(files=files, seconds=SECONDS, semitones=-5, lines=2)

    def lyrics_align(self, source, lyrics, *, separate, told):
        self.aligned.append((source.read_bytes(), lyrics, separate))
        self._tell(told, "listening")
        return FOUND


def singing_engine_set(monkeypatch):
    """Let it stand for the engine."""
    made = SingingEngine()
    for name in ("sing_score", "lyrics_align"):
        monkeypatch.setattr(engine, name, getattr(made, name))
    return made
