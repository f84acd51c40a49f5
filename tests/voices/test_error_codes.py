"""docs/api.md lists every code that a caller can meet, with its status.

After a change: DJANGO_SETTINGS_MODULE=voiceclone.settings python -m tests.voices.test_error_codes
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "api.md"
BEGIN, END = "<!-- codes -->\n", "<!-- /codes -->\n"
# of the engine only what a text or an upload can cause; the rest is training and the command line
ENGINE = (
    "alignment", "audio", "conversion", "covers", "encoder", "f0", "markup", "recording", "separation", "singing",
    "text", "speaking/text_check.py", "speech_settings.py", "live/settings.py", "live/converting.py",
)  # fmt: skip
NAMED_LATER = {"_out_of_range": ("speed", "pitch", "variation", "seed")}


def statuses() -> dict[str, int]:
    """Status by the class of the error."""
    from voices import errors
    from voices.engine.errors import _STATUS_BY_CLASS

    own = {kind.__name__: int(kind.status) for kind in errors._BY_STATUS.values()}
    own["Outage"] = int(errors.Outage.status)
    return {**own, **_STATUS_BY_CLASS, "complaint": _STATUS_BY_CLASS["TextError"]}


def calls(folder: Path) -> Iterator[ast.Call]:
    for path in sorted(folder.rglob("*.py")) or [folder]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) >= 3:
                yield node


def texts(node: ast.expr) -> str:
    """A string's own words, "…" for what is filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(texts(part) if isinstance(part, ast.Constant) else "…" for part in parts)


def codes() -> dict[str, tuple[int, str]]:
    """(status, English message) by code."""
    from rest_framework.exceptions import APIException

    from voices.engine.errors import _STATUS_BY_CODE
    from voices.problems import _MESSAGES

    found = {
        code: (getattr(kind, "status_code", 413), en)
        for kind, (code, en, _) in _MESSAGES.items()
        if issubclass(kind, APIException)
    }
    known = statuses()
    folders = [*(ROOT / "tts_engine" / name for name in ENGINE), ROOT / "voices"]
    for folder in folders:
        for call in calls(folder):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name not in known:
                continue
            code = texts(call.args[0])
            status = known[name]
            if "tts_engine" in folder.parts:
                status = _STATUS_BY_CODE.get(code, status)
            message = texts(call.args[1]) or "…"
            for suffix, names in NAMED_LATER.items():
                if code == f"…{suffix}":
                    found.update({f"{name}{suffix}": (status, message) for name in names})
            if code and "…" not in code:
                found[code] = (status, message)
    found["invalid_request"] = (400, "a field is missing or is not what it must be")
    return found


def table() -> str:
    rows = [
        f"| `{code}` | {status} | {message.replace('|', '¦')} |\n"
        for code, (status, message) in sorted(codes().items())
    ]
    return "| code | status | says |\n|---|---|---|\n" + "".join(rows)


def test_the_page_lists_every_code():
    text = PAGE.read_text(encoding="utf-8")
    listed = text.split(BEGIN)[1].split(END)[0]
    assert listed == table()


def test_codes_of_every_kind_are_found():
    found = codes()
    assert found["unknown_voice"][0] == 404
    assert found["speed_out_of_range"][0] == 400
    assert found["not_audio"][0] == 415
    assert found["not_authenticated"][0] == 401
    assert len(found) > 60


def write() -> None:
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    PAGE.write_text(head + BEGIN + table() + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    import django

    django.setup()
    write()
