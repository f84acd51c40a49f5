"""People's recordings and what machines make of them and beside them: what the detector learns from.

    python -m tts_engine train detector-material --corpus data/corpus --people DIR --machines DIR

Machines that copy, convert or clone have their voices of the same people: the detector is to hear who speaks, not what
is said, in which language, or out of which corpus. Copies are made by the vocoder from a mel, by WORLD, and by Griffin
and Lim from a spectrogram or a mel.
`--people` and `--machines` are folders with a folder of recordings for each person, for each synthesizer; what a
synthesizer says in a person's voice is named for the person: `melgan/ljspeech_3.flac`.
"""

import argparse
import itertools
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import librosa
import numpy as np
import soundfile
from tqdm import tqdm

from tts_engine.audio.resample import resample
from tts_engine.conversion.converting import ConversionSettings, Target, VoiceConverter
from tts_engine.dataset.corpora import prepare_waveform
from tts_engine.dataset.formants import espeak
from tts_engine.detection.material import (
    CALIBRATION,
    PERSON,
    PIECES_FILE,
    TEST,
    TRAIN,
    Piece,
    split_of,
    write_material,
)
from tts_engine.detection.treatments import CODED, treat
from tts_engine.detection.windows import RATE_HZ
from tts_engine.errors import AudioError
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import list_voices
from tts_engine.training.corpus import HELD_OUT, SAMPLE_RATE_HZ, Clip, Corpus
from tts_engine.types import Audio, VoiceProfile, Waveform
from tts_engine.watermark.marking import Marker

logger = logging.getLogger(__name__)

PIECE_SECONDS = {TRAIN: 5.0}
OTHER_SECONDS = 8.0  # pieces of people and machines that only measure
LEAST_SECONDS = 2.5
CLONES = 25
PIECES_OF_PERSON = {TRAIN: 24}
OTHER_PIECES = 3
SPOKEN_CORPORA = ("rhvoice", "kokoro")  # machines, as they are in the prepared corpus
PEOPLE_CORPORA = ("librispeech", "festvox", "asterisk")
MARKED_SHARE = 0.3  # of people and machines: a mark is no sign of a machine
JOIN_SAMPLES = 220  # cross-fade of short recordings that are joined

Sound = tuple[Piece, Waveform]
Copier = Callable[[Waveform, np.random.Generator], Waveform]


# pieces of training people, or by training voices; of others OTHERS at the most
AMOUNTS = {
    "corpus": 260,
    "espeak-ng": 200,
    "world": 110,
    "griffin-lim": 80,
    "vocoder": 170,
    "conversion": 70,
    "voiceclone": 80,
}
OTHERS = 50
PARTS = ("people", "folders", *AMOUNTS)


class Chains:
    """This product's own ways to make speech, unmarked."""

    def __init__(self) -> None:
        self.converter = VoiceConverter.load()
        self.cloner = VoiceCloner.load(device="auto")
        self.cloner.joiner.marker = _Unmarked(b"")
        self.profiles = [voice.profile for voice in list_voices()]

    def copy(self, waveform: Waveform, _rng: np.random.Generator) -> Waveform:
        """The vocoder's copy."""
        mel = self.converter.converter.mel(waveform)
        return self.converter.vocoder.vocode([mel])[0]

    def convert(self, waveform: Waveform, rng: np.random.Generator) -> Waveform:
        """In a voice of the bank or of somebody cloned before."""
        target = Target(profile=self._any(rng))
        heard = Audio(waveform, SAMPLE_RATE_HZ)
        return self.converter.convert(heard, target, ConversionSettings()).audio.waveform

    def clone(self, waveform: Waveform) -> None:
        """Let somebody's voice be among those that speak."""
        self.profiles.append(self.cloner.profile(Audio(waveform, SAMPLE_RATE_HZ))[0])

    def speak(self, text: str, rng: np.random.Generator) -> Waveform:
        """A text in one of these voices."""
        request = SpeechRequest(
            text=text,
            voice=self._any(rng),
            speed=float(rng.uniform(0.85, 1.2)),
            seed=int(rng.integers(2**31)),
        )
        return self.cloner.speak(request).audio.waveform

    def _any(self, rng: np.random.Generator) -> VoiceProfile:
        return self.profiles[int(rng.integers(len(self.profiles)))]


class _Unmarked(Marker):
    def mark(self, audio: Audio, *, start_seconds: float = 0.0) -> Audio:
        return audio


def world(waveform: Waveform, _rng: np.random.Generator) -> Waveform:
    """WORLD's copy (Morise et al. 2016): F0, envelope, aperiodicity."""
    import pyworld

    samples = waveform.astype(np.float64)
    f0, times = pyworld.dio(samples, SAMPLE_RATE_HZ)
    f0 = pyworld.stonemask(samples, f0, times, SAMPLE_RATE_HZ)
    envelope = pyworld.cheaptrick(samples, f0, times, SAMPLE_RATE_HZ)
    aperiodicity = pyworld.d4c(samples, f0, times, SAMPLE_RATE_HZ)
    made = pyworld.synthesize(f0, envelope, aperiodicity, SAMPLE_RATE_HZ)
    return np.asarray(made, dtype=np.float32)


