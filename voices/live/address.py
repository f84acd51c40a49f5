"""Where the live door is."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def live_address(request: HttpRequest) -> str:
    """Of the WebSocket: as the operator says, else this machine's own port for it."""
    if settings.LIVE_URL:
        return str(settings.LIVE_URL)
    scheme = "wss" if request.is_secure() else "ws"
    host = request.get_host()
    name = host if host.endswith("]") or ":" not in host else host.rpartition(":")[0]
    return f"{scheme}://{name}:{settings.LIVE_PORT}/live/"


def live_origin(request: HttpRequest) -> str:
    """Of that, as a Content-Security-Policy names it."""
    parts = urlsplit(live_address(request))
    return f"{parts.scheme}://{parts.netloc}"
