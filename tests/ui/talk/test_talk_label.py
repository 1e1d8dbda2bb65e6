"""The talk button's words are inside its ring, in every language, text size and font; seen in its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import hypot

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QImage
from PySide6.QtWidgets import QApplication

from desktop.app import translation
from desktop.turn.effects import DisplayState
from desktop.ui.common import theme
from desktop.ui.session import state_words
from desktop.ui.talk import talk_button, talk_label
from desktop.ui.talk.talk_button import RING, TalkButton
from tests.ui.opened import use_light_theme
from tests.ui.window.test_main_window import contrast

SCALES = (1.0, 1.25, 1.5, 1.75, 2.0)
FREE = 2.0
"""Pixels that are free between the words and the ring."""
SEEN = 24
"""A difference in one channel that can be seen."""


class Swollen(QTranslator):
    """A language of long words: every text is twice as long as in English."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        return " ".join(word + word.lower() for word in source.split()) if context == "State" else ""

    def isEmpty(self) -> bool:
        return False


@pytest.fixture(params=["English", "German", "swollen"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    before, locale = list(qapp.findChildren(QTranslator)), QLocale()
    if request.param == "German":
        translation.install(qapp, "de")
    elif request.param == "swollen":
        QCoreApplication.installTranslator(Swollen(qapp))
    yield request.param
    for translator in qapp.findChildren(QTranslator):
        if translator not in before:
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()
    QLocale.setDefault(locale)


def shown(qtbot, scale: float = 1.0, family: str = "", most: int = 400) -> TalkButton:
    use_light_theme()
    button = TalkButton()
    qtbot.addWidget(button)
    button.ensurePolished()
    font = QFont(family) if family else QFont(button.font())
    font.setPixelSize(round(theme.BASE_PX * scale))
    button.setStyleSheet(f"font: {font.pixelSize()}px '{font.family()}';")
    button.setFont(font)
    button.limit(most)
    button.resize(button.sizeHint())
    return button


def pixels(button: TalkButton) -> np.ndarray:
    image = button.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width(), :3].astype(int)


def farthest(with_words: np.ndarray, without: np.ndarray) -> float:
    """The distance from the middle of the farthest pixel in which the words can be seen."""
    ys, xs = np.nonzero(np.abs(with_words - without).max(axis=2) > SEEN)
    middle = (with_words.shape[0] - 1) / 2
    return max((hypot(x - middle, y - middle) for x, y in zip(xs, ys, strict=True)), default=0.0)


def modes(button: TalkButton) -> Iterator[str]:
    """Puts the button in each of its modes and states."""
    for hands_free, locked in ((False, False), (False, True), (True, False)):
        button.show_hands_free(hands_free)
        button.show_locked(locked)
        for state in DisplayState:
            button.show_state(state)
            button.resize(button.sizeHint())
            yield f"{state.name}, locked {locked}, hands-free {hands_free}"


def touching(qtbot, monkeypatch, button: TalkButton) -> list[str]:
    """The modes in which words, icon or focus mark come near the ring."""
    button.show_level(-12.0)
    found = []
    for mode in modes(button):
        written = pixels(button)
        with monkeypatch.context() as patch:
            patch.setattr(TalkButton, "_paint_label", lambda *_: None)
            blank = pixels(button)
        inner = button.width() / 2 - RING
        if button.state is DisplayState.LISTENING:
            inner -= talk_button.SPLIT
        if not 0 < farthest(written, blank) <= inner - FREE:
            found.append(f"{mode}: {farthest(written, blank):.1f} of {inner}")
    return found


@pytest.mark.parametrize("scale", SCALES)
def test_the_words_never_touch_the_ring(qtbot, monkeypatch, language: str, scale: float):
    assert touching(qtbot, monkeypatch, shown(qtbot, scale)) == []


@pytest.mark.parametrize("most", [112, 140], ids=["in a small window", "in a low window"])
def test_the_words_never_touch_the_ring_where_there_is_little_room(qtbot, monkeypatch, language, most):
    button = shown(qtbot, 2.0, most=most + 2 * RING)
    assert touching(qtbot, monkeypatch, button) == []
    assert button.sizeHint().width() <= most + 2 * RING


def test_the_words_never_touch_the_ring_in_any_font(qtbot, monkeypatch, language: str):
    families = [name for name in QFontDatabase.families() if QFontDatabase.isSmoothlyScalable(name)]
    assert families
    for family in families[:12]:
        assert touching(qtbot, monkeypatch, shown(qtbot, 1.25, family)) == [], family


def test_it_has_its_usual_size_in_english_and_grows_with_the_text(qtbot):
    assert shown(qtbot).sizeHint().width() == 112 + 2 * RING
    assert shown(qtbot, 2.0).sizeHint().width() > 112 + 2 * RING


def test_it_takes_the_room_that_it_gets_later(qtbot):
    button = shown(qtbot, 2.0, most=112)
    small = button.sizeHint().width()
    button.limit(400)
    assert button.sizeHint().width() > small
    button.limit(112)
    assert button.sizeHint().width() == small


def test_its_size_does_not_change_with_the_state(qtbot, language: str):
    button = shown(qtbot, 1.5)
    sizes = set()
    for state in DisplayState:
        button.show_state(state)
        sizes.add(button.sizeHint().width())
    assert len(sizes) == 1


def test_every_word_can_be_read_whole_where_there_is_room(qtbot, language: str):
    button = shown(qtbot, 1.0 if language != "swollen" else 1.5)
    every = state_words.all_talk_words(False)
    size = talk_label.fit(every, button.font(), 400)
    assert button.sizeHint().width() == size.diameter + 2 * RING
    for words in every:
        label = talk_label.place(words, button.font(), size)
        assert " ".join(line.words for line in label.lines) == " ".join(words)


@pytest.mark.parametrize("hands_free", [False, True])
def test_all_states_can_be_told_apart_in_grey(qtbot, monkeypatch, hands_free: bool):
    """By shape and brightness, even without the words."""
    button = shown(qtbot)
    button.show_hands_free(hands_free)
    monkeypatch.setattr(talk_button, "talk_words", lambda *_: [""])
    grey = {}
    for state in DisplayState:
        button.show_state(state)
        grey[state] = pixels(button) @ (0.11, 0.59, 0.30)
    alike = [
        (one.name, other.name)
        for one, other in combinations(DisplayState, 2)
        if (np.abs(grey[one] - grey[other]) > SEEN).sum() < 20
    ]
    assert alike == []


def test_silence_leaves_no_stub_of_the_arc(qtbot):
    button = shown(qtbot)
    for state in (DisplayState.READY, DisplayState.LISTENING, DisplayState.OFFLINE):
        button.show_state(state)
        button.show_level(-60.0)
        silent = pixels(button)
        for level in (-12.0, -49.5, -59.4, -60.0, -55.0, -50.5, float("-inf")):
            button.show_level(level)
            if level <= -49.5:
                assert (pixels(button) == silent).all(), level
        button.show_level(-40.0)
        assert not (pixels(button) == silent).all()


def rings(picture: np.ndarray) -> int:
    """How many lines a ray from the middle to the right edge crosses."""
    middle = picture.shape[0] // 2
    ray = picture[middle, middle:]
    edges = (np.abs(np.diff(ray, axis=0)).max(axis=1) > SEEN).astype(int)
    flanks = int(((edges[1:] == 1) & (edges[:-1] == 0)).sum())
    return flanks


@pytest.mark.parametrize("state", list(DisplayState))
def test_the_focus_is_shown_without_a_second_ring(qtbot, monkeypatch, state: DisplayState):
    button = shown(qtbot)
    button.show_state(state)
    plain = pixels(button)
    monkeypatch.setattr(TalkButton, "hasFocus", lambda self: True)
    focused = pixels(button)
    ys, xs = np.nonzero(np.abs(plain - focused).max(axis=2) > SEEN)
    assert len(ys) >= 40, "it can be seen"
    assert ys.min() > button.height() / 2, "below the words"
    assert np.ptp(ys) < 6
    assert np.ptp(xs) < 40, "and it is no ring"
    assert rings(focused) == rings(plain)


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_red_is_a_red_and_its_white_words_can_be_read(qtbot, colours: theme.Tokens):
    button = shown(qtbot)
    try:
        theme.apply(QApplication.instance(), colours)
        button.show_state(DisplayState.LISTENING)
        picture = button.grab().toImage()
    finally:
        theme.apply(QApplication.instance(), theme.LIGHT)
    seen: dict[str, int] = {}
    for y in range(picture.height()):
        for x in range(picture.width()):
            name = picture.pixelColor(x, y).name()
            seen[name] = seen.get(name, 0) + 1
    red = max((name for name in seen if QColor(name).hue() not in (-1,)), key=seen.__getitem__)
    assert QColor(red).hue() >= 345 or QColor(red).hue() <= 15
    assert QColor(red).saturation() >= 150, "not a pink"
    assert seen.get("#ffffff", 0) > 20, "white words"
    assert contrast(red, "#ffffff") >= 4.5
