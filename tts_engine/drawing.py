"""What the pictures of reports have in common: mels, PNG, and links that hold a picture."""

import base64
import io
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray


def draw_mel(axes: Axes, mel: NDArray[Any], seconds: float, first_second: float = 0.0) -> None:
    """A log-mel (n_mels, T) over time, its lowest band below."""
    axes.imshow(
        mel,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(first_second, first_second + seconds, 0, mel.shape[0]),
    )
    axes.set_ylabel("mel band")


def png_bytes(figure: Figure) -> bytes:
    """The figure as PNG."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=80)
    return stream.getvalue()


def png_link(content: bytes) -> str:
    """A picture as a data URL."""
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")
