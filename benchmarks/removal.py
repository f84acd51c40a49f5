"""How long it takes to delete a voice with everything in which it is heard: `python -m benchmarks.removal`.

In a fresh folder, on SQLite and then on PostgreSQL: a voice of ten recordings with jobs of every kind, a third each of
plain ones with times of words, of dialogues with a bank voice, and of live ones whose parts still lie there; and ten
times as many jobs of other people. Prints, asserts nothing.

    python -m benchmarks.removal [--jobs 1000] [--runs 3]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from typing import Any

from benchmarks.servers import Postgres

OTHERS, RECORDINGS, PARTS = 10, 10, 5
SOUND_BYTES, PART_BYTES = 100_000, 20_000
SENTENCES = [{"text": "Слово", "start": 0.0, "end": 1.0, "words": []}] * 20


def measure(jobs: int, runs: int) -> None:
    """Lines for the database that the environment names, which is empty."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection

    from voices.models import Voice
    from voices.owner import Owner
    from voices.services.voices.voices import voice_delete

    call_command("migrate", verbosity=0)
    owner, other = (
        Owner(user_id=get_user_model().objects.create_user(name).pk) for name in ("anna", "boris")
    )
    bank = Voice.objects.create(name="Bank", slug="bank", is_bank=True, status=Voice.Status.READY)
    _speech_make(other, bank, bank, OTHERS * jobs, files=False)
    for number in range(1, runs + 1):
        voice = _voice_make(owner)
        _speech_make(owner, voice, bank, jobs, files=True)
        asked: list[str] = []

        def note(execute: Any, sql: str, *rest: Any, seen: list[str] = asked) -> Any:
            seen.append(sql)
            return execute(sql, *rest)

        started = time.perf_counter()
        with connection.execute_wrapper(note):
            deleted = voice_delete(owner=owner, voice_id=voice.pk)
        seconds = time.perf_counter() - started
        print(
            f"{connection.vendor:<11}{number:>4}{deleted.results:>7}{len(asked):>9}{seconds:>9.2f}",
            flush=True,
        )


def _voice_make(owner: Any) -> Any:
    from voices.models import Recording, StoredFile, Voice
    from voices.storage import file_store, recording_name

    voice = Voice.objects.create(**owner.fields, name="Own", status=Voice.Status.READY)
    for _ in range(RECORDINGS):
        row = Recording(voice=voice)
        name = file_store(recording_name(voice.pk, row.pk), os.urandom(SOUND_BYTES))
        row.stored = StoredFile.objects.create(
            **owner.fields, voice=voice, name=name, role="recording", size_bytes=SOUND_BYTES
        )
        row.save()
    return voice


def _speech_make(owner: Any, voice: Any, bank: Any, count: int, *, files: bool) -> None:
    """Finished jobs: plain, dialogues, live."""
    from voices.models import Job, StoredFile, Timestamps, VoiceHeard
    from voices.storage import file_store, part_name, result_name

    rows = [
        Job(
            pk=uuid.uuid4(), **owner.fields, kind="speech", queue="speech", status="succeeded",
            voice=bank if number % 3 == 1 else voice, text="Текст. " * 100,
            attempts=1, parts_ready=PARTS if number % 3 == 2 else 0,
        )
        for number in range(count)
    ]  # fmt: skip
    Job.objects.bulk_create(rows, batch_size=500)
    sound, part = os.urandom(SOUND_BYTES), os.urandom(PART_BYTES)
    if files:
        for row in rows:
            file_store(result_name(row.pk, 1, "mp3"), sound)
            for index in range(row.parts_ready):
                file_store(part_name(row.pk, 1, index), part)
    results = [
        StoredFile(
            **owner.fields, job=row, name=result_name(row.pk, 1, "mp3"), role="result",
            format="mp3", size_bytes=SOUND_BYTES, seconds=10,
        )
        for row in rows
    ]  # fmt: skip
    StoredFile.objects.bulk_create(results, batch_size=500)
    timed = [Timestamps(job=row, sentences=SENTENCES) for row in rows[::3]]
    Timestamps.objects.bulk_create(timed, batch_size=500)
    heard = {(row.pk, one) for row in rows for one in (row.voice_id, voice.pk)}
    VoiceHeard.objects.bulk_create(
        [VoiceHeard(job_id=job, voice_id=one) for job, one in heard], batch_size=500
    )


def main() -> None:
    """Each database in a process of its own, whose settings name it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        measure(arguments.jobs, arguments.runs)
        return
    print(f"{'database':<11}{'run':>4}{'jobs':>7}{'queries':>9}{'seconds':>9}", flush=True)
    numbers = [f"--jobs={arguments.jobs}", f"--runs={arguments.runs}", "--here"]
    for postgres in (False, True):
        with ExitStack() as left:
            folder = left.enter_context(tempfile.TemporaryDirectory())
            settings = {"VOICECLONE_VAR": folder, "DJANGO_SETTINGS_MODULE": "voiceclone.settings"}
            if postgres:
                server = Postgres()
                left.callback(server.remove)
                settings["DATABASE_URL"] = server.url
            subprocess.run(
                [sys.executable, "-m", "benchmarks.removal", *numbers],
                env={**os.environ, **settings},
                check=True,
            )


if __name__ == "__main__":
    main()
