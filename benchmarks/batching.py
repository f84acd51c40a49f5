"""What batches gain and memory costs: prints, asserts nothing.

python -m benchmarks.batching [--device cpu|cuda]     32 waiting texts one by one and in batches of 2 … 32
python -m benchmarks.batching --memory                memory of a process after 200 and 2,000 sentences
"""

import argparse
import gc
import resource
import time
from pathlib import Path

import numpy as np
import torch

from tts_engine.evaluation.sentences import SENTENCE_SETS
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest, SpeechResult
from tts_engine.speaking.voicebank import get_voice

VOICES = ("anna", "nikolay")
SIZES = (2, 4, 8, 16, 32)
REPORT_AT = (200, 500, 1000, 1500, 2000)
KINDS = ("everyday", "literary", "questions", "numbers")


def waiting_texts() -> list[SpeechRequest]:
    """32 sentences of different lengths, two voices by turns."""
    voices = [get_voice(name).profile for name in VOICES]
    texts = [text for kind in KINDS for text in SENTENCE_SETS[kind]]
    return [
        SpeechRequest(text=text, voice=voices[index % 2], seed=index)
        for index, text in enumerate(texts)
    ]


def clock(cloner: VoiceCloner) -> float:
    """Seconds of this process's processor, or of the wall beside a GPU."""
    if cloner.device.type == "cuda":
        torch.cuda.synchronize()
        return time.perf_counter()
    return time.process_time()


def compare(cloner: VoiceCloner) -> None:
    """The same texts in batches of each size."""
    requests = waiting_texts()
    alone = [cloner.speak(request) for request in requests]  # warms caches and kernels too
    seconds = sum(result.audio.seconds for result in alone)
    first = 0.0
    print(
        f"{'batch':>5} {'seconds':>8} {'texts/s':>8} {'real time':>10} {'gain':>6} {'difference':>11}"
    )
    for size in (1, *SIZES):
        started = clock(cloner)
        spoken = [
            result
            for start in range(0, len(requests), size)
            for result in cloner.speak_many(requests[start : start + size])
        ]
        spent = clock(cloner) - started
        first = first or spent
        worst = max(
            float(np.abs(result.audio.waveform - same.audio.waveform).max())
            for result, same in zip(spoken, alone, strict=True)
            if isinstance(result, SpeechResult)
        )
        print(
            f"{size:>5} {spent:>8.2f} {len(requests) / spent:>8.2f} {seconds / spent:>9.1f}x"
            f" {first / spent:>5.2f}x {worst:>11.1e}"
        )


def resident_mb() -> float:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def watch_memory(cloner: VoiceCloner) -> None:
    """2,000 short sentences, no two alike, said one by one as a worker does."""
    voices = [get_voice(name).profile for name in VOICES]
    base = 0.0
    for index in range(1, REPORT_AT[-1] + 1):
        text = f"{'Да, номер' if index % 3 else 'Дом'} {index}."
        cloner.speak(SpeechRequest(text=text, voice=voices[index % 2], seed=index))
        if index in REPORT_AT:
            gc.collect()
            base = base or resident_mb()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{index:>5} sentences: {resident_mb():7.1f} MB,"
                f" {resident_mb() / base - 1:+.1%}, peak {peak:.1f} MB",
                flush=True,
            )


def main() -> None:
    """Measure on this machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--memory", action="store_true")
    arguments = parser.parse_args()
    cloner = VoiceCloner.load(device=arguments.device)
    print(f"{cloner.device}, {torch.get_num_threads()} threads")
    with torch.inference_mode():
        (watch_memory if arguments.memory else compare)(cloner)


if __name__ == "__main__":
    main()
