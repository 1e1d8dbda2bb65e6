"""The bar at the top: what it shows of a choice, and what it says when one is made."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel

from desktop.cost.money import CENT
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost
from desktop.protocol import catalog
from desktop.protocol.entries import merged
from desktop.turn.effects import DisplayState
from desktop.ui.common.picker import Picker
from desktop.ui.session.model_box import ModelBox
from desktop.ui.session.options_button import OptionsButton
from desktop.ui.session.session_clock import SessionClock
from desktop.ui.session.status_chip import StatusChip
from desktop.ui.session.voice_box import VoiceBox
from desktop.viewmodels.chosen_options import ChosenOptions, PendingRestart
from tests.ui.find import button

OPENAI = catalog.find("openai/gpt-realtime-2")
XAI = catalog.find("xai/grok-voice-latest")
TRANSLATE = catalog.find("gemini/gemini-3.5-live-translate-preview")


@pytest.fixture
def options(shown) -> OptionsButton:
    return shown.window.session_bar.findChild(OptionsButton)


def entries(options: OptionsButton) -> dict[str, QAction]:
    return {action.text(): action for action in options.menu().actions() if action.isCheckable()}


def test_the_options_are_what_the_model_has(shown, options):
    shown.window.session_bar.show_choice(ChosenOptions(OPENAI, "marin", "high", "semantic_vad"))
    checked = [words for words, action in entries(options).items() if action.isChecked()]
    assert checked == ["Hands-free: the end of a thought ends your turn", "high"]
    assert options.text() == "Hands-free · high"
    shown.window.session_bar.show_choice(ChosenOptions(XAI, "ara"))
    assert list(entries(options)) == ["Push to talk", "Hands-free: a pause ends your turn"]


def test_choosing_an_option_says_so(shown, options):
    shown.window.session_bar.show_choice(ChosenOptions(OPENAI, "marin", "high"))
    entries(options)["very high"].trigger()
    entries(options)["Model default"].trigger()
    entries(options)["Hands-free: a pause ends your turn"].trigger()
    assert shown.emitted == [
        ("chosen", "effort", "xhigh"),
        ("chosen", "effort", ""),
        ("chosen", "turn_mode", "server_vad"),
    ]


def test_the_default_effort_of_the_list_is_named(shown, options):
    reasoning = {"supported": ["low", "high"], "default": "low"}
    (model,) = merged([{"id": "new/thinks", "params": {"reasoning": reasoning}}], ())
    shown.window.session_bar.show_choice(ChosenOptions(model))
    assert list(entries(options)) == ["Model default: low", "low", "high"]


def test_a_translating_model_has_a_language_and_nothing_else(shown, options):
    shown.window.session_bar.show_choice(ChosenOptions(TRANSLATE, language="de"))
    visible = [box for box in shown.window.session_bar.findChildren(QComboBox) if box.isVisible()]
    assert [box.accessibleName() for box in visible] == ["Model", "Translate into"]
    assert visible[1].currentText() == "German"
    assert not options.isVisible()
    visible[1].activated.emit(visible[1].findData("sv"))
    assert shown.emitted == [("chosen", "language", "sv")]


def test_the_options_give_way_in_a_small_window(shown, options):
    shown.window.session_bar.show_choice(ChosenOptions(OPENAI, "marin", "high", "server_vad"))
    shown.window.resize(1_040, 700)
    wide = options.sizeHint().width()
    shown.window.resize(720, 480)
    assert options.sizeHint().width() < wide / 2
    assert "high" in options.accessibleName()
    assert shown.window.minimumSizeHint().width() <= 720


def test_the_name_of_every_model_can_be_read_in_a_small_window(shown):
    bar = shown.window.session_bar
    shown.window.resize(720, 480)
    for model in catalog.MODELS:
        bar.show_choice(ChosenOptions(model, model.voices[0] if model.voices else "", language="de"))
        for state in (DisplayState.OFFLINE, DisplayState.RECONNECTING):
            shown.window.show_state(state)
            QApplication.processEvents()
            box = bar.findChild(ModelBox)
            assert box.width() >= min(box.width_of_text(), 200), model.id


def test_the_spend_stands_above_the_clock_in_a_small_window(shown):
    bar = shown.window.session_bar
    bar.show_choice(ChosenOptions(OPENAI, "marin"))
    spent = Total()
    spent.add(Cost(12 * CENT, estimated=True))
    bar.show_spent(spent)
    bar.show_state(DisplayState.READY)
    bar.begin_session()
    clock, box = bar.findChild(SessionClock), bar.findChild(ModelBox)

    def place(widget):
        return QRect(widget.mapTo(bar, QPoint()), widget.size())

    for width, stacked in ((720, True), (1_040, False), (720, True)):
        shown.window.resize(width, 480)
        for _ in range(3):  # the layout of the bar follows that of the figures
            QApplication.processEvents()
        above, below = place(bar.spend), place(clock)
        assert (above.bottom() < below.top()) == stacked
        assert (above.right() < below.left()) != stacked
        assert above.width() >= bar.spend.sizeHint().width()
        assert above.top() >= 0
        assert below.bottom() < bar.height()
        assert bar.height() <= box.height() + 1, "the bar is no higher for it"
    bar.show_state(DisplayState.RESTING)
    for _ in range(3):
        QApplication.processEvents()
    assert abs(place(bar.spend).center().y() - place(box).center().y()) <= 1, "without a time it is alone"


def test_a_name_that_is_too_long_ends_with_an_ellipsis(qtbot):
    long, longer = Picker(), Picker()
    for box, words in ((long, "m" * 40), (longer, "m" * 80)):
        qtbot.addWidget(box)
        box.addItem(words)
        box.resize(160, 34)
    assert long.grab().toImage() == longer.grab().toImage()
    cut = QComboBox()
    qtbot.addWidget(cut)
    cut.addItem("m" * 40)
    cut.resize(160, 34)
    assert cut.grab().toImage() != long.grab().toImage(), "Qt's own cuts a letter"


def test_the_state_has_its_word_where_there_is_room(shown):
    chip = shown.window.session_bar.findChild(StatusChip)
    shown.window.session_bar.show_choice(ChosenOptions(OPENAI, "marin", "high", "server_vad"))
    shown.window.resize(720, 480)
    QApplication.processEvents()
    assert chip.width() < 48
    assert chip.toolTip() == chip.accessibleName() == "State: Offline"
    shown.window.resize(1_040, 700)
    QApplication.processEvents()
    assert chip.width() >= chip.width_with_word()
    assert chip.toolTip() == ""


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (PendingRestart(ChosenOptions(OPENAI, "cedar"), ("voice",)), "voice cedar"),
        (PendingRestart(ChosenOptions(XAI), ("model",)), "xAI Grok Voice"),
        (PendingRestart(ChosenOptions(XAI), ("effort", "settings")), "Your change"),
    ],
)
def test_what_waits_for_a_new_session_is_reported(shown, waiting: PendingRestart, words: str):
    restart = shown.window.restart
    assert not restart.isVisible()
    restart.offer(waiting)
    assert restart.isVisible()
    assert words in restart.text
    button(restart, "Restart and continue").click()
    assert shown.emitted == [("restart_clicked",)]
    restart.offer(None)
    assert not restart.isVisible()


def test_the_time_runs_while_a_session_is_open(shown):
    clock = shown.window.session_bar.findChild(SessionClock)
    shown.window.show_state(DisplayState.READY)
    shown.window.session_bar.begin_session()
    assert clock.text() == "00:00"
    for seconds, words in ((61, "01:01"), (3_599, "59:59"), (3_661, "1:01:01")):
        clock.show_seconds(seconds)
        assert clock.text() == words
    shown.window.show_state(DisplayState.OFFLINE)
    assert isinstance(clock, QLabel)
    assert clock.text() == ""


# The list of models, and voices nobody has listed


NEW = catalog.find("new/voice")


def boxes(shown) -> tuple[ModelBox, VoiceBox]:
    bar = shown.window.session_bar
    return bar.findChild(ModelBox), bar.findChild(VoiceBox)


def test_what_an_agent_decides_is_said_to_be_by_the_agent(shown, options):
    agent = catalog.agent("front-desk")
    by_agent = frozenset({"voice", "turn_mode"})
    shown.window.session_bar.show_choice(ChosenOptions(agent, agents=True, by_agent=by_agent))
    shown.window.resize(1_040, 700)
    QApplication.processEvents()
    voices = shown.window.session_bar.findChild(VoiceBox)
    line = voices.lineEdit()
    assert (line.text(), line.placeholderText()) == ("", "By the agent")
    assert line.width() >= line.fontMetrics().horizontalAdvance("By the agent")
    assert options.text() == "By the agent"
    assert next(iter(entries(options))) == "By the agent"
    models, _ = boxes(shown)
    assert models.currentText() == "By the agent front-desk"
    # What is chosen in its place is shown as ever.
    shown.window.session_bar.show_choice(
        ChosenOptions(OPENAI, "cedar", "high", agents=True, by_agent=frozenset({"turn_mode"}))
    )
    assert voices.currentText() == "cedar"
    assert voices.itemText(0) == "By the agent"
    assert options.text() == "By the agent · high"


def test_the_last_entry_fetches_the_list_and_chooses_nothing(shown):
    models, _ = boxes(shown)
    shown.window.session_bar.show_choice(ChosenOptions(XAI, "ara"))
    models.setCurrentIndex(models.count() - 1)
    models.activated.emit(models.count() - 1)
    assert shown.emitted == [("models_refresh_clicked",)]
    assert models.currentData() == XAI.id


def test_new_models_come_before_it_and_the_shown_one_stays(shown):
    models, _ = boxes(shown)
    shown.window.session_bar.show_choice(ChosenOptions(NEW))
    assert (models.currentText(), models.itemText(models.count() - 1)) == ("voice", "Refresh the list")
    shown.window.session_bar.show_models((OPENAI, catalog.find("new/other")))
    ids = [models.itemData(row) for row in range(models.count())]
    assert ids == [None, OPENAI.id, None, "new/other", NEW.id, None, None], "with the providers' names above"
    assert models.currentData() == NEW.id
    models.activated.emit(3)
    assert shown.emitted == [("chosen", "model", "new/other")]


def test_a_voice_may_be_typed_where_no_list_is_complete(shown):
    _, voices = boxes(shown)
    shown.window.session_bar.show_choice(ChosenOptions(NEW))
    assert voices.isEditable()
    assert voices.isEnabled()
    assert voices.lineEdit().accessibleName() == "Voice"
    voices.setFocus()
    QTest.keyClicks(voices.lineEdit(), "no va")
    shown.window.session_bar.show_choice(ChosenOptions(NEW))
    assert voices.currentText() == "no va", "what is typed is not eaten"
    QTest.keyClick(voices.lineEdit(), Qt.Key.Key_Return)
    assert shown.emitted == [("chosen", "voice", "no va")], "once, and the space bar did not talk"
    shown.window.session_bar.show_choice(ChosenOptions(NEW, "no va"))
    assert voices.currentText() == "no va"
    shown.window.session_bar.show_choice(ChosenOptions(OPENAI, "ash"))
    assert not voices.isEditable()
    assert voices.currentText() == "ash"


def test_the_session_clock_tells_when_it_is_renewed(shown):
    clock = shown.window.session_bar.findChild(SessionClock)
    clock.begin(480.0)
    clock.show_seconds(60)
    assert "renews in 7:00" in clock.toolTip()
    clock.show_seconds(480)
    assert "renews in the next pause" in clock.toolTip()
    clock.begin()
    assert "renews" not in clock.toolTip(), "nobody knows"


@pytest.mark.qt_log_ignore("does not support")
def test_another_model_can_be_asked_for(shown):
    bar = shown.window.session_bar
    bar.choose_model()
    models, _ = boxes(shown)
    assert models.view().isVisible()
    models.hidePopup()


@pytest.mark.parametrize("state", [DisplayState.RESTING, DisplayState.RECONNECTING])
def test_without_a_connection_there_is_no_age(shown, state: DisplayState):
    bar = shown.window.session_bar
    bar.begin_session(480.0)
    clock = bar.findChild(SessionClock)
    assert clock.text()
    shown.window.show_state(state)
    assert clock.text() == ""
    assert button(bar, "Disconnect").isVisible()
