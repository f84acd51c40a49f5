"""Entry point of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voiceclone.settings")
application = get_wsgi_application()
gc.freeze()  # what was loaded stays: collecting garbage need not walk through it at every turn
