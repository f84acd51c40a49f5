"""A critic of mels: which crops are recordings, and whose.

L1 and L2 losses teach the mean of all ways to say a thing, and the mean is blurred. The critic sees a
crop of frames and the embedding it should sound like; crops of recordings score 1, spoken ones 0.

Sources: least-squares objective (Mao et al. 2017, arXiv 1611.04076), projection of the condition (Miyato & Koyama
2018, arXiv 1802.05637), feature matching (Kumar et al. 2019, arXiv 1910.06711).
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

from tts_engine.training.loop import TrainingRun, set_rate

CROP_FRAMES = 96
WARMUP_STEPS = 300  # until its terms have their whole weight
RATE_SHARE = 0.5  # of the learning rate of whom it criticises
LEAK = 0.2


class MelCritic(nn.Module):
    """Strided 2-D convolutions over a crop, scored patch by patch."""

    def __init__(self, embedding_size: int, channels: int = 16) -> None:
        super().__init__()
        widths = (1, channels, 2 * channels, 4 * channels)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(before, after, 5, stride=2, padding=2))
            for before, after in pairwise(widths)
        )
        self.layers.append(weight_norm(nn.Conv2d(widths[-1], widths[-1], 3, padding=1)))
        self.exit = weight_norm(nn.Conv2d(widths[-1], 1, 3, padding=1))
        self.voice = nn.Linear(embedding_size, widths[-1])

    def forward(self, crops: Tensor, embedding: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Scores (B, F / 8, n_mels / 8) and hidden layers of crops.

        Args:
            crops: normalised mel, (B, F, n_mels).
            embedding: of the voice it should be, (B, embedding_size).
        """
        hidden, layers = crops.unsqueeze(1), []
        for layer in self.layers:
            hidden = F.leaky_relu(layer(hidden), LEAK)  # (B, C, F', M')
            layers.append(hidden)
        direction = self.voice(embedding * embedding.shape[1] ** 0.5)  # (B, C), from values near 1
        alike = torch.einsum("bcfm,bc->bfm", hidden, direction) / hidden.shape[1] ** 0.5
        return self.exit(hidden).squeeze(1) + alike, layers


@dataclass(frozen=True)
class Crops:
    """Crops of one batch: N real ones, N + K spoken ones, the first N of the same places."""

    real: Tensor
    spoken: Tensor
    embedding: Tensor

    @classmethod
    def cut(cls, real: Tensor, spoken: Tensor, frames: Tensor, embedding: Tensor) -> "Crops":
        """Random crops, as long as the shortest clip allows.

        Args:
            real: (N, F, n_mels).
            spoken: (N + K, F, n_mels); the last K rows have no recording.
            frames: real lengths, (N + K,).
            embedding: (N + K, embedding_size).
        """
        size = min(CROP_FRAMES, int(frames.min()))
        starts = (torch.rand(frames.shape[0], device=frames.device) * (frames - size + 1)).long()
        index = starts[:, None] + torch.arange(size, device=frames.device)  # (N + K, size)
        rows = torch.arange(spoken.shape[0], device=frames.device)[:, None]
        count = real.shape[0]
        return cls(real[rows[:count], index[:count]], spoken[rows, index], embedding)

    def critic_loss(self, critic: nn.Module) -> Tensor:
        """What the critic should lower."""
        count = self.real.shape[0]
        both = torch.cat([self.real, self.spoken.detach()])
        scores, _ = critic(both, torch.cat([self.embedding[:count], self.embedding]))
        return (1 - scores[:count]).square().mean() + scores[count:].square().mean()

    def deception(self, critic: nn.Module) -> dict[str, Tensor]:
        """What the synthesizer should lower: "deception" and "feature"."""
        count = self.real.shape[0]
        scores, spoken = critic(self.spoken, self.embedding)
        with torch.no_grad():
            _, real = critic(self.real, self.embedding[:count])
        feature = torch.stack(
            [(a - b[:count]).abs().mean() for a, b in zip(real, spoken, strict=True)]
        ).mean()
        return {"deception": (1 - scores).square().mean(), "feature": feature}


class CriticSide:
    """The critic's side of a training: it is taught, then frozen for the other's turn.

    Attributes:
        network, optimizer: to be kept in the training's state.
    """

    def __init__(self, run: TrainingRun, embedding_size: int, first_step: int) -> None:
        self.run, self.first_step = run, first_step
        self.network: nn.Module = MelCritic(embedding_size).to(run.device)
        self.optimizer: torch.optim.Optimizer = torch.optim.AdamW(
            self.network.parameters(), betas=(0.5, 0.98)
        )

    def set_up(self) -> None:
        """Once the state is loaded."""
        self.network, self.optimizer = self.run.fabric.setup(self.network, self.optimizer)

    @property
    def share(self) -> float:
        """Of their weight that its terms have at this step, 0 before the first."""
        return min(1.0, (self.run.step - self.first_step) / WARMUP_STEPS)

    def terms(self, crops: Crops, rate: float) -> dict[str, Tensor]:
        """Teach the critic at a share of `rate`; what the criticised should lower, by its share."""
        set_rate(self.optimizer, RATE_SHARE * rate)
        self.network.requires_grad_(True)
        loss = crops.critic_loss(self.network)
        self.optimizer.zero_grad(set_to_none=True)
        self.run.fabric.backward(loss)
        self.optimizer.step()
        self.network.requires_grad_(False)
        self.run.log({"critic": loss.item()})
        return {name: self.share * term for name, term in crops.deception(self.network).items()}
