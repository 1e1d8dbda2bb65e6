"""The window in German, by the system's language or by the setting: all its texts."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)
from scenes import SCENES, window_of

from desktop.access import keychain
from desktop.app import translation
from desktop.audio import devices
from desktop.audio.interfaces import AudioError
from desktop.base.message import joined, verbatim
from desktop.conversation.opening_note import CONNECTED, DEMO
from desktop.conversation.session_controller import MUTED, TIMER_UP
from desktop.protocol import catalog
from desktop.realtime import errors, messages, tls
from desktop.recording import export, journal
from desktop.recording.folder.layout import JOURNAL
from desktop.recording.folder.recorder import NOTHING, Recorder
from desktop.recording.stored_lines import to_lines
from desktop.recording.transcript_recorder import TranscriptRecorder
from desktop.tools.builtin import OPEN_URL
from desktop.turn.effects import DisplayState, Note
from desktop.turn.take import HOLD_TO_TALK
from desktop.turn.turn_parts import ROWS
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.session.state_words import talk_words
from desktop.ui.talk.microphone_column import MicrophoneColumn
from desktop.ui.timing.parts_table import NAME_WIDTH
from desktop.viewmodels import numbers, shortcuts
from desktop.viewmodels.devices_model import DevicesModel
from desktop.viewmodels.part_words import part_words
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel
from desktop.viewmodels.wording import key_words, worded
from tests.ui.opened import Opened, use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def german(qapp) -> Iterator[None]:
    before, usual = set(qapp.findChildren(QTranslator)), QLocale()
    translation.install(qapp, "de")
    yield
    QLocale.setDefault(usual)
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)
        translator.setParent(None)


def words_of(widget: QWidget) -> set[str]:
    """All texts of a widget."""
    words: set[str] = set()
    for child in (widget, *widget.findChildren(QWidget)):
        words |= {child.accessibleName(), child.toolTip()}
        match child:
            case QLabel() | QAbstractButton():
                words.add(child.text())
            case QLineEdit() | QPlainTextEdit():
                words.add(child.placeholderText())
            case QComboBox():
                words |= {child.itemText(row) for row in range(child.count())}
            case QTabBar():
                words |= {child.tabText(tab) for tab in range(child.count())}
            case _:
                pass
    return words


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (["de-AT", "de", "en"], "de"),
        (["de_DE"], "de"),
        (["sv-SE", "de-DE", "en-GB"], "de"),
        (["en-Latn-US", "en", "de"], "en"),
        (["ja-JP"], "en"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_first_of_the_systems_languages_that_is_spoken_here(wanted: list[str], code: str) -> None:
    assert translation.best_language(wanted) == code


def test_the_setting_goes_before_the_system(qapp, monkeypatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(translation, "QTranslator", lambda *_: made.append("one") or QTranslator())
    monkeypatch.setattr(translation, "best_language", lambda _: "de")
    usual = QLocale()
    translation.install(qapp, "en")
    QLocale.setDefault(usual)
    assert made == []


def test_the_window_is_german(qtbot, german) -> None:
    use_light_theme()
    scene = next(scene for scene in SCENES if scene.name == "error")
    window, act = window_of(scene, (1040, 700))
    qtbot.addWidget(window)
    window.show()
    act()
    words = words_of(window)
    assert {
        "Verbinden",
        "Stummschalten",
        "Lautstärke",
        "Werkzeuge",
        "Schreiben statt sprechen",
        "Offline-Demo",
    } <= words
    assert "Zustand: Fehler" in words
    assert window.note_line.text.startswith("Der Schlüssel wurde abgelehnt.")
    assert not words & {"Connect", "Mute", "Volume", "Tools", "Offline demo", "System default"}


def test_the_settings_are_german_and_so_are_qts_own_words(qtbot, german) -> None:
    words = words_of(Opened(qtbot).dialog)
    assert {"Verbindung", "Prüfen und speichern", "Freundlicher Assistent", "Wie das System"} <= words
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"


def test_a_question_is_german_and_answered_as_it_was_asked(qtbot, german) -> None:
    scene = next(scene for scene in SCENES if scene.name == "ready")
    window, _ = window_of(scene, (1040, 700))
    qtbot.addWidget(window)
    answers = []
    window.question_answered.connect(lambda question, allowed: answers.append((question, allowed)))
    question = OPEN_URL(host="example.org", url="https://example.org/")
    window.question.ask(question)
    assert "example.org im Browser öffnen?\nhttps://example.org/" in words_of(window.question)
    (allow,) = [
        each for each in window.question.findChildren(QAbstractButton) if each.text() == "Einmal erlauben"
    ]
    qtbot.waitUntil(allow.isEnabled)
    allow.click()
    assert answers == [(question, True)]


def test_talk_words(german) -> None:
    assert talk_words(DisplayState.READY) == ["Zum Sprechen halten"]
    assert talk_words(DisplayState.LISTENING, locked=True) == ["Bleibt offen", "Zum Senden tippen"]


def test_sentences_of_the_layers_below(german) -> None:
    assert worded(HOLD_TO_TALK()) == "Zum Sprechen halten."
    error = errors.refused(403, body=b'{"message": "Model not enabled."}')
    assert worded(error.message) == (
        "Dieser Schlüssel darf dieses Modell nicht benutzen. Wählen Sie ein anderes Modell, oder nehmen Sie "
        "einen, der es darf. Seine Meldung: Model not enabled."
    )
    late = errors.refused(429, headers=[("Retry-After", "600")])
    assert worded(late.message).endswith("Er bittet Sie, 10 Minuten zu warten.")
    gone = errors.unreachable(ConnectionRefusedError(), "localhost:1", address=messages.TICKET_ADDRESS())
    assert (
        worded(gone.message)
        == "Unter localhost:1 antwortet nichts. Prüfen Sie die Ticketadresse und ob der Dienst läuft."
    )
    with pytest.raises(AudioError) as none:
        devices.choose([], None, "output")
    assert worded(none.value.message).startswith(
        "Kein Lautsprecher vorhanden. Schließen Sie ein Gerät an, oder lesen"
    )
    assert worded(joined(CONNECTED(model=catalog.find(catalog.OFFLINE_MODEL).name), DEMO())).startswith(
        "Verbunden mit Offline-Demo. Sie versteht und spricht nur Englisch."
    )


def test_a_sentence_with_parts_that_are_ours(german) -> None:
    broken = ssl.SSLCertVerificationError("expired")
    broken.verify_code = tls.EXPIRED
    words = worded(tls.message(broken, "api.opper.ai"))
    assert words.startswith("Die Verbindung zu api.opper.ai ist nicht sicher: Das Zertifikat ist abgelaufen.")
    assert words.endswith("sonst kann nur der Betreiber von api.opper.ai das Zertifikat erneuern.")
    instead = keychain.INSTEAD(variable="OPPER_API_KEY")
    failure = keychain.NOT_KEPT(secret=keychain.KEY())
    refused = keychain._store_error(failure, RuntimeError(), instead)
    assert worded(refused.message) == (
        "Schlüssel nicht gespeichert: Der Schlüsselbund hat unerwartet geantwortet. "
        "Setzen Sie stattdessen OPPER_API_KEY, und starten Sie neu: Das geht immer."
    )


@pytest.mark.parametrize(
    "text", ["", "Quota exceeded for project 7.", "Hold to talk.", "microphone", "{0} {}"]
)
def test_a_services_own_words_stay_as_they_are(german, text: str) -> None:
    assert worded(verbatim(text)) == text


def test_keys_are_named_as_the_keyboard_has_them(german) -> None:
    assert worded(MUTED(key=shortcuts.MUTE)) == (
        f"Sie sind stummgeschaltet. Drücken Sie {key_words(shortcuts.MUTE)}, um wieder gehört zu werden."
    )
    assert key_words(shortcuts.MUTE) == "Strg+M"


def test_lines_and_exports_are_german_and_json_is_not(german) -> None:
    lines = TranscriptModel()
    lines.add_note(CONNECTED(model=verbatim("xAI Grok Voice")))
    lines.begin_response(1)
    lines.grow_response(1, "One two three.", 0)
    lines.mark_heard(1, 0, 1_000)
    lines.end_response(1, "interrupted")
    lines.add_tool("c", "get_time")
    lines.end_tool("c", "failed", 1_500)
    text, marked = export.to_text(lines.lines), export.to_markdown(lines.lines)
    assert "Verbunden mit xAI Grok Voice." in text
    assert "Assistent: [nicht gehört: One two three.] (unterbrochen)" in text
    assert "Werkzeug get_time: fehlgeschlagen · 1,5 s" in text
    assert marked.startswith("# Gespräch\n\n- Datum: ")
    assert "\n\n_Verbunden mit xAI Grok Voice._\n\n" in marked
    document = export.to_json(lines.lines)
    assert "Connected to xAI Grok Voice." in document
    assert '"note": "interrupted"' in document
    assert '"state": "failed"' in document


def test_a_conversation_on_disk_is_english_and_is_read_in_german(german, tmp_path) -> None:
    lines = TranscriptModel()
    folders = Recorder(lambda: tmp_path / "conversation", lambda: NOTHING)
    recorder = TranscriptRecorder(lines, ToolCallsModel(), folders.open_journal)
    lines.add_note(CONNECTED(model=verbatim("xAI Grok Voice")))
    lines.add_typed("Hello")
    recorder.end()
    folders.end()
    folders.wait()
    (path,) = tmp_path.glob(f"*/{JOURNAL}")
    stored = journal.read(path)
    assert [line.text for line in stored.lines] == ["Connected to xAI Grok Voice.", "Hello"]
    assert [line.text for line in to_lines(stored)] == ["Verbunden mit xAI Grok Voice.", "Hello"]
    stored.lines[0].message = {"id": "of-a-later-version", "arguments": {}}
    assert to_lines(stored)[0].text == "Connected to xAI Grok Voice."


def test_numbers_are_written_as_the_language_does(german) -> None:
    assert (numbers.whole(12_345), numbers.decimal(1.5, 1), numbers.short(44.1)) == ("12.345", "1,5", "44,1")


def test_numbers_are_english_where_the_system_says_nothing() -> None:
    usual = QLocale()
    QLocale.setDefault(QLocale.c())
    assert (numbers.whole(12_345), numbers.decimal(0.5, 1), numbers.short(24.0)) == ("12,345", "0.5", "24")
    QLocale.setDefault(usual)


def test_a_note_is_announced_in_german(qtbot, german, monkeypatch) -> None:
    from desktop.ui.common import accessible
    from desktop.ui.session.note_line import NoteLine
    from desktop.viewmodels.note_board import NoteBoard

    heard: list[str] = []
    monkeypatch.setattr(accessible, "announce", lambda widget, words, urgent: heard.append(words))
    board = NoteBoard()
    line = NoteLine(board)
    qtbot.addWidget(line)
    board.add(Note("hint", TIMER_UP()))
    assert heard == ["Der Timer ist abgelaufen."]
    assert line.text == "Der Timer ist abgelaufen."


DIGITS = """
import sys
from PySide6.QtWidgets import QApplication, QDoubleSpinBox
from desktop.app import translation
from desktop.viewmodels import numbers
application = QApplication([])
translation.install(application, sys.argv[1])
box = QDoubleSpinBox(value=12.5)
print(ascii([numbers.whole(12345), numbers.decimal(1.5, 1), numbers.short(44.1), box.text()]))
"""
ENGLISH_FIGURES = "['12,345', '1.5', '44.1', '12.50']"
GERMAN_FIGURES = "['12.345', '1,5', '44,1', '12,50']"


@pytest.mark.parametrize(
    ("variables", "choice", "figures"),
    [
        ({"LANG": "ar_EG.UTF-8"}, "system", ENGLISH_FIGURES),
        ({"LANG": "ar_EG.UTF-8"}, "en", ENGLISH_FIGURES),
        ({"LANG": "ar_EG.UTF-8"}, "de", GERMAN_FIGURES),
        ({"LANG": "fa_IR.UTF-8"}, "system", ENGLISH_FIGURES),
        ({"LANG": "bn_BD.UTF-8"}, "system", ENGLISH_FIGURES),
        ({"LANG": "my_MM.UTF-8"}, "system", ENGLISH_FIGURES),
        ({"LANG": "de_DE.UTF-8"}, "system", GERMAN_FIGURES),
        ({"LANG": "de_DE.UTF-8", "LC_NUMERIC": "ar_EG.UTF-8"}, "system", GERMAN_FIGURES),
        ({"LANG": "C.UTF-8"}, "system", ENGLISH_FIGURES),
    ],
)
def test_the_digits_are_the_windows_languages(variables, choice, figures):
    kept = {name: value for name, value in os.environ.items() if name not in ("LANG", "LANGUAGE")}
    env = {name: value for name, value in kept.items() if not name.startswith("LC_")} | variables
    command = [sys.executable, "-c", DIGITS, choice]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == figures, done.stderr


@pytest.mark.parametrize("width", [420, 120], ids=["with a word", "with an icon alone"])
def test_muted_and_not_muted_can_be_told_apart(qtbot, german, width: int) -> None:
    """By its word, its tip and its picture, in grey too; the word says what a press does, or what is."""
    use_light_theme()
    column = MicrophoneColumn(DevicesModel("input"), lambda: 0.0)
    qtbot.addWidget(column)
    column.resize(width, 120)
    column.show()
    seen = []
    for muted in (False, True):
        column.show_muted(muted)
        picture = column.mute.icon().pixmap(16, 16).toImage()
        shape = picture.convertToFormat(QImage.Format.Format_Alpha8)
        words = (column.mute.accessibleName(), column.mute.toolTip())
        seen.append((column.mute.text(), *words, column.mute.isChecked(), bytes(shape.constBits())))
    assert all(one != other for one, other in zip(*seen, strict=True) if one or other), seen
    texts = [one[0] for one in seen]
    assert texts == (["Stummschalten", "Stumm"] if width == 420 else ["", ""])


def test_no_name_of_a_part_of_the_wait_is_cut(qtbot, german) -> None:
    use_light_theme()
    label = PlainLabel()
    qtbot.addWidget(label)
    label.ensurePolished()
    for row in ROWS:
        label.setProperty("role", "heading" if row == "wait" else "")
        label.style().polish(label)
        assert label.fontMetrics().horizontalAdvance(part_words(row)) <= NAME_WIDTH, part_words(row)


def test_no_choice_of_the_settings_is_cut(qtbot, german) -> None:
    opened = Opened(qtbot)
    pages = opened.dialog.findChild(QListWidget)
    seen = 0
    for page in range(pages.count()):
        pages.setCurrentRow(page)
        for box in opened.dialog.findChildren(QComboBox):
            if not box.isVisible():
                continue
            option = QStyleOptionComboBox()
            box.initStyleOption(option)
            part = QStyle.SubControl.SC_ComboBoxEditField
            field = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box)
            for row in range(box.count()):
                words = box.itemText(row)
                assert box.fontMetrics().horizontalAdvance(words) <= field.width(), words
                seen += 1
    assert seen > 20
