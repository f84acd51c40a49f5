"""Songs sung here and found again: `python -m benchmarks.songs --voices anna,irina,stranger.mp3 --folder FOLDER`.

Every shipped song is sung in every voice, of the bank or of a recording, and kept in FOLDER with a picture of its
mel and of its F0 over the notes. What is measured, against what the score asks for:

    cents       share of voiced frames within 50 cents of the note's curve, median of the distance
    onset       distance of vowel onsets from their beats, where F0 and level begin, median, ms
    phonemes    errors by the judge, sung, over those of the same words spoken by that voice; and "paced": of what is
                sung with every sound brought to the length it has in speech, since the judge knows no held vowels
    DNSMOS, likeness to the voice (cosine of d-vectors), seconds of one core for 30 s
    words       error of word onsets by the alignment, mean and share within 0.3 s (mir_eval): of the voice alone, and
                of the mix with its rendered accompaniment after separation
"""

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import mir_eval
import numpy as np
import soundfile
import torch
from matplotlib.figure import Figure
from rapidfuzz.distance import Levenshtein

from tts_engine.aligner.inference import Aligner, best_way
from tts_engine.aligner.train import attention_figure
from tts_engine.alignment.lyrics import align_lyrics
from tts_engine.alignment.words import AlignedLyrics
from tts_engine.audio.io import decode_audio
from tts_engine.audio.loudness import normalize_loudness
from tts_engine.audio.mel import log_mel
from tts_engine.audio.resample import resample_audio
from tts_engine.errors import EngineError
from tts_engine.f0 import SINGING, track_f0
from tts_engine.recognizer.inference import Recognizer
from tts_engine.singing.accompaniment import mixed, rendered
from tts_engine.singing.score import read_score
from tts_engine.singing.singing import Song, sing
from tts_engine.singing.timing import SILENCE_SECONDS
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import bank_request
from tts_engine.speaking.voicebank import get_voice
from tts_engine.synthesizer.pacing import stretch_mel
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.symbols import COMMA, PERIOD, START, phonemes_only
from tts_engine.types import Audio, VoiceProfile
from tts_engine.weights import weights_folder

SONGS = Path(__file__).resolve().parent.parent / "tts_engine" / "singing" / "songs"
NEAR_CENTS = 50.0
NEAR_SECONDS = 0.3
READER = "elena"  # at whose pace songs are heard again; she sings none of them
DNSMOS_HZ = 16_000


