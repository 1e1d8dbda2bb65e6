"""A note stays as long as it is true: in the running program, with the offline service or one on loopback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.audio.devices import Device
from desktop.recording import jsonl_writer
from desktop.settings import store
from desktop.turn.effects import DisplayState
from desktop.ui.settings.settings_dialog import SettingsDialog
from tests.app.program import CARD, Running, deaf_address, running
from tests.app.test_settings_dialog_controller import Keychain, keychain  # noqa: F401 - a fixture
from tests.conversation.test_session_controller import OPENAI, idle
from tests.realtime.service import serving

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

OFFLINE = "offline/demo"
WEBCAM = Device("Webcam", "ALSA", 2, 0, 48_000)


def said(program: Running) -> str:
    """What the user reads in the line of the notes."""
    line = program.window.note_line
    return line.text if line.isVisible() else ""


async def test_a_device_that_is_back(qapp, tmp_path: Path):
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        await program.connect()
        program.audio.plugged = []
        program.audio.microphone_now.lost = program.audio.speaker_now.lost = True
        await program.until(lambda: "no microphone and no speaker" in said(program), "the bad news")
        await program.until_state(DisplayState.NO_MICROPHONE)
        program.audio.plugged = [CARD]
        program.parts.system.sound_devices_changed.emit()
        await program.until(lambda: "no microphone" not in said(program), "no bad news")
        await program.until_state(DisplayState.READY)


async def test_a_speaker_alone_that_is_back(qapp, tmp_path: Path):
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        await program.connect()
        program.audio.plugged = []
        program.audio.microphone_now.lost = program.audio.speaker_now.lost = True
        await program.until(lambda: "no microphone and no speaker" in said(program), "the bad news")
        program.audio.plugged = [Device("Box", "ALSA", 0, 2, 48_000, is_default_output=True)]
        program.parts.system.sound_devices_changed.emit()
        await program.until(lambda: "Speaker connected: Box." in told(program), "the good news")
        assert not [words for words in told(program) if "no speaker" in words]
        await program.until(lambda: "There is still no microphone." in said(program), "what is missing")


def told(program: Running) -> list[str]:
    """All notes that are true now."""
    return [str(note.message) for note in program.parts.notes.standing]


async def test_another_device_that_the_user_chooses(qapp, tmp_path: Path):
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        await program.connect()
        program.audio.plugged = [CARD, WEBCAM]
        program.parts.system.sound_devices_changed.emit()
        await program.until(lambda: program.parts.audio.inputs.rowCount() > 2, "the webcam")
        program.window.input_chosen.emit(WEBCAM.key)
        await program.until(lambda: (WEBCAM.key, "microphone") in program.audio.used, "the webcam in use")
        program.audio.plugged = [CARD]
        program.audio.microphone_now.lost = True
        await program.until(lambda: said(program).startswith("Webcam"), "the bad news")
        program.window.input_chosen.emit(CARD.key)
        await program.until(lambda: said(program) == "", "nothing to say")


async def test_a_network_that_is_back(qapp, tmp_path: Path):
    async with running(qapp, tmp_path, model=OPENAI, base_url=deaf_address()) as program:
        program.parts.controller.toggle_session()
        await program.until_state(DisplayState.ERROR)
        assert said(program)
        program.parts.system.network_back.emit()
        await program.until(lambda: said(program) == "", "nothing to say")
        assert program.states[-1] is DisplayState.OFFLINE, "the state says nothing else"


async def test_no_restart_is_offered_without_the_key(qapp, tmp_path: Path, keychain: Keychain):  # noqa: F811
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        await program.connect()
        restart = program.window.restart
        program.parts.controller.choose("model", OPENAI)
        assert not restart.isVisible(), "it would end the demo in an error"
        await program.until(lambda: "needs a key" in said(program), "the note")
        assert not restart.isVisible()
        program.button("Add a key").click()
        program.window.findChild(SettingsDialog).key_save_requested.emit("op-" + "k" * 40)
        await program.until(restart.isVisible, "the offer, once there is a key")


async def test_a_key_that_was_added(qapp, tmp_path: Path, keychain: Keychain):  # noqa: F811
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        program.window.option_chosen.emit("model", OPENAI)
        await program.until(lambda: "needs a key" in said(program), "the note")
        program.button("Add a key").click()
        dialog = program.window.findChild(SettingsDialog)
        dialog.key_save_requested.emit("op-" + "k" * 40)
        await program.until(lambda: said(program) == "", "nothing to say")


async def test_another_model_that_was_chosen(qapp, tmp_path: Path):
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        program.window.option_chosen.emit("model", OPENAI)
        await program.until(lambda: "needs a key" in said(program), "the note")
        program.window.option_chosen.emit("model", OFFLINE)
        await program.until(lambda: said(program) == "", "nothing to say")


async def test_another_model_after_a_failure(qapp, tmp_path: Path):
    async with running(qapp, tmp_path, model=OPENAI, base_url=deaf_address()) as program:
        program.parts.controller.toggle_session()
        await program.until_state(DisplayState.ERROR)
        program.window.option_chosen.emit("model", OFFLINE)
        await program.until(lambda: said(program) == "", "nothing to say")
        assert program.states[-1] is DisplayState.OFFLINE


async def test_settings_that_were_written_after_all(qapp, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(store, "RETRY_AFTER_MS", 50)
    (tmp_path / "settings").write_text("a file where the folder should be")
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        program.window.volume_changed.emit(0.4)
        await program.until(lambda: said(program), "the note")
        os.unlink(tmp_path / "settings")
        await program.until(lambda: said(program) == "", "nothing to say")


async def test_a_conversation_that_was_written_after_all(qapp, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(jsonl_writer, "RETRY_S", 0.05)
    (tmp_path / "data").write_text("a file where the folder should be")
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        await program.connect()
        program.parts.controller.say("Hello.")
        await program.until(lambda: "can't be saved" in " ".join(told(program)), "the note")
        os.unlink(tmp_path / "data")
        await program.until(lambda: "can't be saved" not in " ".join(told(program)), "nothing to say")


async def test_a_conversation_that_was_lost_is_not_said_to_be_in_the_history(qapp, tmp_path: Path):
    (tmp_path / "data").write_text("a file where the folder should be")
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        await program.connect()
        program.parts.controller.say("Hello.")
        await program.until(lambda: "can't be saved" in " ".join(told(program)), "the note")
        program.strike(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        await program.until(lambda: "New conversation" in " ".join(told(program)), "the news")
        assert not [words for words in told(program) if "history" in words or "as you have chosen" in words]


async def test_a_mute_that_is_over(qapp, tmp_path: Path):
    async with (
        serving(idle) as service,
        running(qapp, tmp_path, model=OPENAI, base_url=service.url) as program,
    ):
        await program.connect()
        program.window.mute_toggled.emit(True)
        program.parts.controller.press()
        await program.until(lambda: "muted" in said(program), "the note")
        program.window.mute_toggled.emit(False)
        await program.until(lambda: said(program) == "", "nothing to say")
