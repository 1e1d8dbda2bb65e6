"""A secret goes to the host that it was given for, and to others only when the user has agreed."""

from __future__ import annotations

import stat

import pytest

from desktop.access import credentials, endpoint_resolver, key_hosts, keychain
from desktop.access.endpoint_resolver import AccessOptions, endpoint_for
from desktop.access.key_hosts import HostRefusedError
from desktop.base import paths
from desktop.base.message import Message
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog, commands
from tests.realtime.office import open_office

KEY = "op-4b1c9d2e7f60aa31"
MODEL = catalog.find(catalog.KEYED_MODEL)
CONFIG = commands.Config(model=MODEL.id)


class User:
    """Answers questions, and remembers them."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.questions: list[str] = []

    async def __call__(self, question: Message) -> bool:
        self.questions.append(str(question))
        return self.answer


@pytest.fixture(autouse=True)
def kept_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keychain, "read", lambda account: KEY if account == credentials.ACCOUNT else "")


async def resolve(access: AccessOptions, user: User | None):
    return await endpoint_for(MODEL, access, OfflineServer(), CONFIG, ask=user)


async def test_the_usual_host_needs_no_question():
    user = User(False)
    assert (await resolve(AccessOptions(), user)).key == KEY
    assert (await resolve(AccessOptions("HTTPS://API.opper.ai:443/"), user)).key == KEY
    assert user.questions == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "https://api.opper.ai.evil.example",
        "https://api.opper.ai:8443",
        "https://xn--pi-7iba.opper.ai",
        "http://127.0.0.1:9",
    ],
)
async def test_another_host_is_asked_about_once_in_words_that_name_both(url: str):
    no, yes = User(False), User(True)
    with pytest.raises(HostRefusedError, match=r"api\.opper\.ai"):
        await resolve(AccessOptions(url), no)
    assert (await resolve(AccessOptions(url), yes)).key == KEY
    assert (await resolve(AccessOptions(url), no)).key == KEY  # the answer was kept
    host = url.partition("://")[2]
    assert "api.opper.ai" in yes.questions[0]
    assert host in yes.questions[0]
    assert len(no.questions) == len(yes.questions) == 1


async def test_an_answer_is_kept_apart_from_the_settings_for_this_key_alone(monkeypatch: pytest.MonkeyPatch):
    await resolve(AccessOptions("https://proxy.example"), User(True))
    file = paths.config() / key_hosts.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KEY not in file.read_text()
    monkeypatch.setattr(keychain, "read", lambda _: "op-another-key-000000")
    key_hosts.forget_this_run()
    with pytest.raises(HostRefusedError):
        await resolve(AccessOptions("https://proxy.example"), None)


async def test_the_environments_address_is_the_environments_key_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_BASE_URL", "https://evil.example")
    with pytest.raises(HostRefusedError):  # the key is the keychain's
        await resolve(AccessOptions("https://evil.example"), None)
    monkeypatch.setenv("OPPER_API_KEY", "op-of-the-environment-1")
    assert (await resolve(AccessOptions("https://evil.example"), None)).key == "op-of-the-environment-1"
    with pytest.raises(HostRefusedError):  # settings, not the environment
        await resolve(AccessOptions("https://settings.example"), None)


async def test_a_key_that_was_given_for_a_host_is_for_no_other(monkeypatch: pytest.MonkeyPatch):
    key_hosts.give(KEY, "https://proxy.example")
    assert (await resolve(AccessOptions("https://proxy.example"), None)).key == KEY
    with pytest.raises(HostRefusedError, match=r"given for proxy\.example.*api\.opper\.ai"):
        await resolve(AccessOptions(), None)


async def test_the_socket_of_a_minted_ticket_is_asked_about():
    given = {"client_secret": "marked-ticket", "ws_url": "wss://evil.example/rt"}
    async with open_office(given) as office:
        user = User(False)
        with pytest.raises(HostRefusedError):
            await resolve(AccessOptions(office.url, mint=True), user)
        host = office.url.removeprefix("http://")
    assert "evil.example" in user.questions[0]
    assert host in user.questions[0]


async def test_an_organisations_header_goes_nowhere_unasked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRESSTALK_TICKET_HEADER", "X-Pass: marked-header")
    async with open_office({"client_secret": "marked-ticket"}, agreed=False) as office:
        with pytest.raises(HostRefusedError):
            await resolve(AccessOptions(ticket_url=office.url), User(False))
        assert office.asked == []
        user = User(True)
        for _ in range(2):
            await resolve(AccessOptions(ticket_url=office.url), user)
        assert len(user.questions) == 1
        assert office.asked[-1].headers["X-Pass"] == "marked-header"


async def test_the_list_of_models_is_asked_for_without_the_key_where_that_may_not_go():
    assert (await endpoint_resolver.endpoint_for_list(AccessOptions())).key
    assert not (await endpoint_resolver.endpoint_for_list(AccessOptions("https://evil.example"))).key
    assert not (await endpoint_resolver.endpoint_for_list(AccessOptions(ticket_url="https://a.example"))).key


@pytest.mark.parametrize("url", ["https://faß.de", "https://a%2eb.example", "https://0x7f.1", "nonsense"])
async def test_a_host_that_can_be_read_in_two_ways_gets_nothing(url: str):
    user = User(True)
    with pytest.raises(Exception, match="isn't valid"):
        await resolve(AccessOptions(url), user)
    assert user.questions == []


@pytest.mark.parametrize("content", [b"", b"[]", b'{"x": 1}', b"\xff", b"[" * 50_000])
async def test_a_broken_file_agrees_to_nothing(content: bytes):
    (paths.config() / key_hosts.FILE).write_bytes(content)
    with pytest.raises(HostRefusedError):
        await resolve(AccessOptions("https://evil.example"), None)
