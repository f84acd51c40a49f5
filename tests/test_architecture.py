"""Rules of the code base that a linter cannot see; docs/architecture.md explains them."""

import ast
import gc
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("tts_engine", "voices", "voiceclone", "voiceclone_client")
ALL_CODE = (*SOURCES, "tests", "benchmarks", "scripts")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
STAGES = ("encoder", "recognizer", "aligner", "synthesizer", "vocoder", "conversion", "detection")
STAGE_MODULES = ("config", "model", "losses", "data", "train", "inference")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}

# What no module of a package may import; the rules of its parent packages hold too.
FORBIDDEN_IMPORTS = {
    "tts_engine": ("django", "rest_framework", "celery", "redis", "kombu", "voices", "voiceclone"),
    "voiceclone_client": ("django", "rest_framework", "tts_engine", "voices", "voiceclone"),
    "voices.models": ("voices.services", "voices.selectors", "voices.api", "voices.tasks"),
    "voices.selectors": ("voices.services", "voices.api", "voices.tasks", "voices.engine"),
    "voices.services": ("voices.api", "voices.web", "voices.tasks", "rest_framework"),
    "voices.tasks": ("voices.api", "voices.web"),
    # doors: those of other shapes stand on the API's own, and none of them on another
    "voices.web": ("voices.api", "voices.openai", "voices.elevenlabs"),
    "voices.problems": ("voices.api", "voices.web"),
    "voices.browsers": ("voices.api", "voices.web"),
    "voices.audio_response": ("voices.api", "voices.web"),
    "voices.api": ("voices.openai", "voices.elevenlabs", "voices.web"),
    "voices.openai": ("voices.elevenlabs", "voices.web"),
    "voices.elevenlabs": ("voices.openai", "voices.web"),
}
ENGINE_DOOR = "voices.engine"
# Subjects of voices/services, the highest floor first: each may use those of the floors below it only.
# Studio, conversion and songs are yet to come; beside speech they stand apart from each other.
SERVICE_FLOORS = (
    ("upkeep",),
    ("accounts",),
    ("speech", "studio", "conversion", "songs"),
    ("sounds",),
    ("voices",),
    ("jobs",),
)
MOST_SERVICE_ARROWS = 17
FEW_LINES, MOST_SHORT_FILES = 30, 20
FOUND_BY_NAME = {
    "__init__",
    "__main__",
    "apps",
    "celery",
    "tasks",
    "urls",
    "asgi",
    "wsgi",
}  # by a framework

# The house of tts_engine from the ground up: what stands on one floor does not import what stands beside
# it or above, lazily neither. `__init__` is the public face.
ENGINE_FLOORS = (
    ("errors", "types", "stages", "lapses", "drawing", "convnext"),
    ("confinement", "device", "weights", "speech_settings"),
    ("audio", "checkpoints"),
    ("text", "watermark", "training", "separation", "f0", "distillmos"),
    ("markup", "encoder", "recognizer", "detection"),
    ("recording", "synthesizer", "vocoder", "aligner"),
    ("speaking", "conversion"),
    ("dataset", "covers", "live"),
    ("studio", "singing", "alignment"),
    ("evaluation",),
    ("commands",),
    ("cli",),
    ("__main__",),
)


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "__pycache__" not in path.parts:
                yield path


