"""Where a request comes from."""

import pytest
from django.test import RequestFactory

from voices.browsers import client_address


def address(**headers):
    return client_address(RequestFactory().get("/", **headers))


def test_without_a_proxy_a_forwarded_address_is_not_believed(settings):
    settings.BEHIND_PROXY = False
    assert address(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="203.0.113.9") == "192.0.2.1"


def test_behind_a_proxy_only_its_own_word_counts(settings):
    settings.BEHIND_PROXY = True
    forged = "203.0.113.9, 192.0.2.7"
    assert address(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forged) == "192.0.2.7"
    assert address(REMOTE_ADDR="10.0.0.1") == "10.0.0.1"


@pytest.mark.parametrize(
    ("remote", "expected"),
    [("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("::ffff:192.0.2.1", "192.0.2.1"), ("", "")],
)
def test_an_ipv6_caller_is_its_network(settings, remote, expected):
    settings.BEHIND_PROXY = False
    assert address(REMOTE_ADDR=remote) == expected