def griffin_lim(waveform: Waveform, rng: np.random.Generator) -> Waveform:
    """Phases guessed anew (Griffin and Lim 1984), with half of the pieces from a mel of 80 bands."""
    magnitude = np.abs(librosa.stft(waveform, n_fft=1024, hop_length=256))
    if rng.random() < 0.5:
        filters = librosa.filters.mel(sr=SAMPLE_RATE_HZ, n_fft=1024, n_mels=80)
        magnitude = np.maximum(0.0, np.linalg.pinv(filters) @ (filters @ magnitude))
    rounds = int(rng.integers(6, 25))
    seed = int(rng.integers(2**31))
    made = librosa.griffinlim(magnitude, n_iter=rounds, hop_length=256, random_state=seed)
    return np.asarray(made, dtype=np.float32)


def people(corpus: Corpus, folders: Path | None) -> Iterator[Sound]:
    """Recordings of every person, prepared, in pieces."""
    clips: dict[str, list[Clip]] = defaultdict(list)
    for clip in corpus.clips:
        if clip.corpus in PEOPLE_CORPORA:
            clips[clip.speaker].append(clip)
    for speaker, own in clips.items():
        if speaker == "festvox-nsh":  # one voice, known to training with other sentences
            known = [clip for clip in own if clip.split == HELD_OUT]
            yield from _pieces(speaker, (corpus.waveform(clip) for clip in known), TEST)
            own = [clip for clip in own if clip.split != HELD_OUT][::4]
        spread = own[:: max(1, len(own) // 40)]
        yield from _pieces(speaker, (corpus.waveform(clip) for clip in spread), split_of(speaker))
    for folder in _folders(folders):
        yield from _pieces(folder.name, map(_read, sorted(folder.iterdir())), split_of(folder.name))


def machines_of_corpus(corpus: Corpus) -> Iterator[Sound]:
    """What machines have said in the corpus."""
    for name in SPOKEN_CORPORA:
        clips = corpus.select(corpora=[name])
        kept = [clip for clip in clips if clip.split != HELD_OUT]
        for clip in kept[:: max(1, len(kept) // AMOUNTS["corpus"])]:
            yield from _pieces(clip.speaker, [corpus.waveform(clip)], TRAIN, source=name, most=1)
        for clip in (clip for clip in clips if clip.split == HELD_OUT):
            yield from _pieces(clip.speaker, [corpus.waveform(clip)], TEST, source=name, most=1)


def machines_of_folders(folders: Path | None) -> Iterator[Sound]:
    """What other machines have said; a file's name is the voice, a person's where one was copied, and a number."""
    for folder in _folders(folders):
        for path in sorted(folder.iterdir()):
            speaker = path.stem.rpartition("_")[0]
            split = split_of(speaker, folder.name)
            yield from _pieces(speaker, [_read(path)], split, source=folder.name, most=1)


def formants() -> Iterator[Sound]:
    """What espeak-ng says."""
    for number, (split, speaker, made) in enumerate(espeak(_texts(), AMOUNTS["espeak-ng"])):
        yield _piece(speaker, split, "espeak-ng", made, str(number))


def copies(sounds: Sequence[Sound], name: str, copier: Copier) -> Iterator[Sound]:
    """Copies of training people's pieces, spread over all of them, and of a piece of everybody held out."""
    rng = np.random.default_rng(len(name))
    training = [sound for sound in sounds if sound[0].split == TRAIN]
    chosen = [training[i] for i in rng.permutation(len(training))[: AMOUNTS[name]]]
    firsts = list({sound[0].speaker: sound for sound in sounds if sound[0].split != TRAIN}.values())
    others = [firsts[i] for i in rng.permutation(len(firsts))[:OTHERS]]
    for piece, waveform in (*others, *chosen):
        try:
            made = copier(waveform, rng)
        except AudioError as error:  # nothing voiced in it: the codes say so
            logger.warning("%s left out by %s: %s", piece.id, name, error)
            continue
        yield _piece(piece.speaker, piece.split, name, made, piece.id)


def spoken(chains: Chains, sounds: Sequence[Sound]) -> Iterator[Sound]:
    """Texts in the bank's voices and in clones of training people; of others with the voices of others."""
    texts = _texts()
    amount = AMOUNTS["voiceclone"]
    for split, count in ((TRAIN, amount), (TEST, amount // 3), (CALIBRATION, amount // 4)):
        rng = np.random.default_rng(count)
        own = {sound[0].speaker: sound for sound in sounds if sound[0].split == split}
        chains.profiles = [voice.profile for voice in list_voices()] if split == TRAIN else []
        for _, waveform in list(own.values())[:CLONES]:
            try:
                chains.clone(waveform)
            except AudioError as error:
                logger.warning("not cloned: %s", error)
        for number in range(count):
            text = " ".join(texts[i] for i in rng.integers(len(texts), size=2))
            made = chains.speak(text, rng)
            yield _piece("voiceclone", split, "voiceclone", made, f"{split}-{number}")


def parts(corpus: Corpus, folders: argparse.Namespace) -> dict[str, Callable[[], Iterator[Sound]]]:
    """What makes each part of the material."""

    @lru_cache(maxsize=1)
    def sounds() -> list[Sound]:
        return list(people(corpus, folders.people))

    @lru_cache(maxsize=1)
    def chains() -> Chains:
        return Chains()

    return {
        "people": lambda: iter(sounds()),
        "corpus": lambda: machines_of_corpus(corpus),
        "folders": lambda: machines_of_folders(folders.machines),
        "espeak-ng": lambda: formants(),
        "world": lambda: copies(sounds(), "world", world),
        "griffin-lim": lambda: copies(sounds(), "griffin-lim", griffin_lim),
        "vocoder": lambda: copies(sounds(), "vocoder", chains().copy),
        "conversion": lambda: copies(sounds(), "conversion", chains().convert),
        "voiceclone": lambda: spoken(chains(), sounds()),
    }


def sent(sounds: Iterator[Sound]) -> Iterator[Sound]:
    """At the detector's rate, those of training also through a codec.

    A part of all carries marks of random keys, so that a mark is a sign of nothing.
    """
    rng = np.random.default_rng(7)
    for piece, waveform in sounds:
        audio = Audio(waveform, SAMPLE_RATE_HZ)
        if rng.random() < MARKED_SHARE:
            audio = Marker(rng.bytes(16)).mark(audio)
        plain = resample(audio.waveform, SAMPLE_RATE_HZ, RATE_HZ)
        yield piece, plain
        if piece.split == TRAIN:
            way = CODED[int(rng.integers(len(CODED)))]
            yield replace(piece, id=f"{piece.id}/{way}", way=way), treat(plain, way)


def _pieces(
    speaker: str,
    recordings: Iterator[Waveform] | Sequence[Waveform],
    split: str,
    *,
    source: str = PERSON,
    most: int | None = None,
) -> Iterator[Sound]:
    """Recordings one after another, cut: short ones are joined."""
    seconds = PIECE_SECONDS.get(split, OTHER_SECONDS)
    limit = most or PIECES_OF_PERSON.get(split, OTHER_PIECES)
    if speaker == "festvox-nsh":
        limit = 100
    size, rest, count = round(seconds * SAMPLE_RATE_HZ), np.zeros(0, np.float32), 0
    for recording in itertools.chain(recordings, [None]):
        if recording is not None:
            rest = _joined(rest, recording)
        while count < limit and (
            rest.size >= size or (recording is None and rest.size >= LEAST_SECONDS * SAMPLE_RATE_HZ)
        ):
            yield _piece(speaker, split, source, rest[:size], f"{split}-{count}-{_number()}")
            rest, count = rest[size:], count + 1
        if count >= limit:
            return


def _joined(first: Waveform, second: Waveform) -> Waveform:
    if min(first.size, second.size) < JOIN_SAMPLES:
        return np.concatenate([first, second])
    fade = np.linspace(1.0, 0.0, JOIN_SAMPLES, dtype=np.float32)
    mixed = first[-JOIN_SAMPLES:] * fade + second[:JOIN_SAMPLES] * fade[::-1]
    return np.concatenate([first[:-JOIN_SAMPLES], mixed, second[JOIN_SAMPLES:]])


_number = itertools.count().__next__


def _piece(speaker: str, split: str, source: str, waveform: Waveform, name: str) -> Sound:
    whole = waveform[: round(OTHER_SECONDS * SAMPLE_RATE_HZ)]
    piece = Piece(id=f"{source}/{speaker}/{name}", source=source, speaker=speaker, split=split)
    return piece, prepare_waveform(whole, SAMPLE_RATE_HZ)


def _folders(root: Path | None) -> list[Path]:
    return [] if root is None else sorted(path for path in root.iterdir() if path.is_dir())


def _read(path: Path) -> Waveform:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return prepare_waveform(samples.mean(axis=1), rate)


def _texts() -> list[str]:
    path = Path(__file__).with_name("reading_list.tsv")
    return [line.split("\t")[0] for line in path.read_text(encoding="utf-8").splitlines()]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--people", type=Path, help="a folder of recordings for each person")
    parser.add_argument("--machines", type=Path, help="a folder of recordings for each synthesizer")
    parser.add_argument("--output", type=Path, default=Path("data/detection"))
    parser.add_argument("--parts", nargs="*", choices=PARTS, help="default: all that are missing")


def run(arguments: argparse.Namespace) -> None:
    """Write the parts that are not there yet."""
    chosen = parts(Corpus(arguments.corpus), arguments)
    for name in arguments.parts or chosen:
        folder = arguments.output / name
        if (folder / PIECES_FILE).is_file():
            logger.info("%s is there already", folder)
            continue
        pieces = write_material(folder, tqdm(sent(chosen[name]()), desc=name))
        logger.info("%d pieces in %s", len(pieces), folder)
