"""The pages: each is answered by a few lines here; its words, template and script bear its name.

At the end what those ask who watch the service: alive, ready, and the numbers.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from voices.audio_formats import MEDIA_TYPES, SONG_FORMATS
from voices.consent_texts import CURRENT, RIGHTS_CURRENT, consent_text, rights_text
from voices.engine import (
    FOLLOWED_SPEEDS,
    PITCH_RANGE_SEMITONES,
    TRAINING_DEVICES,
    TRAINING_LAYERS,
    TRAINING_RANGES,
    VARIATION_RANGE,
    f0_methods,
    live_settings_usual,
    training_settings,
)
from voices.live.address import live_origin
from voices.metrics import metrics_text
from voices.services.upkeep.health import readiness
from voices.web.frame import page_language
from voices.web.pages import page
from voices.web.strings import bank as bank_words
from voices.web.strings import batch as batch_words
from voices.web.strings import conversion as conversion_words
from voices.web.strings import detect as detect_words
from voices.web.strings import history as history_words
from voices.web.strings import livevoice as live_words
from voices.web.strings import lyrics as lyrics_words
from voices.web.strings import my_voices as my_voices_words
from voices.web.strings import singing as singing_words
from voices.web.strings import speak as speak_words
from voices.web.strings import studio as studio_words
from voices.web.strings import template_words
from voices.web.strings import training as training_words

FORMATS = [name for name in MEDIA_TYPES if name != "pcm"]  # nobody listens to bare samples


@require_safe
def speak(request: HttpRequest) -> HttpResponse:
    """The whole flow on one page: voice, text, speech."""
    limits = {
        "text": settings.JOB_TEXT_LIMIT,
        "uploadBytes": settings.UPLOAD_LIMIT_BYTES,
        "recordings": settings.RECORDINGS_LIMIT,
    }
    data = {"limits": limits, "examples": list(speak_words.EXAMPLES), "consentVersion": CURRENT}
    return page(request, "speak", speak_words, data=data, context=speech_choices())


@require_safe
def bank(request: HttpRequest) -> HttpResponse:
    """Cards of the shipped voices, and a map of them beside one's own."""
    return page(request, "bank", bank_words)


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
    return page(request, "my_voices", my_voices_words, data=data, context=context)


@require_safe
def studio(request: HttpRequest) -> HttpResponse:
    """Gather recordings of a voice, read sentences aloud, have them prepared, see the report."""
    return page(
        request,
        "studio",
        studio_words,
        data={"limits": {"uploadBytes": settings.UPLOAD_LIMIT_BYTES}},
    )


@require_safe
def training(request: HttpRequest) -> HttpResponse:
    """Train a voice from a dataset, see and hear how it goes, choose a checkpoint."""
    return page(request, "training", training_words, context={"fields": training_fields()})


