"""The same words as statement, yes-no question and question with a question word: their F0, measured.

`python -m tts_engine.evaluation.intonation --output contours.png` speaks them in bank voices, prints the
F0 that is heard at the stressed vowel of the focus and at the end (semitones from the voice's median),
with the contour rules and without them, and draws the contours of one voice.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from tts_engine.drawing import png_bytes
from tts_engine.evaluation.pictures import SECONDS_PER_FRAME, draw_f0
from tts_engine.f0 import track_f0
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import question_contour
from tts_engine.speaking.voicebank import BankVoice, get_voice
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.frontend import Sentence, get_frontend
from tts_engine.types import Audio

VOICES = ("anna", "aleksandr", "andrey", "elena", "irina", "dmitry")
STATEMENT = "Он пришёл домой."
DRAWN = (STATEMENT, "Он пришёл домой?", "Когда он пришёл домой?")
QUESTIONS = (
    "Он пришёл домой?", "Вы были вчера в театре?", "Это ваша книга?", "Знаете ли вы дорогу?",
    "Когда он пришёл домой?", "Почему поезд опаздывает?", "Где живёт твоя сестра?",
)  # fmt: skip
END_FRAMES = 8  # the last voiced ones


@dataclass(frozen=True, eq=False)
class Spoken:
    """What was heard: F0 per frame (Hz), and the frames of the focus."""

    sentence: Sentence
    f0_hz: NDArray[np.float32]
    focus: slice


def speak(cloner: VoiceCloner, voice: BankVoice, text: str, *, shaped: bool = True) -> Spoken:
    """Speak one question or statement and track its F0."""
    sentence = get_frontend().sentences(text)[0]
    contour = question_contour(sentence)
    request = SynthesisRequest(
        tokens=sentence.tokens, voice=voice.profile, contour=contour if shaped else None
    )
    result = cloner.synthesizer.synthesize([request])[0]
    waveform = cloner.vocoder.vocode([result.mel])[0]
    f0_hz = track_f0(Audio(waveform, cloner.sample_rate_hz), result.mel.shape[1])
    token = contour.token if contour is not None else 0
    ends = np.cumsum(result.durations_frames)
    return Spoken(sentence, f0_hz, slice(int(ends[token - 1]) if token else 0, int(ends[token])))


def heights(spoken: Spoken, median_hz: float) -> tuple[float, float]:
    """Highest F0 in the focus and the median of the end, semitones from the voice's median."""
    semitones = np.full(spoken.f0_hz.shape, np.nan)
    voiced = spoken.f0_hz > 0
    semitones[voiced] = 12 * np.log2(spoken.f0_hz[voiced] / median_hz)
    inside = semitones[spoken.focus]
    inside = inside[~np.isnan(inside)]
    end = semitones[voiced][-END_FRAMES:]
    return (
        float(inside.max()) if inside.size else float("nan"),
        float(np.median(end)) if end.size else float("nan"),
    )


def contours_picture(cloner: VoiceCloner, voice: BankVoice) -> bytes:
    """F0 of the three sentences over time, the focus shaded."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    for index, (axes, text) in enumerate(
        zip(figure.subplots(len(DRAWN), 1, sharex=True), DRAWN, strict=True)
    ):
        spoken = speak(cloner, voice, text)
        draw_f0(axes, spoken.f0_hz, f"C{index}", text)
        if question_contour(spoken.sentence) is not None:
            edges = (spoken.focus.start * SECONDS_PER_FRAME, spoken.focus.stop * SECONDS_PER_FRAME)
            axes.axvspan(*edges, color=f"C{index}", alpha=0.15)
    axes.set_xlabel("seconds")
    axes.set_xlim(0, 1.8)
    return png_bytes(figure)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="PNG of the first voice")
    parser.add_argument("--voices", nargs="+", default=VOICES, help="of the bank")
    chosen = parser.parse_args(arguments)
    cloner = VoiceCloner.load(device="cpu")
    voices = [get_voice(slug) for slug in chosen.voices]
    sys.stdout.write("voice\tfocus plain\tfocus shaped\tend plain\tend shaped\tquestion\n")
    for voice in voices:
        for text in QUESTIONS:
            (focus, end), (focus_shaped, end_shaped) = (
                heights(speak(cloner, voice, text, shaped=shaped), voice.profile.f0_median_hz)
                for shaped in (False, True)
            )
            figures = "\t".join(f"{v:+.1f}" for v in (focus, focus_shaped, end, end_shaped))
            sys.stdout.write(f"{voice.slug}\t{figures}\t{text}\n")
    chosen.output.write_bytes(contours_picture(cloner, voices[0]))


if __name__ == "__main__":
    main()
