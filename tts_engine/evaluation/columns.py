"""Tables of figures: a dataclass whose fields are columns, a line for each of its instances.

    @dataclass(frozen=True, kw_only=True)
    class Measured:
        errors: float = column("PER", 1, scale=100)   # kept as a share, printed in percent

What could not be measured is NaN: it is printed as a dash, and means leave it out.
"""

import dataclasses
import sys
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

NAME_WIDTH, WIDTH = 40, 8

Figures = TypeVar("Figures")


def column(title: str, digits: int, *, scale: float = 1.0) -> Any:
    """A field that is printed under a title with so many decimals, times `scale`."""
    return dataclasses.field(metadata={"title": title, "digits": digits, "scale": scale})


def columns_of(kind: Any) -> tuple["dataclasses.Field[float]", ...]:
    """The fields of a dataclass, or of an instance, that are printed."""
    return tuple(one for one in dataclasses.fields(kind) if "title" in one.metadata)


def titles(kind: Any) -> tuple[str, ...]:
    """Of the columns."""
    return tuple(one.metadata["title"] for one in columns_of(kind))


def cells(row: Any) -> list[str]:
    """Figures as text in the order of the columns."""
    values = [
        (getattr(row, one.name) * one.metadata["scale"], one.metadata["digits"])
        for one in columns_of(row)
    ]
    return ["-" if np.isnan(value) else f"{value:.{digits}f}" for value, digits in values]


def mean_of(rows: Sequence[Figures]) -> Figures:
    """The mean of each column over the rows that know it; the rows have no other fields."""
    kind = type(rows[0])
    return kind(
        **{
            one.name: known_mean([getattr(row, one.name) for row in rows])
            for one in columns_of(kind)
        }
    )


def known_mean(values: Sequence[float]) -> float:
    """The mean without NaN; NaN without any."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def header(kind: Any, name: str) -> str:
    """The titles, above `line`; `name` is what the lines are of."""
    return f"{name:<{NAME_WIDTH}}{'n':>4}" + "".join(f"{one:>{WIDTH}}" for one in titles(kind))


def line(name: str, count: int, row: Any) -> str:
    """A row as text under `header`; `count` is how many it is the mean of."""
    return f"{name:<{NAME_WIDTH}}{count:>4}" + "".join(f"{one:>{WIDTH}}" for one in cells(row))


def say(text: str) -> None:
    """A line on standard output, at once: tables grow for hours."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
