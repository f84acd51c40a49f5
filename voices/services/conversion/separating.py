"""A song into its vocals and its accompaniment: from a wish to a job, and in the worker to its files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from voices import engine
from voices.errors import BadInput
from voices.kinds import SEPARATING
from voices.models import Job
from voices.models.stored_file import ACCOMPANIMENT, RESULT, SOURCE, VOCALS
from voices.owner import Owner
from voices.services.jobs.leases import JobLease
from voices.services.sounds.making import files_finish, told_of
from voices.services.sounds.sources import Given, Intake, given_fetch


@dataclass(frozen=True, kw_only=True)
class SeparationWish:
    """A song, from which second on to take 30 s of it (None: all of it), and the format of the result, its vocals."""

    given: Given
    preview_from: float | None = None
    format: str = "mp3"
    webhook_url: str = ""


def separation_job_prepare(*, owner: Owner, wish: SeparationWish) -> Callable[[], Job]:
    """Check the wish, store the song, and give what queues it.

    Raises:
        BadInput: `song_required`, `several_songs`, `empty_file`. Conflict: `upload_incomplete`.
        NotFound: `unknown_upload`, `unknown_job`, `song_gone`. TooLarge, QuotaExceeded, Outage: nothing is stored.
    """
    if not wish.given.has_song:
        raise BadInput(
            "song_required",
            "send a song in the field audio, or name one in upload or song",
            "пришлите песню в поле audio или укажите её в upload или song",
        )
    intake = Intake(owner, wish.given)
    intake.store()
    chosen = {"preview_from": wish.preview_from}

    def make() -> Job:
        return intake.job_create(
            SEPARATING,
            voice=None,
            webhook_url=wish.webhook_url,
            params={"settings": chosen, "format": wish.format},
        )

    return make


def separation_work(lease: JobLease) -> None:
    """Separate, in the worker; one that is begun anew begins from the song.

    Raises:
        AppError: the job fails with it. JobCancelled: the job is gone; nothing is left behind.
    """
    job = lease.job
    lease.progress(0, 1, "fetching")
    with TemporaryDirectory(prefix="separation-") as name:
        folder = Path(name)
        source = given_fetch(job, folder)[SOURCE]
        made = engine.separate_recording(
            source,
            folder / "made",
            preview_from=job.params["settings"]["preview_from"],
            told=told_of(lease),
        )
        lease.progress(0, 1, "encoding")
        result = folder / f"result.{job.params['format']}"
        engine.encode_recording(made.vocals, result)
        files_finish(
            lease,
            {RESULT: result, VOCALS: made.vocals, ACCOMPANIMENT: made.accompaniment},
            seconds=made.seconds,
            start_seconds=round(made.start_seconds, 3),
            figures=dict(made.figures),
        )
