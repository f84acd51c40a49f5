"""Prometheus: requests as they pass, queues and workers as the database has them."""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from voiceclone.celery import QUEUES
from voices.selectors.health import jobs_by_state, oldest_wait_seconds, workers_alive

_registry = CollectorRegistry()
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
    return generate_latest(_requests()) + generate_latest(database)


def _requests() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _registry
    shared = CollectorRegistry()
    MultiProcessCollector(shared)
    return shared
