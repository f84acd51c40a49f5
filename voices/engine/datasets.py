"""Datasets: sentences to read aloud, takes judged at once, recordings measured and prepared, edits followed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from voices.engine.errors import engine_errors
from voices.engine.models import load_cloner

Told = Callable[[int, int, str], None]  # done, of how much, stage; may raise to stop
MOST_HEARD = 40  # clips of which the voice of a dataset is measured


@dataclass(frozen=True, kw_only=True)
class TakeCheck:
    """What was found in a sentence read aloud; it serves when there are no `reasons` ({"code", "en", "ru"})."""

    reasons: list[dict[str, str]]
    figures: dict[str, float | None]
    embedding: list[float]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was uploaded: how many recordings, how long, how many have a text, how many cannot be read and why the
    first of them."""

    recordings: int
    seconds: float
    with_text: int
    refused: int
    reason: dict[str, str] | None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A recording to prepare: a file with its text, or its transcript, or a zip of many."""

    path: Path
    text: str = ""


def sentences_next(read: Iterable[str], count: int) -> list[str]:
    """Texts to read aloud after those that were read; no model is loaded."""
    from tts_engine.dataset.reading_list import next_sentences

    return [reading.text for reading in next_sentences(read, count)]


def sentences_coverage(read: Iterable[str]) -> tuple[int, int]:
    """How many of the pairs of sounds were read, of how many; no model is loaded."""
    from tts_engine.dataset.reading_list import coverage

    found = coverage(read)
    return found.covered, found.total


def dataset_defaults() -> dict[str, Any]:
    """How recordings are prepared where nothing else is said."""
    from dataclasses import asdict

    from tts_engine.dataset.slicing import SliceSettings

    return {**asdict(SliceSettings()), "channel": "auto", "denoise": True}


def dataset_settings_check(settings: dict[str, Any]) -> None:
    """Raises AppError: `slicing_out_of_range`."""
    with engine_errors():
        from tts_engine.dataset.slicing import SliceSettings

        chosen = {**dataset_defaults(), **settings}
        SliceSettings(**{k: v for k, v in chosen.items() if k not in ("channel", "denoise")})


def check_take(content: bytes, *, sentence: str, reader: list[float] | None) -> TakeCheck:
    """Judge a sentence read aloud.

    Args:
        content: of the recording.
        sentence: that was to be read.
        reader: d-vector of who reads, where that is known.

    Raises:
        AppError: not audio (415), too long (413), damaged and the like (422).
    """
    cloner = load_cloner()
    with engine_errors():
        import numpy as np

        from tts_engine.audio.untrusted import decode_untrusted
        from tts_engine.dataset.takes import check_take as check

        audio = decode_untrusted(content)
        known = None if reader is None else np.asarray(reader, dtype=np.float32)
        found = check(audio, sentence, cloner.encoder, cloner.recognizer, known)
        return TakeCheck(
            reasons=[{"code": one.code, "en": one.en, "ru": one.ru} for one in found.reasons],
            figures=dict(found.figures),
            embedding=[round(float(value), 6) for value in found.embedding],
            seconds=round(audio.seconds, 2),
        )


def measure_recordings(source: Path, told: Told) -> Measured:
    """Look into an uploaded file or zip: every recording is decoded once, in the confined process.

    Raises:
        AppError: the only file cannot be read (415, 422); the zip is refused or holds no recordings (400).
    """
    with engine_errors(), TemporaryDirectory(prefix="unpacked-") as unpacked:
        from tts_engine.audio.untrusted import untrusted_opened
        from tts_engine.dataset.intake import given_recordings
        from tts_engine.dataset.opening import LONGEST_SECONDS
        from tts_engine.errors import AudioError

        given = given_recordings([source], Path(unpacked))
        seconds, refused, reason = 0.0, 0, None
        for index, one in enumerate(given):
            told(index, len(given), "measuring")
            try:
                with untrusted_opened(one.path, max_seconds=LONGEST_SECONDS) as opened:
                    seconds += opened.seconds
            except AudioError as error:
                if len(given) == 1:
                    raise
                refused += 1
                reason = reason or {"code": error.code, "en": str(error), "ru": error.message_ru}
    return Measured(
        recordings=len(given),
        seconds=round(seconds, 2),
        with_text=sum(bool(one.text or one.transcript) for one in given),
        refused=refused,
        reason=reason,
    )


def dataset_prepare(
    sources: Sequence[Source],
    folder: Path,
    *,
    settings: dict[str, Any],
    reader: list[float] | None,
    told: Told,
) -> dict[str, Any]:
    """Prepare recordings: the folder gets clips, working copies, `report.json`, `report.html`, `metadata.csv`.

    Args:
        sources: what was recorded and uploaded.
        folder: an empty one.
        settings: as `dataset_defaults`, what is left out is as there.
        reader: d-vector of the person whose voice this is, where that is known.
        told: of stages.

    Returns:
        Figures, see `_figures`.

    Raises:
        AppError: nothing can be made of them.
    """
    cloner = load_cloner()
    with engine_errors(), TemporaryDirectory(prefix="unpacked-") as unpacked:
        from tts_engine.dataset.building import write_table
        from tts_engine.dataset.page import write_page
        from tts_engine.dataset.plan import write_plan
        from tts_engine.dataset.preparing import Models, PrepareSettings, prepare
        from tts_engine.dataset.slicing import SliceSettings

        chosen = {**dataset_defaults(), **settings}
        channel, denoising = chosen.pop("channel"), chosen.pop("denoise")
        plan = prepare(
            _given(sources, Path(unpacked)),
            folder,
            PrepareSettings(slicing=SliceSettings(**chosen), channel=channel, denoising=denoising),
            Models(encoder=cloner.encoder, recognizer=cloner.recognizer),
            speaker=_vector(reader),
            told=lambda stage, done, total: told(done, total, stage),
        )
        write_plan(plan, folder)
        write_table(plan, folder)
        write_page(plan, folder)
        return _figures(plan, folder, cloner)


def dataset_edit(folder: Path, edits: list[dict[str, Any]]) -> dict[str, Any]:
    """Follow edits of a prepared dataset, whose clips, copies and report lie in the folder; returns its figures.

    Raises:
        AppError: `edits_invalid`, with the number of the edit; the folder is then as it was.
    """
    cloner = load_cloner()
    with engine_errors():
        from tts_engine.dataset.edits import edit_dataset, parse_edits
        from tts_engine.dataset.plan import read_plan

        plan = edit_dataset(folder, parse_edits(edits)) if edits else read_plan(folder)
        return _figures(plan, folder, cloner)


def _given(sources: Sequence[Source], unpacked: Path) -> list[Any]:
    from dataclasses import replace

    from tts_engine.dataset.intake import given_recordings

    found: list[Any] = []
    for index, source in enumerate(sources):
        recordings = given_recordings([source.path], unpacked / str(index))
        if source.text:
            recordings = [replace(one, text=source.text) for one in recordings]
        found += recordings
    return found


def _vector(embedding: list[float] | None) -> Any:
    import numpy as np

    return None if embedding is None else np.asarray(embedding, dtype=np.float32)


def _figures(plan: Any, folder: Path, cloner: Any) -> dict[str, Any]:
    """What a plan comes to: seconds given, kept and dropped by reason, recordings, clips, and `embedding`, the
    d-vector of who is heard in the clips."""
    return {
        "recordings": len(plan.recordings),
        "refused": sum(bool(recording.refused) for recording in plan.recordings),
        "seconds_given": round(sum(recording.seconds for recording in plan.recordings), 2),
        "seconds_kept": round(plan.kept_seconds, 2),
        "clips": len(plan.kept),
        "dropped_seconds": {
            name: round(seconds, 2) for name, seconds in plan.dropped_seconds().items()
        },
        "embedding": _embedding(plan, folder, cloner),
    }


def _embedding(plan: Any, folder: Path, cloner: Any) -> list[float]:
    import numpy as np
    import soundfile

    from tts_engine.dataset.building import clip_path
    from tts_engine.types import Audio

    kept = plan.kept
    vectors = []
    for piece in kept[:: max(1, len(kept) // MOST_HEARD)]:
        samples, rate_hz = soundfile.read(clip_path(folder, piece), dtype="float32")
        vectors.append(cloner.encoder.embed(Audio(samples, rate_hz)))
    if not vectors:
        return []
    middle = np.mean(vectors, axis=0)
    return [round(float(value), 6) for value in middle / max(float(np.linalg.norm(middle)), 1e-9)]
