"""What the bar at the top leaves out where it is narrow: nothing but the model's name is ever cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox

from desktop.app import translation
from desktop.cost.money import CENT
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost
from desktop.protocol import catalog
from desktop.turn.effects import DisplayState
from desktop.ui.common.picker import Picker
from desktop.ui.session.model_box import ModelBox
from desktop.ui.session.options_button import OptionsButton
from desktop.ui.session.session_bar import SessionBar
from desktop.ui.session.voice_box import VoiceBox
from desktop.viewmodels.chosen_options import ChosenOptions
from tests.ui.conftest import Opened
from tests.ui.find import button
from tests.ui.opened import use_light_theme

OPENAI = catalog.find("openai/gpt-realtime-2")
CHOICES = {
    "hands-free": ChosenOptions(OPENAI, "marin", "high", "server_vad"),
    "push to talk": ChosenOptions(OPENAI, "shimmer"),
    "a short name": ChosenOptions(catalog.find("xai/grok-voice-latest"), "ara"),
    "translation": ChosenOptions(catalog.find("gemini/gemini-3.5-live-translate-preview"), language="sv"),
    "an agent": ChosenOptions(
        catalog.agent("front-desk"), agents=True, by_agent=frozenset({"model", "voice", "turn_mode"})
    ),
    "an agent's voice": ChosenOptions(OPENAI, agents=True, by_agent=frozenset({"voice", "turn_mode"})),
}
DISCONNECT = {"en": "Disconnect", "de": "Trennen"}
BY_THE_AGENT = {"en": "By the agent", "de": "Wie der Agent"}


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    before, locale = list(qapp.findChildren(QTranslator)), QLocale()
    translation.install(qapp, request.param)
    yield request.param
    for translator in qapp.findChildren(QTranslator):
        if translator not in before:
            qapp.removeTranslator(translator)
    QLocale.setDefault(locale)


@pytest.fixture
def bar(qtbot, language: str) -> SessionBar:
    """That of an open session which has cost something."""
    use_light_theme()
    found = Opened(qtbot).window.session_bar
    spent = Total()
    spent.add(Cost(1_212 * CENT, estimated=True))
    found.show_spent(spent)
    found.show_state(DisplayState.READY)
    found.begin_session()
    return found


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
def test_only_the_models_name_is_ever_cut(bar: SessionBar, qtbot, language: str, choice: ChosenOptions):
    bar.show_choice(choice)
    box = bar.findChild(ModelBox)
    for width in (720, 760, 800, 860, 900, 940, 980, 1_000, 1_040, 720):
        bar.window().resize(width, 480)
        qtbot.waitUntil(lambda width=width: bar.window().width() == width and not cut(bar, language))
        assert box.width() >= min(box.width_of_text(), 130 if width < 800 else 240)


def test_the_agents_voice_has_one_word_in_a_small_window(bar: SessionBar, qtbot, language: str):
    voices = bar.findChild(VoiceBox)
    for choice in (CHOICES["an agent"], CHOICES["an agent's voice"]):
        bar.show_choice(choice)
        told = BY_THE_AGENT[language]
        for width, words in ((1_040, told), (720, "Agent"), (1_040, told)):
            bar.window().resize(width, 480)
            qtbot.waitUntil(lambda words=words: voices.shown_words() == words and not cut(bar, language))
    assert voices.itemText(0) == BY_THE_AGENT[language], "its list has all the words"


def cut(bar: SessionBar, language: str) -> list[str]:
    """What can't be read whole in the bar, but for the model's name."""
    buttons = (bar.spend, button(bar, DISCONNECT[language]))
    found = [each.text() for each in buttons if each.width() < each.sizeHint().width()]
    options = bar.findChild(OptionsButton)
    icon = options.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    if options.isVisible() and options.width() < options.width_when(short=icon):
        found.append(options.text())
    boxes = [box for box in bar.findChildren(Picker) if box.isVisible() and not isinstance(box, ModelBox)]
    return found + [box.shown_words() for box in boxes if words_width(box) > field_width(box)]


def words_width(box: Picker) -> int:
    return box.fontMetrics().horizontalAdvance(box.shown_words())


def field_width(box: Picker) -> int:
    """The room for its words; a line that is typed in has a margin of two pixels."""
    if line := box.lineEdit():
        return line.contentsRect().width() - 4
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    return box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box).width() - 2
