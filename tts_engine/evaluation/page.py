"""The report as one HTML file that needs nothing else: pictures and sounds are inside it."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader

from tts_engine.audio.io import encode_audio
from tts_engine.drawing import png_link
from tts_engine.evaluation.listening import Utterance
from tts_engine.evaluation.natural import NaturalPair
from tts_engine.evaluation.pictures import (
    map_picture,
    pair_picture,
    scores_picture,
    track_picture,
)
from tts_engine.evaluation.results import Results, VoiceResult
from tts_engine.evaluation.table import OF_TRAINING, TITLES
from tts_engine.types import Audio


def render(results: Results) -> str:
    """The whole page."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    environment.filters["number"] = number
    return environment.get_template("page.html").render(
        titles=TITLES,
        of_training=OF_TRAINING,
        sentences=results.sentences_per_set,
        seconds=results.seconds / 60,
        memory_mb=results.peak_memory_mb,
        summary=results.summary,
        verifications=results.verifications,
        score_pictures={
            name: png_link(scores_picture(result)) for name, result in results.verifications.items()
        },
        voice_map=_map(results.voices),
        natural=results.natural,
        pairs=[_pair(pair) for pair in results.pairs],
        robustness=results.robustness,
        voices=[_voice(voice) for voice in results.voices],
    )


def number(value: float, digits: int) -> str:
    """A figure of fixed digits; NaN is a dash."""
    return "-" if np.isnan(value) else f"{value:.{digits}f}"


def sound_link(audio: Audio) -> str:
    """A sound as a data URL, mp3."""
    return "data:audio/mpeg;base64," + base64.b64encode(encode_audio(audio, "mp3")).decode("ascii")


def _map(voices: Sequence[VoiceResult]) -> str | None:
    placed = [voice for voice in voices if voice.vectors]
    if len(placed) < 3:  # two axes need three points
        return None
    return png_link(
        map_picture(
            [voice.subject.name for voice in placed],
            np.stack([voice.subject.profile.embedding for voice in placed]),
            np.stack([np.mean(voice.vectors, axis=0) for voice in placed]),
            [voice.group for voice in placed],
        )
    )


def _pair(pair: NaturalPair) -> dict[str, str]:
    return {
        "voice": pair.voice,
        "text": pair.clip.text,
        "natural": sound_link(pair.natural.audio),
        "spoken": sound_link(pair.spoken.audio),
        "picture": png_link(pair_picture(pair)),
    }


def _voice(voice: VoiceResult) -> dict[str, Any]:
    firsts: dict[str, Utterance] = {}
    for utterance in voice.utterances:
        firsts.setdefault(utterance.sentence_set, utterance)
    reference = voice.subject.reference
    return {
        "name": voice.subject.name,
        "group": voice.group,
        "reference": sound_link(reference) if reference is not None else None,
        "rows": voice.rows,
        "samples": [
            {"sentence_set": name, "text": u.text, "sound": sound_link(u.audio)}
            for name, u in firsts.items()
            if u.audio is not None
        ],
        "picture": png_link(track_picture(voice.track)) if voice.track is not None else None,
    }
