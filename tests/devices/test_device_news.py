"""What an exchange of devices means for the user."""

from __future__ import annotations

import pytest

from desktop.audio.devices import Device
from desktop.devices.device_news import kind_of_exchange
from desktop.devices.device_selection import SelectionBefore

CARD = Device("Card", "ALSA", 2, 2, 48_000, is_default_input=True, is_default_output=True)
HEADSET = Device("USB headset", "ALSA", 1, 2, 48_000)
BOTH = (CARD, HEADSET)


@pytest.mark.parametrize(
    ("used", "lost", "now", "chosen", "present", "kind"),
    [
        (None, False, HEADSET, True, BOTH, "back"),
        (None, False, CARD, False, BOTH, "works"),
        (HEADSET, True, HEADSET, True, BOTH, "again"),
        (HEADSET, True, CARD, False, BOTH, "gone"),
        (HEADSET, False, CARD, False, (CARD,), "gone"),
        (CARD, False, HEADSET, True, BOTH, "back"),
        (CARD, False, HEADSET, False, BOTH, "default"),
    ],
)
def test_each_exchange_has_its_news(used, lost, now, chosen, present, kind):
    before = SelectionBefore(used, lost, picked=False)
    assert kind_of_exchange(before, now, chosen=chosen, present=present) == kind


def test_what_the_user_has_just_done_is_no_news():
    before = SelectionBefore(CARD, lost=False, picked=True)
    assert kind_of_exchange(before, HEADSET, chosen=True, present=BOTH) is None
