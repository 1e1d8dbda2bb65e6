"""Edges, gaps and sizes that the eye compares: nothing is cut, nothing moves, and like is like."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QLocale, QPoint, QRect, QTranslator
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QWidget

from desktop.app import translation
from desktop.base.message import verbatim
from desktop.protocol import catalog
from desktop.protocol.catalog import Model
from desktop.turn.effects import DisplayState
from desktop.ui.common import theme
from desktop.ui.common.picker import Picker
from desktop.ui.session.options_button import OptionsButton
from desktop.ui.talk.message_field import MessageField
from desktop.ui.timing.turn_ruler import TurnRuler
from desktop.viewmodels.chosen_options import ChosenOptions, PendingRestart
from desktop.viewmodels.event_record import clean_record
from tests.ui.conftest import Opened as OpenedWindow
from tests.ui.opened import Opened, use_light_theme
from tests.ui.window.test_main_window import contrast

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def words_width(label: QLabel) -> int:
    return label.fontMetrics().horizontalAdvance(label.text())


def inked(picture: QImage, ground: str) -> list[int]:
    """The columns that have more than their ground."""
    plain = QColor(ground).rgb()
    height = picture.height()
    return [
        x
        for x in range(picture.width())
        if any(picture.pixel(x, y) != plain for y in range(height // 4, 3 * height // 4))
    ]


def word_gap(control: QWidget) -> float:
    """The widest gap within a button's picture and words, in px: the one between the two."""
    picture = control.grab(control.rect().adjusted(6, 0, -6, 0)).toImage()
    columns = inked(picture, theme.LIGHT.surface)
    gaps = [after - before - 1 for before, after in pairwise(columns)]
    return max(gaps) / picture.devicePixelRatio()


def test_the_icon_of_a_button_keeps_off_its_words(shown):
    window = shown.window
    window.show_choice(ChosenOptions(catalog.find("openai/gpt-realtime-2")))
    for control in (window.audio.input.mute, window.findChild(OptionsButton)):
        assert word_gap(control) >= 8


def test_the_figures_and_the_axis_beside_them_have_their_heads_on_one_line(shown, qtbot):
    window = shown.window
    window.resize(720, 480)
    window.side.setCurrentWidget(window.side.timing)
    pane = window.side.timing
    (unit,) = [each for each in pane.figures.findChildren(QLabel) if each.text() == "in ms"]
    ruler = pane.findChild(TurnRuler)
    qtbot.waitUntil(lambda: place(ruler).left() > place(unit).right())
    assert abs(place(unit).center().y() - place(ruler).center().y()) <= 1


@pytest.mark.parametrize(
    "longest", ["Both directions", "Beide Richtungen", "Wide", "Wiederverbindungsversuch"]
)
def test_a_picker_has_room_for_its_longest_choice(qtbot, longest: str):
    use_light_theme()
    picker = Picker()
    picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    picker.addItems([longest, "."])
    qtbot.addWidget(picker)
    picker.show()
    qtbot.waitExposed(picker)
    picker.resize(picker.sizeHint())
    roomy = Picker()
    qtbot.addWidget(roomy)
    roomy.addItems([longest, "."])
    roomy.resize(picker.width() + 200, picker.height())
    half = QRect(0, 0, picker.width() - 30, picker.height())
    narrow, wide = picker.grab(half).toImage(), roomy.grab(half).toImage()
    assert narrow == wide, "the words are cut"


def test_the_panes_are_as_wide_with_an_opened_frame(shown):
    window = shown.window
    shown.events.add(clean_record(0.0, "in", "tool.call", 10, {}))
    shown.events.flush()
    window.side.setCurrentWidget(window.side.events)
    QApplication.processEvents()  # what a pane asks for comes to the window by events
    before = place(window.side).left()
    window.side.events.open_frame(0)
    QApplication.processEvents()
    window.resize(window.width() + 1, window.height())
    QApplication.processEvents()
    window.resize(window.width() - 1, window.height())
    QApplication.processEvents()
    assert place(window.side).left() == before


