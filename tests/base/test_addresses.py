"""What counts as this machine: only there may a key travel unencrypted."""

from __future__ import annotations

import pytest

from desktop.base.addresses import host_of, is_loopback, is_loopback_url


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1"])
def test_loopback(host: str):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "example.com", "127.0.0.1.example", "localhost.example", "10.0.0.1", "::2"]
)
def test_not_loopback(host: str):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8787/v3", True),
        ("ws://[::1]:8787", True),
        ("http://LOCALHOST", True),
        ("http://127.0.0.1@example.com", False),
        ("http://[::1/", False),
        ("", False),
    ],
)
def test_a_url_on_this_machine(url: str, loopback: bool):
    assert is_loopback_url(url) is loopback


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://api.example:443/v3", "api.example:443"), ("https://user@host/", "host"), ("http://[::1/", "")],
)
def test_the_host_of_a_url(url: str, host: str):
    assert host_of(url) == host
