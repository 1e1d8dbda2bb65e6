"""The places that secrets come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.base import redaction
from desktop.realtime import retry
from tests.secrets.marks import CLI_KEY, HEADER, KEY


@pytest.fixture(autouse=True)
def doors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A key in the environment, another where the other program keeps it, and a ticket header."""
    monkeypatch.setattr(redaction, "_secrets", set())
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    monkeypatch.setenv("PRESSTALK_TICKET_HEADER", f"X-Pass: Bearer {HEADER}")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    config = {"version": 1, "defaultKey": "a", "keys": {"a": {"apiKey": CLI_KEY}}}
    (theirs / "config.json").write_text(json.dumps(config))
    monkeypatch.setenv("OPPER_HOME", str(theirs))
    monkeypatch.setattr(retry, "FIRST_S", 0.001)
    return theirs
