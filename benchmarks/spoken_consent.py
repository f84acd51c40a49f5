"""How often spoken consent errs: `python -m benchmarks.spoken_consent data/corpus`. Prints a table.

Voice: everybody is enrolled with one part of their recordings and tried with 6 s of another, as it is, in
noise and as over a telephone; LibriSpeech speakers with one clip only are split in two. Words: held-out
Russian recordings against their own text and against other texts, clean and in noise, and the service's
phrases in cloned voices, each also against another phrase. The shipped weights are used as they are.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from tts_engine.audio.speech_detector import voiced_only
from tts_engine.errors import AudioError
from tts_engine.evaluation.subjects import clip_audio
from tts_engine.evaluation.verification import equal_error_rate, trial_scores
from tts_engine.recording import spoken_consent
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.training.corpus import HELD_OUT, Clip, Corpus
from tts_engine.types import Audio
from voices.services.voices.phrases import random_phrase

TRIAL_SECONDS = 6.0
ENROLMENT_SECONDS = 4.0  # at least
MOST_CLIPS = 10  # of one speaker
PHRASES = 60
VOICE_LIMITS = (0.65, 0.70, 0.75, 0.78, 0.80, 0.82, 0.85)
WORD_LIMITS = (0.2, 0.3, 0.4, 0.45, 0.5, 0.6)

Scores = NDArray[np.float64]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    corpus = Corpus(parser.parse_args().corpus)
    cloner = VoiceCloner.load(device="auto")
    voice_table(cloner, corpus)
    words_table(cloner, corpus)


def voice_table(cloner: VoiceCloner, corpus: Corpus) -> None:
    """Error rates of the voice's comparison by limit."""
    people = defaultdict(list)
    for clip in corpus.clips:
        if clip.corpus == "librispeech" or clip.split == HELD_OUT:
            people[clip.speaker].append(clip)
    pairs = [pair for clips in people.values() if (pair := _parts(corpus, clips))]
    enrolled = np.stack([cloner.encoder.embed(reference) for reference, _ in pairs])
    rng = np.random.default_rng(0)
    print(f"voice: {len(pairs)} speakers")
    print("condition  limit  refused own  accepted others")
    for name, change in _CONDITIONS.items():
        trials = [[cloner.encoder.embed(change(one, rng)) for one in own] for _, own in pairs]
        own, others = trial_scores(enrolled, trials)
        print(
            f"{name}: {own.size} own trials, median {np.median(own):.3f}, lowest {own.min():.3f}; "
            f"{others.size} others, median {np.median(others):.3f}, highest {others.max():.3f}; "
            f"equal error rate {equal_error_rate(own, others):.2%}"
        )
        for limit in VOICE_LIMITS:
            refused, accepted = (own < limit).mean(), (others >= limit).mean()
            print(f"{name}  {limit:.2f}  {refused:.2%}  {accepted:.3%}")


def words_table(cloner: VoiceCloner, corpus: Corpus) -> None:
    """Error rates of the words' comparison by limit."""
    clips = [clip for clip in corpus.select(split=HELD_OUT) if clip.text and clip.language == "ru"]
    texts = [spoken_consent.phrase_phonemes(clip.text) for clip in clips]
    rng = np.random.default_rng(0)
    conditions = {"clean": None, "noise 15 dB": 15.0, "noise 5 dB": 5.0}
    right, wrong = {}, []
    for name, snr_db in conditions.items():
        heard = [
            cloner.recognizer.transcribe(_noisy(clip_audio(corpus, clip), snr_db, rng))
            for clip in clips
        ]
        right[name] = np.array(
            [
                spoken_consent.phoneme_error(text, one)
                for text, one in zip(texts, heard, strict=True)
            ]
        )
        wrong += [
            spoken_consent.phoneme_error(texts[other], heard[index])
            for index in range(len(clips))
            for other in range(len(clips))
            if other != index and texts[other] != texts[index]
        ]
    right["clones"], mistaken_phrases = _clones(cloner, corpus)
    mistaken = np.array(wrong)
    print(
        f"another phrase of the service: {mistaken_phrases.size} pairs, "
        f"lowest {mistaken_phrases.min():.3f}, median {np.median(mistaken_phrases):.3f}"
    )
    print(f"words: {len(clips)} recordings, {mistaken.size} pairs with another text")
    print(f"another text: lowest {mistaken.min():.3f}, median {np.median(mistaken):.3f}")
    for name, scores in right.items():
        print(f"own text, {name}: median {np.median(scores):.3f}, highest {scores.max():.3f}")
    print(
        "limit  " + "  ".join(f"refused {name}" for name in right) + "  accepted other text, phrase"
    )
    for limit in WORD_LIMITS:
        refused = "  ".join(f"{(scores > limit).mean():.2%}" for scores in right.values())
        accepted = f"{(mistaken <= limit).mean():.3%}  {(mistaken_phrases <= limit).mean():.3%}"
        print(f"{limit:.2f}  {refused}  {accepted}")


