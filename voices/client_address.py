"""Where a request comes from, for rate limits."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

HOME_BITS = 64  # one IPv6 customer has at least so large a network


def client_address(request: HttpRequest) -> str:
    """The caller's IPv4 address or IPv6 network; behind a proxy, what the proxy itself has seen.

    A client can put anything into X-Forwarded-For, the proxy appends the address it was called from:
    only the last one is true.
    """
    text = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        text = request.headers.get("X-Forwarded-For", text).split(",")[-1].strip()
    try:
        address = ip_address(text)
    except ValueError:  # a Unix socket has none
        return text[:64]
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, HOME_BITS), strict=False))
    return str(address)
