"""Prometheus: requests and jobs as they pass, queues and workers as the database has them.

With PROMETHEUS_MULTIPROC_DIR the processes that share this folder are counted together.
"""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from voices.kinds import QUEUES
from voices.selectors.health import jobs_by_state, oldest_wait_seconds, workers_alive

_registry = CollectorRegistry()
# A label takes values of a short list only, never a caller's own words: each new one takes memory for good.
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
HTTP_REQUESTS = Counter(
    "voiceclone_http_requests",
    "Requests answered",
    ["method", "route", "status"],
    registry=_registry,
)
HTTP_SECONDS = Histogram(
    "voiceclone_http_request_seconds",
    "Time to the response's beginning",
    ["method", "route"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300),
    registry=_registry,
)
JOB_SECONDS = Histogram(
    "voiceclone_job_seconds",
    "Work on a job, one attempt",
    ["queue", "kind", "outcome"],
    buckets=(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000),
    registry=_registry,
)
JOB_WAIT_SECONDS = Histogram(
    "voiceclone_job_wait_seconds",
    "From a job's creation to its first attempt",
    ["queue"],
    buckets=(0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000),
    registry=_registry,
)
STAGE_SECONDS = Counter(
    "voiceclone_stage_seconds", "Time in each stage of the engine", ["stage"], registry=_registry
)
ENGINE_LAPSES = Counter(
    "voiceclone_engine_lapses",
    "What the engine did less well than meant and went on",
    ["lapse"],
    registry=_registry,
)
AUDIO_SECONDS = Counter("voiceclone_audio_seconds", "Speech made", ["queue"], registry=_registry)
REAL_TIME_FACTOR = Histogram(
    "voiceclone_real_time_factor",
    "Seconds of work per second of speech, of whole jobs",
    ["queue"],
    buckets=(0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.5, 1, 2, 5),
    registry=_registry,
)
GPU_BYTES = Gauge(
    "voiceclone_gpu_memory_bytes",
    "GPU memory held by the models' process",
    multiprocess_mode="livesum",
    registry=_registry,
)


def request_answered(*, method: str, route: str, status: int, seconds: float) -> None:
    """`route` is the pattern that the address matched; HTTP lets a caller invent methods."""
    known = method if method in _METHODS else "other"
    HTTP_REQUESTS.labels(known, route, str(status)).inc()
    HTTP_SECONDS.labels(known, route).observe(seconds)


def stage_took(stage: str, seconds: float) -> None:
    STAGE_SECONDS.labels(stage).inc(seconds)


def engine_lapsed(lapse: str) -> None:
    """`lapse` is one of `tts_engine.lapses.Lapse`."""
    ENGINE_LAPSES.labels(lapse).inc()


def speech_made(*, queue: str, audio_seconds: float, work_seconds: float) -> None:
    AUDIO_SECONDS.labels(queue).inc(audio_seconds)
    if audio_seconds:
        REAL_TIME_FACTOR.labels(queue).observe(work_seconds / audio_seconds)


class _DatabaseCollector(Collector):
    """Numbers that every web process sees alike."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("voiceclone_jobs", "Jobs", labels=["queue", "status"])
        for queue, status, count in jobs_by_state():
            jobs.add_metric([queue, status], count)
        yield jobs
        wait = GaugeMetricFamily(
            "voiceclone_queue_oldest_seconds", "Age of the longest waiting job", labels=["queue"]
        )
        for queue, seconds in oldest_wait_seconds().items():
            wait.add_metric([queue], seconds)
        yield wait
        workers = GaugeMetricFamily("voiceclone_workers", "Live workers", labels=["queue"])
        for queue in QUEUES:
            workers.add_metric([queue], len(workers_alive(queue=queue)))
        yield workers


def metrics_text() -> bytes:
    """Everything in Prometheus' text format; of all web processes with PROMETHEUS_MULTIPROC_DIR."""
    database = CollectorRegistry()
    database.register(_DatabaseCollector())
    return generate_latest(counted()) + generate_latest(database)


def counted() -> CollectorRegistry:
    """What this process has counted, or all that share its folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _registry
    shared = CollectorRegistry()
    MultiProcessCollector(shared)
    return shared
