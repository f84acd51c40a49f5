"""A part of `evaluate --conversion`: how well songs come apart.

Mixtures of 10 s, voice and music equally loud. The music are the accompaniments of the shipped folk songs, played by
the soundfont; over them held-out clips of the corpus, the songs sung by a bank voice in time with their own music, and
the recordings of `--singing DIR`. The columns: SDR of both sides, dB (bss_eval, E. Vincent et al. 2006), median of the
mixtures, and the least of the vocals. Beside the product stand the song as it is and two classical ways with librosa:
HPSS, the harmonic part from 100 Hz to 8 kHz (D. FitzGerald, DAFx 2010), and REPET-SIM, what does not repeat (Z. Rafii,
B. Pardo, ISMIR 2012).
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.linalg import toeplitz
from scipy.signal import butter, sosfiltfilt

from tts_engine.audio.resample import resample
from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.evaluation.columns import column, header, line, say
from tts_engine.evaluation.singing import SCORES, SINGERS, recordings
from tts_engine.evaluation.subjects import clip_audio
from tts_engine.separation.inference import separate_song
from tts_engine.singing.accompaniment import rendered
from tts_engine.singing.score import read_score
from tts_engine.singing.singing import sing
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import get_voice
from tts_engine.training.corpus import HELD_OUT, Corpus
from tts_engine.types import Audio

SAMPLES = 10 * SONG_RATE_HZ
MIXTURES = 6  # of each kind of voices
PEAK = 0.7
FILTER_TAPS = 512  # as bss_eval has it
REPEATED_SECONDS = 2.0

Mono = NDArray[np.float32]
Stereo = NDArray[np.float32]
Mixture = tuple[Mono, Stereo]  # a voice and its music
Way = Callable[[Stereo], Stereo]


@dataclass(frozen=True, kw_only=True)
class Separated:
    """SDR of several mixtures, dB."""

    vocals: float = column("VOCALS", 1)
    least: float = column("LEAST", 1)
    music: float = column("MUSIC", 1)


def print_separation(cloner: VoiceCloner, corpus: Corpus, folder: Path | None, quick: bool) -> None:
    """Print the table; quick: three mixtures of each kind."""
    most = 3 if quick else MIXTURES
    say(header(Separated, "separation"))
    for kind, mixtures in kinds(cloner, corpus, folder, most):
        songs = [mixed(voice, music) for voice, music in mixtures]
        for name, way in WAYS.items():
            found = np.array([both_sdr(truth, song, way(song)) for truth, song in songs])
            row = Separated(
                vocals=float(np.median(found[:, 0])),
                least=float(found[:, 0].min()),
                music=float(np.median(found[:, 1])),
            )
            say(line(f"{kind}, {name}", len(songs), row))


def kinds(
    cloner: VoiceCloner, corpus: Corpus, folder: Path | None, most: int
) -> Iterator[tuple[str, list[Mixture]]]:
    """Mixtures by what sounds over the music."""
    scores = [read_score(path) for path in SCORES]
    musics = [rendered(score, score.number_of(score.sung())) for score in scores]
    sung = []
    for score in scores:
        for singer in SINGERS:
            song = sing(cloner, score.sung(), get_voice(singer).profile)
            music = rendered(score, score.number_of(score.sung()), semitones=song.semitones)
            sung.append((of_length(song.audio), np.resize(music, (SAMPLES, 2))))
    yield "sung here", sung[:most]
    voices = {"recorded singing": [audio for _, audio in recordings(folder)]}
    for name, language in (("Russian speech", "ru"), ("English speech", "en")):
        clips = [one for one in corpus.select(split=HELD_OUT) if one.language == language]
        chosen = clips[:: max(1, len(clips) // most)]
        voices[name] = [clip_audio(corpus, clip) for clip in chosen]
    for name, audios in voices.items():
        if audios:
            yield (
                name,
                [
                    (of_length(audio), np.resize(musics[i % len(musics)], (SAMPLES, 2)))
                    for i, audio in enumerate(audios[:most])
                ],
            )


def of_length(audio: Audio) -> Mono:
    """10 s at 44.1 kHz; what is shorter is heard again."""
    return np.resize(resample(audio.waveform, audio.sample_rate_hz, SONG_RATE_HZ), SAMPLES)


def mixed(voice: Mono, music: Stereo) -> tuple[NDArray[np.float64], Stereo]:
    """Both equally loud: what each side is in one channel, (2, T), and the song, (T, 2)."""
    gain = np.sqrt(np.mean(np.square(music)) / np.mean(np.square(voice)))
    song = music + (gain * voice)[:, None]
    scale = PEAK / np.abs(song).max()
    truth = scale * np.stack([gain * voice, music.mean(axis=1)])
    return truth.astype(np.float64), (scale * song).astype(np.float32)


def both_sdr(truth: NDArray[np.float64], song: Stereo, vocals: Stereo) -> tuple[float, float]:
    """Of the vocals and of what they leave, against both sides, (2, T)."""
    sides = (vocals, song - vocals)
    first, second = (
        sdr(true, side.mean(axis=1, dtype=np.float64))
        for true, side in zip(truth, sides, strict=True)
    )
    return first, second


def sdr(true: NDArray[np.float64], estimated: NDArray[np.float64]) -> float:
    """Power of what of the estimate is the true sound, through any filter of 512 taps, over the rest, dB."""
    spectra = np.fft.rfft([true, estimated], 2 * true.size)
    powers = np.fft.irfft(np.abs(spectra[0]) ** 2)[:FILTER_TAPS]
    likeness = np.fft.irfft(spectra[0].conj() * spectra[1])[:FILTER_TAPS]
    taps = np.linalg.lstsq(toeplitz(powers), likeness, rcond=None)[0]
    target = float(likeness @ taps)
    return float(10 * np.log10(target / max(float(estimated @ estimated) - target, 1e-20)))


def by_product(song: Stereo) -> Stereo:
    """The vocals of `separate`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "song.wav")
        soundfile.write(path, song, SONG_RATE_HZ, "FLOAT")
        made = separate_song(path, Path(folder, "stems"), device="cpu")
        return np.asarray(soundfile.read(made.vocals, dtype="float32")[0])


def by_hpss(song: Stereo) -> Stereo:
    """What is harmonic."""
    import librosa

    harmonic = np.stack([librosa.effects.harmonic(side, margin=1.0) for side in song.T], axis=1)
    band = butter(4, (100, 8000), "bandpass", fs=SONG_RATE_HZ, output="sos")
    return np.asarray(sosfiltfilt(band, harmonic, axis=0), dtype=np.float32)


def by_repetition(song: Stereo) -> Stereo:
    """What does not repeat."""
    import librosa

    width = librosa.time_to_frames(REPEATED_SECONDS, sr=SONG_RATE_HZ)
    sides = []
    for side in song.T:
        spectrum = librosa.stft(side)
        magnitude = np.abs(spectrum)
        repeated = librosa.decompose.nn_filter(
            magnitude, aggregate=np.median, metric="cosine", width=width
        )
        repeated = np.minimum(magnitude, repeated)
        mask = librosa.util.softmask(magnitude - repeated, 10 * repeated, power=2)
        sides.append(librosa.istft(mask * spectrum, length=side.size))
    return np.stack(sides, axis=1)


WAYS: dict[str, Way] = {
    "as it is": lambda song: song / np.float32(2),
    "HPSS": by_hpss,
    "REPET-SIM": by_repetition,
    "product": by_product,
}
