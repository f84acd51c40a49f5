"""What the database and the folder of results say after a run."""

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


def rows_audit(rows: Rows, media: Path, count: int) -> tuple[int, int, str]:
    """(lost, doubled, a line of what was counted) from rows and files."""
    jobs = rows.number("select count(*) from voices_job where kind='speech'")
    results = rows.number("select count(*) from voices_result")
    made = rows.number("select sum(seconds) from voices_result")
    counted = rows.number("select sum(audio_seconds) from voices_usageday")
    again = rows.number("select count(*) from voices_job where attempts > 1")
    files = [path for path in (media / "results").rglob("*") if path.is_file()]
    partial = [path for path in files if path.suffix == ".partial"]
    lost = max(0, count - int(results))
    orphans = len(files) - int(results)  # of workers killed before their row said so; swept later
    doubled = max(0, int(jobs) - count) + (orphans if orphans > again else 0)
    if abs(made - counted) > 0.01 * count:  # each end of a job counts its seconds
        doubled += 1
    line = (
        f"rows: {jobs:.0f} jobs, {results:.0f} results, {len(files)} files ({len(partial)} partial), "
        f"{made:.1f} s made, {counted:.1f} s counted, {again:.0f} jobs tried again"
    )
    return lost, doubled, line
