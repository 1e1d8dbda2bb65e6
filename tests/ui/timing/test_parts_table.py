"""The parts of the wait, in the table and in the picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.turn.turn_parts import PART_NAMES
from desktop.ui.timing import waterfall
from desktop.ui.timing.timing_pane import TimingPane
from desktop.viewmodels.timing_model import TimingModel
from tests.turn.test_turn_parts import TURN


@pytest.fixture
def pane(qtbot) -> TimingPane:
    model = TimingModel()
    made = TimingPane(model)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(600, 700)
    made.show()
    model.show(TURN)
    other = replace(TURN.detail, model="xai/grok", way=replace(TURN.detail.way, captured=1_100))
    model.show(replace(TURN, number=2, detail=other))
    made.show_parts.setChecked(True)
    return made


def test_it_shows_the_turn_beside_the_medians(pane: TimingPane) -> None:
    assert pane.parts.isVisible()
    assert not pane.figures.isVisible()
    assert pane.parts.texts("tail") == ("100", "2", "140", "180")
    assert pane.parts.texts("wait") == ("1100", "2", "1100", "1100")
    assert pane.parts.texts("interruption") == ("—", "—", "—", "—")
    pane.show_parts.setChecked(False)
    assert pane.figures.isVisible()


def test_it_shows_the_medians_of_one_model(pane: TimingPane) -> None:
    pane.parts.models.setCurrentIndex(pane.parts.models.findData("openai/gpt-realtime-2"))
    assert pane.parts.texts("tail") == ("100", "1", "180", "180")


def test_it_says_that_the_device_is_unknown(pane: TimingPane) -> None:
    way = replace(TURN.detail.way, handed=None, latency_unknown=True)
    pane.parts.show_turns([TURN], replace(TURN, detail=replace(TURN.detail, way=way)))
    assert "The speaker doesn't report its delay." in pane.parts.note
    assert "Prebuffer + Device together: 100 ms" in pane.parts.note
    assert pane.parts.texts("device")[0] == "—"


def test_the_picture_has_a_bar_for_each_part() -> None:
    axis = waterfall.axis_for([TURN])
    bars = [bar for bar in waterfall.segments(TURN, axis, 400) if bar.part]
    assert [bar.part.names[0] for bar in bars if bar.part] == list(PART_NAMES)
    assert [bar.lane for bar in bars] == [1, 1, 1, 2, 3, 4, 4, 4]
    service = bars[3]
    assert service.right - service.left == pytest.approx(axis.place(200, 400) - axis.place(0, 400))
