"""Which of the present devices is used."""

from __future__ import annotations

import pytest

from desktop.audio.devices import Device
from desktop.devices.device_selection import DeviceSelection, device_records, with_used

CARD = Device("Card", "ALSA", 2, 2, 48_000, is_default_input=True, is_default_output=True)
HEADSET = Device("USB headset", "ALSA", 1, 2, 48_000)
BOTH = (CARD, HEADSET)


@pytest.fixture
def headset() -> DeviceSelection:
    """The headset was chosen, and is used."""
    return DeviceSelection("input", HEADSET.key, used=HEADSET)


def test_without_the_chosen_one_it_is_the_systems_default(headset: DeviceSelection):
    assert headset.target(BOTH) == HEADSET
    assert headset.target((CARD,)) == CARD
    assert headset.target(()) is None


def test_something_else_is_due_only_when_there_is_something_else(headset: DeviceSelection):
    assert not headset.due(BOTH)
    assert headset.due((CARD,))
    assert not headset.due(())


def test_one_that_was_refused_is_tried_again_when_something_is_plugged_in(headset: DeviceSelection):
    headset.refuse("It is in use.")
    headset.refuse("Another reason.")
    assert (headset.used, headset.problem) == (None, "It is in use.")
    assert headset.target(BOTH) == CARD
    headset.update(BOTH, changed=False)
    assert headset.target(BOTH) == CARD
    headset.update(BOTH, changed=True)
    assert headset.target(BOTH) == HEADSET


def test_one_that_stops_again_is_left_alone(headset: DeviceSelection):
    headset.lose()
    headset.update(BOTH, changed=False)
    assert headset.target(BOTH) == HEADSET, "it is still there: it may only have stopped"
    headset.exchange(HEADSET)
    headset.lose()
    headset.update(BOTH, changed=False)
    assert headset.target(BOTH) == CARD


def test_choosing_it_again_tries_it_again(headset: DeviceSelection):
    headset.refuse("It is in use.")
    headset.choose(HEADSET.key)
    assert headset.target(BOTH) == HEADSET
    assert headset.urgent


@pytest.mark.parametrize(("used", "absent"), [(HEADSET, False), (CARD, True), (None, True)])
def test_it_is_absent_while_another_one_is_used(headset: DeviceSelection, used: Device | None, absent: bool):
    headset.used = used
    assert headset.absent == absent
    headset.chosen = ""
    assert not headset.absent, "the default is never absent"


def test_a_device_that_only_we_can_open_counts_as_there():
    exclusive = Device("Card: PCM (hw:1,0)", "ALSA", 2, 2, 48_000)
    assert with_used((CARD,), [DeviceSelection("input", "", used=exclusive)]) == [CARD, exclusive]
    assert with_used((CARD,), [DeviceSelection("input", "", used=exclusive, lost=True)]) == [CARD]
    assert with_used((CARD,), [DeviceSelection("input", "", used=HEADSET)]) == [CARD]


def test_a_name_that_occurs_twice_gets_its_system_added():
    other = Device("Card", "JACK", 2, 2, 48_000)
    labels = [record.label for record in device_records((CARD, other, HEADSET), "input")]
    assert labels == ["Card (ALSA)", "Card (JACK)", "USB headset"]
