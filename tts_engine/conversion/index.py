"""Retrieval: the content of a source drawn toward how the target says the same.

What is left of the source's voice and accent in the content goes when each frame is mixed with the nearest ones of
the target (as RVC does; kNN-VC, Baas et al. 2023, arXiv 2305.18975). Neighbours are sought among contents, never among
mels: averaged mels are dull.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from tts_engine.errors import RequestError

Content = NDArray[np.float32]

NEIGHBOURS = 8
SMALLEST_DISTANCE = 1e-6  # squared; an exact hit would have endless weight
MOST_FRAMES = 200_000  # 40 minutes; of more, centres are kept
CENTRES = 10_000
BLOCK_FRAMES = 512


@dataclass(frozen=True, eq=False)
class RetrievalIndex:
    """Contents of a voice, (N, C) float32."""

    frames: Content

    @classmethod
    def build(cls, contents: list[Content]) -> "RetrievalIndex":
        """Of all clips of a voice, each (F, C).

        Raises:
            RequestError: `no_content`, there are fewer frames than neighbours to be found.
        """
        frames = np.concatenate(contents) if contents else np.zeros((0, 1), np.float32)
        if len(frames) < NEIGHBOURS:
            raise RequestError(
                "no_content",
                f"an index needs at least {NEIGHBOURS} frames of speech, there are {len(frames)}",
                f"для индекса нужно не меньше {NEIGHBOURS} кадров речи, есть {len(frames)}",
            )
        if len(frames) > MOST_FRAMES:
            frames, _ = kmeans2(
                frames, CENTRES, iter=10, minit="points", rng=np.random.default_rng(0)
            )
        return cls(frames.astype(np.float32))

    def draw(self, content: Content, rate: float | NDArray[np.float32]) -> Content:
        """Contents (F, C) mixed with their neighbours by `rate`, one number or one per frame (F,), 0 to 1.

        The weight of a neighbour is the inverse of its squared squared distance.
        """
        if self.frames.shape[1] != content.shape[1]:
            raise RequestError(
                "index_of_another_model",
                f"the index holds contents of {self.frames.shape[1]} values, not {content.shape[1]}; build it anew",
                f"в индексе содержание по {self.frames.shape[1]} чисел, а не {content.shape[1]}; постройте его заново",
            )
        share = np.broadcast_to(np.asarray(rate, dtype=np.float32), content.shape[:1])[:, None]
        if not share.any():
            return content
        norms = np.square(self.frames).sum(axis=1)
        count = min(NEIGHBOURS, len(self.frames))
        drawn = np.empty_like(content)
        for first in range(0, len(content), BLOCK_FRAMES):
            block = content[first : first + BLOCK_FRAMES]
            squares = norms - 2 * block @ self.frames.T  # (B, N), short of each frame's own norm
            nearest = np.argpartition(squares, count - 1, axis=1)[:, :count]
            distances = np.take_along_axis(squares, nearest, axis=1)
            distances += np.square(block).sum(axis=1, keepdims=True)
            weights = np.maximum(distances, SMALLEST_DISTANCE).astype(np.float64) ** -2
            weights /= weights.sum(axis=1, keepdims=True)
            drawn[first : first + BLOCK_FRAMES] = np.einsum(
                "bk,bkc->bc", weights, self.frames[nearest]
            )
        return share * drawn + (1 - share) * content
