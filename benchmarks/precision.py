"""What a vocoder in bfloat16 or float16 costs in quality and gains in time: prints, asserts nothing.

    python -m benchmarks.precision [--device cpu|cuda] [--precision bfloat16|float16] [--reference FILE]

The same sentences in float32 and as `VOICECLONE_PRECISION` has them. A CPU that does not multiply in it emulates it,
slowly: the sound is the same there, the seconds mean nothing.

PER, JUDGE   phoneme error rates by the two recognizers, percent
MOS          DNSMOS overall
SIM          cosine to the voice's own d-vector
MEL          mean distance of the log mel to that of float32, decibels
F0           mean distance of the pitch to that of float32 where both are voiced, semitones
LENGTHS      sentences whose durations are those of float32
BATCH        largest difference of a sample between sentences in one batch and alone
SECONDS      of this process's processor, or of the wall beside a GPU
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.batching import clock
from tts_engine.audio.io import decode_audio
from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.device import PRECISIONS
from tts_engine.evaluation.distortion import DECIBELS
from tts_engine.evaluation.listening import Listener
from tts_engine.evaluation.measures import cosine
from tts_engine.evaluation.sentences import SENTENCE_SETS
from tts_engine.f0 import HOP_SAMPLES, track_f0
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest, SpeechResult
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import Audio

VOICES = ("anna", "aleksandr", "nikolay")
KINDS = ("everyday", "literary", "numbers", "clusters", "questions")
COLUMNS = ("PER", "JUDGE", "MOS", "SIM", "MEL", "F0", "LENGTHS", "BATCH", "SECONDS")


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """All sentences in one precision; `batch_difference` is that of a batch to each alone."""

    results: list[SpeechResult]
    batch_difference: float
    seconds: float


def requests_of(cloner: VoiceCloner, reference: Path | None, count: int) -> list[SpeechRequest]:
    """So many sentences in each voice; the reference's is cloned."""
    voices = [get_voice(name).profile for name in VOICES]
    if reference is not None:
        voices.append(cloner.profile(decode_audio(reference))[0])
    texts = [
        text for group in zip(*(SENTENCE_SETS[k] for k in KINDS), strict=True) for text in group
    ]
    return [SpeechRequest(text=text, voice=voice) for voice in voices for text in texts[:count]]


def speak(cloner: VoiceCloner, requests: Sequence[SpeechRequest]) -> Spoken:
    """Everything alone, then in one batch."""
    started = clock(cloner)
    results = [cloner.speak(request) for request in requests]
    seconds = clock(cloner) - started
    together = cloner.speak_many(requests)
    worst = max(
        float(np.abs(alone.audio.waveform - same.audio.waveform).max())
        for alone, same in zip(results, together, strict=True)
        if isinstance(same, SpeechResult)
    )
    return Spoken(results=results, batch_difference=worst, seconds=seconds)


def mel_of(audio: Audio) -> torch.Tensor:
    return log_mel(torch.from_numpy(audio.waveform)[None], MelConfig())[0]


def mel_distance_db(left: Audio, right: Audio) -> float:
    """NaN when they are not equally long."""
    if left.waveform.size != right.waveform.size:
        return float("nan")
    return DECIBELS * float((mel_of(left) - mel_of(right)).abs().mean())


def pitch_distance(left: Audio, right: Audio) -> float:
    """Mean absolute difference over frames that both voice, semitones."""
    frames = min(left.waveform.size, right.waveform.size) // HOP_SAMPLES
    a, b = track_f0(left, frames), track_f0(right, frames)
    both = (a > 0) & (b > 0)
    return float(np.abs(12 * np.log2(a[both] / b[both])).mean())


def figures(
    listener: Listener, requests: Sequence[SpeechRequest], spoken: Spoken, full: Spoken
) -> list[float]:
    """One value for each of COLUMNS."""
    errors = judged = phonemes = same = 0
    mos, similarity, mel, pitch = [], [], [], []
    for request, result, exact in zip(requests, spoken.results, full.results, strict=True):
        tokens = [token for sentence in result.sentences for token in sentence.tokens]
        heard = listener.hear(result.audio, tokens)
        errors, judged = errors + heard.errors, judged + heard.judge_errors
        phonemes += heard.phonemes
        mos.append(heard.mos)
        if heard.embedding is not None:
            similarity.append(cosine(heard.embedding, request.voice.embedding))
        mel.append(mel_distance_db(result.audio, exact.audio))
        pitch.append(pitch_distance(result.audio, exact.audio))
        same += [t.durations_frames for t in result.timings] == [
            t.durations_frames for t in exact.timings
        ]
    means = [float(np.nanmean(values)) for values in (mos, similarity, mel, pitch)]
    rates = [100 * errors / phonemes, 100 * judged / phonemes]
    return [*rates, *means, same, spoken.batch_difference, spoken.seconds]


def compare(cloner: VoiceCloner, precision: str, reference: Path | None, count: int) -> None:
    """A row for float32, and one for that precision."""
    listener = Listener(cloner)
    requests = requests_of(cloner, reference, count)
    cloner.speak(requests[0])  # dictionaries
    print(f"{len(requests)} sentences\n{'':<9}" + "".join(f"{c:>10}" for c in COLUMNS))
    full: Spoken | None = None
    for name in ("float32", precision):
        cloner.vocoder.precision = PRECISIONS[name]
        spoken = speak(cloner, requests)
        full = full or spoken
        row = figures(listener, requests, spoken, full)
        print(f"{name:<9}" + "".join(f"{value:>10.4g}" for value in row), flush=True)


def main() -> None:
    """Measure on this machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=("bfloat16", "float16"), default="bfloat16")
    parser.add_argument("--reference", type=Path, help="a recording to clone a voice from")
    parser.add_argument("--sentences", type=int, default=12, help="in each voice")
    arguments = parser.parse_args()
    cloner = VoiceCloner.load(device=arguments.device)
    print(f"{cloner.device}, {torch.get_num_threads()} threads")
    compare(cloner, arguments.precision, arguments.reference, arguments.sentences)


if __name__ == "__main__":
    main()
