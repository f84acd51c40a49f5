"""Where the time goes: each stage's seconds, told to whoever listens."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Listener = Callable[[str, float], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have the listener called with (stage, seconds) after every call of a stage in this process."""
    if listener not in _listeners:
        _listeners.append(listener)


def timed(stage: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator of what a stage does. Results are on the CPU by then, so a GPU's time is counted."""

    def decorate(work: Callable[P, R]) -> Callable[P, R]:
        @wraps(work)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            started = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                seconds = time.perf_counter() - started
                for listener in _listeners:
                    listener(stage, seconds)

        return run

    return decorate
