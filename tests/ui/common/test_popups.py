"""What opens over a window: in the house style everywhere, below its field, with nothing cut off."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import dialogs
import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QCompleter,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QToolButton,
    QToolTip,
    QWidget,
    QWidgetAction,
)
from scenes import SCENES, window_of

from desktop.protocol import catalog
from desktop.ui.common import house_style, theme
from desktop.ui.common.list_delegate import ListDelegate
from desktop.ui.common.popup_list import APART, MARGIN, MOST_ROWS, WIDEST, WIDEST_TIP, place_list
from desktop.ui.session.options_button import OptionsButton
from desktop.ui.talk.message_field import MessageField
from desktop.viewmodels.chosen_options import ChosenOptions
from tests.ui.opened import use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support", "propagateSizeHints")

ROOM = QRect(0, 0, 1000, 700)
FIELD = QRect(100, 300, 200, 34)


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit, MessageField])
def test_the_menus_of_fields_are_spelt_as_ours(qtbot, qapp: QApplication, kind: type[QWidget]) -> None:
    use_light_theme()
    field = kind()
    qtbot.addWidget(field)
    menu = field.createStandardContextMenu()
    menu.ensurePolished()
    (words,) = [action.text() for action in menu.actions() if action.objectName() == "select-all"]
    assert words.replace("&", "").partition("\t")[0] == "Select all"
    menu.deleteLater()


# Where a list is put


def test_a_list_opens_below_its_field() -> None:
    place = place_list(FIELD, QSize(120, 200), 32, ROOM, right_to_left=False)
    assert place == QRect(100, FIELD.bottom() + 1 + APART, 200, 200)


def test_without_room_below_it_opens_above() -> None:
    field = QRect(100, 640, 200, 34)
    place = place_list(field, QSize(120, 200), 32, ROOM, right_to_left=False)
    assert place.bottom() + 1 == field.top() - APART
    assert place.height() == 200


def test_a_wide_list_ends_at_its_fields_right_edge_when_read_from_the_right() -> None:
    place = place_list(FIELD, QSize(280, 200), 32, ROOM, right_to_left=True)
    assert (place.right(), place.width()) == (FIELD.right(), 280)


@pytest.mark.parametrize("rows", [1, 8, 40])
def test_it_stays_on_the_screen_and_never_lies_over_its_field(rows: int) -> None:
    for left, top, right_to_left in product((0, 400, 900), range(0, 680, 17), (False, True)):
        field = QRect(left, top, 100, 34)
        place = place_list(field, QSize(320, 32 * rows + 10), 32, ROOM, right_to_left=right_to_left)
        assert ROOM.contains(place)
        assert not place.intersects(field)
        assert (place.height() - 10) % 32 == 0, "a row is cut through"
        assert place.left() >= MARGIN


# Every popup


def every_window() -> Iterator[QWidget]:
    for scene in SCENES:
        if scene.name in ("ready", "events", "translate"):
            window, act = window_of(scene, (1040, 700))
            window.show()
            act()
            yield window
    for _, dialog, act in dialogs.all_of_them():
        dialog.show()
        act()
        yield dialog


@pytest.fixture
def coloured(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[theme.Tokens]:
    use_light_theme()
    if request.param is theme.DARK:
        theme.apply(qapp, theme.DARK)
    yield request.param
    use_light_theme()


both_themes = pytest.mark.parametrize(
    "coloured", [theme.LIGHT, theme.DARK], indirect=True, ids=lambda c: c.name
)


def assert_framed(popup: QWidget, colours: theme.Tokens) -> None:
    """Its corners are transparent, and each side has one line around the surface, no second frame."""
    assert popup.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    picture = popup.grab().toImage()
    width, height = picture.width(), picture.height()
    for x, y in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)):
        assert picture.pixelColor(x, y).alpha() == 0, f"the corner {x}, {y} is not round"
    line, surface = QColor(colours.line), QColor(colours.surface)
    for at in range(3):
        wanted = line if at == 0 else surface
        assert picture.pixelColor(at, height // 2) == wanted, f"left, pixel {at}"
        assert picture.pixelColor(width - 1 - at, height // 2) == wanted, f"right, pixel {at}"
        assert picture.pixelColor(width // 2, at) == wanted, f"top, pixel {at}"
        assert picture.pixelColor(width // 2, height - 1 - at) == wanted, f"bottom, pixel {at}"


@both_themes
def test_each_list_is_framed_below_its_field_and_shows_whole_rows(qtbot, coloured: theme.Tokens) -> None:
    seen = 0
    for window in every_window():
        qtbot.addWidget(window)
        for combo in window.findChildren(QComboBox):
            if not combo.isVisible() or not combo.count():
                continue
            combo.showPopup()
            popup = combo.view().window()
            assert_framed(popup, coloured)
            place = popup.geometry()
            field = QRect(combo.mapToGlobal(QPoint()), combo.size())
            assert not place.intersects(field), combo.accessibleName()
            assert abs(place.top() - field.bottom() - 1) == APART, combo.accessibleName()
            assert place.width() >= field.width()
            assert_rows_shown(combo)
            combo.hidePopup()
            seen += 1
        window.close()
    assert seen > 20
    del window
    gc.collect()


def assert_rows_shown(combo: QComboBox) -> None:
    view = combo.view()
    delegate = combo.itemDelegate()
    assert isinstance(delegate, ListDelegate)
    if combo.count() <= MOST_ROWS:
        assert not view.verticalScrollBar().isVisible(), combo.accessibleName()
        last = view.visualRect(view.model().index(combo.count() - 1, combo.modelColumn()))
        assert view.viewport().rect().contains(last), combo.accessibleName()
    assert view.viewport().width() >= min(view.sizeHintForColumn(combo.modelColumn()), WIDEST)


def test_each_menu_is_framed_and_no_text_is_cut(qtbot) -> None:
    use_light_theme()
    seen = 0
    for window in every_window():
        qtbot.addWidget(window)
        menus = [button.menu() for button in window.findChildren(QToolButton) if button.menu()]
        for field in (*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)):
            if field.isVisible():
                menus.append(field.createStandardContextMenu())
        for menu in menus:
            if menu.isEmpty():
                continue
            menu.popup(QPoint(200, 100))
            assert_framed(menu, theme.LIGHT)
            for action in menu.actions():
                if isinstance(action, QWidgetAction):
                    heading = action.defaultWidget()
                    assert heading.width() >= heading.sizeHint().width()
                    assert heading.height() >= heading.sizeHint().height() > heading.fontMetrics().height()
                elif not action.isSeparator():
                    words = action.text().split("\t")[0].replace("&", "")
                    wanted = QFontMetrics(menu.font()).horizontalAdvance(words)
                    assert menu.actionGeometry(action).width() >= wanted + 24, words
                    assert menu.actionGeometry(action).height() == 32
            menu.close()
            seen += 1
        window.close()
    assert seen > 10
    del window
    gc.collect()


@pytest.mark.parametrize("size", [(1040, 700), (720, 480)])
@pytest.mark.parametrize("scene", ["ready", "spend"])
def test_each_menu_of_a_button_opens_at_its_button(qtbot, scene: str, size: tuple[int, int]) -> None:
    """Below it, as a click opens it; above it where there is no room, and never over it."""
    use_light_theme()
    window, act = window_of(next(one for one in SCENES if one.name == scene), size)
    qtbot.addWidget(window)
    window.show()
    act()
    QApplication.processEvents()
    seen = 0
    for button in window.findChildren(QToolButton):
        menu = button.menu()
        if menu is None or not button.isVisible() or not button.isEnabled():
            continue
        places: list[QRect] = []

        def look(menu: QMenu = menu, places: list[QRect] = places) -> None:
            places.append(menu.geometry())
            menu.close()

        QTimer.singleShot(0, look)
        QTest.mousePress(button, Qt.MouseButton.LeftButton)  # it returns when the menu is closed
        QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
        (place,) = places
        field, room = QRect(button.mapToGlobal(QPoint()), button.size()), button.screen().availableGeometry()
        name = button.accessibleName()
        assert not place.intersects(field), name
        assert place.left() <= field.right(), name
        assert place.right() >= field.left(), name
        gap = place.top() - field.bottom() - 1
        fits = field.bottom() + 1 + place.height() <= room.bottom()
        assert (0 <= gap <= APART) if fits else (0 <= field.top() - place.bottom() - 1 <= APART), name
        seen += 1
    assert seen >= 3


@both_themes
def test_a_tip_is_framed_plain_and_has_several_lines_when_it_is_long(qtbot, coloured: theme.Tokens) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    for words in ("Mute the microphone", "<b>not bold</b> " + "and quite long " * 20):
        QToolTip.showText(QPoint(100, 100), words, window)
        (tip,) = [
            one for one in QApplication.topLevelWidgets() if one.inherits("QTipLabel") and one.isVisible()
        ]
        assert isinstance(tip, QLabel)
        assert tip.textFormat() == Qt.TextFormat.PlainText
        assert tip.width() <= WIDEST_TIP
        assert tip.height() >= tip.heightForWidth(tip.width()) if len(words) > 50 else True
        picture = tip.grab().toImage()
        assert picture.pixelColor(0, 0).alpha() == 0
        assert picture.pixelColor(0, tip.height() // 2) == QColor(coloured.line)
        assert picture.pixelColor(2, tip.height() // 2) == QColor(coloured.surface)
    QToolTip.hideText()


@both_themes
def test_a_completers_list_is_framed(qtbot, coloured: theme.Tokens) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    completer = QCompleter(["one", "once", "only"], field)
    field.setCompleter(completer)
    field.resize(200, 34)
    field.show()
    field.setFocus()
    QTest.keyClicks(field, "on")
    popup = completer.popup()
    qtbot.waitUntil(popup.isVisible)
    assert isinstance(popup.itemDelegate(), ListDelegate)
    assert_framed(popup, coloured)
    assert not popup.geometry().intersects(QRect(field.mapToGlobal(QPoint()), field.size()))
    popup.hide()


# Their states


def test_hover_choice_and_what_cant_be_chosen_look_different(qtbot, qapp: QApplication) -> None:
    use_light_theme()
    combo = QComboBox()
    qtbot.addWidget(combo)
    combo.addItems(["word", "word", "word", "word"])
    combo.setCurrentIndex(0)
    combo.model().item(2).setEnabled(False)
    combo.show()
    combo.showPopup()
    view: QAbstractItemView = combo.view()
    view.setCurrentIndex(combo.model().index(1, 0))
    picture = view.viewport().grab().toImage()
    rows = [picture.copy(view.visualRect(combo.model().index(row, 0))) for row in range(4)]
    for first in range(4):
        for second in range(first):
            assert rows[first] != rows[second], f"rows {second} and {first} look the same"
    ground = rows[1].pixelColor(rows[1].width() // 2, 4)
    assert ground == QColor(theme.LIGHT.raised), "the current row's ground"
    combo.hidePopup()


def test_a_heading_cant_be_chosen_with_the_keys(qtbot) -> None:
    use_light_theme()
    button = OptionsButton()
    qtbot.addWidget(button)
    button.show_choice(ChosenOptions(catalog.find("openai/gpt-realtime-2")))
    button.show()
    menu = button.menu()
    assert isinstance(menu, QMenu)
    menu.popup(QPoint(100, 100))
    for _ in range(len(menu.actions())):
        QTest.keyClick(menu, Qt.Key.Key_Down)
        active = menu.activeAction()
        assert active is not None
        assert active.isCheckable()
    menu.close()


def test_where_nothing_is_composited_popups_are_square(qtbot) -> None:
    use_light_theme()
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("An entry")
    square = house_style.HouseStyle(lambda: False)
    square.setParent(menu)
    menu.setStyle(square)
    menu.popup(QPoint(100, 100))
    assert not menu.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    picture = menu.grab().toImage()
    assert picture.pixelColor(0, 0) == QColor(theme.LIGHT.line)
    menu.close()


def test_qts_own_dialogs_have_no_pictures_on_their_buttons(qtbot) -> None:
    use_light_theme()
    box = QMessageBox(QMessageBox.Icon.Warning, "Replace?", "It exists already.")
    box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
    files = QFileDialog(None, "Save")
    files.setOption(QFileDialog.Option.DontUseNativeDialog)
    for dialog in (box, files):
        qtbot.addWidget(dialog)
        dialog.show()
    assert all(button.icon().isNull() for button in box.buttons())
    files.close()
    box.close()


def test_the_theme_changes_while_qts_own_dialogs_are_open(qtbot, qapp: QApplication, tmp_path: Path) -> None:
    use_light_theme()
    files = QFileDialog(None, "Save", str(tmp_path))
    files.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(files)
    files.show()
    for colours in (theme.DARK, theme.LIGHT):
        theme.apply(qapp, colours)
        QApplication.processEvents()
        for combo in files.findChildren(QComboBox):
            combo.showPopup()
            assert_framed(combo.view().window(), colours)
            combo.hidePopup()
    files.close()
