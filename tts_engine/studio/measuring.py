"""What a checkpoint is like on clips that no training heard, and how it sounds."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein

from tts_engine.audio.io import encode_audio
from tts_engine.audio.loudness import normalize_loudness
from tts_engine.conversion.converting import moved
from tts_engine.conversion.inference import Converter
from tts_engine.errors import AudioError
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.saving import write_whole
from tts_engine.studio import others
from tts_engine.studio.clips import Clips
from tts_engine.studio.others import OTHERS_HELD_OUT
from tts_engine.studio.sentences import SAID, SAMPLED
from tts_engine.synthesizer.data import AlignedClip
from tts_engine.synthesizer.export import free_running
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.synthesizer.validation import mel_error
from tts_engine.text.symbols import phonemes_only
from tts_engine.training.corpus import HELD_OUT
from tts_engine.types import Audio, VoiceProfile, Waveform
from tts_engine.watermark.key import installation_key
from tts_engine.watermark.marking import Marker

SPOKEN_CLIPS = 6  # held-out sentences that a checkpoint says
ROUNDED = 4

OnSpoken = Callable[[int, int], None]


class Judge:
    """Measures one voice again and again: how it speaks, and how others' sentences are said in it."""

    def __init__(self, cloner: VoiceCloner, converter: Converter, clips: Clips) -> None:
        """`clips`: those of them that are held out are compared with, and others' are said."""
        self.cloner, self.converter, self.clips = cloner, converter, clips
        items = clips.tracked.split(HELD_OUT)
        mean = np.mean([item.profile.embedding for item in items], axis=0)
        self.person = mean / np.linalg.norm(mean)
        self.batch = clips.batch(items).to(cloner.device)
        own = [item.clip.tokens for item in items if item.clip.language == "ru"]
        self.sentences = [*own[:SPOKEN_CLIPS], *others.sentences_of(SAID)]
        self.others = clips.tracked.split(OTHERS_HELD_OUT)

    @property
    def spoken_in_all(self) -> int:
        """Sentences that a checkpoint says, to be measured and to be heard."""
        return len(self.sentences) + len(self.others) + len(SAMPLED) + 1

    def measure(self, profile: VoiceProfile, on_spoken: OnSpoken) -> dict[str, float]:
        """Figures of `listening.Checkpoint` for a voice; `on_spoken` is told sentences done, and how many there are."""
        done, total = 0, len(self.sentences) + len(self.others)
        figures: dict[str, float] = {}
        scores = []
        for name, sounds in {
            "": self._said(profile),
            "conversion_": self._converted(profile),
        }.items():
            wrong = phonemes = 0
            likeness = []
            for tokens, audio in sounds:
                expected = phonemes_only(tokens)
                wrong += Levenshtein.distance(expected, self.cloner.recognizer.transcribe(audio))
                phonemes += len(expected)
                likeness.append(self._likeness(audio))
                done += 1
                on_spoken(done, total)
            errors, similarity = wrong / phonemes, float(np.mean(likeness))
            figures |= {name + "phoneme_errors": errors, name + "similarity": similarity}
            scores.append(similarity - errors)
        figures |= {"mel_distance": self.mel_distance(profile), "score": float(np.mean(scores))}
        return {name: round(value, ROUNDED) for name, value in figures.items()}

    def _said(self, profile: VoiceProfile) -> Iterator[tuple[Sequence[str], Audio]]:
        """Tokens and sound of each sentence."""
        for tokens in self.sentences:
            yield tokens, self.spoken(profile, tokens)

    def _converted(self, profile: VoiceProfile) -> Iterator[tuple[Sequence[str], Audio]]:
        """Tokens and sound of each of others' sentences in the voice."""
        for item in self.others:
            yield item.clip.tokens, self.converted(profile, item)

    def converted(self, profile: VoiceProfile, item: AlignedClip) -> Audio:
        """What somebody else has said, in the voice, to be measured."""
        mel = self.clips.tracked.mel(item).astype(np.float32)
        octaves = np.log2(profile.f0_median_hz / item.profile.f0_median_hz)
        f0_hz = moved(self.clips.tracked.track(item), 12 * octaves)
        said = self.converter.convert(mel, self.converter.content(mel), f0_hz, profile)
        (waveform,) = self.cloner.vocoder.vocode([said], f0_hz=[f0_hz])
        return self._audio(waveform)

    def _likeness(self, audio: Audio) -> float:
        try:
            return float(self.cloner.encoder.embed(audio) @ self.person)
        except AudioError:  # no speech is heard in it
            return 0.0

    def mel_distance(self, profile: VoiceProfile) -> float:
        """Nats between the held-out recordings and the voice at their durations and pitch."""
        network = self.cloner.synthesizer.merged.get(profile.delta)
        with torch.inference_mode():
            mel, _ = free_running(network, self.batch)
        return mel_error(mel, self.batch)

    def spoken(self, profile: VoiceProfile, tokens: Sequence[str]) -> Audio:
        """A sentence in the voice, to be measured."""
        order = SynthesisRequest(tokens=tokens, voice=profile)
        (result,) = self.cloner.synthesizer.synthesize([order])
        (waveform,) = self.cloner.vocoder.vocode([result.mel])
        return self._audio(waveform)

    def _audio(self, waveform: Waveform) -> Audio:
        return normalize_loudness(Audio(waveform, self.cloner.sample_rate_hz))

    def write_samples(self, profile: VoiceProfile, folder: Path, number: int) -> tuple[Path, ...]:
        """What people hear: `<folder>/NNN-1.flac` and so on, sentences spoken and at last one that somebody else has
        said, in the voice; marked as all speech of ours."""
        folder.mkdir(parents=True, exist_ok=True)
        sounds = [self.cloner.say(text, profile).audio for text in SAMPLED]
        sounds.append(Marker(installation_key()).mark(self.converted(profile, self.others[0])))
        paths = [folder / f"{number:03d}-{index}.flac" for index in range(1, len(sounds) + 1)]
        for path, audio in zip(paths, sounds, strict=True):
            write_whole(path, encode_audio(audio, "flac"))
        return tuple(paths)
