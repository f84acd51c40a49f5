"""Scripts, containers, pins and documents name only things that exist."""

import ast
import importlib.util
import re
import sys
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from voices.kinds import QUEUES

ROOT = Path(__file__).resolve().parent.parent
NAMED_PACKAGES = {
    *("django", "djangorestframework", "celery", "redis", "psycopg2-binary", "torch", "librosa"),
    *("soundfile", "pydub", "phonemizer", "webrtcvad-wheels"),
}
WORKERS = ("worker", "worker-batch", "worker-training", "worker-webhooks")
APP_SERVICES = {"migrate", "web", "live", *WORKERS, "worker-gpu"}
LONG_RUNNING = (APP_SERVICES - {"migrate"}) | {"postgres", "redis"}
VARIABLE = re.compile(r"\b(?:VOICECLONE_[A-Z_]+|DATABASE_URL|CELERY_BROKER_URL)\b")
PROVIDERS = {"parselmouth": ["praat-parselmouth"]}  # a lone extension module: not in the metadata
BROUGHT = {
    "billiard": "celery",
    "kombu": "celery",
    "amqp": "kombu",
    "botocore": "boto3",
    "asgiref": "django",
}  # parts of pinned packages
OPTIONAL = {"sounddevice"}  # whose absence is an error with a name
COMPOSE_ONLY = {
    "VOICECLONE_GPUS",
    "VOICECLONE_LIVE_OUTSIDE_PORT",
    "VOICECLONE_PORT",
    "VOICECLONE_WORKER_MEMORY_LIMIT",
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def services() -> dict[str, dict]:
    return compose()["services"]


@cache
def compose() -> dict:
    return yaml.safe_load(read("docker-compose.yml"))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def pins(file_name: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in read(file_name).splitlines())
    return {line for line in lines if line and not line.startswith("-r ")}


def pinned_names(file_name: str) -> set[str]:
    return {normal(re.split(r"[=;\s\[]", pin)[0]) for pin in pins(file_name)}


def settings_variables() -> set[str]:
    return set(VARIABLE.findall(read("voiceclone/settings.py")))


# --- requirements ---


@pytest.mark.parametrize("file_name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(file_name):
    loose = {
        pin for pin in pins(file_name) if not re.match(r"[\w.-]+(\[\w+\])?==[\w.]+(; .+)?$", pin)
    }
    assert not loose


def test_packages_asked_for_by_name_are_required():
    assert pinned_names("requirements.txt") >= NAMED_PACKAGES


def third_party_imports(*folders: str) -> set[str]:
    """Of all but the commands that import weights once: what these need, their docstrings name."""
    names: set[str] = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            if path.stem.endswith("importing"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names.update(alias.name.split(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module.split(".")[0])
    ours = {path.stem for path in ROOT.iterdir()}
    return names - set(sys.stdlib_module_names) - ours


def unpinned_imports(imported: set[str], pinned: set[str]) -> list[str]:
    providers = {**packages_distributions(), **PROVIDERS}
    return sorted(
        name
        for name in imported
        if not {normal(provider) for provider in providers.get(name, [])} & pinned
    )


def test_every_imported_package_is_pinned():
    imported = third_party_imports("tts_engine", "voices", "voiceclone") - OPTIONAL
    allowed = pinned_names("requirements.txt") | set(BROUGHT)
    assert unpinned_imports(imported, allowed) == []


def test_every_package_the_tests_import_is_pinned():
    allowed = pinned_names("requirements.txt") | pinned_names("requirements-dev.txt") | set(BROUGHT)
    imported = third_party_imports("tests", "benchmarks") - {"tests", "conftest"}
    assert unpinned_imports(imported, allowed) == []


def test_python_versions_agree_everywhere():
    bounds = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', read("pyproject.toml"))
    assert bounds
    first, beyond = int(bounds[1]), int(bounds[2])
    for name in ("README.md", "CONTRIBUTING.md", "requirements.txt", "scripts/setup"):
        assert f"Python 3.{first} to 3.{beyond - 1}" in read(name), name
    assert f"Python от 3.{first} до 3.{beyond - 1}" in read("README.ru.md")
    setup = read("scripts/setup")
    assert f"(3, {first}) <= sys.version_info < (3, {beyond})" in setup
    candidates = re.findall(r"\bpython3\.(\d+)", setup)
    assert [int(minor) for minor in candidates] == list(range(beyond - 1, first - 1, -1))
    assert f'target-version = "py3{first}"' in read("pyproject.toml")
    image = re.search(r"^FROM python:3\.(\d+)", read("Dockerfile"), flags=re.MULTILINE)
    assert image
    assert first <= int(image[1]) < beyond


@pytest.mark.parametrize(("part", "bringer"), BROUGHT.items())
def test_a_pinned_package_brings_its_parts(part, bringer):
    assert any(requirement.startswith(part) for requirement in requires(bringer) or [])


# --- containers ---


def test_compose_has_every_service():
    assert set(services()) == APP_SERVICES | {"postgres", "redis"}


def test_app_services_share_one_image():
    assert len({services()[name]["image"] for name in APP_SERVICES}) == 1


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_long_running_services_restart_and_report_health(name):
    service = services()[name]
    assert service["restart"] == "unless-stopped"
    if name == "web":  # the image's own check
        assert "HEALTHCHECK" in read("Dockerfile")
    else:
        assert service["healthcheck"]["test"]


def test_services_wait_for_what_can_become_ready():
    for name, service in services().items():
        for other, wanted in service.get("depends_on", {}).items():
            assert other in services(), name
            if wanted["condition"] == "service_healthy":
                assert "test" in services()[other]["healthcheck"], (name, other)


def test_volumes_are_named_and_declared():
    used = {
        volume.split(":")[0]
        for service in services().values()
        for volume in service.get("volumes", [])
    }
    assert used == set(compose()["volumes"])


def test_only_the_gpu_worker_asks_for_a_gpu():
    asking = [
        name for name, service in services().items() if "devices" in str(service.get("deploy"))
    ]
    assert asking == ["worker-gpu"]
    assert services()["worker-gpu"]["profiles"] == ["gpu"]
    assert services()["worker-gpu"]["environment"]["VOICECLONE_DEVICE"] == "cuda"


def test_every_container_is_bounded_and_its_log_rotated():
    for name, service in services().items():
        assert service["mem_limit"], name
        assert service["pids_limit"] > 0, name
        assert "max-size" in service["logging"]["options"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


@pytest.mark.parametrize("name", sorted(APP_SERVICES))
def test_app_containers_can_change_nothing_but_their_data(name):
    service = services()[name]
    assert service["read_only"] is (name != "worker-gpu")
    assert service["cap_drop"] == ["ALL"]
    written = {volume.split(":")[1] for volume in service["volumes"]}
    written |= {mount.split(":")[0] for mount in service["tmpfs"]} | {"/dev/shm"}
    assert service["shm_size"] == "256m"  # Docker's own 64 MB hold the counts of few processes
    image = re.findall(r"([A-Z_]+)=(/(?:data|tmp|dev|home)[\w/.]*)", read("Dockerfile"))
    assert {"VOICECLONE_VAR", "PROMETHEUS_MULTIPROC_DIR", "NUMBA_CACHE_DIR"} <= dict(image).keys()
    for variable, place in image:
        assert any(place == root or place.startswith(root + "/") for root in written), variable


def test_image_does_not_run_as_root():
    users = re.findall(r"^USER (\S+)", read("Dockerfile"), flags=re.MULTILINE)
    assert users
    assert users[-1] not in {"root", "0"}
    assert not any("user" in services()[name] for name in APP_SERVICES)


def management_commands(text: str) -> set[str]:
    return set(re.findall(r"manage\.py ([a-z_]+)", text))


def test_management_commands_exist():
    named = set().union(
        *(
            management_commands(read(name))
            for name in ("docker-compose.yml", "scripts/start", "README.md", "docs/operations.md")
        )
    )
    assert {"migrate", "seed_voices", "serve"} <= named
    assert named <= set(get_commands())


def test_web_server_module_exists():
    (module,) = re.findall(r'"gunicorn", "([\w.]+):application"', read("Dockerfile"))
    assert importlib.util.find_spec(module)


def test_every_queue_has_a_worker_without_a_gpu():
    served = [queue for name in WORKERS for queue in worker_queues(name)]
    assert sorted(served) == sorted(QUEUES)
    assert worker_queues("worker-gpu") == set(QUEUES) - {"webhooks"}


def worker_queues(name: str) -> set[str]:
    command = services()[name]["command"]
    assert command[:4] == ["celery", "-A", "voiceclone", "worker"]
    return set(command[command.index("--queues") + 1].split(","))


# --- environment variables ---


@pytest.mark.parametrize("name", ["docker-compose.yml", ".env.example", "Dockerfile"])
def test_variables_are_read_by_the_settings(name):
    assert set(VARIABLE.findall(read(name))) - COMPOSE_ONLY <= settings_variables()


def test_example_names_every_variable_that_compose_takes_from_outside():
    taken = set(re.findall(r"\$\{([A-Z_]+)", read("docker-compose.yml")))
    given = set(re.findall(r"^([A-Z_]+)=", read(".env.example"), flags=re.MULTILINE))
    assert taken <= given


def test_operations_page_describes_every_variable():
    assert settings_variables() <= set(VARIABLE.findall(read("docs/operations.md")))


# --- documents ---


def test_ci_runs_the_command_of_the_readme():
    assert "./scripts/test" in read("README.md")
    assert read(".ci/run").rstrip().endswith("exec ./scripts/test")


def documents() -> list[str]:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(str(path.relative_to(ROOT)) for path in pages)


@pytest.mark.parametrize("name", documents())
def test_links_lead_somewhere(name):
    page = ROOT / name
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_both_readmes_have_the_same_commands():
    def commands(name: str) -> list[str]:
        blocks = re.findall(r"```(?:bash|sh)\n(.*?)```", read(name), flags=re.DOTALL)
        return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]

    assert commands("README.md") == commands("README.ru.md")
