"""The Speak page: voice, text, sound."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from voices.consent_texts import CURRENT
from voices.web.choices import speech_choices
from voices.web.pages import page
from voices.web.strings import speak as words


@require_safe
def speak(request: HttpRequest) -> HttpResponse:
    """The whole flow on one page: voice, text, speech."""
    limits = {
        "text": settings.JOB_TEXT_LIMIT,
        "uploadBytes": settings.UPLOAD_LIMIT_BYTES,
        "recordings": settings.RECORDINGS_LIMIT,
    }
    data = {"limits": limits, "examples": list(words.EXAMPLES), "consentVersion": CURRENT}
    return page(request, "speak", words, data=data, context=speech_choices())
