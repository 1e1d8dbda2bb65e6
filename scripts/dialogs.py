"""The dialogs in the screenshots, each with something in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import tool_page
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QListWidget, QScrollArea, QWidget
from stage import BEGAN, Stage, talk

from desktop.access import key_format
from desktop.audio.loop_probe import LoopFindings
from desktop.base.message import Shortcut
from desktop.conversation import session_config
from desktop.devices.doctor import verdicts
from desktop.devices.doctor.audio_doctor import line_of
from desktop.devices.doctor.findings import DeviceFacts, Findings, Loudness
from desktop.protocol import catalog
from desktop.realtime import messages
from desktop.recording import export
from desktop.settings import prompt_presets, schema
from desktop.system.hotkeys.interface import CLASH
from desktop.ui.dialogs.about_dialog import AboutDialog
from desktop.ui.dialogs.ask_again_dialog import AskAgainDialog
from desktop.ui.dialogs.crash_dialog import CrashDialog
from desktop.ui.dialogs.doctor_dialog import DoctorDialog
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.dialogs.keys_dialog import KeysDialog
from desktop.ui.dialogs.running_already_dialog import RunningAlreadyDialog
from desktop.ui.dialogs.share_dialog import ShareDialog
from desktop.ui.settings.key_field import KeyRules
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.settings_dialog import SettingsDialog
from desktop.viewmodels.history_model import HistoryEntry, HistoryMark, HistoryModel
from desktop.viewmodels.share_preview import SharePreview, TakenOut

VERSIONS = [("Presstalk", "1.0"), ("Python", "3.11"), ("Qt", "6.11"), ("System", "Linux (x86_64)")]
REPORT = """\
Unexpected, in the event loop

Traceback (most recent call last):
  File "desktop/conversation/tool_host.py", line 51, in answer
    waiting.set_result(allowed)
asyncio.exceptions.InvalidStateError: invalid state

Presstalk: 1.0
Python: 3.11
"""
KEPT: tuple[tuple[str, HistoryMark], ...] = (
    ("What time is it in Stockholm?", "open"),
    ("Plan a walk around the lake", "cut short"),
    ("Practise Swedish", ""),
    ("Sums for the move", ""),
)

ASKED_AGAIN = """\
recorded: openai/gpt-realtime-2
again:    xai/grok-voice-latest

turn 1 (spoken): words differ (72% of the words are alike)
  recorded:
    heard: What time is it in Stockholm?
    said:  It is half past two in Stockholm.
    tool:  get_time {"zone":"Europe/Stockholm"}
    time:  812 ms (tail 120, packet 8, socket 2, service 210, model 402, prebuffer 40, device 30)
  again:
    heard: What time is it in Stockholm?
    said:  In Stockholm it's 14:30.
    tool:  get_time {"zone":"Europe/Stockholm"}
    time:  645 ms (socket 2, service 180, model 463)

1 of 1 turns were answered whole, with the same tools."""

CHOSEN = {"session_budget": 1.0, "day_budget": 5.0, "agent": "front-desk", "web_tools": "ask"}

Dialog = tuple[str, QWidget, Callable[[], object]]


def nothing() -> None:
    """Some pictures need no more than their dialog."""


def all_of_them() -> Iterator[Dialog]:
    """Name, dialog, and what is to be done with it when it is shown."""
    parent = QWidget()
    for row in range(_pages(settings_dialog(parent)).count()):
        dialog = settings_dialog(parent)
        _pages(dialog).setCurrentRow(row)
        yield f"settings-{row + 1}", dialog, nothing
    for row in range(_pages(settings_dialog(parent)).count()):
        dialog = settings_dialog(parent)
        dialog.show_values(CHOSEN)
        _pages(dialog).setCurrentRow(row)
        yield f"settings-{row + 1}-below", dialog, partial(_scroll_down, dialog)
    signing_in = settings_dialog(parent)
    signing_in.offer_sign_in(True)
    yield "settings-sign-in", signing_in, lambda: _sign_in(signing_in)
    refused = settings_dialog(parent)
    yield "settings-key-refused", refused, lambda: _refuse(refused)
    choosing = settings_dialog(parent)
    yield "settings-hotkeys", choosing, lambda: _show_hotkeys(choosing)
    for name, act in (
        ("editor", tool_page.edit),
        ("imports", tool_page.show_imports),
        ("sign-in", tool_page.show_sign_in),
    ):
        shown = settings_dialog(parent)
        _pages(shown).setCurrentRow(2)
        yield f"settings-tools-{name}", shown, partial(act, shown)
    resetting = settings_dialog(parent)
    yield "settings-reset", resetting, resetting.ask_to_reset
    yield _history(parent)
    yield "share", sharing(parent), nothing
    yield "ask-again", asked_again(parent), nothing
    yield "keys", KeysDialog(True, parent), nothing
    yield "doctor", examined(parent), nothing
    yield "about", AboutDialog(VERSIONS, parent), nothing
    yield "crash", CrashDialog(REPORT, parent), nothing
    yield "hanging", RunningAlreadyDialog("", reached=True, can_end=True), nothing
    yield "out-of-reach", RunningAlreadyDialog("", reached=False, can_end=False), nothing


def examined(parent: QWidget) -> DoctorDialog:
    """The doctor's page, with one of each verdict."""
    findings = Findings(
        DeviceFacts("USB Headset", 48_000, 12.0),
        DeviceFacts("Built-in Speakers", 48_000, 31.0),
        Loudness(-44.0, -43.0, -30.0),
        LoopFindings(40, (), (), 38.0, 4, -18.0),
        67.0,
        24.0,
        4,
        Loudness(-50.0, -27.0, -9.0),
    )
    dialog = DoctorDialog(parent)
    dialog.show_lines([line_of(row) for row in verdicts.rows(findings)])
    return dialog


