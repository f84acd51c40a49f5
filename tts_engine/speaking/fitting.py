"""A voice fitted to recordings of it, and whether it is the better for it.

The measured and the fitted voice say the same sentences, none of which the fitting has heard of. The speaker encoder
and the recognizer judge both: networks that the fitting knows too, so docs/decisions/0019-fitted-voices.md has the
same people judged by others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Levenshtein

from tts_engine.recording.denoise import denoise
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import list_voices
from tts_engine.synthesizer.fitting import Fitter
from tts_engine.text.frontend import get_frontend
from tts_engine.text.symbols import phonemes_only
from tts_engine.types import Audio, VoiceProfile

if TYPE_CHECKING:
    from tts_engine.speaking.cloning import FittingProgress, VoiceCloner

LEAST_GAIN = 0.01  # of the margin between the person and others
MOST_MISHEARD = 0.03  # more than before

TAUGHT = (
    "Широкая электрификация южных губерний даст мощный толчок подъёму хозяйства.",
    "Съешь ещё этих мягких французских булок да выпей чаю.",
    "Вечером мы долго гуляли по берегу и смотрели на огни порта.",
    "Младший брат принёс из школы рыжего котёнка.",
    "Осенью птицы улетают в тёплые страны, а весной возвращаются домой.",
    "Хочешь, я покажу тебе, где растёт земляника?",
    "Врач внимательно выслушал пациента и выписал рецепт.",
    "Жук жужжит над цветущим лугом.",
    "Пять человек ждали автобус под проливным дождём.",
    "Гости давно разошлись, но музыка всё ещё играла.",
    "Эхо повторило последние слова и затихло в ущелье.",
    "Цены на билеты снова выросли, объяснил кассир.",
)
JUDGED = (
    "Над городом медленно плыли тяжёлые серые облака.",
    "Почему вы не предупредили нас об этом раньше?",
    "Художник поставил мольберт у окна и задумался.",
    "В ящике стола нашлись ключи, фонарик и старая записная книжка.",
    "Шофёр притормозил, пропуская пешеходов через широкую площадь.",
    "Если хватит сил, завтра дойдём до самого перевала.",
)


@dataclass(frozen=True, kw_only=True)
class Measures:
    """What a voice is like when it speaks.

    Attributes:
        likeness: mean GE2E cosine of its sentences to the recordings.
        others: the same to the voices of the bank.
        misheard: share of phonemes that the recognizer hears otherwise.
    """

    likeness: float
    others: float
    misheard: float


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedVoice:
    """A fitted voice beside the measured one that it was made of."""

    profile: VoiceProfile
    measured: Measures
    fitted: Measures
    steps: int

    @property
    def better(self) -> bool:
        """Whether it is nearer to the person, not to everybody, and as well understood."""
        gain = self.fitted.likeness - self.fitted.others
        gain -= self.measured.likeness - self.measured.others
        misheard = self.fitted.misheard - self.measured.misheard
        return gain >= LEAST_GAIN and misheard <= MOST_MISHEARD

    def figures(self) -> dict[str, float | bool]:
        """As plain numbers that JSON can hold."""
        return {
            "likeness": round(self.fitted.likeness, 3),
            "likeness_before": round(self.measured.likeness, 3),
            "others": round(self.fitted.others, 3),
            "others_before": round(self.measured.others, 3),
            "misheard": round(self.fitted.misheard, 3),
            "misheard_before": round(self.measured.misheard, 3),
            "better": self.better,
        }


def fit_voice(
    cloner: VoiceCloner,
    profile: VoiceProfile,
    recordings: Sequence[Audio],
    on_progress: FittingProgress,
) -> FittedVoice:
    """Fit a measured voice and compare; arguments and errors as of `VoiceCloner.fit`."""
    sentences = [s.tokens for text in TAUGHT for s in get_frontend().sentences(text)]
    fitter = Fitter(cloner.synthesizer, cloner.recognizer, profile, sentences)
    on_progress(0, fitter.config.steps, "listening")
    clean = [denoise(audio) for audio in recordings]
    fitted = fitter.fit(clean, lambda done, total: on_progress(done, total, "fitting"))
    count = len(JUDGED)
    before = measure(cloner, fitter.profile, lambda done: on_progress(done, 2 * count, "comparing"))
    after = measure(cloner, fitted, lambda done: on_progress(count + done, 2 * count, "comparing"))
    return FittedVoice(profile=fitted, measured=before, fitted=after, steps=fitter.config.steps)


def measure(cloner: VoiceCloner, voice: VoiceProfile, on_done: Callable[[int], None]) -> Measures:
    """What a voice is like beside the recordings behind it; `on_done` is called with the sentences judged."""
    bank = np.stack([one.profile.embedding for one in list_voices(cloner.weights / "voices")])
    likeness, others, wrong, phonemes = [], [], 0, 0
    for done, text in enumerate(JUDGED, start=1):
        said = cloner.speak(SpeechRequest(text=text, voice=voice))
        vector = cloner.encoder.embed(said.audio)
        likeness.append(float(vector @ voice.embedding))
        others.append(float((bank @ vector).mean()))
        expected = phonemes_only(token for one in said.sentences for token in one.tokens)
        wrong += Levenshtein.distance(expected, cloner.recognizer.transcribe(said.audio))
        phonemes += len(expected)
        on_done(done)
    return Measures(
        likeness=float(np.mean(likeness)), others=float(np.mean(others)), misheard=wrong / phonemes
    )
