"""Live conversion against that of a whole recording, and what a block costs.

    python -m benchmarks.live --corpus DIR [--most 8] [--group NAME] [--vary ahead_seconds=0.06,0.12] [--vary …]

Sources and targets are those of `evaluate --conversion`. SIM likeness to the target (GE2E), SIM2 by the second encoder,
PER phonemes that the judge hears otherwise than they are (than it heard them in the source, where words are unknown),
F0 r correlation with the source's, V/UV share of frames voiced in one only, CPU milliseconds of processor per block.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from tts_engine.audio.resample import resample
from tts_engine.conversion.converting import ConversionSettings, Converted, Target, VoiceConverter
from tts_engine.evaluation.conversion import Source, groups, pitch_kept
from tts_engine.evaluation.listening import Listener
from tts_engine.evaluation.measures import cosine, phoneme_errors
from tts_engine.evaluation.subjects import Subject
from tts_engine.live.converting import LiveConversion
from tts_engine.live.settings import LiveSettings
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.training.corpus import Corpus
from tts_engine.types import Audio, Waveform

KEY = b"benchmark"


def converted_live(conversion: LiveConversion, sound: Waveform) -> tuple[Waveform, list[float]]:
    """All of a sound, in time with it, (T,), and the processor's seconds of each block that was said."""
    size, late = conversion.block_samples, conversion.ahead_samples
    blocks = -(-(sound.size + late) // size)
    padded = np.pad(sound, (0, blocks * size - sound.size))
    made, spent = [], []
    for first in range(0, padded.size, size):
        started = time.process_time()
        made.append(conversion.convert(padded[first : first + size]))
        if made[-1].any():
            spent.append(time.process_time() - started)
    return np.concatenate(made)[late : late + sound.size], spent


def measured(
    listener: Listener, source: Source, subject: Subject, made: Converted
) -> dict[str, float]:
    """By the names of the columns."""
    expected = source.tokens or tuple(listener.judge.transcribe(source.audio))
    errors, count = phoneme_errors(expected, listener.judge.transcribe(made.audio))
    correlation, voicing = pitch_kept(made)
    return {
        "SIM": cosine(listener.cloner.encoder.embed(made.audio), subject.person.recording),
        "SIM2": cosine(listener.second_encoder.embed(made.audio), subject.person2.recording),
        "PER": 100 * errors / max(1, count),
        "F0 r": correlation,
        "V/UV": 100 * voicing,
    }


def compare(
    listener: Listener,
    models: VoiceConverter,
    pair: tuple[Source, Target, Subject],
    variants: dict[str, LiveSettings],
) -> dict[str, dict[str, float]]:
    """Measures of a source as a whole, and live with each of the settings."""
    source, target, subject = pair
    whole = models.convert(source.audio, target, ConversionSettings(index_rate=0))
    sound = resample(source.audio.waveform, source.audio.sample_rate_hz, models.rate_hz)
    found = {"whole": measured(listener, source, subject, whole)}
    for name, settings in variants.items():
        conversion = LiveConversion(models, target, settings, KEY)
        made, spent = converted_live(conversion, sound)
        semitones = settings.transpose if settings.transpose is not None else conversion.semitones
        live = Converted(
            audio=Audio(made, models.rate_hz),
            semitones=semitones or 0.0,
            source_hz=whole.source_hz,
            f0_hz=whole.f0_hz,
        )
        found[name] = measured(listener, source, subject, live) | {
            "CPU": 1000 * float(np.median(spent)),
            "CPU95": 1000 * float(np.quantile(spent, 0.95)),
        }
    return found


def main() -> None:
    """Print a line for each way, per group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--most", type=int, default=8)
    parser.add_argument("--vary", action="append", default=[], metavar="NAME=VALUE,…")
    parser.add_argument("--group", help="only this one, as the table names it")
    arguments = parser.parse_args()
    variants = {"usual": LiveSettings()}
    for given in arguments.vary:
        name, _, values = given.partition("=")
        variants |= {f"{name} {v}": LiveSettings(**{name: float(v)}) for v in values.split(",")}
    listener, models = Listener(VoiceCloner.load()), VoiceConverter.load()
    for group, pairs in groups(listener, Corpus(arguments.corpus), arguments.most):
        if arguments.group not in (None, group):
            continue
        rows = [compare(listener, models, pair, variants) for pair in pairs]
        print(f"{group}, {len(rows)}")
        for name in rows[0]:
            columns = {key: np.nanmean([row[name][key] for row in rows]) for key in rows[0][name]}
            print(
                f"  {name:<24}", "  ".join(f"{k} {v:.3f}" for k, v in columns.items()), flush=True
            )


if __name__ == "__main__":
    main()
