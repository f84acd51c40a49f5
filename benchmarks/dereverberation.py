"""Whether anything light takes a room out of speech: clips in made-up rooms, as they are and dereverberated.

    python -m benchmarks.dereverberation data/corpus [--clips 16]

WPE (T. Nakatani et al., "Speech dereverberation based on variance-normalized delayed linear prediction", IEEE TASLP
2010) through nara_wpe, which the product does not use; the product's denoiser; and both. A row for each room and way:
DNSMOS, cosines to the dry clip's vectors by the product's encoder (GE2E) and a second one, phoneme errors of the
recognizer, and the seconds of a fall of 60 dB.
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from nara_wpe.utils import istft, stft
from nara_wpe.wpe import wpe

from benchmarks.denoising import Way
from benchmarks.references import Bench, audio_of
from tts_engine.audio.resample import resample, resample_audio
from tts_engine.evaluation.measures import cosine, naturalness, phoneme_errors
from tts_engine.evaluation.second_encoder import SecondEncoder
from tts_engine.recognizer.inference import Recognizer
from tts_engine.recording.denoise import denoise
from tts_engine.recording.reverb import decay_seconds
from tts_engine.training.corpus import HELD_OUT, Corpus
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

ROOMS = ((1.0, -3.0), (0.6, -3.0), (1.0, 3.0))
HEARD = ("DNSMOS", "GE2E", "second", "errors", "fall")
RATE_HZ = 16_000
WINDOW, HOP, TAPS, DELAY, ITERATIONS = 512, 128, 10, 3, 3


def dereverberated(audio: Audio) -> Audio:
    """By WPE up to 8 kHz, where the room of speech is heard; above that as it was."""
    low = resample_audio(audio, RATE_HZ).waveform
    spectrum = stft(low[None], size=WINDOW, shift=HOP).transpose(2, 0, 1)  # (bins, 1, frames)
    dry = wpe(spectrum, taps=TAPS, delay=DELAY, iterations=ITERATIONS).transpose(1, 2, 0)
    cleaned = istft(dry, size=WINDOW, shift=HOP)[0, : low.size]
    change = resample((cleaned - low).astype(np.float32), RATE_HZ, audio.sample_rate_hz)
    waveform = audio.waveform.copy()
    size = min(waveform.size, change.size)
    waveform[:size] += change[:size]
    return Audio(waveform.astype(np.float32), audio.sample_rate_hz)


WAYS: dict[str, Way] = {
    "as recorded": lambda audio: audio,
    "WPE": dereverberated,
    "denoised": denoise,
    "WPE, denoised": lambda audio: denoise(dereverberated(audio)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--clips", type=int, default=16)
    arguments = parser.parse_args()
    bench = Bench(Corpus(arguments.corpus), None)
    recognizer = Recognizer.load(weights_folder() / "recognizer", device=torch.device("cpu"))
    second = SecondEncoder()
    clips = [c for c in bench.corpus.select(split=HELD_OUT) if c.tokens and 3 < c.seconds < 6]
    random.Random(1).shuffle(clips)
    print(f"{arguments.clips} clips; {', '.join(HEARD)}, share of real time")
    for room in (*ROOMS, None):
        heard: dict[str, list[list[float]]] = {}
        for clip in clips[: arguments.clips]:
            dry = audio_of(bench.corpus.waveform(clip))
            wet = audio_of(bench.room(dry.waveform, *room)) if room else dry
            truths = bench.encoder.embed(dry), second.embed(dry)
            for way, work in WAYS.items():
                started = time.perf_counter()
                copy = work(wet)
                taken = (time.perf_counter() - started) / dry.seconds
                wrong, total = phoneme_errors(clip.tokens, recognizer.transcribe(copy))
                heard.setdefault(way, []).append(
                    [
                        naturalness(copy),
                        cosine(bench.encoder.embed(copy), truths[0]),
                        cosine(second.embed(copy), truths[1]),
                        wrong / total,
                        decay_seconds(copy),
                        taken,
                    ]
                )
        name = f"{room[0]} s, {room[1]:+.0f} dB" if room else "dry"
        for way, figures in heard.items():
            print(f"{name:14} {way:14}", "  ".join(f"{v:5.2f}" for v in np.mean(figures, axis=0)))


if __name__ == "__main__":
    main()