def _clones(cloner: VoiceCloner, corpus: Corpus) -> tuple[Scores, Scores]:
    """The service's phrases in the voices of people that no stage was taught to hear speak Russian:
    errors against the phrase itself, and against the others.
    """
    voices = []
    for clip in corpus.select(split=HELD_OUT, corpora=["librispeech"]):
        with suppress(AudioError):
            voices.append(cloner.profile(clip_audio(corpus, clip))[0])
    phrases = [random_phrase() for _ in range(PHRASES)]
    texts = [spoken_consent.phrase_phonemes(phrase) for phrase in phrases]
    right, wrong = [], []
    for index, phrase in enumerate(phrases):
        request = SpeechRequest(text=phrase, voice=voices[index % len(voices)])
        heard = cloner.recognizer.transcribe(cloner.speak(request).audio)
        errors = [spoken_consent.phoneme_error(text, heard) for text in texts]
        right.append(errors.pop(index))
        wrong += errors
    return np.array(right), np.array(wrong)


def _parts(corpus: Corpus, clips: list[Clip]) -> tuple[Audio, list[Audio]] | None:
    """Speech to enrol with and to try with, none of it in common."""
    voiced = [voiced_only(clip_audio(corpus, clip)) for clip in clips[:MOST_CLIPS]]
    rate = voiced[0].sample_rate_hz
    trial = int(TRIAL_SECONDS * rate)
    whole = np.concatenate([audio.waveform for audio in voiced])
    first = voiced[0].waveform if len(voiced) > 1 else whole[: max(0, whole.size - trial)]
    rest = whole[first.size :]
    if first.size < ENROLMENT_SECONDS * rate or rest.size < trial // 2:
        return None
    starts = range(0, max(1, rest.size - trial // 2), trial)
    return Audio(first, rate), [Audio(rest[start : start + trial], rate) for start in starts]


def _noisy(audio: Audio, snr_db: float | None, rng: np.random.Generator) -> Audio:
    if snr_db is None:
        return audio
    power = float(np.mean(np.square(audio.waveform, dtype=np.float64)))
    level = np.sqrt(power / 10 ** (snr_db / 10))
    noise = rng.standard_normal(audio.waveform.size).astype(np.float32) * np.float32(level)
    return Audio(audio.waveform + noise, audio.sample_rate_hz)


def _telephone(audio: Audio) -> Audio:
    bands = butter(4, (300.0, 3400.0), "bandpass", fs=audio.sample_rate_hz, output="sos")
    return Audio(sosfilt(bands, audio.waveform).astype(np.float32), audio.sample_rate_hz)


_CONDITIONS: dict[str, Callable[[Audio, np.random.Generator], Audio]] = {
    "as recorded": lambda audio, _: audio,
    "noise 15 dB": lambda audio, rng: _noisy(audio, 15.0, rng),
    "telephone": lambda audio, _: _telephone(audio),
}


if __name__ == "__main__":
    main()
