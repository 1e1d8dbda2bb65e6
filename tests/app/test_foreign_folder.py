"""A data folder that can't be one: the session goes on, and what is said is kept where it usually is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.recording import conversation_store
from desktop.recording.folder.layout import FRAMES
from tests.app.program import running
from tests.app.test_new_conversation import brief
from tests.conversation.test_session_controller import OPENAI
from tests.realtime.service import serving

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")


@pytest.mark.parametrize("chosen", ["~nosuchuser/x"])
async def test_a_session_with_its_events_is_kept(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str
):
    monkeypatch.setenv("PRESSTALK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    async with serving(brief) as service:
        settings = {"base_url": service.url, "model": OPENAI, "save_events": True, "data_folder": chosen}
        async with running(qapp, tmp_path, **settings) as program:
            await program.connect()
            program.window.text_entered.emit("Hello")
            await program.until(lambda: program.words()[-1:] == ["New."], "an answer")
    folder = tmp_path / "home" / "data" / "conversations"
    (kept,) = conversation_store.summaries(folder)
    assert kept.title == "Hello"
    assert (kept.path.parent / FRAMES).stat().st_size > 0
    assert not (tmp_path / "~nosuchuser").exists()