def main() -> None:
    """Sing, measure, print a row for each song in each voice, and the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", default="irina,anna,aleksandr,dmitry")
    parser.add_argument("--songs", default="beryoza,kalinka,ukhnem")
    parser.add_argument("--no-mix", action="store_true", help="only the voice alone is aligned")
    parser.add_argument("--aligner", type=Path, help="weights of the attention aligner, beside it")
    parser.add_argument("--folder", type=Path, help="where the songs are kept")
    arguments = parser.parse_args()
    if arguments.folder is not None:
        arguments.folder.mkdir(parents=True, exist_ok=True)
    cloner = VoiceCloner.load(device="cpu")
    judge = Recognizer.load(weights_folder() / "judge", device=cloner.device)
    rows = []
    for name in arguments.songs.split(","):
        for voice in arguments.voices.split(","):
            row = measured(cloner, judge, name, voice, arguments)
            rows.append(row)
            print(f"{name:9s}{voice:11s}" + shown(row), flush=True)
    keys = sorted({key for row in rows for key in row})
    means = {key: float(np.mean([row[key] for row in rows if key in row])) for key in keys}
    print(f"{'mean':20s}" + shown(means))


def shown(row: dict[str, float]) -> str:
    return "  ".join(f"{key} {value:.3f}" for key, value in sorted(row.items()))


def measured(
    cloner: VoiceCloner, judge: Recognizer, name: str, who: str, arguments: argparse.Namespace
) -> dict:
    """All figures of one song in one voice."""
    slug = Path(who).stem
    voice = cloner.profile(decode_audio(Path(who)))[0] if "." in who else get_voice(who).profile
    score = read_score(SONGS / f"{name}.musicxml")
    part = score.sung()
    started = time.process_time()
    song = sing(cloner, part, voice)
    row = {"cpu_30s": 30 * (time.process_time() - started) / song.audio.seconds}
    row |= pitch_figures(song)
    row |= phoneme_figures(cloner, judge, song, voice)
    row["dnsmos"] = dnsmos(song.audio)
    row["likeness"] = float(cloner.encoder.embed(song.audio) @ voice.embedding)
    with TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        alone = folder / f"{name}-{slug}.wav"
        soundfile.write(alone, normalize_loudness(song.audio).waveform, song.audio.sample_rate_hz)
        row |= word_figures("alone", alone, song, separate=False)
        draw(song, cloner, folder / f"{name}-{slug}.png")
        if arguments.aligner is not None:
            row |= attention_figures(
                arguments.aligner, song, folder / f"{name}-{slug}-attention.png"
            )
        if not arguments.no_mix:
            backing = rendered(score, score.number_of(part), semitones=song.semitones)
            both = folder / f"{name}-{slug}-mix.flac"
            soundfile.write(both, mixed(song.audio, backing), 44_100)
            row |= word_figures("mix", both, song, separate=True)
    return row


def pitch_figures(song: Song) -> dict[str, float]:
    """Against the curve that was asked for, and against the bare notes; onsets of what is voiced after a pause."""
    heard = track_f0(song.audio, song.f0_hz.size, SINGING)
    both = (heard > 0) & (song.f0_hz > 0)
    cents = 1200 * np.abs(np.log2(heard[both] / song.f0_hz[both]))
    notes = note_curve(song)
    on_note = both & (notes > 0)
    off = 1200 * np.abs(np.log2(heard[on_note] / notes[on_note]))
    return {
        "cents": float(np.median(cents)),
        "near": float(np.mean(cents < NEAR_CENTS)),
        "near_note": float(np.mean(off < NEAR_CENTS)),
        "voiced": float(both.sum() / (song.f0_hz > 0).sum()),
        "onset_ms": 1000 * onset_error(song, heard),
    }


def note_curve(song: Song) -> np.ndarray:
    """F0 of the bare notes by frame, after the transposition, (F,)."""
    curve = np.zeros(song.f0_hz.size)
    for syllable, _ in song.syllables:
        for note in syllable.notes:
            first, stop = (
                round(t * song.frames_per_second) for t in (note.start_seconds, note.end_seconds)
            )
            curve[first:stop] = note.hz
    return curve


def onset_error(song: Song, heard: np.ndarray) -> float:
    """Median distance of voicing onsets from vowels that follow a voiceless sound or a pause, seconds."""
    begins = np.flatnonzero((heard > 0) & (np.roll(heard, 1) == 0)) / song.frames_per_second
    asked = np.flatnonzero((song.f0_hz > 0) & (np.roll(song.f0_hz, 1) == 0))
    asked = asked / song.frames_per_second
    return float(np.median([np.abs(begins - one).min() for one in asked]))


def phoneme_figures(
    cloner: VoiceCloner, judge: Recognizer, song: Song, voice: VoiceProfile
) -> dict[str, float]:
    """Errors of the judge on the song, line by line as sung, and on the same words spoken."""
    wanted = [sound for sound, *_ in without_held(song)]
    sung = judge.transcribe(song.audio)
    request = bank_request(". ".join(song.sentences), voice)
    said = cloner.speak(request)
    spoken = phonemes_only(token for s in said.sentences for token in s.tokens)
    paced = judge.phonemes(at_pace_of_speech(cloner, song))
    return {
        "per": Levenshtein.distance(wanted, sung) / len(wanted),
        "per_paced": Levenshtein.distance(wanted, paced) / len(wanted),
        "per_spoken": Levenshtein.distance(spoken, judge.transcribe(said.audio)) / len(spoken),
    }


def at_pace_of_speech(cloner: VoiceCloner, song: Song) -> np.ndarray:
    """The mel of a song with every sound as long as READER says it, line by line, (n_mels, F).

    Raw, a held vowel is heard as none or as several by a judge that has learned speech.
    """
    config = cloner.synthesizer.config.mel
    mel = log_mel(torch.from_numpy(song.audio.waveform)[None], config)[0].numpy()
    pieces = []
    for line in lines_of(song):
        tokens, edges = [START], [max(0.0, line[0][1] - SILENCE_SECONDS), line[0][1]]
        for sound, begin, end, _ in line:
            if begin > edges[-1]:
                tokens.append(COMMA)
                edges.append(begin)
            tokens.append(sound)
            edges.append(end)
        tokens.append(PERIOD)
        edges.append(edges[-1] + SILENCE_SECONDS)
        frames = np.round(np.array(edges) * song.frames_per_second).astype(np.int64)
        line_mel = mel[:, frames[0] : frames[-1]]
        pieces.append(as_read(cloner, line_mel, tokens, np.diff(frames)))
    return np.concatenate(pieces, axis=1)


def as_read(
    cloner: VoiceCloner, mel: np.ndarray, tokens: Sequence[str], frames: np.ndarray
) -> np.ndarray:
    """A mel (n_mels, F) of tokens of so many frames, each as long as READER says it.

    Of another voice than the singer's, and without the edges that `sing` keeps, so that holding is not just undone.
    """
    request = SynthesisRequest(tokens=tokens, voice=get_voice(READER).profile)
    ((spoken, _),) = cloner.synthesizer.courses([request])
    return stretch_mel(mel, frames, spoken)


def lines_of(song: Song) -> Iterator[list[tuple]]:
    """Sounds of each line."""
    line: list[tuple] = []
    for row in without_held(song):
        if line and row[3] is not line[-1][3] and line[-1][3].ends_line:
            yield line
            line = []
        line.append(row)
    yield line


def without_held(song: Song) -> list[tuple]:
    """Sounds with a vowel over several notes counted once."""
    kept: list[tuple] = []
    for row in song.sounds:
        if kept and row[3] is kept[-1][3] and row[0] == kept[-1][0] == row[3].nucleus:
            kept[-1] = (*kept[-1][:2], *row[2:])
        else:
            kept.append(row)
    return kept


def dnsmos(audio: Audio) -> float:
    """Overall DNSMOS."""
    from speechmos import dnsmos as model

    return float(model.run(resample_audio(audio, DNSMOS_HZ).waveform, DNSMOS_HZ)["ovrl_mos"])


def draw(song: Song, cloner: VoiceCloner, picture: Path) -> None:
    """The mel of a song, and its F0 as it is heard over the notes that were asked for."""
    figure = Figure(figsize=(11.0, 6.0), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    mel = log_mel(torch.from_numpy(song.audio.waveform)[None], cloner.synthesizer.config.mel)[0]
    seconds = mel.shape[1] / song.frames_per_second
    above.imshow(mel, origin="lower", aspect="auto", extent=(0, seconds, 0, len(mel)))
    above.set_ylabel("mel band")
    for syllable, _ in song.syllables:
        for note in syllable.notes:
            below.barh(note.midi, note.seconds, 0.8, note.start_seconds, color="#fdc997")
        first = syllable.notes[0]
        below.text(first.start_seconds, first.midi + 0.6, syllable.text, fontsize=8)
    heard = track_f0(song.audio, song.f0_hz.size, SINGING)
    midi = 69 + 12 * np.log2(np.where(heard > 0, heard, np.nan) / 440)
    below.plot((np.arange(heard.size) + 0.5) / song.frames_per_second, midi, linewidth=1)
    below.set_ylabel("MIDI note")
    below.set_xlabel("s")
    figure.savefig(picture, dpi=75)


def word_figures(kind: str, path: Path, song: Song, *, separate: bool) -> dict[str, float]:
    """Of the alignment of what was sung."""
    lyrics = "\n".join(song.sentences)
    try:
        found = align_lyrics(path, lyrics, separate=separate, device="cpu")
    except EngineError as error:
        print(path.name, error.code)
        return {f"{kind}_within": 0.0}
    return word_errors(kind, reference_words(song), found)


def attention_figures(weights: Path, song: Song, picture: Path) -> dict[str, float]:
    """Word onsets by the attention aligner, of the voice alone, and a picture of its attention."""
    aligner = Aligner.load(weights, device=torch.device("cpu"))
    sounds = without_held(song)
    phonemes = [sound for sound, *_ in sounds]
    attention, score = aligner.attention(song.audio, phonemes)
    attention_figure(torch.from_numpy(attention), picture.stem).savefig(picture, dpi=80)
    times = aligner.step_seconds * best_way(attention)
    begins = [
        index
        for index, row in enumerate(sounds)
        if index == 0 or (row[3] is not sounds[index - 1][3] and row[3].begins_word)
    ]
    off = np.array([abs(times[index, 0] - sounds[index][1]) for index in begins])
    return {
        "attention_score": score,
        "attention_mean_s": float(off.mean()),
        "attention_within": float(np.mean(off <= NEAR_SECONDS)),
    }


def reference_words(song: Song) -> list[tuple[str, float]]:
    """Letters and onset of each sung word."""
    return [(letters(text), begin) for text, begin, _ in song.words]


def word_errors(
    kind: str, reference: list[tuple[str, float]], found: AlignedLyrics
) -> dict[str, float]:
    """Mean error of word onsets and the share within 0.3 s; words that a syllable joins are taken together."""
    heard = [(letters(word.text), word.start) for line in found.sung for word in line.words]
    pairs, place = [], 0
    for text, begin in reference:
        at = next((i for i in range(place, len(heard)) if text.startswith(heard[i][0])), None)
        if at is None:
            continue
        pairs.append((begin, heard[at][1]))
        place, rest = at + 1, text[len(heard[at][0]) :]
        while rest and place < len(heard) and rest.startswith(heard[place][0]):
            rest, place = rest[len(heard[place][0]) :], place + 1
    told, got = (np.array(column) for column in zip(*pairs, strict=True))
    error, _ = mir_eval.alignment.absolute_error(told, got)
    mean = float(np.mean(np.abs(told - got)))
    share = mir_eval.alignment.percentage_correct(told, got, window=NEAR_SECONDS)
    return {
        f"{kind}_mean_s": mean,
        f"{kind}_median_s": float(error),
        f"{kind}_within": share * len(pairs) / len(reference),
    }


def letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text.casefold()).replace("ё", "е")


if __name__ == "__main__":
    main()
