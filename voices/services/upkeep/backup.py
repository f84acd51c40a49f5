"""Everything an operator must not lose, in one file and back: the database, and the files on disk."""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from voices.errors import AppError, BadInput, Conflict, Unavailable
from voices.kinds import QUEUES
from voices.models import Job, Voice
from voices.selectors.health import workers_alive

MANIFEST, DATABASE, MEDIA = "backup.json", "database", "media"


def backup_make(path: Path) -> int:
    """Write a tar with the database and then the files; returns how many files.

    The database comes first: a file without a row does no harm, a row without a file is a lost result.

    Raises:
        Conflict: `backup_exists`, nothing is overwritten.
        Unavailable: `backup_tool_missing` or `backup_failed`, with what the tool said.
    """
    if path.exists():
        raise Conflict("backup_exists", f"{path} exists already", f"{path} уже существует")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    try:
        with tarfile.open(partial, "w") as archive, _working_folder() as folder:
            dump = folder / DATABASE
            _dump(dump)
            about = folder / MANIFEST
            about.write_text(json.dumps(_about()), encoding="utf-8")
            archive.add(about, MANIFEST)
            archive.add(dump, DATABASE)
            count = sum(_added(archive, file, name) for file, name in _media())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return count


def backup_restore(path: Path, *, replace: bool = False) -> int:
    """Put a backup in place of what is there; returns how many files.

    Raises:
        Conflict: `workers_running`, `not_empty` without `replace`.
        BadInput: `not_a_backup`, `other_database`, `newer_backup`.
        Unavailable: as backup_make.
    """
    if any(workers_alive(queue=queue) for queue in QUEUES):
        raise Conflict(
            "workers_running",
            "stop the site and its workers first, and wait half a minute",
            "сначала остановите сайт и обработчики и подождите полминуты",
        )
    if not replace and (Job.objects.exists() or Voice.objects.filter(is_bank=False).exists()):
        raise Conflict(
            "not_empty",
            "there are jobs or voices here; --replace throws them away",
            "здесь уже есть задания или голоса; --replace их выбросит",
        )
    with _opened(path) as archive, _working_folder() as folder:
        _check(json.loads(_member(archive, MANIFEST).read()))
        dump = folder / DATABASE
        with dump.open("wb") as target:
            shutil.copyfileobj(_member(archive, DATABASE), target)
        count = _media_restore(archive)
        _load(dump)
    return count


@contextmanager
def _working_folder() -> Iterator[Path]:
    """With room for a whole database: not in /tmp, which may be memory."""
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        yield Path(folder)


def _about() -> dict[str, Any]:
    applied = MigrationRecorder(connection).applied_migrations()
    return {
        "made_at": timezone.now().isoformat(),
        "database": connection.vendor,
        "migrations": sorted(".".join(key) for key in applied),
    }


def _check(about: dict[str, Any]) -> None:
    if about["database"] != connection.vendor:
        raise BadInput(
            "other_database",
            f"the backup is of {about['database']}, this service uses {connection.vendor}",
            f"копия сделана с {about['database']}, а эта служба работает на {connection.vendor}",
        )
    known = {".".join(key) for key in MigrationRecorder(connection).applied_migrations()}
    if newer := set(about["migrations"]) - known:
        raise BadInput(
            "newer_backup",
            f"the backup is of a newer version: {', '.join(sorted(newer))}",
            f"копия сделана более новой версией: {', '.join(sorted(newer))}",
        )


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path) as archive:
            yield archive
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise BadInput(
            "not_a_backup", f"{path} is no whole backup: {error}", f"{path} не целая копия: {error}"
        ) from error


def _member(archive: tarfile.TarFile, name: str) -> Any:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _media() -> Iterator[tuple[Path, str]]:
    """Files on disk; a bucket is left to its own versions and replicas."""
    if not isinstance(default_storage, FileSystemStorage):
        return
    root = Path(default_storage.location)
    for file in sorted(root.rglob("*")):
        if file.is_file() and not file.name.endswith(".partial"):
            yield file, file.relative_to(root).as_posix()


def _added(archive: tarfile.TarFile, file: Path, name: str) -> int:
    try:
        archive.add(file, f"{MEDIA}/{name}")
    except FileNotFoundError:  # swept meanwhile
        return 0
    return 1


def _media_restore(archive: tarfile.TarFile) -> int:
    files = [member for member in archive if member.name.startswith(f"{MEDIA}/")]
    if files and not isinstance(default_storage, FileSystemStorage):
        raise BadInput(
            "other_storage",
            "the backup holds files, and this service keeps its files in a bucket",
            "в копии есть файлы, а эта служба хранит файлы в бакете",
        )
    root = Path(settings.MEDIA_ROOT).resolve()
    for member in files:
        path = (root / member.name.removeprefix(f"{MEDIA}/")).resolve()
        if not member.isfile() or root not in path.parents:
            raise tarfile.TarError(f"{member.name} is no file of ours")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            shutil.copyfileobj(_member(archive, member.name), target)
    return len(files)


def _dump(target: Path) -> None:
    _TOOLS[connection.vendor][0](target)


def _load(source: Path) -> None:
    _TOOLS[connection.vendor][1](source)


def _sqlite_dump(target: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)


def _sqlite_load(source: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(source)) as copy:
        copy.backup(connection.connection)


def _postgresql_dump(target: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _postgresql_load(source: Path) -> None:
    _run("pg_restore", "--list", str(source))  # readable, before anything is thrown away
    with connection.cursor() as cursor:  # tables of later versions go too
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()
    name = str(settings.DATABASES["default"]["NAME"])
    options = ("--no-owner", "--single-transaction", "--exit-on-error")
    _run("pg_restore", *options, f"--dbname={name}", str(source))


_TOOLS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "sqlite": (_sqlite_dump, _sqlite_load),
    "postgresql": (_postgresql_dump, _postgresql_load),
}


def _run(tool: str, *arguments: str) -> None:
    """A program of PostgreSQL's against our database."""
    database = settings.DATABASES["default"]
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",  # not on the command line, where everybody could read it
        "PGDATABASE": "NAME",
    }
    said = {variable: str(database[key]) for variable, key in names.items() if database.get(key)}
    try:
        subprocess.run(  # noqa: S603  # our own words
            [tool, *arguments],
            env={**os.environ, **said},
            check=True,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise _failed(
            "backup_tool_missing", f"{tool} is not installed (postgresql-client)"
        ) from error
    except subprocess.CalledProcessError as error:
        raise _failed("backup_failed", f"{tool}: {error.stderr.strip()}") from error


def _failed(code: str, said: str) -> AppError:
    return Unavailable(code, said, said)
