"""Signing in to a server, in the browser: against the SDK's authorization server, and a browser of ours."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import pytest_asyncio

from desktop.base.redaction import redact
from desktop.tools.mcp import words
from desktop.tools.mcp.callback import CallbackListener, LateError, RefusedError
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.mcp.sign_ins import secret_name
from desktop.tools.registry import ToolError
from tests.tools.mcp.conftest import DEADLINE_S, Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")
GUARDED = str(Path(__file__).with_name("guarded_server.py"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guarded() -> AsyncIterator[ServerConfig]:
    """The server behind a sign-in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, GUARDED, str(port), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    async with asyncio.timeout(DEADLINE_S):
        while b"running on" not in (line := await process.stderr.readline()):
            assert line, "the server ended"
    yield ServerConfig("far", url=f"http://127.0.0.1:{port}/mcp", timeout_s=DEADLINE_S)
    process.kill()
    await process.wait()


class Browser:
    """Opens the page, answers it, and follows where it leads."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.answer = "yes"
        self.last = ""
        self.before: str = ""
        """A page of somebody else's that sends the browser to the listener first, with another state."""
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, url: str) -> bool:
        self.opened.append(url)
        if self.answer:
            task = asyncio.get_running_loop().create_task(self._go(url))
            self._tasks.add(task)
        return True

    async def _go(self, url: str) -> None:
        back = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as client:
            if self.before:
                strange = await client.get(f"{back}?{urlencode({'code': 'x', 'state': self.before})}")
                assert strange.status_code == 400
            page = await client.get(url)
            assert "May Presstalk" in page.text
            done = await client.get(f"{page.url}&answer={self.answer}")
            self.last = done.text


class Signing(Servers):
    """Servers of a program whose keychain and browser are the test's."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.browser = Browser()
        super().__init__(self.kept, self.browser.open)


@pytest_asyncio.fixture(loop_scope="module")
async def signing() -> AsyncIterator[Signing]:
    made = Signing()
    yield made
    await made.all.close()


async def counts(server: ServerConfig) -> dict[str, int]:
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(server.url.replace("/mcp", "/counts"))).text
    return {name: int(count) for name, count in (pair.split("=") for pair in text.split())}


async def sign_in(signing: Signing, server: ServerConfig) -> None:
    await signing.failed(server)
    signing.all.restart(server.name, sign_in=True)
    await signing.until(lambda: signing[server.name].phase == "ready")


async def test_without_the_users_click_nothing_is_opened_and_nothing_registered(
    signing: Signing, guarded: ServerConfig
) -> None:
    before = await counts(guarded)
    status = await signing.failed(guarded)
    assert status.problem == words.SIGN_IN()
    assert status.wants_sign_in
    assert status.retry_s == 0.0
    assert signing.browser.opened == []
    assert await counts(guarded) == before


async def test_a_sign_in_is_kept_in_the_keychain_for_the_next_start(
    signing: Signing, guarded: ServerConfig
) -> None:
    await sign_in(signing, guarded)
    assert (await signing.call(guarded, "secret"))["result"] == "forty-two"
    assert signing.browser.last.startswith("You are signed in")
    (page,) = signing.browser.opened
    assert urlsplit(parse_qs(urlsplit(page).query)["redirect_uri"][0]).hostname == "127.0.0.1"
    await signing.until(lambda: bool(signing.kept))
    ((name, kept),) = signing.kept.items()
    assert name == secret_name("far", guarded.url)
    assert name != secret_name("far", guarded.url + "2"), "it is bound to the address"
    token = json.loads(kept)["tokens"]["access_token"]
    assert redact(f"x {token}") == "x …"
    # the next start
    again = Signing()
    again.kept.update(signing.kept)
    await again.ready(guarded)
    assert (await again.call(guarded, "secret"))["result"] == "forty-two"
    assert again.browser.opened == []
    await again.all.close()


async def test_a_token_that_is_too_old_is_renewed_without_the_browser(
    signing: Signing, guarded: ServerConfig
) -> None:
    await sign_in(signing, guarded)
    await signing.until(lambda: bool(signing.kept))
    ((name, kept),) = signing.kept.items()
    old = json.loads(kept)
    old["expires_at"] = 1.0
    before = await counts(guarded)
    again = Signing()
    again.kept[name] = json.dumps(old)
    await again.ready(guarded)
    assert (await counts(guarded))["refreshed"] == before["refreshed"] + 1
    assert json.loads(again.kept[name])["tokens"] != old["tokens"]
    assert again.browser.opened == []
    await again.all.close()


async def test_tokens_that_are_taken_back_end_in_a_plain_state(
    signing: Signing, guarded: ServerConfig
) -> None:
    await sign_in(signing, guarded)
    await signing.call(guarded, "revoke")
    with pytest.raises(ToolError, match="wants the user to sign in"):
        await signing.call(guarded, "secret")
    await signing.until(lambda: signing["far"].wants_sign_in)
    assert len(signing.browser.opened) == 1


async def test_a_refused_sign_in_is_said(signing: Signing, guarded: ServerConfig) -> None:
    await signing.failed(guarded)
    signing.browser.answer = "no"
    signing.all.restart("far", sign_in=True)
    await signing.until(lambda: signing["far"].phase == "failed")
    assert signing["far"].problem == words.SIGN_IN_REFUSED()
    assert signing["far"].wants_sign_in
    assert signing.kept == {}


async def test_another_state_changes_nothing(signing: Signing, guarded: ServerConfig) -> None:
    signing.browser.before = "somebody-elses"
    await sign_in(signing, guarded)
    assert (await signing.call(guarded, "secret"))["result"] == "forty-two"


async def test_while_the_user_is_in_the_browser_that_is_said_and_can_be_left(
    signing: Signing, guarded: ServerConfig
) -> None:
    await signing.failed(guarded)
    signing.browser.answer = ""
    signing.all.restart("far", sign_in=True)
    await signing.until(lambda: signing["far"].in_browser)
    assert signing["far"].phase == "starting"
    signing.all.restart("far")
    await signing.until(lambda: signing["far"].phase == "failed")
    assert not signing["far"].in_browser


async def test_nobody_comes_back() -> None:
    listener = CallbackListener(within_s=0.05)
    await listener.open()
    listener.expect("s")
    with pytest.raises(LateError):
        await listener.answer()
    await listener.close()


@pytest.mark.parametrize("query", ["", "state=s", "error=access_denied&state=s", "code=&state=s"])
async def test_what_brings_no_code_is_a_refusal_if_it_knows_the_state(query: str) -> None:
    listener = CallbackListener(within_s=5.0 if query else 0.05)
    await listener.open()
    listener.expect("s")
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(f"{listener.url}?{query}")
        assert (await client.post(f"{listener.url}?code=c&state=s")).status_code == 400
        assert (await client.get(f"{listener.url}/more?code=c&state=s")).status_code == 400
    with pytest.raises(RefusedError if query else LateError):
        await listener.answer()
    await listener.close()