def test_the_words_stay_where_they_are_when_the_scroll_bar_is_needed(shown, qtbot):
    view = shown.window.transcript.view
    shown.transcript.add_typed("The first of many")
    qtbot.waitUntil(lambda: view.laid(0).shape.width() > 0)
    right, room = view.laid(0).shape.right(), view.viewport().width()
    for number in range(60):
        shown.transcript.add_typed(f"Another one: {number}")
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() > 0)
    assert (view.laid(0).shape.right(), view.viewport().width()) == (right, room)
    beside = view.mapTo(shown.window, QPoint(view.width(), 0)).x() - place(view.viewport()).left() - right
    assert beside == theme.GAP, "as far from this edge as the other side's from the other edge"
    assert place(view.verticalScrollBar()).left() >= place(view.viewport()).left() + right


def test_all_bands_are_equally_high(shown, qtbot):
    window = shown.window
    window.resize(1600, 900)
    window.welcome.show()
    window.offer_recovery()
    window.offer_restart(PendingRestart(ChosenOptions(Model(id="a/b", label="B", provider="a")), ("model",)))
    window.show_question(verbatim("May it?"))
    bands = (window.welcome, window.recovery, window.restart, window.question)
    qtbot.waitUntil(lambda: all(band.isVisible() and band.height() > 20 for band in bands))
    assert len({band.height() for band in bands}) == 1


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=lambda colours: colours.name)
def test_what_stands_in_an_empty_field_can_be_read(qtbot, qapp, colours: theme.Tokens, enabled: bool):
    use_light_theme()
    theme.apply(qapp, colours)
    try:
        for made in (MessageField(), QLineEdit()):
            made.setPlaceholderText("MMMM")
            made.setEnabled(enabled)
            qtbot.addWidget(made)
            made.resize(200, 34)
            made.show()
            qtbot.waitExposed(made)
            picture = made.grab(made.rect().adjusted(8, 8, -8, -8)).toImage()
            seen = {
                picture.pixelColor(x, y).name()
                for x in range(picture.width())
                for y in range(picture.height())
            }
            ground = colours.surface if enabled else colours.bg
            assert max(contrast(one, ground) for one in seen) >= 4.5
    finally:
        theme.apply(qapp, theme.LIGHT)


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_word_of_the_microphones_test_is_cut(qtbot, qapp, language: str):
    before, locale = list(qapp.findChildren(QTranslator)), QLocale()
    translation.install(qapp, language)
    try:
        window = OpenedWindow(qtbot).window
        window.resize(720, 480)
        column = window.audio.input
        qtbot.waitUntil(
            lambda: column.width() < 300 and column.mute.width() == column.mute.sizeHint().width()
        )
        left = place(column.test).left()
        window.show_test("recording")
        qtbot.waitUntil(lambda: column.word.width() >= words_width(column.word))
        assert place(column.test).left() == left, "nothing moves with the test"
    finally:
        for translator in qapp.findChildren(QTranslator):
            if translator not in before:
                qapp.removeTranslator(translator)
        QLocale.setDefault(locale)


def test_who_is_connected_is_not_told_to_connect(shown):
    window, view = shown.window, shown.window.transcript.view
    assert view.empty_words.startswith("Connect, hold Space and speak.")
    window.show_state(DisplayState.READY)
    assert view.empty_words.startswith("Hold Space and speak.")
    window.show_choice(ChosenOptions(catalog.find("openai/gpt-realtime-2"), turn_mode="server_vad"))
    assert view.empty_words.startswith("Speak whenever you like.")
    window.show_state(DisplayState.ERROR)
    assert view.empty_words.startswith("Connect and speak.")


def test_the_fields_of_the_settings_stay_when_a_page_scrolls(qtbot):
    opened = Opened(qtbot)
    picker = opened.control(QComboBox, "Reconnect")
    before = place(picker)
    opened.dialog.ask_to_reset()
    opened.dialog.resize(opened.dialog.width(), 460)
    qtbot.waitUntil(lambda: place(picker).bottom() < opened.dialog.height())
    assert place(picker).right() == before.right()
