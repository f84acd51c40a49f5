"""What a checkpoint is like on clips that no training heard, and how it sounds."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein

from tts_engine.audio.io import encode_audio
from tts_engine.audio.loudness import normalize_loudness
from tts_engine.errors import AudioError
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.saving import write_whole
from tts_engine.studio.sentences import SAID, SAMPLED
from tts_engine.synthesizer.data import AlignedClip, Batch
from tts_engine.synthesizer.export import free_running
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.synthesizer.validation import mel_error
from tts_engine.text.frontend import get_frontend
from tts_engine.text.symbols import phonemes_only
from tts_engine.types import Audio, VoiceProfile

SPOKEN_CLIPS = 6  # held-out sentences that a checkpoint says
ROUNDED = 4

OnSpoken = Callable[[int, int], None]


class Judge:
    """Measures one voice again and again."""

    def __init__(self, cloner: VoiceCloner, batch: Batch, items: Sequence[AlignedClip]) -> None:
        """`batch`: the held-out `items` in the voice's own conditioning."""
        self.cloner, self.batch = cloner, batch
        mean = np.mean([item.profile.embedding for item in items], axis=0)
        self.person = mean / np.linalg.norm(mean)
        own = [item.clip.tokens for item in items if item.clip.language == "ru"]
        fixed = [s.tokens for text in SAID for s in get_frontend().sentences(text)]
        self.sentences = [*own[:SPOKEN_CLIPS], *fixed]

    @property
    def spoken_in_all(self) -> int:
        """Sentences that a checkpoint says, to be measured and to be heard."""
        return len(self.sentences) + len(SAMPLED)

    def measure(self, profile: VoiceProfile, on_spoken: OnSpoken) -> dict[str, float]:
        """Figures of `listening.Checkpoint` for a voice; `on_spoken` is told sentences done, and how many there are."""
        wrong = phonemes = 0
        likeness = []
        for done, tokens in enumerate(self.sentences, start=1):
            audio = self.spoken(profile, tokens)
            expected = phonemes_only(tokens)
            wrong += Levenshtein.distance(expected, self.cloner.recognizer.transcribe(audio))
            phonemes += len(expected)
            likeness.append(self._likeness(audio))
            on_spoken(done, len(self.sentences))
        errors, similarity = wrong / phonemes, float(np.mean(likeness))
        figures = {
            "phoneme_errors": errors,
            "similarity": similarity,
            "mel_distance": self.mel_distance(profile),
            "score": similarity - errors,
        }
        return {name: round(value, ROUNDED) for name, value in figures.items()}

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
        return normalize_loudness(Audio(waveform, self.cloner.sample_rate_hz))

    def write_samples(self, profile: VoiceProfile, folder: Path, number: int) -> tuple[Path, ...]:
        """Speak the sentences that people hear: `<folder>/NNN-1.flac` and so on, marked as all speech of ours."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for index, text in enumerate(SAMPLED, start=1):
            path = folder / f"{number:03d}-{index}.flac"
            write_whole(path, encode_audio(self.cloner.say(text, profile).audio, "flac"))
            paths.append(path)
        return tuple(paths)