def sharing(parent: QWidget) -> ShareDialog:
    """The preview of a recording with something in it that isn't for others."""
    dialog = ShareDialog(parent)
    files = (
        ("report.html", 3_120_000),
        ("session.json", 2_100),
        ("frames.jsonl", 412_000),
        ("marks.jsonl", 18_400),
        ("journal.jsonl", 9_300),
        ("sent.flac", 1_240_000),
        ("received.flac", 2_310_000),
    )
    taken: tuple[tuple[TakenOut, int], ...] = (("key", 3), ("email", 2), ("home", 4), ("user", 1))
    dialog.show_preview(SharePreview("recording-20260512-142530", files, taken, sound=True, has_sound=True))
    return dialog


def asked_again(parent: QWidget) -> AskAgainDialog:
    """The dialog with a report in it."""
    models = [model for model in catalog.MODELS if not model.by_agent]
    dialog = AskAgainDialog(models, "openai/gpt-realtime-2", parent)
    dialog.show_report(ASKED_AGAIN)
    return dialog


def settings_dialog(parent: QWidget) -> SettingsDialog:
    """The settings, with a key and two devices of each kind."""
    form = Form(
        schema.defaults(),
        schema.BOUNDS,
        schema.problem,
        prompt_presets.PRESETS,
        session_config.INSTRUCTIONS,
        schema.LONGEST_INSTRUCTIONS,
        "https://api.opper.ai",
        "~/.local/share/presstalk",
        KeyRules(key_format.clean, key_format.problem, key_format.LONGEST, key_format.PLATFORM_URL),
    )
    dialog = SettingsDialog(form, schema.defaults(), parent)
    dialog.show_devices(
        [(name, name) for name in ("USB Headset", "Built-in Microphone")],
        [(name, name) for name in ("USB Headset", "Built-in Speakers")],
    )
    dialog.show_key("keychain", "c41f")
    tool_page.fill(dialog)
    return dialog


def _pages(dialog: SettingsDialog) -> QListWidget:
    pages = dialog.findChild(QListWidget)
    assert isinstance(pages, QListWidget)
    return pages


def _scroll_down(dialog: SettingsDialog) -> None:
    """To what is below the fold of the page."""
    for area in dialog.findChildren(QScrollArea):
        if area.isVisible():
            area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


def _show_hotkeys(dialog: SettingsDialog) -> None:
    """One key is had, another isn't."""
    dialog.show_hotkeys()
    dialog.show_values({"talk_key": "Right Ctrl", "mute_key": "Ctrl+Alt+M"})
    dialog.show_way("x11", "Right Ctrl", "", None)
    dialog.show_hotkey_problem("mute_key", CLASH(keys=Shortcut("Ctrl+Alt+M")))


def _sign_in(dialog: SettingsDialog) -> None:
    dialog.show_key("none")
    dialog.show_key_page()
    dialog.show_sign_in_code("WDJB-MJHT", QUrl("https://platform.opper.ai/device"))


def _refuse(dialog: SettingsDialog) -> None:
    dialog.show_key("none")
    dialog.show_key_page()
    dialog.show_key_result(False, messages.KEY_REFUSED())


def _history(parent: QWidget) -> Dialog:
    stage = Stage()
    talk(stage)
    entries = [
        HistoryEntry(title, BEGAN - timedelta(days=day), title, "openai/gpt-realtime-2", 7 - day, mark)
        for day, (title, mark) in enumerate(KEPT)
    ]
    dialog = HistoryDialog(HistoryModel(), export.FORMATS, parent)

    def fill() -> None:
        dialog.show_entries(entries)
        dialog.show_lines(KEPT[0][0], stage.transcript.lines)

    return "history", dialog, fill
