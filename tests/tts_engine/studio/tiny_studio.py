"""A folder of weights with a tiny synthesizer, and a dataset of some spoken sentences."""

import shutil
from pathlib import Path

from tests.tts_engine.conversion import tiny as conversion
from tests.tts_engine.espeak_speech import espeak_speech
from tests.tts_engine.synthesizer.tiny import TINY, tiny_network
from tts_engine.checkpoints import save_checkpoint
from tts_engine.dataset.building import CLIPS, write_clip
from tts_engine.dataset.plan import Piece, Plan, Recording, write_plan
from tts_engine.device import resolve_device
from tts_engine.recognizer.inference import Recognizer
from tts_engine.weights import weights_folder, write_manifest

SENTENCES = (
    "The north wind blew hard.",
    "A traveller came along.",
    "He was the stronger of the two.",
    "At last the wind gave up.",
    "Then the sun shone warmly.",
    "He had to confess that.",
    "Nobody saw him again.",
)


def tiny_weights(folder: Path) -> Path:
    """The shipped networks that judge, the bank, and a synthesizer and a conversion model of random numbers."""
    for name in ("encoder", "recognizer", "tagger", "vocoder", "voice_judge", "voices"):
        shutil.copytree(weights_folder() / name, folder / name)
    save_checkpoint(folder / "synthesizer", TINY, tiny_network().state_dict())
    save_checkpoint(folder / "conversion", conversion.TINY, conversion.tiny_network().state_dict())
    write_manifest(folder)
    return folder


def tiny_dataset(folder: Path) -> Path:
    """As `python -m tts_engine dataset` leaves it, of sentences whose text nobody knows."""
    recognizer = Recognizer.load(weights_folder() / "recognizer", device=resolve_device("cpu"))
    (folder / CLIPS).mkdir(parents=True)
    pieces, at = [], 0.0
    for number, text in enumerate(SENTENCES):
        audio = espeak_speech(text)
        piece = Piece(
            id=f"clip-{number}",
            recording=0,
            start_seconds=at,
            end_seconds=at + audio.seconds,
            kept=True,
            text_from="heard",
            phonemes=" ".join(recognizer.transcribe(audio)),
        )
        at = piece.end_seconds
        write_clip(folder, piece, audio)
        pieces.append(piece)
    recording = Recording(file="tale.wav", copy="sources/0.wav", seconds=at, rate_hz=22_050)
    write_plan(Plan(settings={}, recordings=(recording,), pieces=tuple(pieces)), folder)
    return folder
