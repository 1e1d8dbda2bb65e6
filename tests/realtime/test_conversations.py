"""Each provider and mode as the protocol describes it: sent frames are compared one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.realtime import retry, speaker_downlink
from tests.realtime.conversation import FOLDER, Stage, read

KEY = "op-conversation-1"


@pytest.fixture(autouse=True)
def at_the_speed_of_a_test(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnects without a pause; a room without an echo; and a key."""
    monkeypatch.setattr(retry, "FIRST_S", 0.001)
    monkeypatch.setattr(speaker_downlink, "ECHO_MS", 0.0)
    monkeypatch.setenv("OPPER_API_KEY", KEY)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
async def test_the_client_says_what_is_written(path: Path):
    about, rows = read(path)
    await Stage(about).play(rows)
