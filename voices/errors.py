"""Errors a caller is told about, each in English and in Russian.

AppError
├── BadInput          400  the request says something we cannot do
├── Forbidden         403  theirs to see, not to change
├── NotFound          404  not there, or somebody else's
├── Conflict          409  not in this state
├── Gone              410  was there, and is no more
├── TooLarge          413  more than the limit
├── UnsupportedMedia  415  not audio we can read
├── Unusable          422  readable audio or text that cannot serve
├── QuotaExceeded     429  allowed, but not so much
├── Broken            500  our fault
├── Unavailable       503  may pass: retryable
│   └── Outage        503  what the service stands on is missing; no fault of the job
└── TimedOut          504  still working; the job goes on

JobCancelled and JobPaused are not among them: they unwind a running job whose owner has cancelled it, or
that lets others have their turn.
"""

from http import HTTPStatus


class AppError(Exception):
    """Base of all errors with an HTTP status.

    Attributes:
        code: stable snake_case name that programs may rely on.
        en: the message in English; `str(error)` as well.
        ru: the message in Russian.
        details: machine-readable facts, for instance limits.
        status: HTTP status to answer with.
        retryable: whether the same call may succeed later.
        retry_after_seconds: when it may; None when waiting alone does not help.
    """

    status: int = HTTPStatus.INTERNAL_SERVER_ERROR
    retryable = False
    retry_after_seconds: int | None = None

    def __init__(self, code: str, en: str, ru: str, **details: object) -> None:
        super().__init__(en)
        self.code = code
        self.en = en
        self.ru = ru
        self.details = details

    def message(self, language: str | None) -> str:
        """The message in "ru" or, for any other language, in English."""
        return self.ru if language == "ru" else self.en


class BadInput(AppError):
    status = HTTPStatus.BAD_REQUEST


class Forbidden(AppError):
    status = HTTPStatus.FORBIDDEN


class NotFound(AppError):
    status = HTTPStatus.NOT_FOUND


class Conflict(AppError):
    status = HTTPStatus.CONFLICT


class Gone(AppError):
    status = HTTPStatus.GONE


class TooLarge(AppError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMedia(AppError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Unusable(AppError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class QuotaExceeded(AppError):
    status = HTTPStatus.TOO_MANY_REQUESTS


class Broken(AppError):
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class Unavailable(AppError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    retryable = True
    retry_after_seconds = 10


class Outage(Unavailable):
    """A job it happens to is tried again until it is over, and no attempt is counted."""


class TimedOut(AppError):
    status = HTTPStatus.GATEWAY_TIMEOUT


class CallerLeft(Conflict):
    """Whoever waited for the job has hung up, so nobody will read this."""


class JobCancelled(Exception):
    """The job was cancelled (or given to another worker) while it ran."""


class JobPaused(Exception):
    """The job was given back to its queue with what is made of it, to let others have their turn."""


_BY_STATUS: dict[int, type[AppError]] = {
    kind.status: kind
    for kind in (
        BadInput, Forbidden, NotFound, Conflict, Gone, TooLarge, UnsupportedMedia, Unusable, QuotaExceeded, Broken,
        Unavailable, TimedOut,
    )
}  # fmt: skip


def error_of_status(status: int) -> type[AppError]:
    """The class of errors answered with this HTTP status; Broken when there is none."""
    return _BY_STATUS.get(status, Broken)
