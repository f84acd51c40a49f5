"""Other people's sentences: what a voice never said in the corpus, judged by listeners.

No recording tells how an English reader says a Russian sentence, or a stranger any. Part of every batch
is therefore spoken in another clip's voice, and three frozen networks judge it: two speaker encoders of
different kinds whether it is that voice, the recognizer whether the words are there. What pleases one
encoder alone is no likeness, so each voice term weighs less than one would, and each network hears
noise of its own.

    batch    clip 0 … clip N-1          in their own voices: mel losses
             text 2 in voice 7, …       crossed: voice and words
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from tts_engine.encoder.model import MelSpeakerEncoder
from tts_engine.encoder.voice_judge import VoiceJudge
from tts_engine.recognizer.losses import ctc_loss
from tts_engine.recognizer.model import RecognizerNetwork, mel_to_input
from tts_engine.synthesizer.config import LANGUAGES
from tts_engine.synthesizer.data import Batch
from tts_engine.synthesizer.profile import MIDDLE_HZ, USUAL_SPREAD_SEMITONES
from tts_engine.text.symbols import PHONEMES, SYMBOLS

LISTENING_NOISE = (
    0.45  # nats, as far as the vocoder strays; a pattern that it would lose is not speech
)


def add_crossed(batch: Batch, share: float) -> Batch:
    """The batch and, below it, Russian texts of it in voices of other rows.

    Args:
        batch: N clips in their own voices.
        share: crossed rows per own row, rounded; 0 adds none. Uses torch's global generator.
    """
    russian = torch.nonzero(batch.language == LANGUAGES.index("ru")).flatten()
    count = min(round(share * len(batch.ids)), russian.numel())
    if count == 0:
        return batch
    texts = russian[torch.randperm(russian.numel())[:count]]  # (K,)
    voices = torch.randperm(len(batch.ids))[:count].to(texts.device)  # (K,)
    octaves, spread = batch.facts[voices, 0, None], batch.facts[voices, 1, None]
    semitones = batch.pitch[texts] * USUAL_SPREAD_SEMITONES * spread
    f0_hz = MIDDLE_HZ * 2.0 ** (octaves + semitones / 12) * (batch.f0_hz[texts] > 0)
    rows: dict[str, Tensor] = {
        name: getattr(batch, name)[texts]
        for name in ("tokens", "token_lengths", "frames", "language", "durations", "pitch", "mel")
    }
    rows |= {name: getattr(batch, name)[voices] for name in ("embedding", "facts", "known")}
    rows |= {"f0_hz": f0_hz}
    joined = {name: torch.cat([getattr(batch, name), value]) for name, value in rows.items()}
    ids = [*batch.ids, *(batch.ids[int(i)] for i in texts)]
    return replace(batch, ids=ids, voices=voices, **joined)


@dataclass
class Listeners:
    """The judges of crossed speech: two of its voice, one of its words."""

    voice: MelSpeakerEncoder
    second_voice: VoiceJudge
    words: RecognizerNetwork

    def to(self, device: torch.device) -> "Listeners":
        """The same on another device, frozen."""
        self.voice.to(device)
        self.second_voice.to(device)
        self.words.to(device).eval().requires_grad_(False)
        return self

    def losses(self, mels: Tensor, batch: Batch) -> dict[str, Tensor]:
        """Terms of the crossed rows of a batch.

        Args:
            mels: log mels of all rows, (N + K, n_mels, F).
            batch: of which the last `crossed` rows are judged.

        Returns:
            "voice": one minus the cosine to the embedding asked for; "second_voice": the same by the other
            encoder, to what it hears in the clip whose voice is asked for; "words": CTC loss per phoneme.
        """
        first = len(batch.ids) - batch.crossed
        frames, mels = batch.frames[first:], mels[first:, :, : int(batch.frames[first:].max())]
        spoken = stretches(_noisy(mels), frames, self.voice.window_frames)
        voice = (self.voice(spoken) * batch.embedding[first:]).sum(dim=1)
        size = self.second_voice.window_frames
        with torch.no_grad():
            real = stretches(batch.mel[batch.voices], batch.frames[batch.voices], size)
            wanted = self.second_voice(real)
        second = (self.second_voice(stretches(_noisy(mels), frames, size)) * wanted).sum(dim=1)
        targets, lengths = token_classes(batch.tokens[first:])
        read = self.words(mel_to_input(_noisy(mels), self.words.config), frames)
        words = ctc_loss(read, frames, targets, lengths)
        return {"voice": (1 - voice).mean(), "second_voice": (1 - second).mean(), "words": words}


def stretches(mels: Tensor, frames: Tensor, longest: int) -> Tensor:
    """One of each mel at random, `longest` frames or the shortest mel: (K, n_mels, F) -> (K, n_mels, W)."""
    size = min(longest, int(frames.min()))
    starts = (torch.rand(frames.shape[0], device=frames.device) * (frames - size + 1)).long()
    return torch.stack(
        [mel[:, int(s) : int(s) + size] for mel, s in zip(mels, starts, strict=True)]
    )


def _noisy(mels: Tensor) -> Tensor:
    return mels + LISTENING_NOISE * torch.randn_like(mels)


def token_classes(tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Recognizer classes of token ids (B, L), pauses left out: (B, L') padded with 0, and (B,)."""
    classes = torch.tensor(
        [PHONEMES.index(symbol) + 1 if symbol in PHONEMES else 0 for symbol in SYMBOLS],
        device=tokens.device,
    )[tokens]  # (B, L)
    lengths = (classes > 0).sum(dim=1)
    order = torch.argsort((classes == 0).int(), dim=1, stable=True)  # phonemes first, in order
    return classes.gather(1, order)[:, : int(lengths.max())], lengths
