"""The tool inspector: the list of calls, one opened, and run again by hand."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import (
    QApplication,
    QDoubleSpinBox,
    QLabel,
    QLayout,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from desktop.base.message import verbatim
from desktop.protocol import catalog
from desktop.ui.common import theme
from desktop.ui.tools.call_detail import EDITABLE
from desktop.ui.tools.tool_inspector import ToolInspector
from desktop.viewmodels import numbers
from desktop.viewmodels.bench_setting import BenchSetting
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from tests.ui.find import button, label
from tests.ui.opened import use_light_theme


class Shown:
    def __init__(self, qtbot) -> None:
        self.model = ToolCallsModel()
        self.tester = QAbstractItemModelTester(
            self.model, QAbstractItemModelTester.FailureReportingMode.Fatal
        )
        self.pane = ToolInspector(self.model)
        self.again: list[tuple[str, str]] = []
        self.sent: list[str] = []
        self.pane.run_again_requested.connect(lambda name, text: self.again.append((name, text)))
        self.pane.send_requested.connect(self.sent.append)
        # In a window of a size of its own, as in the program.
        self.window = QWidget()
        row = QVBoxLayout(self.window)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.pane)
        qtbot.addWidget(self.window)
        self.window.resize(344, 584)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def names(self) -> list[str]:
        model = self.pane.calls.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def open(self, qtbot, row: int) -> None:
        calls = self.pane.calls
        at = calls.visualRect(calls.model().index(row, 0)).center()
        qtbot.mouseClick(calls.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def back(self, qtbot) -> None:
        qtbot.mouseClick(button(self.pane, "Back to the list"), Qt.MouseButton.LeftButton)

    def edit(self, qtbot) -> None:
        named = self.pane.calls.currentIndex().data()
        again = button(self.pane, f"Run {named} again, with these or other arguments")
        qtbot.mouseClick(again, Qt.MouseButton.LeftButton)


@pytest.fixture
def shown(qtbot, qapp: QApplication) -> Shown:
    use_light_theme()
    return Shown(qtbot)


def test_an_empty_list_says_what_will_appear(shown):
    assert "appear here" in shown.pane.calls.empty_words


def test_with_a_model_that_is_given_no_tools_it_says_so(shown):
    translator = next(model for model in catalog.MODELS if not model.tools)
    sent = shown.pane.definitions_button
    sent.setChecked(True)
    shown.pane.show_choice(ChosenOptions(translator))
    assert shown.pane.calls.empty_words == "This model uses no tools."
    assert (sent.isChecked(), sent.isEnabled()) == (False, False)
    assert "This model is given no tools" in sent.toolTip()
    shown.pane.show_choice(ChosenOptions(catalog.MODELS[0]))
    assert "appear here" in shown.pane.calls.empty_words
    assert sent.isEnabled()
    assert shown.pane.detail.isHidden()


def test_a_call_opens_to_its_arguments_and_its_result(shown, qtbot):
    shown.model.begin("c1", "roll_dice", {"sides": 6})
    shown.open(qtbot, 0)
    tree = shown.pane.detail.tree
    assert tree.model.shown == {"arguments": {"sides": 6}}
    assert "running" in label(shown.pane.detail, "muted").text()
    shown.model.end("c1", "done", {"rolls": [4]}, 1_500)
    assert tree.model.shown == {"arguments": {"sides": 6}, "result": {"rolls": [4]}}
    assert label(shown.pane.detail, "muted").text().endswith("done · 1.5 s")
    tree.copy_json()
    assert json.loads(QGuiApplication.clipboard().text()) == tree.model.shown


def test_a_call_has_the_whole_height_of_the_pane(shown, qtbot):
    shown.model.begin("c1", "roll_dice", {"sides": 6})
    shown.open(qtbot, 0)
    assert shown.pane.detail.height() == shown.pane.height()
    assert not shown.pane.calls.isVisible()
    assert not shown.pane.field.isVisible()
    assert label(shown.pane.detail, "heading").text() == "roll_dice"
    shown.back(qtbot)
    assert shown.pane.calls.isVisible()
    assert shown.pane.field.isVisible()
    assert shown.pane.calls.currentIndex().row() == 0, "where one was"


def test_the_arrow_keys_choose_a_call_and_return_opens_it(shown, qtbot):
    shown.model.begin("c1", "first", {})
    shown.model.begin("c2", "second", {"n": 2})
    calls = shown.pane.calls
    calls.setFocus()
    qtbot.keyClick(calls, Qt.Key.Key_Down)
    assert calls.isVisible(), "choosing opens nothing"
    calls.setCurrentIndex(calls.model().index(1, 0))
    qtbot.keyClick(calls, Qt.Key.Key_Return)
    assert shown.pane.detail.tree.model.shown == {"arguments": {"n": 2}}
    assert shown.pane.detail.tree.view.hasFocus()
    qtbot.keyClick(shown.pane.detail.tree.view, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert calls.hasFocus()


def test_the_neighbours_of_a_call_are_opened_by_button_and_key(shown, qtbot):
    for number in range(3):
        shown.model.begin(f"c{number}", "roll_dice", {"n": number})
    calls = shown.pane.calls
    shown.open(qtbot, 1)
    shows = lambda n: shown.pane.detail.tree.model.shown == {"arguments": {"n": n}}  # noqa: E731
    before, after = (button(shown.pane, words) for words in ("The one before", "The one after"))
    qtbot.mouseClick(after, Qt.MouseButton.LeftButton)
    assert shows(2)
    assert not after.isEnabled()
    shown.model.begin("c3", "roll_dice", {"n": 3})
    assert after.isEnabled()
    shown.pane.detail.tree.view.setFocus()
    for _ in range(5):
        qtbot.keyClick(shown.pane.detail.tree.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert shows(0)
    assert not before.isEnabled()
    assert not calls.isVisible()


def test_an_open_call_does_not_go_because_another_comes(shown, qtbot):
    shown.model.begin("c1", "first", {"n": 1})
    shown.open(qtbot, 0)
    shown.model.begin("c2", "second", {"n": 2})
    shown.model.end("c2", "done", {}, 1)
    assert shown.pane.detail.tree.model.shown == {"arguments": {"n": 1}}


def test_the_filter_knows_names_states_and_contents(shown, qtbot):
    shown.model.begin("c1", "get_time", {"zone": "UTC"})
    shown.model.begin("c2", "roll_dice", {"sides": 6})
    shown.model.end("c2", "failed", {"error": "no dice"}, 1)
    for text, names in (("ROLL", ["roll_dice"]), ("utc", ["get_time"]), ("failed", ["roll_dice"]), ("?", [])):
        shown.pane.field.clear()
        qtbot.keyClicks(shown.pane.field, text)
        assert shown.names() == names
    assert "No call matches" in shown.pane.calls.empty_words


def test_run_again_with_other_arguments(shown, qtbot):
    shown.model.begin("c1", "roll_dice", {"sides": 6})
    shown.model.end("c1", "done", {"rolls": [4]}, 1)
    shown.open(qtbot, 0)
    shown.edit(qtbot)
    field = shown.pane.detail.editor.field
    assert field.hasFocus()
    assert json.loads(field.toPlainText()) == {"sides": 6}
    field.selectAll()
    qtbot.keyClicks(field, '{"sides": 20}')
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert shown.again == [("roll_dice", '{"sides": 20}')]
    assert field.isVisible()
    shown.pane.close_editor()
    assert not field.isVisible()
    assert shown.pane.detail.tree.isVisible()


def test_arguments_that_do_not_fit_are_reported_until_they_change(shown, qtbot):
    shown.model.begin("c1", "roll_dice", {"sides": 6})
    shown.open(qtbot, 0)
    shown.edit(qtbot)
    qtbot.mouseClick(button(shown.pane, "Run"), Qt.MouseButton.LeftButton)
    shown.pane.show_problem(verbatim("sides must be a number"))
    assert shown.pane.detail.editor.problem == "sides must be a number"
    qtbot.keyClicks(shown.pane.detail.editor.field, " ")
    assert shown.pane.detail.editor.problem == ""


def test_cancel_closes_the_editor(shown, qtbot):
    shown.model.begin("c1", "roll_dice", {"sides": 6})
    shown.open(qtbot, 0)
    shown.edit(qtbot)
    qtbot.mouseClick(button(shown.pane, "Cancel"), Qt.MouseButton.LeftButton)
    assert shown.pane.detail.tree.isVisible()
    assert shown.again == []


def test_an_open_editor_stays_when_its_call_ends_and_goes_with_another(shown, qtbot):
    shown.model.begin("c1", "first", {"n": 1})
    shown.model.begin("c2", "second", {"n": 2})
    shown.open(qtbot, 0)
    shown.edit(qtbot)
    shown.model.end("c1", "done", {}, 1)
    assert shown.pane.detail.editor.isVisible()
    shown.back(qtbot)
    shown.open(qtbot, 1)
    assert shown.pane.detail.tree.isVisible()


def test_arguments_that_were_no_json_are_edited_as_they_are(shown, qtbot):
    shown.model.begin("c1", "first", "{broken")
    shown.open(qtbot, 0)
    shown.edit(qtbot)
    assert shown.pane.detail.editor.field.toPlainText() == "{broken"


def test_arguments_too_long_to_edit_are_reported(shown, qtbot):
    shown.model.begin("c1", "first", {"text": "x" * EDITABLE})
    shown.open(qtbot, 0)
    shown.edit(qtbot)
    assert "too long" in shown.pane.detail.editor.problem


def test_what_was_run_by_hand_is_sent_on_request_only(shown, qtbot):
    shown.model.begin("c1", "roll_dice", {"sides": 6})
    shown.model.end("c1", "done", {"rolls": [4]}, 1)
    shown.model.begin("h1", "roll_dice", {"sides": 20}, by_hand=True)
    shown.open(qtbot, 0)
    assert not button(shown.pane, "Send result").isVisible()
    shown.back(qtbot)
    shown.open(qtbot, 1)
    assert not button(shown.pane, "Send result").isVisible()
    shown.model.end("h1", "done", {"rolls": [17]}, 1)
    qtbot.mouseClick(button(shown.pane, "Send result"), Qt.MouseButton.LeftButton)
    assert shown.sent == ["h1"]


def test_a_dropped_call_has_no_result_until_it_ends_late(shown, qtbot):
    shown.model.begin("c1", "slow", {})
    shown.model.end("c1", "dropped")
    shown.open(qtbot, 0)
    assert label(shown.pane.detail, "muted").text().endswith("· connection lost")
    assert shown.pane.detail.tree.model.shown == {"arguments": {}}
    shown.model.end("c1", "late", {"answer": 42}, 3)
    assert label(shown.pane.detail, "muted").text().endswith("· too late · 3.0 ms")
    assert shown.pane.detail.tree.model.shown == {"arguments": {}, "result": {"answer": 42}}


def test_the_definitions(shown, qtbot):
    shown.pane.show_definitions([{"name": "get_time", "description": "The time", "parameters": {}}])
    qtbot.mouseClick(shown.pane.definitions_button, Qt.MouseButton.LeftButton)
    assert shown.pane.definitions.isVisible()
    assert shown.pane.definitions.model.shown == {"get_time": {"description": "The time", "parameters": {}}}
    qtbot.mouseClick(shown.pane.definitions_button, Qt.MouseButton.LeftButton)
    assert shown.pane.calls.isVisible()


def test_a_large_result_is_opened_by_degrees(shown, qtbot):
    shown.model.begin("c1", "list", {})
    shown.open(qtbot, 0)
    shown.model.end("c1", "done", {"items": [{"id": n} for n in range(100_000)]}, 1)
    assert len(shown.pane.detail.tree.model._nodes) < 2_000
    shown.pane.detail.tree.look_for("id")
    count = label(shown.pane.detail.tree, "muted")
    qtbot.waitUntil(lambda: count.text() == "1 of 10,000+")


def test_fifty_calls_at_once(shown, qtbot):
    for number in range(50):
        shown.model.begin(f"c{number}", "roll_dice", {"n": number})
    bar = shown.pane.calls.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    for number in range(50):
        shown.model.end(f"c{number}", "done", {}, number)
    assert len(shown.names()) == 50


@pytest.mark.parametrize(("ms", "text"), [(0.4, "0.4 ms"), (12.3, "12 ms"), (1_500, "1.5 s")])
def test_durations_in_words(ms, text):
    assert numbers.duration(ms) == text


def test_the_bench_tells_what_was_edited(shown, qtbot):
    shown.pane.show_definitions([{"name": "get_time"}, {"name": "roll_dice"}])
    qtbot.mouseClick(shown.pane.bench_button, Qt.MouseButton.LeftButton)
    panel, bent, off = shown.pane.bench, [], []
    panel.bent.connect(lambda *values: bent.append(values))
    panel.straightened.connect(off.append)
    panel.choose("roll_dice")
    assert not panel.off.isEnabled()
    assert not panel.answer.isVisible()
    panel.bend.setCurrentIndex(panel.bend.findData("fixed"))
    assert panel.answer.isVisible()
    panel.answer.setPlainText("7")
    panel.chance.show_value(50)
    qtbot.mouseClick(panel.on, Qt.MouseButton.LeftButton)
    assert bent == [("roll_dice", BenchSetting(0.0, "fixed", "7", 0.5, 0, once=True))]
    panel.show_settings({"roll_dice": bent[0][1]})
    assert panel.state.text() == "Not real now: roll_dice"
    panel.choose("get_time")
    assert panel.bend.currentData() == ""
    panel.choose("roll_dice")
    assert (panel.bend.currentData(), panel.answer.toPlainText()) == ("fixed", "7")
    qtbot.mouseClick(panel.off, Qt.MouseButton.LeftButton)
    assert off == ["roll_dice"]
    qtbot.mouseClick(shown.pane.definitions_button, Qt.MouseButton.LeftButton)
    assert not shown.pane.bench_button.isChecked(), "one page at a time"


def test_two_results_of_a_tool_are_compared(shown, qtbot):
    for number, bench in ((1, ""), (2, "fixed")):
        shown.model.begin(f"c{number}", "roll_dice", {})
        shown.model.end(f"c{number}", "done", {"sum": number}, 1.0, bench)
    shown.model.begin("c3", "get_time", {})
    shown.model.end("c3", "done", {"time": "12:00"}, 1.0)
    shown.open(qtbot, 1)
    detail = shown.pane.detail
    assert any("bench: fixed answer" in one.text() for one in detail.findChildren(QLabel))
    qtbot.mouseClick(button(detail, "Compare with another call of this tool"), Qt.MouseButton.LeftButton)
    assert detail.comparison.text.toPlainText() == ' {\n-  "sum": 1\n+  "sum": 2\n }'
    assert detail.comparison.other.count() == 1
    shown.back(qtbot)
    shown.open(qtbot, 2)
    assert not button(detail, "Compare with another call of this tool").isEnabled()


def test_the_pictures_of_a_result_are_shown_and_go_with_it(shown, qtbot):
    image = QImage(300, 150, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG")
    url = "data:image/jpeg;base64," + b64encode(buffer.data().data()).decode()
    shown.model.begin("c1", "draw", {})
    shown.model.end("c1", "done", {"pictures": ["image/png"]}, 1.0, pictures=(url,))
    shown.model.begin("c2", "roll", {})
    shown.model.report("c2", 1, 2, "rolling")
    shown.open(qtbot, 0)
    (picture,) = shown.pane.detail.pictures.labels
    size = picture.pixmap().deviceIndependentSize()
    assert (size.width(), size.height()) == (96, 48)
    assert picture.accessibleName() == "Picture 1 of the result"
    shown.back(qtbot)
    shown.open(qtbot, 1)
    assert not shown.pane.detail.pictures.isVisible()
    assert any("50 % \u00b7 rolling" in one.text() for one in shown.pane.detail.findChildren(QLabel))


def test_a_long_state_leaves_the_tools_name_whole(shown):
    """Beside "still running; you can talk on" the row said "crawl_s…"."""
    shown.model.begin("a", "crawl_web_sites", {})
    shown.model.begin("b", "crawl_web_sites", {})
    shown.model.end("a", "done", {}, 12.0)
    shown.model.progress("b", "running on")
    calls = shown.pane.calls
    picture = calls.viewport().grab().toImage()
    places = [calls.visualRect(calls.model().index(row, 0)) for row in range(2)]
    left, width = 32, QFontMetrics(calls.itemDelegate().title_font).horizontalAdvance("crawl_web_sites")
    names = [picture.copy(left, place.top(), width, 24) for place in places]
    assert names[0] == names[1]


def test_the_numbers_of_the_bench_look_as_those_of_the_settings(shown, qtbot):
    """They had the edges and the arrows of Qt's own style."""
    shown.pane.bench_button.setChecked(True)
    delay = shown.pane.bench.delay
    qtbot.waitUntil(delay.isVisible)
    field, slider = delay.findChild(QDoubleSpinBox), delay.findChild(QSlider)
    picture = field.grab().toImage()
    middle = picture.height() // 2
    assert picture.pixelColor(picture.width() - 4, middle).name().upper() == theme.LIGHT.bg, "no arrows"
    groove = slider.grab().toImage()
    assert groove.pixelColor(groove.width() - 4, groove.height() // 2).name().upper() == theme.LIGHT.raised
