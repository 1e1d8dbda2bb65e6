"""The list of devices keeps what was chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from desktop.viewmodels.devices_model import DeviceRecord, DeviceRole, DevicesModel

CARD = DeviceRecord("ALSA: Card", "Card", is_default=True)
HEADSET = DeviceRecord("ALSA: Headset", "Headset")
WEBCAM = DeviceRecord("ALSA: Webcam", "Webcam")


@pytest.fixture
def model(qapp):
    made = DevicesModel("input")
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    del tester


def labels(model: DevicesModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def test_before_the_first_look_there_is_the_default(model):
    assert labels(model) == ["System default"]
    assert (model.chosen, model.chosen_row) == ("", 0)


def test_the_default_says_which_it_is(model):
    model.show([HEADSET, CARD])
    assert labels(model) == ["System default · Card", "Headset", "Card"]
    assert [model.index(row).data(DeviceRole.KEY) for row in range(3)] == ["", HEADSET.key, CARD.key]


def test_nothing_there_is_reported(model):
    model.show([])
    assert labels(model) == ["System default (no microphone)"]
    speakers = DevicesModel("output")
    speakers.show([])
    assert labels(speakers) == ["System default (no speaker)"]


def test_what_was_chosen_stays_while_it_is_absent_and_is_the_same_when_it_comes_back(model):
    model.show([CARD, HEADSET])
    model.choose(HEADSET.key)
    picked = QPersistentModelIndex(model.index(model.chosen_row))
    model.show([CARD])
    assert labels(model) == ["System default · Card", "Card", "Headset (not connected)"]
    assert picked.row() == model.chosen_row == 2
    assert (model.chosen, model.chosen_is_connected) == (HEADSET.key, False)
    assert model.index(2).data(DeviceRole.CONNECTED) is False
    model.show([HEADSET, WEBCAM, CARD])
    assert labels(model) == ["System default · Card", "Headset", "Webcam", "Card"]
    assert picked.row() == model.chosen_row == 1
    assert model.chosen_is_connected


def test_a_remembered_device_is_not_called_missing_before_anyone_looked(model):
    model.choose("ALSA: USB Mic: Audio (hw:1,0)")
    assert labels(model) == ["System default", "USB Mic: Audio (hw:1,0)"]
    model.show([CARD])
    assert labels(model)[2] == "USB Mic: Audio (hw:1,0) (not connected)"


def test_an_absent_device_goes_when_another_is_chosen(model):
    model.show([CARD])
    model.choose("ALSA: Old")
    assert len(labels(model)) == 3
    model.choose("")
    assert labels(model) == ["System default · Card", "Card"]
    assert model.chosen_row == 0


def test_a_device_remembered_by_its_name_alone_is_found(model):
    model.choose("Headset")
    picked = QPersistentModelIndex(model.index(model.chosen_row))
    model.show([CARD, HEADSET])
    assert (model.chosen, model.chosen_row, picked.row()) == (HEADSET.key, 2, 2)
    model.choose("Card")
    assert model.chosen == CARD.key


def test_a_choice_is_reported_once(model):
    model.show([CARD, HEADSET])
    spy = QSignalSpy(model.chosen_changed)
    model.choose(HEADSET.key)
    model.choose(HEADSET.key)
    model.show([CARD, WEBCAM, HEADSET])
    assert [spy.at(i) for i in range(spy.count())] == [[2]]


def test_the_same_devices_again_change_nothing(model):
    model.show([CARD, HEADSET])
    spies = [
        QSignalSpy(getattr(model, name))
        for name in ("rowsInserted", "rowsRemoved", "rowsMoved", "dataChanged")
    ]
    model.show([CARD, HEADSET])
    assert [spy.count() for spy in spies] == [0, 0, 0, 0]


@pytest.mark.parametrize("chosen", ["", CARD.key, HEADSET.key, "ALSA: Gone"])
def test_any_list_after_any_other(model, chosen):
    lists = [
        [],
        [CARD],
        [HEADSET, CARD],
        [CARD, HEADSET, WEBCAM],
        [WEBCAM, HEADSET, CARD],
        [HEADSET, HEADSET],
    ]
    model.choose(chosen)
    picked = QPersistentModelIndex(model.index(model.chosen_row))
    for first in lists:
        for second in lists:
            model.show(first)
            model.show(second)
            keys = [model.index(row).data(DeviceRole.KEY) for row in range(model.rowCount())]
            there = list(dict.fromkeys(["", *(record.key for record in second)]))
            assert keys == there + ([chosen] if chosen not in there else [])
            assert picked.data(DeviceRole.KEY) == model.chosen == chosen


def test_a_default_that_is_called_default_says_nothing_twice():
    devices = DevicesModel("input")
    devices.show([DeviceRecord("ALSA: default", "default", True)])
    assert devices.index(0).data() == "System default"
