"""The page of one's own voices."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from voices.consent_texts import CURRENT, consent_text
from voices.engine import FOLLOWED_SPEEDS, PITCH_RANGE_SEMITONES, VARIATION_RANGE
from voices.web.frame import page_language
from voices.web.pages import page
from voices.web.strings import my_voices as words


@require_safe
def my_voices(request: HttpRequest) -> HttpResponse:
    """Make voices of recordings, judge the recordings, set, try and delete the voices."""
    data = {
        "limits": {
            "uploadBytes": settings.UPLOAD_LIMIT_BYTES,
            "recordings": settings.RECORDINGS_LIMIT,
        },
        "consentVersion": CURRENT,
        "ranges": {
            "speed": FOLLOWED_SPEEDS,
            "pitch": PITCH_RANGE_SEMITONES,
            "variation": VARIATION_RANGE,
        },
    }
    context = {"consent_text": consent_text(page_language())}
    return page(request, "my_voices", words, data=data, context=context)
