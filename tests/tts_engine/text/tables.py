"""Tables of hand-checked cases: a rule's name and lines of `written = said`."""

import pytest


def cases(rules):
    """Parameters (written, said) of every line, named after rule and text."""
    return [
        pytest.param(written.strip(), said.strip(), id=f"{rule}: {written.strip()}")
        for rule, table in rules.items()
        for written, said in (line.rsplit(" = ", 1) for line in table.strip().splitlines())
    ]
