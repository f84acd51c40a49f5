"""What went less well than meant and was gone on with: logged where it happens, told to whoever counts."""

from collections.abc import Callable
from typing import Literal

Lapse = Literal["stress_model_mismatch"]  # the model of stress gave another number of words
Listener = Callable[[Lapse], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have the listener called after every lapse in this process."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(lapse: Lapse) -> None:
    """Called beside the line of the log."""
    for listener in _listeners:
        listener(lapse)