@cache
def tree_of(path: Path) -> ast.Module:
    gc.disable()  # what is collected meanwhile may parse too, which CPython 3.11 takes for a fault
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    finally:
        gc.enable()


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path) -> set[str]:
    """Dotted names a file imports anywhere; `from a import b` gives a and a.b."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def code_lines(function: ast.AST, source: list[str]) -> int:
    """Lines of a function without blank lines, comments and its docstring."""
    skipped: set[int] = set()
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        skipped.update(range(first.lineno, first.end_lineno + 1))
    lines = range(function.lineno, function.end_lineno + 1)
    texts = (source[number - 1].strip() for number in lines if number not in skipped)
    return sum(1 for text in texts if text and not text.startswith("#"))


def listed(violations: Iterable[str]) -> str:
    return "\n".join(sorted(violations))


def test_imports_point_one_way():
    violations = []
    for path in python_files(*SOURCES):
        module = module_name(path)
        banned = [
            name
            for package, names in FORBIDDEN_IMPORTS.items()
            if inside(module, package)
            for name in names
        ]
        violations += [
            f"{module} imports {imported}"
            for imported in imported_modules(path)
            if any(inside(imported, name) for name in banned)
        ]
    assert not violations, listed(violations)


def service_arrows() -> dict[tuple[str, str], set[str]]:
    """(subject, subject it uses): the modules that do."""
    arrows: dict[tuple[str, str], set[str]] = {}
    for path in python_files("voices/services"):
        module = module_name(path)
        for imported in imported_modules(path):
            if inside(imported, "voices.services") and imported.count(".") > 2:
                arrow = (module.split(".")[2], imported.split(".")[2])
                arrows.setdefault(arrow, set()).add(module)
    return {arrow: modules for arrow, modules in arrows.items() if arrow[0] != arrow[1]}


def test_services_use_only_what_stands_below_them():
    floors = {name: floor for floor, names in enumerate(SERVICE_FLOORS) for name in names}
    folders = {path.name for path in (ROOT / "voices" / "services").iterdir() if path.is_dir()}
    assert not folders - {"__pycache__"} - floors.keys(), "a subject without a floor"
    arrows = service_arrows()
    violations = [
        f"{above} uses {below}: {', '.join(sorted(modules))}"
        for (above, below), modules in arrows.items()
        if floors[above] >= floors[below]
    ]
    assert not violations, listed(violations)
    assert ("upkeep", "jobs") in arrows
    assert len(arrows) <= MOST_SERVICE_ARROWS


def test_imports_inside_the_engine_run_down():
    floor_of = {name: floor for floor, names in enumerate(ENGINE_FLOORS) for name in names}
    violations = []
    for path in python_files("tts_engine"):
        inside_engine = path.relative_to(ROOT / "tts_engine").with_suffix("").parts
        room = inside_engine[0]
        if room == "__init__":
            continue
        assert room in floor_of, f"tts_engine.{room} stands on no floor of ENGINE_FLOORS"
        others = {
            name.split(".")[1]
            for name in imported_modules(path)
            if name.startswith("tts_engine.") and name.split(".")[1] != room
        }
        violations += [
            f"tts_engine.{'.'.join(inside_engine)} imports {other}"
            for other in others
            if floor_of.get(other, len(ENGINE_FLOORS)) >= floor_of[room]
        ]
    assert not violations, listed(violations)


def test_only_one_package_of_the_service_knows_the_engine():
    violations = [
        f"{module_name(path)} imports {imported}"
        for path in python_files("voices", "voiceclone")
        if not inside(module_name(path), ENGINE_DOOR)
        for imported in imported_modules(path)
        if inside(imported, "tts_engine")
    ]
    assert not violations, listed(violations)


def test_files_are_short():
    violations = []
    for path in python_files(*ALL_CODE):
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > MAX_FILE_LINES:
            violations.append(f"{path.relative_to(ROOT)}: {count} lines > {MAX_FILE_LINES}")
    assert not violations, listed(violations)


def test_few_files_are_tiny():
    """A subject that fills no page stands with its neighbours, unless a framework wants a file for it."""
    small = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in python_files(*SOURCES)
        if path.stem not in FOUND_BY_NAME
        and path.parent.name not in ("commands", "templatetags")
        and 0 < (count := len(path.read_text(encoding="utf-8").splitlines())) < FEW_LINES
    ]
    assert len(small) < MOST_SHORT_FILES, listed(small)


def test_functions_are_short():
    violations = []
    for path in python_files(*ALL_CODE):
        source = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            count = code_lines(node, source)
            if count > MAX_FUNCTION_LINES:
                where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                violations.append(f"{where}: {count} lines > {MAX_FUNCTION_LINES}")
    assert not violations, listed(violations)


def bad_habit(node: ast.AST) -> str | None:
    if isinstance(node, ast.Global):
        return "global"
    if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
        return "import *"
    if isinstance(node, ast.ImportFrom) and node.level:
        return "relative import"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
        return "print("
    if isinstance(node, ast.ExceptHandler) and node.type is None:
        return "bare except"
    return None


def test_no_prints_globals_star_imports_or_bare_excepts():
    violations = [
        f"{path.relative_to(ROOT)}:{node.lineno} {habit}"
        for path in python_files(*SOURCES)
        for node in ast.walk(tree_of(path))
        if (habit := bad_habit(node))
    ]
    assert not violations, listed(violations)


def test_no_module_is_named_for_what_it_is_not():
    violations = [
        str(path.relative_to(ROOT))
        for path in python_files(*SOURCES)
        if path.stem in FORBIDDEN_NAMES
    ]
    assert not violations, listed(violations)


def test_every_engine_module_has_a_docstring():
    violations = [
        str(path.relative_to(ROOT))
        for path in python_files("tts_engine")
        if path.stem != "__init__" and not ast.get_docstring(tree_of(path))
    ]
    assert not violations, listed(violations)


def imported_or_named_in(package: str) -> set[str]:
    paths = [path for path in python_files("tts_engine") if path.parent.name == package]
    strings = (
        node.value
        for path in paths
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return set().union(strings, *(imported_modules(path) for path in paths))


def test_every_engine_module_is_tested():
    """A module has `test_<name>.py`, or some test imports it or names it in full.

    In `text` the tables of cases go through the front end: its rules count as tested by it. Commands go
    through `cli.main`, whose table names them; tests/tts_engine/test_cli.py asks each for its options.
    """
    tests = list(python_files("tests"))
    text = "\n".join(path.read_text(encoding="utf-8") for path in tests)
    imported = set().union(*(imported_modules(path) for path in tests))
    file_names = {path.stem for path in tests}
    through = {
        "text": imported_or_named_in("text"),
        "commands": imported_or_named_in("commands") | imported_or_named_in("tts_engine"),
    }
    violations = []
    for path in python_files("tts_engine"):
        module = module_name(path)
        if path.stem.startswith("__") or module in imported or module in text:
            continue
        if path.parent.name in through and module in through[path.parent.name]:
            continue
        if f"test_{path.stem}" not in file_names:
            violations.append(f"{module}: no test imports it")
    assert not violations, listed(violations)


def test_every_stage_has_the_same_modules():
    violations = [
        f"tts_engine/{stage}/{name}.py is missing"
        for stage in STAGES
        for name in STAGE_MODULES
        if not (ROOT / "tts_engine" / stage / f"{name}.py").is_file()
    ]
    assert not violations, listed(violations)


TEXT_SUFFIXES = {
    *(".py", ".md", ".txt", ".toml", ".yml", ".yaml", ".json"),
    *(".html", ".js", ".css", ".example", ""),
}


def text_files() -> Iterator[Path]:
    """Files of the project itself: what .gitignore names is passed over."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = {ROOT / line.strip("/") for line in lines if line.startswith("/")}
    ignored_anywhere = {line.strip("/") for line in lines if line.endswith("/")} | {".git"}
    for folder, folders, names in os.walk(ROOT):
        kept = (name for name in folders if name not in ignored_anywhere)
        folders[:] = sorted(name for name in kept if Path(folder, name) not in ignored)
        paths = (Path(folder, name) for name in sorted(names) if name not in ignored_anywhere)
        yield from (path for path in paths if path.suffix in TEXT_SUFFIXES)


def test_nothing_points_outside_the_repository():
    """No path of a developer's machine: the product must work from any folder."""
    outside = re.compile(
        "|".join((r"(?<![\w.])/wo" + "rk/", r"\.\./sha" + "red", r"/ho" + r"me/\w"))
    )
    violations = []
    for path in text_files():
        text = path.read_text(encoding="utf-8", errors="ignore")
        violations += [
            f"{path.relative_to(ROOT)}: {match.group()}" for match in outside.finditer(text)
        ]
    assert not violations, listed(violations)
