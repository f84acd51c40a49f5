"""Calls to addresses that users name: public ones only, so that nobody reaches our own network through us.

The name is resolved once, every address it has is checked, and the connection goes to the checked
address itself: a second look-up could answer otherwise. Redirects are not followed. The whole call has one
deadline: a receiver that sends a byte now and then would keep one for each read waiting without end.
"""

import ipaddress
import socket
import ssl
from functools import cache
from urllib.parse import SplitResult, urlsplit

import anyio
import anyio.to_thread
import certifi
import httpx
from django.conf import settings

from voices.errors import BadInput

CALL_SECONDS = 10.0  # from the look-up of the name to the status of the answer
PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2000
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Unreachable(Exception):
    """The call could not be made; the text says why, without telling of our network."""


def url_check(url: str) -> SplitResult:
    """What can be told without a look-up.

    Raises:
        BadInput: `bad_webhook_url`.
    """
    try:
        parts = urlsplit(url)
        port_fits = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        raise _bad(url) from None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    named = bool(parts.hostname) and parts.username is None and parts.password is None
    if not (plain and named and port_fits and parts.scheme in PORTS):
        raise _bad(url)
    host = parts.hostname or ""
    if host not in settings.WEBHOOK_HOSTS and _literal(host) and not _is_public(host):
        raise _bad(url)
    return parts


def post(url: str, *, body: bytes, headers: dict[str, str]) -> int:
    """The HTTP status that the receiver answers with.

    Raises:
        Unreachable: no such address, none that we may call, or no answer in time.
    """
    parts = url_check(url)
    try:
        return anyio.run(_status, parts, body, headers)
    except TimeoutError as error:
        raise Unreachable(f"no answer within {CALL_SECONDS:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Unreachable(type(error).__name__) from error


async def _status(parts: SplitResult, body: bytes, headers: dict[str, str]) -> int:
    host = parts.hostname or ""
    port = parts.port or PORTS[parts.scheme]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = f"[{host}]" if ":" in host else host
    named = shown if port == PORTS[parts.scheme] else f"{shown}:{port}"
    with anyio.fail_after(CALL_SECONDS):
        # a name server may be slow too, and a look-up cannot be broken off
        address = await anyio.to_thread.run_sync(
            _checked_address, host, port, abandon_on_cancel=True
        )
        url = httpx.URL(scheme=parts.scheme, host=address, port=port, raw_path=path.encode())
        async with (
            httpx.AsyncClient(
                verify=_trusted(), trust_env=False, timeout=CALL_SECONDS
            ) as client,
            client.stream(
                "POST", url, content=body, headers={**headers, "Host": named},
                extensions={"sni_hostname": host},
            ) as answer,
        ):  # fmt: skip
            return answer.status_code


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _checked_address(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("the name cannot be resolved") from error
    addresses = [str(row[4][0]) for row in found]
    if host not in settings.WEBHOOK_HOSTS and not all(map(_is_public, addresses)):
        raise Unreachable("the address is not public")
    return addresses[0]


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return True


def _is_public(address: str) -> bool:
    try:
        known = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(known, ipaddress.IPv6Address):
        if known in _NAT64 or known.sixtofour or known.teredo:
            return False  # they lead to an IPv4 address of somebody's choice
        known = known.ipv4_mapped or known
    return known.is_global and not known.is_multicast


def _bad(url: str) -> BadInput:
    return BadInput(
        "bad_webhook_url",
        f"{url[:100]!r} is no public http or https address",
        f"{url[:100]!r} — не общедоступный адрес http или https",
    )
