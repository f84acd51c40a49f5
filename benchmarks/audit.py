"""What the database and the folder of results say after a run."""

from dataclasses import dataclass
from pathlib import Path

import psycopg2


class Rows:
    """The database, asked directly; a new connection each time, as it comes and goes."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, query: str, *values: object) -> list[tuple]:
        """The rows of a query."""
        connection = psycopg2.connect(self._url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def running(self) -> list[str]:
        """Ids of jobs that a worker has."""
        return [str(row[0]) for row in self.ask("select id from voices_job where status='running'")]

    def number(self, query: str, *values: object) -> float:
        """The one number that a query answers with."""
        return float(self.ask(query, *values)[0][0] or 0)


@dataclass(frozen=True)
class Files:
    """Results on the disk against the rows.

    Attributes:
        missing: a row tells of them.
        left: no row does, but the job was taken again after that attempt: a worker was killed before
            it could tell. Nobody sees them and the sweep removes them.
        strange: no row tells of them, and no attempt of a known job explains them.
    """

    missing: list[str]
    left: list[str]
    strange: list[str]


def files_audit(media: Path, told: set[str], attempts: dict[str, int]) -> Files:
    """What lies in the folder of results, file by file.

    Args:
        told: the files that result rows name.
        attempts: how often each job was taken, by its id.
    """
    paths = [path for path in (media / "results").rglob("*") if path.is_file()]
    found = {path.relative_to(media).as_posix() for path in paths}
    untold = sorted(found - told)
    left = [name for name in untold if _taken_again(name, attempts)]
    return Files(sorted(told - found), left, [name for name in untold if name not in left])


def _taken_again(name: str, attempts: dict[str, int]) -> bool:
    """Whether `results/<xx>/<job>/<attempt>.<format>` is of an attempt that another one followed."""
    *_, job, file = name.split("/")
    number = file.split(".")[0]
    return number.isdigit() and attempts.get(job, 0) > int(number)


def rows_audit(rows: Rows, media: Path, count: int) -> tuple[int, int, str]:
    """(lost, doubled, lines of what was counted) from rows and files."""
    jobs = rows.number("select count(*) from voices_job where kind='speech'")
    made = rows.number("select sum(seconds) from voices_storedfile where role='result'")
    counted = rows.number("select sum(audio_seconds) from voices_usageday")
    named = rows.ask("select name from voices_storedfile where role='result'")
    told = [str(name) for (name,) in named]
    attempts = {
        str(job): int(number) for job, number in rows.ask("select id, attempts from voices_job")
    }
    files = files_audit(media, set(told), attempts)
    lost = max(0, count - len(told), len(files.missing))
    doubled = max(0, int(jobs) - count) + len(files.strange)
    if abs(made - counted) > 0.01 * count:  # each end of a job counts its seconds
        doubled += 1
    again = sum(number > 1 for number in attempts.values())
    lines = [
        f"rows: {jobs:.0f} jobs, {len(told)} results, {made:.1f} s made, {counted:.1f} s counted",
        f"files: {len(files.missing)} missing, {len(files.left)} of attempts that were cut off",
        f"unexplained files: {len(files.strange)}; {again} jobs tried again",
    ]
    named = {"missing": files.missing, "left": files.left, "unexplained": files.strange}
    lines += [f"  {what}: {name}" for what, names in named.items() for name in names[:20]]
    return lost, doubled, "\n".join(lines)
