"""The proxy on the way: one look-up for the socket and for HTTP, over real sockets and real TLS."""

from __future__ import annotations

import http
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from desktop.realtime import connection, http_client
from desktop.realtime.connection import Connection, Endpoint
from desktop.realtime.errors import AddressError, UnreachableError
from desktop.realtime.no_proxy import is_excepted
from desktop.realtime.proxy import Proxy, find_proxy, parse_proxy
from tests.realtime import proxies
from tests.realtime.proxies import nobody_at, proxying
from tests.realtime.test_tls import FOLDER, trusted  # noqa: F401 - a fixture

SERVICE = "https://elsewhere.example"
PASSWORD = "marked-proxy-password-42"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test sets its own."""
    for name in ("http", "https", "all", "no", "ws", "wss", "socks"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)


async def ask_by_socket(url: str) -> None:
    connection = await Connection.open(Endpoint(url, "key-1"))
    await connection.close()


async def ask_by_http(url: str) -> None:
    answer = await http_client.request("GET", url, secret={"X-Pass": "marked-secret-42"})
    assert answer.object() == {"ok": True}


CLIENTS = [ask_by_socket, ask_by_http]
Client = Callable[[str], Awaitable[None]]
both = pytest.mark.parametrize("ask", CLIENTS, ids=["socket", "http"])


@asynccontextmanager
async def service() -> AsyncIterator[tuple[str, int]]:
    """The service behind the proxy: its real address."""

    async def idle(socket: ServerConnection) -> None:
        await socket.wait_closed()

    def answer(socket: ServerConnection, request: Request) -> Response | None:
        assert "Proxy-Authorization" not in request.headers
        return None if "Upgrade" in request.headers else socket.respond(http.HTTPStatus.OK, '{"ok": true}')

    async with serve(idle, "127.0.0.1", 0, ssl=server_context("elsewhere"), process_request=answer) as server:
        yield server.sockets[0].getsockname()[:2]


@pytest.mark.usefixtures("trusted")
@both
@pytest.mark.parametrize(
    ("variable", "scheme"),
    [
        ("HTTPS_PROXY", "http://"),
        ("https_proxy", ""),
        ("ALL_PROXY", "http://"),
        ("all_proxy", "HTTP://"),
    ],
)
async def test_both_go_through_the_proxy_that_is_set(
    variable: str, scheme: str, ask: Client, monkeypatch: pytest.MonkeyPatch
):
    async with service() as target, proxying(proxies.tunnels, target) as proxy:
        monkeypatch.setenv(variable, f" {scheme}anna:{PASSWORD}@{proxy.address}/ ")
        await ask(SERVICE)
    assert proxy.asked == ["elsewhere.example:443"]
    assert proxy.credentials == [f"anna:{PASSWORD}"]


def server_context(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / f"{certificate}.pem")
    return context


@pytest.mark.usefixtures("trusted")
@both
async def test_both_go_through_a_proxy_that_speaks_tls(ask: Client, monkeypatch: pytest.MonkeyPatch):
    async with service() as target, proxying(proxies.tunnels, target, server_context("good")) as proxy:
        monkeypatch.setenv("https_proxy", f"https://localhost:{proxy.address.rpartition(':')[2]}")
        await ask(SERVICE)
    assert proxy.asked == ["elsewhere.example:443"]


@pytest.mark.usefixtures("trusted")
@both
async def test_a_proxy_whose_own_certificate_is_bad(ask: Client, monkeypatch: pytest.MonkeyPatch):
    async with proxying(proxies.tunnels, None, server_context("expired")) as proxy:
        address = f"localhost:{proxy.address.rpartition(':')[2]}"
        monkeypatch.setenv("https_proxy", f"https://{address}")
        with pytest.raises(UnreachableError, match=rf"{address} is not secure.*expired"):
            await ask(SERVICE)


@pytest.mark.usefixtures("trusted")
@both
async def test_a_proxy_may_answer_in_pieces(ask: Client, monkeypatch: pytest.MonkeyPatch):
    async with service() as target, proxying(proxies.dribbles, target) as proxy:
        monkeypatch.setenv("https_proxy", proxy.address)
        await ask(SERVICE)


@pytest.mark.usefixtures("trusted")
@both
@pytest.mark.parametrize("scheme", ["socks", "socks5", "socks5h"])
async def test_both_go_through_a_socks_proxy(scheme: str, ask: Client, monkeypatch: pytest.MonkeyPatch):
    """`socks://` is how GNOME writes it."""
    async with service() as target, proxying(proxies.socks("anna", PASSWORD), target) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://anna:{PASSWORD}@{proxy.address}/")
        await ask(SERVICE)
    assert proxy.asked == ["elsewhere.example:443"], "it looks the name up"


@pytest.mark.usefixtures("trusted")
@both
async def test_neither_uses_a_proxy_on_this_machine(ask: Client, monkeypatch: pytest.MonkeyPatch):
    async def answer(socket: ServerConnection, request: Request) -> Response | None:
        return None if "Upgrade" in request.headers else socket.respond(http.HTTPStatus.OK, '{"ok": true}')

    async with (
        serve(lambda socket: socket.wait_closed(), "127.0.0.1", 0, process_request=answer) as server,
        proxying(proxies.hangs_up) as proxy,
    ):
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.address}")
        await ask(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert proxy.asked == []


async def refused(ask: Client) -> UnreachableError:
    with pytest.raises(UnreachableError) as caught:
        await ask(SERVICE)
    assert PASSWORD not in repr(caught.value) + str(caught.value) + caught.value.code
    assert caught.value.may_pass, "once there was a session"
    return caught.value


@both
@pytest.mark.parametrize(
    ("handler", "words", "code"),
    [
        (proxies.answers("407 Proxy Authentication Required"), "refused the user name", "407"),
        (proxies.answers("403 Forbidden"), "doesn't allow connections to elsewhere.example", "403"),
        (proxies.answers("302 Found"), "doesn't allow connections to elsewhere.example", "302"),
        (proxies.answers("502 Bad Gateway"), "can't reach elsewhere.example", "502"),
        (proxies.answers("504 Gateway Timeout"), "can't reach elsewhere.example", "504"),
        (proxies.babbles, "not as the kind of proxy", ""),
        (proxies.floods, "not as the kind of proxy", ""),
        (proxies.hangs_up, "(not as the kind of proxy|can't be reached)", ""),
        (proxies.breaks_off, "broke off the connection to elsewhere.example", ""),
        (proxies.sends_a_page, "broke off the connection to elsewhere.example", ""),
    ],
)
async def test_what_goes_wrong_at_the_proxy_names_it(
    handler: proxies.Handler, words: str, code: str, ask: Client, monkeypatch: pytest.MonkeyPatch
):
    async with proxying(handler) as proxy:
        monkeypatch.setenv("https_proxy", f"http://anna:{PASSWORD}@{proxy.address}")
        error = await refused(ask)
    assert proxy.address in str(error)
    assert re.search(words, str(error)), str(error)
    assert not code or error.code == code


@both
async def test_a_proxy_that_asks_for_a_name_is_given_one_by_the_user(
    ask: Client, monkeypatch: pytest.MonkeyPatch
):
    async with proxying(proxies.answers("407 Proxy Authentication Required")) as proxy:
        monkeypatch.setenv("https_proxy", f"http://{proxy.address}")
        error = await refused(ask)
    assert "asks for a user name and a password" in str(error)


@both
@pytest.mark.parametrize("scheme", ["http", "socks"])
async def test_a_proxy_that_is_down(scheme: str, ask: Client, monkeypatch: pytest.MonkeyPatch):
    with nobody_at() as address:
        monkeypatch.setenv("all_proxy", f"{scheme}://anna:{PASSWORD}@{address}")
        error = await refused(ask)
    assert f"The proxy {address} can't be reached" in str(error)
    assert error.retry


@both
@pytest.mark.parametrize("scheme", ["http", "socks"])
async def test_a_proxy_that_is_unknown(scheme: str, ask: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("all_proxy", f"{scheme}://proxy.invalid:3128")
    error = await refused(ask)
    assert "The proxy proxy.invalid:3128 was not found" in str(error)


@both
@pytest.mark.parametrize("scheme", ["http", "socks"])
async def test_a_proxy_that_says_nothing(scheme: str, ask: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "OPEN_TIMEOUT_S", 0.2)
    monkeypatch.setattr(http_client, "CONNECT_S", 0.2)
    monkeypatch.setattr(http_client, "WHOLE_S", 0.2)
    async with proxying(proxies.says_nothing) as proxy:
        monkeypatch.setenv("all_proxy", f"{scheme}://{proxy.address}")
        error = await refused(ask)
    assert f"The proxy {proxy.address} did not answer in time" in str(error)


@both
@pytest.mark.parametrize(
    ("handler", "user", "words"),
    [
        (proxies.socks("anna", "another"), f"anna:{PASSWORD}@", "refused the user name"),
        (proxies.socks("anna", "another"), "", "asks for a user name"),
        (proxies.socks(reply=2), "", "doesn't allow connections to elsewhere.example"),
        (proxies.socks(reply=4), "", "can't reach elsewhere.example"),
        (proxies.babbles, "", "not as the kind of proxy"),
        (proxies.knows_http_only, "", "not as the kind of proxy"),
        (proxies.hangs_up, "", "(not as the kind of proxy|can't be reached)"),
    ],
)
async def test_what_goes_wrong_at_a_socks_proxy_names_it(
    handler: proxies.Handler, user: str, words: str, ask: Client, monkeypatch: pytest.MonkeyPatch
):
    async with proxying(handler) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks://{user}{proxy.address}")
        error = await refused(ask)
    assert proxy.address in str(error)
    assert re.search(words, str(error)), str(error)


@pytest.mark.usefixtures("trusted")
@both
async def test_a_bad_certificate_behind_the_proxy_is_the_hosts(ask: Client, monkeypatch: pytest.MonkeyPatch):
    async with service() as target, proxying(proxies.tunnels, target) as proxy:
        monkeypatch.setenv("https_proxy", f"http://{proxy.address}")
        with pytest.raises(UnreachableError, match=r"other\.example is not secure.*another name"):
            await ask("https://other.example")


@pytest.mark.usefixtures("trusted")
@both
@pytest.mark.parametrize(
    "no_proxy",
    [
        "elsewhere.example",
        ".example",
        "*.example",
        "fd00::/8, elsewhere.example:443",
        "[::1, ,elsewhere.example",
        "*",
    ],
)
async def test_no_proxy_is_honoured_by_both(no_proxy: str, ask: Client, monkeypatch: pytest.MonkeyPatch):
    async with proxying(proxies.tunnels) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        monkeypatch.setenv("NO_PROXY", no_proxy)
        with pytest.raises(UnreachableError, match=r"elsewhere\.example (was not found|can't be reached)"):
            await ask(SERVICE)
    assert proxy.asked == []


@pytest.mark.usefixtures("trusted")
@both
@pytest.mark.parametrize(
    "no_proxy",
    ["fd00::/8,::1/128,10.0.0.0/8", "[fd00::]/8", "http://[", "]:x,,;%", "elsewhere.example:8443", "::ffff:"],
)
async def test_an_entry_that_is_about_nothing_breaks_nothing(
    no_proxy: str, ask: Client, monkeypatch: pytest.MonkeyPatch
):
    async with service() as target, proxying(proxies.tunnels, target) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        monkeypatch.setenv("NO_PROXY", no_proxy)
        await ask(SERVICE)
    assert proxy.asked == ["elsewhere.example:443"]


@both
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("http://", "HTTPS_PROXY isn't valid"),
        (f"http://anna:{PASSWORD}@[::1", "HTTPS_PROXY isn't valid"),
        (f"http://anna:{PASSWORD}@proxy:99999", "HTTPS_PROXY isn't valid"),
        (f"http://anna:{PASSWORD}@pro xy:80", "HTTPS_PROXY isn't valid"),
        ("socks4://proxy.example", "socks4://, which isn't supported"),
        ("quic://proxy.example", "quic://, which isn't supported"),
    ],
)
async def test_a_setting_that_is_no_proxy(
    value: str, words: str, ask: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(AddressError, match=words) as caught:
        await ask(SERVICE)
    assert PASSWORD not in str(caught.value)


# The look-up by itself


@pytest.mark.parametrize(
    ("no_proxy", "host", "excepted"),
    [
        ("example.com", "example.com", True),
        ("example.com", "api.example.com", True),
        ("example.com", "notexample.com", False),
        (".example.com", "api.example.com", True),
        ("*.example.com", "api.example.com", True),
        ("api.*.com", "api.example.com", True),
        ("api.*.com", "web.example.com", False),
        ("EXAMPLE.com.", "api.Example.COM", True),
        ("https://example.com/", "example.com", True),
        ("example.com:443", "example.com", True),
        ("example.com:80", "example.com", False),
        ("münchen.example", "xn--mnchen-3ya.example", True),
        ("a.example b.example", "b.example", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.1/8", "10.1.2.3", True),
        ("10.0.0.0/99", "10.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3:443", "10.1.2.3", True),
        ("10.1.2.3:80", "10.1.2.3", False),
        ("0.1.2.3", "10.1.2.3", False),
        ("fd00::/8", "fd12::1", True),
        ("[fd00::]/8", "fd12::1", True),
        ("[fd12::1]:443", "fd12::1", True),
        ("[fd12::1]:80", "fd12::1", False),
        ("fd12:0:0::1", "fd12::1", True),
        ("fe80::/10", "fd12::1", False),
        ("<local>", "intranet", True),
        ("<local>", "api.example.com", False),
        ("*", "anything.example", True),
        ("", "example.com", False),
        (" , ,", "example.com", False),
    ],
)
def test_what_is_excepted(no_proxy: str, host: str, excepted: bool):
    assert is_excepted(no_proxy, host, 443) is excepted


@pytest.mark.parametrize("url", ["wss://api.example/v3", "https://api.example/v3"])
def test_one_look_up_for_both(url: str, monkeypatch: pytest.MonkeyPatch):
    assert find_proxy(url) is None
    monkeypatch.setenv("all_proxy", "socks://one.example")
    assert find_proxy(url) == Proxy("socks5h", "one.example", 1080)
    monkeypatch.setenv("HTTPS_PROXY", "two.example:3128")
    assert find_proxy(url) == Proxy("http", "two.example", 3128)
    monkeypatch.setenv("https_proxy", "https://three.example")
    assert find_proxy(url) == Proxy("https", "three.example", 443), "in lower case it comes first"
    monkeypatch.setenv("https_proxy", "")
    assert find_proxy(url) == Proxy("socks5h", "one.example", 1080), "an empty one is none"


@pytest.mark.parametrize(
    "url", ["wss://localhost:1/", "wss://127.9.9.9/", "https://[::1]/", "ws://localhost/"]
)
def test_this_machine_has_no_proxy(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("all_proxy", "http://one.example")
    assert find_proxy(url) is None


def test_a_name_and_a_password_with_odd_characters_arrive_and_are_not_shown():
    proxy = parse_proxy("http://an%40na:p%3A%2F%C3%A4@[fd00::1]:3128", "HTTPS_PROXY")
    assert (proxy.user, proxy.password, proxy.address) == ("an@na", "p:/ä", "[fd00::1]:3128")
    assert proxy.url == "http://an%40na:p%3A%2F%C3%A4@[fd00::1]:3128"
    assert "p:/ä" not in repr(proxy)
    assert parse_proxy("anna@proxy.example:1", "ALL_PROXY").url == "http://anna:@proxy.example:1"


def test_what_the_system_has_set_counts_where_the_environment_is_empty(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"socks": "http://mac.example:1080"})
    monkeypatch.setattr("urllib.request.proxy_bypass", lambda host: host == "intern.example")
    assert find_proxy("wss://api.example") == Proxy("socks5h", "mac.example", 1080)
    assert find_proxy("wss://intern.example") is None
