"""A kind of work as somebody would add it: a voice listens to a text and learns to say it back.

docs/adding-a-stage.md tells the same in words. In the service this would be `voices/services/echo/`.
"""

import json

from django.db import transaction

from voices.errors import JobCancelled
from voices.kinds import TRAINING, Kind
from voices.models import Job, Voice
from voices.models.stored_file import RESULT
from voices.owner import Owner
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.files import file_keep, file_save_for
from voices.services.jobs.jobs import job_create
from voices.services.jobs.leases import JobLease
from voices.services.jobs.pauses import job_pause, somebody_waits
from voices.services.jobs.points import point_add
from voices.services.jobs.quotas import usage_audio_add
from voices.services.voices.versions import voice_version_add
from voices.storage import deleted_on_failure, result_name

ECHO = Kind(
    name="echo",
    queue=TRAINING,
    work="tests.voices.made_up_kind.echo.echo_work",
    undo="tests.voices.made_up_kind.echo.echo_undo",
    retriable=True,
    in_history=True,
    unit="words",
    counts_characters=True,
    counts_work=True,
)
REPORT = "report"  # role of its second file
VERSION = "taught"  # kind of the versions it makes


def echo_job_create(*, owner: Owner, voice: Voice, text: str) -> Job:
    """What a view would call."""
    return job_create(owner=owner, kind=ECHO, voice=voice, text=text)


def echo_work(lease: JobLease) -> None:
    """Listen word by word, then write down what was heard.

    Raises:
        JobCancelled: the job or its voice is gone; nothing is left behind.
        JobPaused: it lets others by.
    """
    heard = _heard_before(lease.job)
    words = lease.job.text.split()
    for word in words[len(heard) :]:
        heard.append(sound_of(word))
        point_add(lease, step=len(heard), values={"letters": len(word)})
        lease.progress(len(heard), len(words), "listening")
        if len(heard) < len(words) and somebody_waits(lease):
            lease.kept(0, heard=[sound.decode() for sound in heard])
            job_pause(lease)
    lease.progress(0, 1, "writing")
    job, attempt = lease.job, lease.attempt
    sound = file_keep(
        b"".join(heard),
        name=result_name(job.pk, attempt, "mp3"),
        role=RESULT,
        format="mp3",
        seconds=float(len(heard)),
    )
    with deleted_on_failure(sound.name) as stored:
        report = file_keep(
            json.dumps({"words": words}).encode(),
            name=result_name(job.pk, attempt, "json"),
            role=REPORT,
            format="json",
        )
        stored.append(report.name)
        _finish(lease, sound, report)


def _heard_before(job: Job) -> list[bytes]:
    """What this attempt heard before its last pause; one that is begun anew has made no progress."""
    return [sound.encode() for sound in job.params.get("heard", [])[: job.progress_done]]


@transaction.atomic
def _finish(lease: JobLease, *files) -> None:
    done = len(lease.job.text.split())
    voice = Voice.objects.select_for_update(of=("self",)).filter(job=lease.job).first()
    job_succeed(lease, done=done)
    if voice is None:
        raise JobCancelled
    voice_version_add(
        voice=voice, kind=VERSION, profile=voice.profile, figures={"words": done}, job=lease.job
    )
    for stored in files:
        file_save_for(lease.job, stored)
    usage_audio_add(job=lease.job, seconds=files[0].seconds)


def echo_undo(jobs: list[Job]) -> list[str]:
    """Names that an unfinished listening leaves: its notes."""
    return [f"results/{job.pk.hex[:2]}/{job.pk}/notes.txt" for job in jobs]


def sound_of(word: str) -> bytes:
    """What a model would make."""
    return f"<{word}>".encode()
