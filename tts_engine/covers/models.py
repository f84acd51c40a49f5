"""The models of covers, and the new voice as they know it: load once per process."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tts_engine.conversion.converting import Target, VoiceConverter
from tts_engine.conversion.index import RetrievalIndex
from tts_engine.conversion.inference import Converter
from tts_engine.covers.settings import CoverVoice
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.fitting import TAUGHT
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

KEPT_INDEXES = 4

Told = Callable[[int, int], None]


class CoverModels:
    """What converts, and what speaks for the index of a voice without recordings; they share a vocoder."""

    def __init__(self, converter: VoiceConverter, cloner: VoiceCloner, device: str) -> None:
        self.converter, self.cloner, self.device = converter, cloner, device
        self._indexes: OrderedDict[str, tuple[RetrievalIndex, Audio]] = OrderedDict()

    @classmethod
    def load(cls, weights: Path | None = None, device: str = "auto") -> "CoverModels":
        """Raises CheckpointError when weights are missing or damaged, ResourceError without such a device."""
        folder = weights or weights_folder()
        return cls.beside(VoiceCloner.load(folder, device), device)

    @classmethod
    def beside(cls, cloner: VoiceCloner, device: str = "auto") -> "CoverModels":
        """With the models of a cloner that is there already; raises as `load`."""
        converter = Converter.load(cloner.weights, device=cloner.device)
        return cls(VoiceConverter(converter, cloner.vocoder), cloner, device)

    def measured(self, voice: CoverVoice) -> CoverVoice:
        """The voice with its profile, measured from its first recording, of which the judged part is kept.

        Raises:
            AudioError: as `VoiceCloner.profile`; too short, silent, or without a voice.
        """
        first, *more = voice.recordings
        profile, report = self.cloner.profile(first)
        return replace(voice, profile=profile, recordings=(report.audio, *more))

    def target(self, voice: CoverVoice, told: Told = lambda done, total: None) -> Target:
        """The voice with its index, which is kept for the next cover.

        Args:
            voice: whose.
            told: is told how many recordings of how many are there; what it raises ends the work.
        """
        return Target(profile=voice.known, index=self._heard(voice, told)[0])

    def sample(self, voice: CoverVoice) -> Audio:
        """Some seconds of the voice as it is, for reports."""
        return self._heard(voice, lambda done, total: None)[1]

    def _heard(self, voice: CoverVoice, told: Told) -> tuple[RetrievalIndex, Audio]:
        key = _key(voice)
        if key not in self._indexes:
            recordings = list(voice.recordings) or self._spoken(voice, told)
            longest = max(recordings, key=lambda audio: audio.seconds)
            self._indexes[key] = (self.converter.index_of(recordings), longest)
            if len(self._indexes) > KEPT_INDEXES:
                self._indexes.popitem(last=False)
        self._indexes.move_to_end(key)
        return self._indexes[key]

    def _spoken(self, voice: CoverVoice, told: Told) -> list[Audio]:
        """The voice says what fitted voices are taught."""
        spoken = []
        for done, text in enumerate(TAUGHT):
            told(done, len(TAUGHT))
            spoken.append(self.cloner.speak(SpeechRequest(text=text, voice=voice.known)).audio)
        told(len(TAUGHT), len(TAUGHT))
        return spoken


def _key(voice: CoverVoice) -> str:
    """What tells one voice from another."""
    profile, whole = voice.known, hashlib.sha256()
    whole.update(profile.embedding.tobytes())
    whole.update(repr((profile.spectrum, profile.fitted, profile.f0_median_hz)).encode())
    whole.update(profile.delta.key.encode() if profile.delta is not None else b"")
    for recording in voice.recordings:
        whole.update(recording.waveform.tobytes())
    return whole.hexdigest()
