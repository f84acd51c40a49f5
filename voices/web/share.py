"""The page behind a share link: one result for whoever has the link."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from voices.audio_response import audio_response
from voices.errors import Gone, NotFound
from voices.selectors.jobs import job_audio
from voices.selectors.voices import voice_shown_name
from voices.services.speech.sharing import Share, share_open
from voices.services.speech.speech import speech_title
from voices.web.pages import error_page, page
from voices.web.strings import share as words


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The player, or why there is none any more."""
    share = _opened(request, token)
    if isinstance(share, HttpResponse):
        return share
    job = share.job
    sound = {
        "url": reverse("page-share-audio", args=[token]),
        "seconds": job_audio(job).seconds,
        "title": job.voice_name
        if job.voice is None or job.is_mixed
        else voice_shown_name(job.voice),
    }
    context = {"job": job, "expires_at": share.expires_at}
    response = page(request, "share", words, data={"sound": sound}, context=context, visitor=False)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def shared_audio(request: HttpRequest, token: str) -> HttpResponseBase:
    """The sound itself, by byte ranges too."""
    share = _opened(request, token)
    if isinstance(share, HttpResponse):
        return share
    job = share.job
    try:
        response = audio_response(
            request,
            job_audio(job).name,
            file_format=job_audio(job).format,
            title=f"{job.voice_name} {speech_title(job.text)}",
            headers={"X-Robots-Tag": "noindex"},
        )
    except NotFound as error:
        return error_page(request, 410, error)
    response.headers["Cache-Control"] = "no-store"  # the link may end any moment
    return response


def _opened(request: HttpRequest, token: str) -> Share | HttpResponse:
    try:
        return share_open(token=token)
    except (NotFound, Gone) as error:
        return error_page(request, error.status, error)
