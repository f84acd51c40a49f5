"""What is checked of uploaded files before any of them is stored, and of those that none is."""

from pathlib import PurePath

from django.conf import settings
from django.core.files.base import File

from voices import engine
from voices.errors import BadInput, TooLarge
from voices.services.jobs.waiting import waiting_place


def uploads_check(uploads: list[File], *, already: int = 0) -> None:
    """Raises BadInput (`recording_required`, `empty_file`, `too_many_recordings`) or TooLarge."""
    if not uploads:
        raise BadInput(
            "recording_required",
            "send a recording of the voice in the field recording",
            "приложите запись голоса в поле recording",
        )
    if already + len(uploads) > settings.RECORDINGS_LIMIT:
        raise BadInput(
            "too_many_recordings",
            f"a voice has at most {settings.RECORDINGS_LIMIT} recordings",
            f"у голоса может быть не больше {settings.RECORDINGS_LIMIT} записей",
            limit=settings.RECORDINGS_LIMIT,
        )
    if sum(upload.size for upload in uploads) > settings.UPLOAD_LIMIT_BYTES:
        raise upload_too_large()
    for upload in uploads:
        if not upload.size:
            raise BadInput(
                "empty_file",
                "the sound file is empty (0 bytes)",
                "звуковой файл пуст (0 байт)",
                recording=upload_shown_name(upload),
            )


def upload_too_large() -> TooLarge:
    megabytes = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
    return TooLarge(
        "upload_too_large",
        f"the upload is larger than {megabytes} MB",
        f"загрузка больше {megabytes} МБ",
        limit_bytes=settings.UPLOAD_LIMIT_BYTES,
    )


def upload_shown_name(upload: File) -> str:
    """The file's own name without folders and unprintable characters."""
    name = PurePath(upload.name or "").name
    return "".join(character for character in name if character.isprintable())[:200]


@waiting_place()
def origin_detect(*, upload: File | None) -> tuple[engine.Provenance, engine.Judgement]:
    """What the watermark of an uploaded file says, and who speaks in it. Nothing of it is kept.

    Raises:
        BadInput: `file_required`, `empty_file`.
        TooLarge, UnsupportedMedia, Unusable: a file that cannot be read as sound.
        Unavailable: `too_many_waiting`.
    """
    if upload is None:
        raise BadInput(
            "file_required",
            "send a sound file in the field file",
            "приложите звуковой файл в поле file",
        )
    if upload.size > settings.UPLOAD_LIMIT_BYTES:
        raise upload_too_large()
    return engine.examined(upload.read())
