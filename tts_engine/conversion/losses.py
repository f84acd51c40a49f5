"""Training objective: the mel and its edges, the critic, the judges of converted speech."""

from dataclasses import dataclass

from torch import Tensor

from tts_engine.synthesizer.losses import edge_loss, mel_loss


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """Factor of each term of the sum."""

    mel: float = 1.0
    edges: float = 1.0
    facts: float = 0.1
    voice: float = 1.0
    second_voice: float = 1.0
    words: float = 0.1
    deception: float = 0.4
    feature: float = 1.0


def own_losses(frames: Tensor, target: Tensor, mask: Tensor) -> dict[str, Tensor]:
    """Terms of clips said again in their own voices; (B, F, n_mels) twice, mask (B, F, 1)."""
    return {"mel": mel_loss(frames, target, mask), "edges": edge_loss(frames, target, mask)}
