# One image for the site and the workers; docker-compose.yml says which command each one runs.
# trixie: its pg_dump must not be older than the server of docker-compose.yml
FROM python:3.11-slim-trixie

# torch from the default index brings CUDA libraries. For machines without a GPU, an index of
# CPU-only builds makes the image several GB smaller: --build-arg PIP_EXTRA_INDEX_URL=<its address>
ARG PIP_EXTRA_INDEX_URL=""

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

# pg_dump and pg_restore, for manage.py backup and restore
# (not at a version: Debian keeps only the newest build of a stable release)
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app

# Before the code, so that a change of code does not install everything again.
COPY requirements.txt ./
RUN pip install --requirement requirements.txt

# The code and the weights belong to root and cannot be changed by the service; its data is in /data.
COPY . .
# A checkout made under a strict umask is readable to its owner only, so that is set right here.
RUN useradd --create-home --uid 10001 voiceclone \
    && find . ! -perm -o=r -exec chmod u=rwX,go=rX {} + \
    && install --directory --owner=voiceclone --group=voiceclone /data

# The processes of a container count together for /metrics. /dev/shm is writable in every container and empty
# when it starts; numba, which librosa uses, insists on a place for what it has compiled.
ENV VOICECLONE_PRODUCTION=true \
    VOICECLONE_VAR=/data \
    PROMETHEUS_MULTIPROC_DIR=/dev/shm \
    NUMBA_CACHE_DIR=/tmp/numba
USER 10001
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]

# The threads mostly wait for workers, so there are more of them than cores. A process that is asked
# to stop answers the calls it has: one may wait VOICECLONE_WAIT_SECONDS for its audio.
CMD ["gunicorn", "voiceclone.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", \
     "--workers=2", "--threads=24", "--timeout=330", "--graceful-timeout=320", \
     "--worker-tmp-dir=/dev/shm", "--access-logfile=-", "--no-control-socket"]
