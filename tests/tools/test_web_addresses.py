"""The host in the question is the one that the browser opens, however the address is written."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from desktop.app.browser import page
from desktop.tools.context import ToolContext
from desktop.tools.registry import ToolError
from tests.tools.conftest import World
from tests.tools.test_builtin import call

REFUSED = [
    "https://fa\u00df.de/",
    "https://\u03b2\u03cc\u03bb\u03bf\u03c2.com",
    "https://good.example%2eevil.example/",
    "https://good%00.example",
    "https://good.example%2f@evil.example/",
    "https://good.example@evil.example/",
    "https://good.example:pass@evil.example/",
    "https://@evil.example/",
    "https://evil.example\\@good.example/",
    "https:\\\\evil.example/",
    "https://good.example\t.evil.example/",
    "https://good.example\n/",
    "https://good.example\u3002evil.example/",
    "https://good.example\uff0eevil.example/",
    "https://good.example\uff0fevil.example/",
    "https://good\u2024example.com",
    "https://go\u00adod.example",
    "https://go\u200dod.example",
    "https://\u2100.example",
    "https://\ufb01.example",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://127.0.0.1.0x1/",
    "https://1.2.3.08/",
    "https://xn--/",
    "https://xn--a/",
    "https://xn--a-\u00fc.com",
    "https://XN--.com",
    "https://xn--good-/",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https://evil.example..",
    "https://.evil.example",
    "https://-evil.example",
    "https://evil.example:99999",
    "https://evil.example:8\u0660",
    "https://[::1",
    "https://[::1%25eth0]/",
    "https://[v1.x]/",
    "https://" + "a" * 64 + ".example",
    "https://a,b.example",
    "https://a;b.example",
    "javascript://good.example/%0aalert(1)",
    "view-source:https://good.example",
]
OPENED = {
    "https://good.example.": ("good.example", "https://good.example"),
    "HTTPS://GOOD.Example/A?b#c": ("good.example", "https://good.example/A?b#c"),
    "https://xn--fa-hia.de/": ("xn--fa-hia.de", "https://xn--fa-hia.de/"),
    "https://b\u00fccher.example/\u00fc?\u00fc#\u00fc": (
        "xn--bcher-kva.example",
        "https://xn--bcher-kva.example/%C3%BC?%C3%BC#%C3%BC",
    ),
    "https://BU\u0308CHER.example": ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    "https://\u0430pple.com/": ("xn--pple-43d.com", "https://xn--pple-43d.com/"),
    "http://127.0.0.1:080/": ("127.0.0.1", "http://127.0.0.1:80/"),
    "http://[0:0:0:0:0:0:0:1]:9/": ("[::1]", "http://[::1]:9/"),
    "https://good.example/..%2f@evil.example": ("good.example", "https://good.example/..%2f@evil.example"),
    "https://good.example?@evil.example": ("good.example", "https://good.example?@evil.example"),
    "https://good.example#@evil.example": ("good.example", "https://good.example#@evil.example"),
}


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
async def test_what_programs_could_read_in_two_ways_is_not_asked_about(
    context: ToolContext, world: World, url: str
):
    with pytest.raises(ToolError):
        await call(context, "open_url", url=url)
    assert world.asked == world.opened == []
    assert page(url) is None


@pytest.mark.parametrize("url", OPENED, ids=ascii)
async def test_the_host_that_is_shown_is_the_one_that_is_opened(context: ToolContext, world: World, url: str):
    host, whole = OPENED[url]
    answer: dict[str, Any] = await call(context, "open_url", url=url)
    assert answer["opened"]
    assert world.asked == [f"Open {host} in the browser?\n{whole}"]
    assert world.opened == [whole]
    assert whole.isascii()
    opened = page(whole)
    assert opened is not None
    handed = bytes(opened.toEncoded().data()).decode()
    assert (urlsplit(handed).hostname or "").strip("[]") == host.strip("[]")
