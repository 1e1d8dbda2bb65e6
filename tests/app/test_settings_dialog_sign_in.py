"""Sign-in, ticket header and ticket address, from the settings dialog's buttons to the keychain."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from desktop.access import credentials
from desktop.realtime import sign_in
from desktop.ui.settings.folded_section import FoldedSection
from desktop.ui.settings.header_field import HeaderField
from desktop.ui.settings.sign_in_panel import SignInPanel
from tests.app.test_settings_dialog_controller import KEY, Keychain, keychain  # noqa: F401 - a fixture
from tests.app.test_settings_dialog_controller import Bench as DialogBench
from tests.realtime.office import open_office, status

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

PROMPT = {
    "device_code": "marked-device-code",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://platform.opper.ai/device",
    "interval": 0.001,
}
PENDING = status(400, {"detail": "authorization_pending"})


class Bench(DialogBench):
    """The open dialog, with its ways to sign in."""

    def __init__(self, qtbot, **values: str) -> None:
        super().__init__(qtbot, **values)
        self.panel = self.dialog.findChild(SignInPanel)
        self.header = self.dialog.findChild(HeaderField)

    def button(self, text: str) -> QPushButton:
        (found,) = [each for each in self.dialog.findChildren(QPushButton) if each.text() == text]
        return found

    def words(self, inside: QWidget) -> str:
        return "\n".join(label.text() for label in inside.findChildren(QLabel) if label.isVisible())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "SHORTEST_INTERVAL_S", 0.001)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSTALK_CLIENT_ID", "presstalk-test")


@pytest.fixture
async def bench(qtbot, monkeypatch: pytest.MonkeyPatch, keychain: Keychain):  # noqa: F811
    made = Bench(qtbot)
    yield made
    await made.controller.close()


async def test_without_a_registration_one_cannot_sign_in(bench: Bench):
    assert not bench.panel.isVisible()


@pytest.mark.usefixtures("registered")
async def test_a_sign_in_shows_the_code_opens_the_page_and_keeps_the_key(
    qtbot,
    monkeypatch: pytest.MonkeyPatch,
    keychain: Keychain,  # noqa: F811
):
    done = asyncio.Event()

    async def answer(request):
        return await (status(200, {"api_key": KEY}) if done.is_set() else PENDING)(request)

    async with open_office(PROMPT, answer) as office:
        bench = Bench(qtbot, base_url=office.url)
        bench.button("Sign in with the browser").click()
        await bench.until(lambda: "WDJB-MJHT" in bench.words(bench.panel))
        assert bench.urls == ["https://platform.opper.ai/device"]
        bench.button("Open the page").click()
        assert len(bench.urls) == 2
        bench.button("Copy code").click()
        done.set()
        await bench.until(lambda: "Signed in" in bench.words(bench.panel))
        assert keychain.kept == {("presstalk", "opper"): KEY}
        assert credentials.find().source == "keychain"
        assert bench.keys == 1
        assert "WDJB" not in bench.words(bench.panel)
        assert not bench.button("Sign in with the browser").isHidden()
        await bench.controller.close()


@pytest.mark.usefixtures("registered")
async def test_a_sign_in_can_be_canceled(qtbot, monkeypatch: pytest.MonkeyPatch, keychain: Keychain):  # noqa: F811
    async with open_office(PROMPT, PENDING) as office:
        bench = Bench(qtbot, base_url=office.url)
        bench.button("Sign in with the browser").click()
        await bench.until(lambda: "WDJB-MJHT" in bench.words(bench.panel))
        waiting = bench.controller._sign_in._running
        bench.button("Cancel sign-in").click()
        await bench.until(lambda: waiting.done())
        assert bench.words(bench.panel) == ""
        assert keychain.kept == {}
        await bench.controller.close()


@pytest.mark.usefixtures("registered")
async def test_a_sign_in_that_fails_says_why(qtbot, monkeypatch: pytest.MonkeyPatch, keychain: Keychain):  # noqa: F811
    async with open_office(PROMPT, status(400, {"detail": "access_denied"})) as office:
        bench = Bench(qtbot, base_url=office.url)
        bench.button("Sign in with the browser").click()
        await bench.until(lambda: "declined" in bench.words(bench.panel))
        assert bench.keys == 0
        await bench.controller.close()


async def test_a_header_is_kept_and_removed_and_never_shown(bench: Bench, keychain: Keychain):  # noqa: F811
    line = bench.header.findChild(QLineEdit)
    assert line.echoMode() is QLineEdit.EchoMode.Password
    line.setText("X-Pass: marked-header")
    line.textEdited.emit(line.text())
    bench.button("Save header").click()
    await bench.until(lambda: "The header was saved" in bench.words(bench.header))
    assert keychain.kept == {("presstalk", "ticket-header"): "X-Pass: marked-header"}
    assert line.text() == ""
    assert "X-Pass is sent" in bench.words(bench.header)
    assert "marked" not in bench.words(bench.header)
    bench.button("Remove header").click()
    await bench.until(lambda: keychain.kept == {})
    await bench.until(lambda: "removed" in bench.words(bench.header))
    assert not bench.button("Remove header").isVisible()


async def test_what_is_no_header_stays_in_the_line(bench: Bench, keychain: Keychain):  # noqa: F811
    bench.dialog.findChild(FoldedSection).unfold()
    line = bench.header.findChild(QLineEdit)
    line.setText("nothing")
    line.textEdited.emit(line.text())
    bench.button("Save header").click()
    await bench.until(lambda: "a valid header" in bench.words(bench.header))
    assert line.text() == "nothing"
    assert keychain.kept == {}


async def test_with_a_ticket_address_no_key_is_asked_for(bench: Bench):
    bench.dialog.changed.emit("ticket_url", "https://mint.example/t")
    await bench.until(lambda: "no key is needed" in bench.words(bench.dialog))
    bench.dialog.changed.emit("ticket_url", "")
    await bench.until(lambda: "No key yet" in bench.words(bench.dialog))
