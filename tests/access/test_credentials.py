"""The key: cleaned, kept in the keychain, and every failure a plain sentence."""

from __future__ import annotations

import keyring
import pytest
from keyring.errors import KeyringLocked, NoKeyringError, PasswordSetError

from desktop.access import credentials, key_format
from desktop.base.redaction import redact

KEY = "op-4b1c9d2e7f60aa31"


class Keychain:
    """A keychain in memory; every call raises `failing`, if set."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.failing: Exception | None = None

    def get_password(self, service: str, account: str) -> str | None:
        self._fail()
        return self.kept.get((service, account))

    def set_password(self, service: str, account: str, key: str) -> None:
        self._fail()
        self.kept[service, account] = key

    def delete_password(self, service: str, account: str) -> None:
        self._fail()
        del self.kept[service, account]

    def _fail(self) -> None:
        if self.failing:
            raise self.failing


@pytest.fixture
def keychain(monkeypatch: pytest.MonkeyPatch) -> Keychain:
    chain = Keychain()
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(keyring, name, getattr(chain, name))
    return chain


@pytest.mark.parametrize(
    "pasted",
    [
        KEY,
        f"  {KEY}\r\n",
        f"{KEY[:7]}\n{KEY[7:]}",
        f"{KEY[:7]} \t{KEY[7:]}",
        f"\ufeff{KEY}\u200b",
        f"{KEY[:4]}\u2028{KEY[4:]}\x00",
        f'"{KEY}"\n',
    ],
)
def test_a_pasted_key_is_cleaned(keychain: Keychain, pasted: str):
    saved = credentials.save(pasted)
    assert (saved.key, saved.source) == (KEY, "keychain")
    assert keychain.kept == {("presstalk", "opper"): KEY}
    assert credentials.find() == saved


@pytest.mark.parametrize(
    ("pasted", "problem", "word"),
    [
        (" \n ", "empty", "Paste one"),
        (f" {'opmak-1'}23456789\n", "management", "runtime key"),
        ("op-schlüssel-12345", "characters", "characters"),
        ("op-" + "a" * 4_094, "long", "too long"),
    ],
)
def test_what_is_no_key_is_not_kept(keychain: Keychain, pasted: str, problem: str, word: str):
    assert key_format.problem(key_format.clean(pasted)) == problem
    with pytest.raises(credentials.CredentialStoreError, match=word):
        credentials.save(pasted)
    assert keychain.kept == {}


@pytest.mark.parametrize(
    ("failing", "word"),
    [
        (NoKeyringError(), "OPPER_API_KEY"),
        (KeyringLocked(), "Unlock it"),
        (PasswordSetError(f"can't keep {KEY}"), "OPPER_API_KEY"),
        (OSError("bus"), "OPPER_API_KEY"),
    ],
)
def test_a_keychain_that_fails_is_a_plain_sentence(keychain: Keychain, failing: Exception, word: str):
    keychain.kept[credentials.SERVICE, credentials.ACCOUNT] = KEY
    keychain.failing = failing
    with pytest.raises(credentials.CredentialStoreError, match=word) as saving:
        credentials.save(KEY)
    assert KEY not in str(saving.value)
    with pytest.raises(credentials.CredentialStoreError, match="can't be removed"):
        credentials.delete()
    assert credentials.find().source == "none"


def test_a_keychain_that_keeps_nothing_is_noticed(keychain: Keychain, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keyring, "set_password", lambda *_: None)
    with pytest.raises(credentials.CredentialStoreError, match="did not save"):
        credentials.save(KEY)


def test_deleting_leaves_nothing_and_may_be_done_twice(keychain: Keychain):
    credentials.save(KEY)
    credentials.delete()
    credentials.delete()
    assert keychain.kept == {}
    assert credentials.find().source == "none"


def test_a_kept_key_stays_out_of_the_log(keychain: Keychain):
    credentials.save("plain-words-as-a-key")
    assert "plain-words" not in redact("it is plain-words-as-a-key")


@pytest.mark.parametrize(("key", "ending"), [(KEY, "aa31"), ("short-key", "")])
def test_only_the_end_of_a_key_is_ever_shown(key: str, ending: str):
    assert credentials.Credential(key, "keychain").ending == ending


def test_the_environment_wins_over_the_keychain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keyring, "get_password", lambda *_: "from-keychain")
    assert credentials.find().source == "keychain"
    monkeypatch.setenv("OPPER_API_KEY", " from-environment \n")
    found = credentials.find()
    assert (found.key, found.source) == ("from-environment", "environment")
    assert "from-environment" not in repr(found)


def test_a_machine_without_a_keychain_has_no_key(monkeypatch: pytest.MonkeyPatch):
    def none(*_: str) -> str:
        raise NoKeyringError

    monkeypatch.setattr(keyring, "get_password", none)
    assert credentials.find().source == "none"


def test_a_found_key_stays_out_of_the_log(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_API_KEY", "very-secret-value")
    credentials.find()
    assert "very-secret" not in redact("key=very-secret-value")
