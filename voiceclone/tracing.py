"""Traces for OpenTelemetry, of the processes that call `start`, when OTEL_EXPORTER_OTLP_ENDPOINT is set.

A request's span comes from OpenTelemetry's own instrumentation of Django. A job's does not come from
that of Celery: a message names a queue, and whoever hears it may take somebody else's job. So the row
keeps the `traceparent` of what made it, and whoever does the job goes on from there.
"""

import os
import time
from contextlib import AbstractContextManager

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
# The probes are asked every few seconds; a page brings many static files.
UNTRACED = "/healthz$,/readyz$,/metrics$,/static/"

_tracer = trace.get_tracer("voiceclone")  # silent until `start`
_w3c = TraceContextTextMapPropagator()


def start(service: str) -> None:
    """Trace this process as `voiceclone-<service>`; to be called after it was forked.

    The exporter reads the other standard variables (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, …).
    """
    if not os.environ.get(ENDPOINT):
        return
    os.environ.setdefault("OTEL_SERVICE_NAME", f"voiceclone-{service}")
    os.environ.setdefault("OTEL_PYTHON_DJANGO_EXCLUDED_URLS", UNTRACED)  # read when it is imported
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    if service == "web":
        DjangoInstrumentor().instrument()


def stop() -> None:
    """Send what is left; the children of Celery's pool end without Python's own clean-up."""
    shutdown = getattr(trace.get_tracer_provider(), "shutdown", None)
    if shutdown is not None:
        shutdown()


def span(name: str, *, traceparent: str = "", **attributes: str) -> AbstractContextManager[object]:
    """A piece of work, part of the trace that `traceparent` names."""
    return _tracer.start_as_current_span(
        name,
        context=_w3c.extract({"traceparent": traceparent}),
        kind=trace.SpanKind.CONSUMER,
        attributes=attributes,
    )


def mark(**attributes: str) -> None:
    """Add to the span that is going on."""
    trace.get_current_span().set_attributes(attributes)


def job_ended(outcome: str) -> None:
    """The span that is going on is a job's; a failed one is what an operator looks for."""
    mark(outcome=outcome)
    if outcome == "failed":
        trace.get_current_span().set_status(trace.StatusCode.ERROR)


def stage_took(stage: str, seconds: float) -> None:
    """A stage of the engine has ended: a span below that of the job, if one is going on."""
    if trace.get_current_span().is_recording():
        now = time.time_ns()
        _tracer.start_span(stage, start_time=now - round(seconds * 1e9)).end(now)


def current_traceparent() -> str:
    """W3C's name for the span that is going on; empty when nothing is traced."""
    carrier: dict[str, str] = {}
    _w3c.inject(carrier)
    return carrier.get("traceparent", "")