def training_fields() -> list[dict[str, Any]]:
    """Each setting of a training with its words, its bounds and what it usually is."""
    usual, place = training_settings({}), int(page_language() != "ru")
    fields = []
    for name, (label, help_text) in training_words.SETTINGS.items():
        field = {
            "name": name,
            "label": label[place],
            "help": help_text[place],
            "usual": f"{usual[name]:g}" if name in TRAINING_RANGES else usual[name],
        }
        if name in TRAINING_RANGES:
            low, high = TRAINING_RANGES[name]
            step = "any" if isinstance(usual[name], float) else 1
            fields.append({**field, "low": f"{low:g}", "high": f"{high:g}", "step": step})
        else:
            choices = {"layers": TRAINING_LAYERS, "device": TRAINING_DEVICES}[name]
            words = [(choice, training_words.CHOICES[choice][place]) for choice in choices]
            fields.append({**field, "choices": words})
    return fields


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Search, replay, download, repeat, delete."""
    return page(request, "history", history_words)


@require_safe
def batch(request: HttpRequest) -> HttpResponse:
    """Texts or a file in, a zip out."""
    limits = {"texts": settings.BATCH_ITEMS_LIMIT, "fileBytes": settings.BATCH_FILE_LIMIT_BYTES}
    return page(request, "batch", batch_words, data={"limits": limits}, context=speech_choices())


@require_safe
def conversion(request: HttpRequest) -> HttpResponse:
    """Songs and speech in other voices; its script asks the API."""
    data = {"limits": {"uploadBytes": settings.UPLOAD_LIMIT_BYTES}, "rightsVersion": RIGHTS_CURRENT}
    context = {
        "rights_text": rights_text(page_language()),
        "f0_methods": f0_methods(),
        "song_formats": SONG_FORMATS,
    }
    return page(request, "conversion", conversion_words, data=data, context=context)


LIVE_STEPS = {  # step of a slider, and the unit that it is shown in
    "block_seconds": (0.005, "milliseconds"),
    "ahead_seconds": (0.005, "milliseconds"),
    "crossfade_seconds": (0.005, "milliseconds"),
    "context_seconds": (0.1, "seconds"),
    "formant": (0.5, "semitones"),
    "index_rate": (0.05, "percent"),
    "threshold_db": (1, "decibels"),
}
LIVE_ABOUT = {
    "block_seconds": "block_about",
    "ahead_seconds": "ahead_about",
    "index_rate": "index_about",
}
LIVE_PARTS = ("block", "ahead", "resampling", "computing", "network", "waiting", "device")


@require_safe
def live_voice(request: HttpRequest) -> HttpResponse:
    """Speak in another voice; its script asks the API for a ticket and speaks through the live door."""
    words = template_words(live_words, page_language())
    usual = live_settings_usual()
    sliders = [
        {"name": name, "label": words[name], "about": words.get(LIVE_ABOUT.get(name, ""), "")}
        | {key: f"{value:g}" for key, value in usual[name].items()}
        | {"step": f"{step:g}", "unit": unit}
        for name, (step, unit) in LIVE_STEPS.items()
    ]
    parts = [{"name": name, "label": words[f"part_{name}"]} for name in LIVE_PARTS]
    data = {"rightsVersion": RIGHTS_CURRENT, "worklet": static("voices/liveworklet.js")}
    context = {"rights_text": rights_text(page_language()), "sliders": sliders, "parts": parts}
    response: Any = page(request, "livevoice", live_words, data=data, context=context)
    response._csp_update = {"connect-src": [live_origin(request)]}  # another port, another origin
    return response


@require_safe
def singing(request: HttpRequest) -> HttpResponse:
    """Scores drawn, changed and sung; its script asks the API."""
    context = {"rights_text": rights_text(page_language()), "song_formats": SONG_FORMATS}
    data = {"rightsVersion": RIGHTS_CURRENT}
    return page(request, "singing", singing_words, data=data, context=context)


@require_safe
def lyrics(request: HttpRequest) -> HttpResponse:
    """The words of songs found, heard and moved."""
    data = {"limits": {"uploadBytes": settings.UPLOAD_LIMIT_BYTES}}
    return page(request, "lyrics", lyrics_words, data=data)


@require_safe
def detect(request: HttpRequest) -> HttpResponse:
    """A file in, an answer out; its script asks the API."""
    return page(
        request,
        "detect",
        detect_words,
        data={"limits": {"uploadBytes": settings.UPLOAD_LIMIT_BYTES}},
    )


def speech_choices() -> dict[str, Any]:
    """Context of templates/voices/settings_fields.html."""
    return {
        "speed_range": FOLLOWED_SPEEDS,
        "pitch_range": PITCH_RANGE_SEMITONES,
        "variation_range": VARIATION_RANGE,
        "formats": FORMATS,
    }


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when a request to speak would succeed; else 503, and which part is missing."""
    checks = readiness()
    ready = all(outcome == "ok" for outcome in checks.values())
    body = {"status": "ok" if ready else "unavailable", "checks": checks}
    return JsonResponse(body, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST)
