"""GE2E softmax loss (Wan et al. 2018, arXiv 1710.10467, equations 5, 6 and 8)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Ge2eLoss(nn.Module):
    """Each utterance should be nearest to its own speaker's centroid, itself left out."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(10.0))
        self.bias = nn.Parameter(torch.tensor(-5.0))

    def forward(self, embeddings: Tensor) -> Tensor:
        """Unit vectors (N speakers, M >= 2 utterances, D) -> scalar loss."""
        similarity = self.scale.clamp(min=1e-6) * similarities(embeddings) + self.bias  # (N, M, N)
        speakers, utterances = embeddings.shape[:2]
        target = torch.arange(speakers, device=embeddings.device).repeat_interleave(utterances)
        return F.cross_entropy(similarity.flatten(0, 1), target)


def similarities(embeddings: Tensor) -> Tensor:
    """Cosines of utterances to centroids: (N, M, D) -> (N, M, N)."""
    speakers, utterances, _ = embeddings.shape
    sums = embeddings.sum(dim=1, keepdim=True)  # (N, 1, D)
    centroids = F.normalize(sums.squeeze(1), dim=1)  # (N, D)
    others = F.normalize((sums - embeddings) / (utterances - 1), dim=2)  # (N, M, D)
    cosines = torch.einsum("nmd,kd->nmk", embeddings, centroids)  # (N, M, N)
    own = (embeddings * others).sum(dim=2)  # (N, M)
    same = torch.eye(speakers, dtype=torch.bool, device=embeddings.device)[:, None]  # (N, 1, N)
    return torch.where(same, own[:, :, None], cosines)
