"""Aligned rows on disk, which the synthesizer and the voice bank read."""

import numpy as np
import pytest

from tts_engine.errors import AudioError
from tts_engine.training.aligned import (
    ALIGNED_FILE,
    EMBEDDINGS_FILE,
    AlignedRow,
    read_aligned,
    write_aligned,
)


def row(name):
    return AlignedRow(
        id=name,
        tokens=("^", "a", "."),
        durations=(1, 2, 3),
        f0_hz=(0.0, 99.5, 0.0),
        f0_median_hz=99.5,
        f0_spread_semitones=1.0,
        score=-0.1,
    )


def test_rows_are_read_back_with_their_vectors(tmp_path):
    vectors = np.eye(2, 256, dtype=np.float32)
    rows = list(zip([row("a"), row("b")], vectors, strict=True))
    assert write_aligned(tmp_path, rows) == 2
    found = list(read_aligned(tmp_path))
    assert [item for item, _ in found] == [row("a"), row("b")]
    np.testing.assert_array_equal([vector for _, vector in found], vectors)


@pytest.mark.parametrize("missing", [ALIGNED_FILE, EMBEDDINGS_FILE])
def test_a_missing_alignment_says_how_to_make_one(tmp_path, missing):
    write_aligned(tmp_path, [(row("a"), np.zeros(256, np.float32))])
    (tmp_path / missing).unlink()
    with pytest.raises(AudioError, match="train align"):
        list(read_aligned(tmp_path))
