"""The settings dialog: a list of pages, applied at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.base.hotkey import Way
from desktop.base.message import Message
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.scroll_area import ScrollArea
from desktop.ui.common.theme import GAP, GRID
from desktop.ui.common.work_area import WorkAreaGuard
from desktop.ui.dialogs.talking_dialog import TalkingDialog
from desktop.ui.settings.key_field import KeySource
from desktop.ui.settings.pages.background import BackgroundPage
from desktop.ui.settings.pages.connection import ConnectionPage
from desktop.ui.settings.pages.conversation import ConversationPage
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.pages.general import GeneralPage
from desktop.ui.settings.pages.keys import KeysPage
from desktop.ui.settings.pages.page import Page
from desktop.ui.settings.pages.sound import SoundPage
from desktop.ui.settings.pages.talking import TalkingPage
from desktop.ui.settings.reset_bar import ResetBar
from desktop.ui.talk.level_meter import Needle
from desktop.viewmodels.wording import worded

SIZE = (720, 560)
SMALLEST = (680, 440)
LIST_WIDTH = 136


class SettingsDialog(TalkingDialog):
    """Shows the settings it is given and announces each change; it keeps none and reads no file."""

    changed = Signal(str, object)
    key_check_requested = Signal(str)
    """Answer with `show_key_result`, and if it was kept with `show_key`."""
    key_save_requested = Signal(str)
    key_delete_requested = Signal()
    header_save_requested = Signal(str)
    """Answer with `show_header_result`, and if it was kept with `show_header`."""
    header_delete_requested = Signal()
    sign_in_requested = Signal()
    """Answer with `show_sign_in_code`, then `show_sign_in_result`."""
    sign_in_canceled = Signal()
    import_requested = Signal(Path)
    """Answer with `show_values` and `show_notice`."""
    export_requested = Signal(Path)
    reset_requested = Signal(list)
    """The names of the settings to reset. Answer with `show_values` and `offer_undo`."""
    undo_requested = Signal()
    """The last reset is to be undone. Answer with `show_values`."""
    open_requested = Signal(QUrl)
    test_started = Signal()
    """The microphone is to be tested: answer with `show_test` and `show_needles`."""
    test_stopped = Signal()
    key_recording = Signal(bool)
    """A key for all programs is about to be pressed, or no longer."""
    speaker_test_clicked = Signal()
    """The speaker's test is to begin, or to end: answer with `show_playing`."""

    def __init__(self, form: Form, values: Mapping[str, object], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Settings"))
        self.resize(*SIZE)
        self.setMinimumSize(*SMALLEST)
        self._connection, self._sound = ConnectionPage(form), SoundPage(form)
        self._hotkeys = KeysPage(form)
        self._background = BackgroundPage(form)
        self._general = GeneralPage(form)
        self._pages: tuple[Page, ...] = (
            self._connection,
            ConversationPage(form),
            TalkingPage(form),
            self._hotkeys,
            self._sound,
            self._background,
            self._general,
        )
        self._list = QListWidget()
        self._stack = QStackedWidget()
        self._reset = ResetBar()
        self._notice = PlainLabel()
        self._lay_out()
        self._connect_signals()
        self.show_values(values)
        self._list.setCurrentRow(0)

    def show_values(self, values: Mapping[str, object]) -> None:
        """Show these settings, by name; names without a page are ignored."""
        for page in self._pages:
            for name in page.names:
                if name in values:
                    page.show_value(name, values[name])

    def show_devices(self, inputs: Sequence[tuple[str, str]], outputs: Sequence[tuple[str, str]]) -> None:
        """Offer these microphones and speakers. A chosen one that is missing stays, marked as missing."""
        self._sound.show_devices(inputs, outputs)

    def show_needles(self, microphone: Needle, speaker: Needle) -> None:
        """Move the meters."""
        self._sound.microphone.show_needle(microphone)
        self._sound.speaker.show_needle(speaker)

    def show_test(self, state: str) -> None:
        """Show the state of the microphone test: idle, recording, playing."""
        self._sound.microphone.show_test(state)

    def show_playing(self, what: str) -> None:
        """Show what plays that is no answer: nothing, the speaker's `test`, a `sound` of before."""
        self._sound.speaker.show_test(what == "test")

    def show_key(self, source: KeySource, ending: str = "") -> None:
        """Show where the key in use comes from, and its last characters."""
        self._connection.key_field.show_source(source, ending)

    def show_key_result(self, ok: bool, message: Message) -> None:
        """Show how a check, a save or a removal of the key ended."""
        self._connection.key_field.show_result(ok, message)

    def show_header(self, name: str) -> None:
        """Show the name of the header that goes to the ticket address; empty without one."""
        self._connection.show_header(name)

    def show_header_result(self, ok: bool, message: Message) -> None:
        """Show how keeping or removing the header ended."""
        self._connection.header_field.show_result(ok, message)

    def offer_sign_in(self, offered: bool) -> None:
        """Show or hide the sign-in with the browser."""
        self._connection.sign_in.setVisible(offered)

    def show_sign_in_code(self, code: str, url: QUrl) -> None:
        """Show the code that the page at this address asks for."""
        self._connection.sign_in.show_code(code, url)

    def show_sign_in_result(self, ok: bool, message: Message) -> None:
        """Show how the sign-in ended."""
        self._connection.sign_in.show_result(ok, message)

    def show_key_page(self) -> None:
        """Show the page of the key, with the cursor in its line."""
        self._list.setCurrentRow(0)
        self._connection.key_field.focus()

    def show_way(self, way: Way, key: str, named: str, problem: Message | None) -> None:
        """Say by which way the talk key for all programs comes, or why by none."""
        self._hotkeys.show_way(way, key, named, problem)

    def show_hotkey_problem(self, name: str, problem: Message | None) -> None:
        """Say why the key of this setting can't be had; None: it can."""
        self._hotkeys.show_key_problem(name, problem)

    def show_hotkeys(self) -> None:
        """Show the page of the keys for all programs."""
        self._list.setCurrentRow(self._pages.index(self._hotkeys))

    def show_background_problem(self, name: str, problem: Message | None) -> None:
        """Say why this setting can't be followed; None: it can."""
        page = next(page for page in self._pages if name in page.names)
        page.row(name).show_problem(worded(problem) if problem else "")

    def show_notice(self, ok: bool, message: Message) -> None:
        """Show how an import or an export ended."""
        sentence = worded(message)
        self._notice.setText(sentence)
        self._notice.setAccessibleName(sentence)
        self._notice.setProperty("role", "good" if ok else "problem")
        self._notice.style().polish(self._notice)

    def ask_to_reset(self) -> None:
        """Ask whether everything is to be reset."""
        self._reset.ask()

    def offer_undo(self, possible: bool) -> None:
        """The settings were reset, and that can be undone; or not any more."""
        self._reset.show_undo(possible)

    def lock(self, name: str, why: str) -> None:
        """Make one setting read-only, because something else decides it; an empty reason frees it."""
        for page in self._pages:
            if name in page.names:
                page.row(name).lock(why)

    def hideEvent(self, event: QHideEvent) -> None:
        for page in self._pages:
            page.finish()
        super().hideEvent(event)

    def _lay_out(self) -> None:
        self._list.setAccessibleName(self.tr("Pages"))
        self._list.setFixedWidth(LIST_WIDTH)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for page in self._pages:
            self._list.addItem(page.title)
            self._stack.addWidget(_scrolling(page))
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._stack)
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self._list)
        top.addWidget(card, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addLayout(top, 1)
        column.addWidget(self._reset)
        column.addLayout(self._bottom())

    def _bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for words, slot in (
            (self.tr("Import…"), self._choose_import),
            (self.tr("Export…"), self._choose_export),
            (self.tr("Reset all…"), self.ask_to_reset),
        ):
            button = QPushButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
        self._notice.setWordWrap(True)
        row.addWidget(self._notice, 1)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        row.addWidget(close)
        return row

    def _connect_signals(self) -> None:
        # pages
        self._list.currentRowChanged.connect(self._on_page_chosen)
        for page in self._pages:
            page.changed.connect(self.changed)
        # key
        key_field = self._connection.key_field
        key_field.check_requested.connect(self.key_check_requested)
        key_field.save_requested.connect(self.key_save_requested)
        key_field.delete_requested.connect(self.key_delete_requested)
        # other ways in
        self._connection.header_field.save_requested.connect(self.header_save_requested)
        self._connection.header_field.delete_requested.connect(self.header_delete_requested)
        self._connection.sign_in.sign_in_clicked.connect(self.sign_in_requested)
        self._connection.sign_in.cancel_clicked.connect(self.sign_in_canceled)
        self._connection.sign_in.open_clicked.connect(self.open_requested)
        # reset
        self._reset.confirmed.connect(self._on_reset_confirmed)
        self._reset.undo_requested.connect(self.undo_requested)
        # sound
        self._sound.microphone.test_started.connect(self.test_started)
        self._sound.microphone.test_stopped.connect(self.test_stopped)
        self._sound.speaker.test_clicked.connect(self.speaker_test_clicked)
        # keys
        self._hotkeys.recording.connect(self.key_recording)
        # folder
        self._general.folder.open_requested.connect(self.open_requested)

    def _on_page_chosen(self, row: int) -> None:
        self._stack.setCurrentIndex(row)
        self._notice.clear()

    def _on_reset_confirmed(self) -> None:
        names = [name for page in self._pages for name in page.names if page.row(name).field.isEnabled()]
        self.reset_requested.emit(names)

    def _choose_import(self) -> None:
        dialog = self._file_dialog(self.tr("Import settings"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.import_requested.emit(Path(path)))
        dialog.show()

    def _choose_export(self) -> None:
        dialog = self._file_dialog(self.tr("Export settings, without the key"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile("presstalk-settings.json")
        dialog.fileSelected.connect(lambda path: self.export_requested.emit(Path(path)))
        dialog.show()

    def _file_dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title)
        WorkAreaGuard(dialog)
        dialog.setModal(False)  # the talk key still works in the window
        dialog.setNameFilter(self.tr("Settings (*.json)"))
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def _scrolling(page: Page) -> ScrollArea:
    area = ScrollArea()
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.verticalScrollBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the focus anyway
    return area
