"""The ticket address's header: kept in the keychain, never shown."""

from __future__ import annotations

import pytest

from desktop.access import ticket_header
from desktop.access.keychain import CredentialStoreError
from desktop.base.redaction import redact
from tests.access.test_credentials import Keychain, keychain  # noqa: F401 - a fixture


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Authorization: Bearer abc", ("Authorization", "Bearer abc")),
        (" x-pass :a:b \n", ("x-pass", "a:b")),
        ("", None),
        ("no colon", None),
        (": value", None),
        ("X-Pass:", None),
        ("X Pass: a", None),
        ("X-Pass: a\r\nX-Other: b", None),
        ("X-Pass: schlüssel", None),
        ("Host: elsewhere", None),
        ("content-length: 0", None),
        ("X-Pass: " + "a" * 9_000, None),
    ],
)
def test_what_a_header_is(text: str, header: tuple[str, str] | None):
    assert ticket_header.parse(text) == header


def test_it_is_kept_in_the_keychain_and_out_of_the_log(keychain: Keychain):  # noqa: F811
    assert ticket_header.find() is None
    ticket_header.save("Authorization: Bearer plain-words-in-it")
    assert keychain.kept == {("presstalk", "ticket-header"): "Authorization: Bearer plain-words-in-it"}
    assert ticket_header.find() == ("Authorization", "Bearer plain-words-in-it")
    assert "plain-words" not in redact("it is plain-words-in-it")
    ticket_header.delete()
    ticket_header.delete()
    assert ticket_header.find() is None


def test_the_environment_comes_first(keychain: Keychain, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
    ticket_header.save("X-Pass: kept-in-the-keychain")
    monkeypatch.setenv("PRESSTALK_TICKET_HEADER", "X-Pass: of-the-environment")
    assert ticket_header.find() == ("X-Pass", "of-the-environment")


def test_what_is_no_header_or_can_not_be_kept_is_said(keychain: Keychain):  # noqa: F811
    with pytest.raises(CredentialStoreError, match="a valid header"):
        ticket_header.save("marked-secret")
    keychain.failing = OSError("marked-secret")
    with pytest.raises(CredentialStoreError, match="PRESSTALK_TICKET_HEADER") as caught:
        ticket_header.save("X-Pass: marked-secret")
    assert "marked" not in str(caught.value)
    with pytest.raises(CredentialStoreError, match="can't be removed"):
        ticket_header.delete()
