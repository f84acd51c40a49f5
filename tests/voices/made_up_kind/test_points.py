"""What a training measures at its steps is told while it runs, and afterwards."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from tests.voices.made_up_kind.test_standing_back import (  # noqa: F401  # the fixtures
    _row,
    echoed,
    heard,
    someone_waits,
    they_are_served,
    worked,
)
from voices.errors import JobCancelled
from voices.models import Job, TrainingPoint
from voices.selectors import points as points_selector
from voices.services.jobs.jobs import job_claim
from voices.services.jobs.leases import JobLease
from voices.services.jobs.points import point_add
from voices.services.upkeep import reaper

TEXT = "раз четыре пять"
POINTS = [(1, {"letters": 3.0}), (2, {"letters": 6.0}), (3, {"letters": 4.0})]


def told(points):
    return [(point["step"], point["values"]) for point in points]


def read(client, job, **query):
    return client.get(f"/api/v1/jobs/{job.pk}/points/", query).json()


def event(client, job):
    lines = client.get(f"/api/v1/jobs/{job.pk}/events/").streaming_content
    return json.loads(re.search(rb"data: (.*)", next(iter(lines)))[1])


def test_its_owner_reads_them_page_by_page(caller, monkeypatch):
    job, client = worked(echoed("a", TEXT)), caller("a")
    assert told(read(client, job)["points"]) == POINTS
    assert read(client, job, after=3) == {"points": [], "more": False}
    monkeypatch.setattr(points_selector, "POINTS_AT_ONCE", 2)
    monkeypatch.setattr("voices.api.points.POINTS_AT_ONCE", 2)
    first = read(client, job)
    assert (told(first["points"]), first["more"]) == (POINTS[:2], True)
    rest = read(client, job, after=2)
    assert (told(rest["points"]), rest["more"]) == (POINTS[2:], False)
    assert client.get(f"/api/v1/jobs/{job.pk}/points/?after=-1").status_code == 400
    assert caller("b").get(f"/api/v1/jobs/{job.pk}/points/").status_code == 404


def test_events_carry_them_as_they_come(caller, heard):  # noqa: F811
    _course, meanwhile = heard
    job, client, seen = echoed("a", TEXT), caller("a"), []
    meanwhile["раз"] = lambda: seen.append(event(client, job))
    meanwhile["пять"] = lambda: seen.append(event(client, job))
    worked(job)
    assert "points" not in seen[0]
    assert told(seen[1]["points"]) == POINTS[:2]
    assert told(event(client, job)["points"]) == POINTS


def test_one_line_tells_each_of_them_once(caller, monkeypatch):
    job, client = echoed("a", TEXT), caller("a")
    lease, found = JobLease(job_claim(job_id=job.pk)), []
    lines = iter(client.get(f"/api/v1/jobs/{job.pk}/events/").streaming_content)
    for step in (None, 10, 20, 5):
        if step is not None:
            point_add(lease, step=step, values={"loss": 1.0})
        data = json.loads(re.search(rb"data: (.*)", next(lines))[1])
        found.append([point["step"] for point in data.get("points", [])])
    assert found == [[], [10], [20], [5]], "what goes back to a saved step is told anew"
    assert list(job.points.values_list("step", flat=True)) == [5]


def test_they_stay_over_a_pause_and_are_replaced_by_an_attempt_begun_anew(caller, heard):  # noqa: F811
    course, meanwhile = heard
    meanwhile["четыре"] = someone_waits
    job, client = echoed("a", TEXT), caller("a")
    assert worked(job).paused
    assert told(read(client, job)["points"]) == POINTS[:2]
    they_are_served()

    def lost():
        raise KeyboardInterrupt

    meanwhile["пять"] = lost
    with pytest.raises(KeyboardInterrupt):
        worked(job)
    Job.objects.update(lease_expires_at=Now() - timedelta(seconds=1))
    reaper.jobs_requeue_stuck()
    meanwhile["раз"] = lambda: course.append(read(client, job))
    worked(job)
    assert course[3:6] == ["раз", {"points": [], "more": False}, "четыре"]
    assert (job.attempts, told(read(client, job)["points"])) == (2, POINTS)


def test_no_finite_number_is_null_and_who_lost_the_job_writes_none(caller):
    job = echoed("a", TEXT)
    lease = JobLease(job_claim(job_id=job.pk))
    point_add(lease, step=7, values={"loss": float("nan"), "rate": 0.5})
    assert told(read(caller("a"), job)["points"]) == [(7, {"loss": None, "rate": 0.5})]
    Job.objects.update(claim=9)
    with pytest.raises(JobCancelled):
        point_add(lease, step=8, values={"loss": 1.0})
    assert TrainingPoint.objects.count() == 1


def test_they_are_exported_and_go_with_the_job(caller):
    job, client = worked(echoed("a", TEXT)), caller("a")
    export = b"".join(client.get("/api/v1/account/export/").streaming_content)
    rows = zipfile.ZipFile(io.BytesIO(export)).read("training_points.jsonl").splitlines()
    assert told(map(json.loads, rows)) == POINTS
    assert client.delete(f"/api/v1/jobs/{job.pk}/").status_code == 204
    assert not TrainingPoint.objects.exists()
