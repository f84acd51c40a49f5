"""Entry point of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from voiceclone import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voiceclone.settings")
tracing.start("web")  # gunicorn has forked; Django has not read its middleware yet
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  imports the views now, not with the first request

# Collecting garbage took a third of a short call. What was loaded stays, so it need not be walked
# through; and what a call makes is nearly always gone without that, so it may come seldom.
gc.freeze()
gc.set_threshold(20_000, 20, 20)
