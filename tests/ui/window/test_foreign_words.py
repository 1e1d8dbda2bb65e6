"""Words of others in every field of every pane, dialog and state: shown as they are, and never rendered."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QListWidget,
    QTabWidget,
    QToolTip,
    QWidget,
)

import desktop.ui
from desktop.base.message import verbatim
from desktop.base.visible_text import visible
from desktop.conversation.approvals import SERVER
from desktop.cost.days import Days
from desktop.protocol.catalog import Model
from desktop.protocol.published import Published
from desktop.recording import export
from desktop.settings import schema
from desktop.settings.settings_controller import IMPORTED
from desktop.tools.builtin import OPEN_URL
from desktop.turn.effects import DisplayState, Note, Retrying
from desktop.turn.marks import Mark
from desktop.ui.common.master_detail import MasterDetail
from desktop.ui.dialogs.about_dialog import AboutDialog
from desktop.ui.dialogs.ask_again_dialog import AskAgainDialog
from desktop.ui.dialogs.crash_dialog import CrashDialog
from desktop.ui.dialogs.doctor_dialog import DoctorDialog
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.dialogs.keys_dialog import KeysDialog
from desktop.ui.dialogs.running_already_dialog import RunningAlreadyDialog
from desktop.ui.dialogs.save_conversation_dialog import SaveConversationDialog
from desktop.ui.dialogs.save_times_dialog import SaveTimesDialog
from desktop.ui.dialogs.share_dialog import ShareDialog
from desktop.ui.reading.reading_page import ReadingPage
from desktop.ui.session.spend_button import SpendButton
from desktop.ui.settings.settings_dialog import SettingsDialog
from desktop.ui.strip.talk_strip import TalkStrip
from desktop.ui.window.main_window import MainWindow
from desktop.viewmodels.approval_question import ApprovalQuestion, shown_arguments
from desktop.viewmodels.bench_setting import BenchSetting
from desktop.viewmodels.chosen_options import ChosenOptions, PendingRestart
from desktop.viewmodels.devices_model import DeviceRecord
from desktop.viewmodels.doctor_line import DoctorLine
from desktop.viewmodels.event_record import clean_record
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.history_model import HistoryEntry, HistoryModel
from desktop.viewmodels.share_preview import SharePreview
from desktop.viewmodels.spend_report import SpendReport
from desktop.viewmodels.timeline.timeline import Timeline
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.tool_rows import ImportRow, ServerEntry, SourceRow, ToolRow
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.ui import foreign_text
from tests.ui.conftest import Opened
from tests.ui.opened import FORM, use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support", "propagateSizeHints")


@pytest.fixture(
    params=[
        "<img src='{0}'>",
        "<a href='x'>a</a>",
        "<table bgcolor='#ff00ff'><tr><td>.</table>",
        "&amp;",
        "a\u202eb\u200b\x1b]8;;x\x07\u2066\u3164\U000e0041\n\u2028z",
    ],
    ids=["img", "a", "table", "amp", "unseen"],
)
def mark(request, tmp_path) -> str:
    picture = QImage(60, 60, QImage.Format.Format_RGB32)
    picture.fill(foreign_text.PAINT)
    picture.save(str(tmp_path / "p.png"))
    return request.param.format(tmp_path / "p.png")


def test_the_window_shows_them_as_they_are(shown: Opened, mark: str):
    seen = fill(shown, mark)
    assert any(visible(mark) in words for words in seen), "it is shown nowhere"


def fill(shown: Opened, mark: str) -> set[str]:
    """Put the mark into every field of the window, in each of its states; the texts that it then has."""
    window = shown.window
    window.resize(1300, 900)
    published = Published(
        provider_label=mark,
        description=mark,
        region=mark,
        aliases=(mark,),
        retired_at=mark,
        successor="other",
    )
    model = Model(id=mark, label=mark, provider=mark, voices=(mark,), efforts=(mark,), published=published)
    choice = ChosenOptions(model, voice=mark, effort=mark)
    window.show_models([model, Model(id="other", label=mark, provider=mark)])
    window.show_choice(choice)
    for devices in shown.devices:
        devices.show([DeviceRecord(mark, mark, True)])
    shown.transcript.begin_take(1)
    shown.transcript.fill_take(1, mark)
    shown.transcript.begin_response(1)
    shown.transcript.grow_response(1, mark, 100)
    shown.transcript.end_response(1, mark)
    shown.transcript.add_problem(verbatim(mark))
    shown.transcript.add_tool("c1", mark)
    shown.transcript.end_tool("c1", mark, 10)
    shown.tool_calls.begin("c1", mark, {mark: mark})
    shown.tool_calls.end("c1", "failed", {mark: mark}, 10)
    shown.events.add(clean_record(1, "in", mark, 10, {"type": mark, mark: mark}))
    shown.events.flush()
    seen = set()
    for state in DisplayState:
        window.show_state(state)
        for note in (
            Note("error", verbatim(mark), mark),
            Note("warning", OPEN_URL(host=mark, url=mark), mark),
        ):
            window.show_note(note)
            seen |= look(window, mark)
    window.show_retrying(Retrying(3, 5.0, message=verbatim(mark), code=mark))
    seen |= look(window, mark)
    _show_spent(window, mark)
    window.show_hotkey("portal", "F9", mark, None)
    seen |= look(window, mark)
    window.show_hotkey("", "F9", mark, verbatim(mark))
    window.offer_restart(PendingRestart(choice, ("model",)))
    window.show_question(OPEN_URL(host=mark, url=mark))
    window.show_tool_problem(verbatim(mark))
    window.show_frames_file(mark)
    window.show_frames_saved(mark, mark)
    for pane in range(window.findChild(QTabWidget).count()):
        window.findChild(QTabWidget).setCurrentIndex(pane)
        for rows in window.findChildren(MasterDetail):
            rows.open(rows.findChild(QAbstractItemView).model().index(0, 0))
        seen |= look(window, mark)
    _ask_for_approval(window, mark)
    _show_tools(shown, mark)
    return seen | look(window, mark)


def _ask_for_approval(window: MainWindow, mark: str) -> None:
    arguments, _ = shown_arguments({mark: mark})
    window.approval.count(2)
    window.approval.ask(
        ApprovalQuestion(mark, SERVER(server=mark), mark, arguments, claims=(mark, "destructive"))
    )
    window.approval.read_at_once()
    assert visible(mark) in window.approval.title.text().replace("[U+000A]", "\n")


def _show_tools(shown: Opened, mark: str) -> None:
    """The bench, and a call that is compared with another one of its tool."""
    inspector = shown.window.side.tools
    inspector.bench.show_tools([mark])
    inspector.bench.show_settings({mark: BenchSetting(answer=mark)})
    inspector.bench.choose(mark)
    inspector.bench.show_problem(mark)
    shown.tool_calls.begin("c2", mark, {mark: mark})
    shown.tool_calls.end("c2", "done", {mark: [mark]}, 10, mark)
    shown.window.side.setCurrentWidget(inspector)
    inspector.open_call(0)
    inspector.detail.open_comparison()
    assert inspector.detail.comparison.other.count() == 1
    inspector.show_definitions([{"name": mark, "description": mark, "parameters": {mark: mark}}])


def _show_spent(window: MainWindow, mark: str) -> None:
    days = Days.from_builtins({"2026-11-30": {mark: {"picos": {"USD": "1"}}}})
    window.show_spend_report(SpendReport(models=tuple(days.by_model())))
    menu = window.findChild(SpendButton).menu()
    menu.aboutToShow.emit()


DIALOGS = (
    "history",
    "settings",
    "tools",
    "doctor",
    "crash",
    "about",
    "hanging",
    "save",
    "times",
    "share",
    "again",
    "reading",
    "keys",
    "strip",
)


@pytest.mark.parametrize("name", DIALOGS)
def test_each_dialog_shows_them_as_they_are(qtbot, mark: str, name: str):
    use_light_theme()
    dialog = _dialog(name, mark)
    qtbot.addWidget(dialog)
    dialog.show()
    look(dialog, mark)


def _dialog(name: str, mark: str) -> QWidget:
    match name:
        case "history":
            history = HistoryDialog(HistoryModel(), export.FORMATS)
            history.show_entries([HistoryEntry(mark, datetime.now(UTC), mark, mark, 3, "cut short")])
            return history
        case "settings":
            chosen = dict.fromkeys(("language", "input_device", "data_folder", "instructions"), mark)
            settings = SettingsDialog(FORM, {**schema.defaults(), **chosen, "base_url": f"https://{mark}"})
            settings.show_devices([(mark, mark)], [(mark, mark)])
            settings.show_key("keychain", mark[:4])
            settings.offer_sign_in(True)
            settings.show_key_page()
            settings.show_way("portal", "F9", mark, None)
            settings.show_hotkey_problem("talk_key", verbatim(mark))
            settings.show_sign_in_code(mark, QUrl("https://platform.opper.ai/device"))
            settings.show_key_result(False, verbatim(mark))
            settings.show_header_result(False, verbatim(mark))
            settings.show_sign_in_result(False, verbatim(mark))
            settings.show_notice(False, IMPORTED(file=mark))
            settings.lock("base_url", mark)
            return settings
        case "tools":
            return _tools_page(mark)
        case "doctor":
            doctor = DoctorDialog()
            doctor.show_lines([DoctorLine(mark, mark, "bad", mark)])
            doctor.show_problem(verbatim(mark))
            return doctor
        case "share":
            share = ShareDialog()
            share.show_preview(SharePreview(mark, ((mark, 10),), (("key", 1),), has_sound=True, damaged=True))
            share.show_problem(verbatim(mark))
            return share
        case "again":
            model = Model(id=mark, label=mark, provider=mark, voices=(mark,), efforts=(mark,))
            again = AskAgainDialog([model], mark)
            again.show_report(mark)
            again.show_problem(verbatim(mark))
            return again
        case "reading":
            return _recording(mark)
        case "times":
            return SaveTimesDialog(mark.replace("/", ":"))
        case "strip":
            strip = TalkStrip()
            strip.show_words(mark)
            return strip
        case "crash":
            return CrashDialog(mark)
        case "about":
            about = AboutDialog([(mark, mark)])
            about.show_diagnostics(mark)
            return about
        case "save":
            return SaveConversationDialog(mark.replace("/", ":"), export.FORMATS)
        case "keys":
            return KeysDialog(True)
    return RunningAlreadyDialog(mark, reached=True, can_end=True)


def _recording(mark: str) -> QWidget:
    """A recording that somebody else has made, as it is read in the window, with its timeline."""
    transcript, calls, events, timeline = TranscriptModel(), ToolCallsModel(), EventsModel(), Timeline()
    transcript.begin_take(1)
    transcript.fill_take(1, mark)
    transcript.add_tool("c1", mark)
    calls.begin("c1", mark, {mark: mark})
    calls.end("c1", "failed", {mark: mark}, 10)
    events.add(clean_record(1, "in", mark, 10, {"type": mark, mark: mark}))
    events.flush()
    for at, kind in enumerate((mark, "tool_started", "tool_ended")):
        timeline.mark(Mark(at * 100_000, kind, text=mark))
    timeline.frame(50_000, "in", mark, None, 10)
    page = ReadingPage(mark, transcript, calls, events, TimingModel())
    page.resize(1_000, 700)
    page.show_timeline(timeline, 1e6)
    page.say(verbatim(mark))
    return page


def _tools_page(mark: str) -> QWidget:
    """The settings' page of the tools: what servers, files and other programs' files say."""
    dialog = SettingsDialog(FORM, schema.defaults())
    page = dialog.tools
    entry = ServerEntry(mark, mark, mark)
    page.sources.show_rows(
        [SourceRow("mcp", mark, verbatim(mark), False, (verbatim(mark),), (mark,), secrets=1, entry=entry)]
    )
    row = ToolRow(mark, mark, mark, "ask", False, (mark,), (mark,), {"properties": {mark: {mark: mark}}})
    page.tools.show_rows([row])
    page.tools.show_result(mark, mark, good=False)
    page.tools.show_problem(mark)
    page.show_imports([ImportRow(mark, mark, mark), ImportRow(mark, mark, "", verbatim(mark))])
    page.show_notice(False, verbatim(mark))
    page.editor.edit(entry)
    page.editor.show()
    dialog.findChildren(QListWidget)[0].setCurrentRow(dialog.findChildren(QListWidget)[0].count() - 1)
    return dialog


ELSEWHERE = {
    "SideWindow": "it holds the window's panes while they are detached, and has no words of its own",
}
"""Widgets that are in no window that is looked at here, and why that does no harm."""


def test_each_widget_is_in_a_window_that_is_looked_at(shown: Opened, qtbot, tmp_path):
    """A new one must be added above, with words of others in each of its fields."""
    mark = "&amp;"
    fill(shown, mark)
    seen = {type(widget) for widget in (shown.window, *shown.window.findChildren(QWidget))}
    for name in DIALOGS:
        dialog = _dialog(name, mark)
        qtbot.addWidget(dialog)
        seen |= {type(widget) for widget in (dialog, *dialog.findChildren(QWidget))}
    looked_at = {base.__name__ for kind in seen for base in kind.__mro__}
    assert widgets_of_ours() - looked_at == set(ELSEWHERE)


def widgets_of_ours() -> set[str]:
    """The names of all widgets of the program."""
    found = set()
    for module in pkgutil.walk_packages(desktop.ui.__path__, "desktop.ui."):
        for name, kind in vars(importlib.import_module(module.name)).items():
            if inspect.isclass(kind) and issubclass(kind, QWidget) and kind.__module__ == module.name:
                found.add(name)
    return found


def look(window: QWidget, mark: str) -> set[str]:
    """The texts of all its labels and tooltips, once it is sure that none of its texts is rendered."""
    assert foreign_text.problems(window, (mark,)) == []
    assert not foreign_text.has_paint(window), "something in the window was rendered"
    texts = {label.text() for label in window.findChildren(QLabel)}
    for words in {each.toolTip() for each in window.findChildren(QWidget)} - {""}:
        if "<" in words or "&" in words:
            QToolTip.showText(QPoint(100, 100), words, window)
            for tip in QApplication.topLevelWidgets():
                if tip.inherits("QTipLabel"):
                    assert not foreign_text.has_paint(tip), words
                    assert isinstance(tip, QLabel)
                    assert tip.textFormat() is Qt.TextFormat.PlainText
                    assert tip.text() == words
        texts.add(words)
    QToolTip.hideText()
    return texts
