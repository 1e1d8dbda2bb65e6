"""Pictures in the window: offered where the model sees, taken from a menu, a drop and a paste."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QTest

from desktop.protocol import catalog
from desktop.viewmodels.chosen_options import ChosenOptions

SEES = ChosenOptions(catalog.find("openai/gpt-realtime-2"), "marin")
BLIND = ChosenOptions(catalog.find("xai/grok-voice-latest"), "ara")
TRANSLATES = ChosenOptions(catalog.find("gemini/gemini-3.5-live-translate-preview"), language="de")


@pytest.fixture
def got(shown) -> list[tuple]:
    emitted: list[tuple] = []
    button = shown.window.text_line.pictures
    button.file_chosen.connect(lambda path: emitted.append(("file", path)))
    button.image_given.connect(lambda image: emitted.append(("image", image.width())))
    button.clipboard_clicked.connect(lambda: emitted.append(("clipboard",)))
    button.screen_clicked.connect(lambda: emitted.append(("screen",)))
    shown.window.show_choice(SEES)
    return emitted


def dragged(window, data: QMimeData) -> bool:
    """Drag this over the window, and drop it if it may be."""
    where = QPointF(50, 50)
    keys = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(where.toPoint(), *keys)
    enter.ignore()
    QGuiApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QGuiApplication.sendEvent(window, QDropEvent(where, *keys))
    return enter.isAccepted()


def picture(width: int) -> QImage:
    made = QImage(width, 2, QImage.Format.Format_RGB32)
    made.fill(0)
    return made


def test_only_models_that_see_are_offered_pictures(shown, got):
    button = shown.window.text_line.pictures
    assert button.isVisible()
    shown.window.show_choice(BLIND)
    assert not button.isVisible()
    data = QMimeData()
    data.setImageData(picture(3))
    assert not dragged(shown.window, data)
    assert got == []


def test_the_menu_says_where_from(shown, got):
    for action in shown.window.text_line.pictures.menu().actions()[1:]:
        action.trigger()
    assert got == [("clipboard",), ("screen",)]


def test_a_file_and_a_picture_can_be_dropped_and_other_things_not(shown, got):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/somewhere/cat.png")])
    assert dragged(shown.window, data)
    data = QMimeData()
    data.setImageData(picture(7))
    assert dragged(shown.window, data)
    data = QMimeData()
    data.setText("words")
    assert not dragged(shown.window, data)
    assert got == [("file", "/somewhere/cat.png"), ("image", 7)]


def test_a_picture_can_be_pasted_into_the_line_and_text_stays_text(shown, got):
    field = shown.window.text_line.field
    field.setFocus()
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(picture(9))
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
    clipboard.setText("words")
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
    clipboard.clear()
    assert got == [("image", 9)]
    assert field.text() == "words"


def test_a_translating_model_reads_nothing(shown):
    shown.window.show_choice(TRANSLATES)
    assert not shown.window.text_line.field.isEnabled()
    assert "translates" in shown.window.text_line.field.placeholderText()
    shown.window.show_choice(SEES)
    assert shown.window.text_line.field.isEnabled()
