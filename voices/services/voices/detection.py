"""Was this file made here? Nothing of it is kept."""

from django.conf import settings
from django.core.files.base import File

from voices import engine
from voices.errors import BadInput
from voices.services.jobs.waiting import waiting_place
from voices.services.voices.uploads import upload_too_large


@waiting_place()
def origin_detect(*, upload: File | None) -> engine.Provenance:
    """What the watermark of an uploaded file says.

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
    return engine.provenance(upload.read())
