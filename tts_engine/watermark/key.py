"""The installation's key: files are recognised only where they were made.

    VOICECLONE_WATERMARK_KEY or VOICECLONE_WATERMARK_KEY_FILE     when set
    derived from VOICECLONE_SECRET_KEY (or its _FILE)             with VOICECLONE_PRODUCTION
    var/watermark_key                                             otherwise, made once

The service and the command line both ask here, so that they agree. A lost key cannot be replaced:
what was marked with it is no longer recognised.
"""

import hashlib
import os
import secrets
from pathlib import Path

from tts_engine.errors import ResourceError

NAME = "VOICECLONE_WATERMARK_KEY"
SECRET_NAME = "VOICECLONE_SECRET_KEY"  # noqa: S105  the variable's name, no secret
ROOT = Path(__file__).resolve().parent.parent.parent


def installation_key() -> bytes:
    """The key of this installation.

    Raises:
        ResourceError: `watermark_key_unreadable`, `watermark_key_not_writable`.
    """
    given = _given(NAME)
    if given:
        return given.encode()
    if os.environ.get("VOICECLONE_PRODUCTION", "").strip().lower() in {"1", "true", "yes", "on"}:
        secret = _given(SECRET_NAME)
        if not secret:
            raise ResourceError(
                "watermark_key_unreadable",
                f"set {NAME} or {SECRET_NAME}: marks of this installation need a key",
                f"задайте {NAME} или {SECRET_NAME}: меткам этой установки нужен ключ",
            )
        return hashlib.sha256(b"watermark\0" + secret.encode()).hexdigest().encode()
    folder = os.environ.get("VOICECLONE_VAR", "").strip()
    return _made_once(Path(folder).expanduser() if folder else ROOT / "var")


def _given(name: str) -> str:
    value, file = os.environ.get(name, "").strip(), os.environ.get(f"{name}_FILE", "").strip()
    if value or not file:
        return value
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ResourceError(
            "watermark_key_unreadable",
            f"{name}_FILE={file} cannot be read: {error.strerror}",
            f"{name}_FILE={file} не читается: {error.strerror}",
        ) from error


def _made_once(folder: Path) -> bytes:
    path = folder / "watermark_key"
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            fresh = folder / f"watermark_key.{os.getpid()}.partial"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32), encoding="utf-8")
            try:
                os.link(fresh, path)  # atomic: of several processes starting at once one wins
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text(encoding="utf-8").strip().encode()
    except OSError as error:
        raise ResourceError(
            "watermark_key_not_writable",
            f"{path} cannot be made or read ({error.strerror}); set {NAME}",
            f"{path} не создаётся или не читается ({error.strerror}); задайте {NAME}",
        ) from error
