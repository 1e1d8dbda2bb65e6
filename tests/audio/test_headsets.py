"""Which names are those of headsets."""

from __future__ import annotations

import pytest

from desktop.audio.headsets import is_headset


@pytest.mark.parametrize(
    "name",
    [
        *("Headset (Jabra Evolve2 65)", "External Headphones", "AirPods Pro", "Kopfhörer (Realtek Audio)"),
        *("analog-output-headphones", "headset-head-unit", "Galaxy Buds2 Pro", "Casque (USB Audio)"),
    ],
)
def test_headsets(name: str) -> None:
    assert is_headset(name)


@pytest.mark.parametrize(
    "name",
    [
        "MacBook Pro Speakers",
        "default",
        "pulse",
        "Speakers/Headphones (Realtek)",
        "HDMI 1",
        "system",
        "USB Audio",
    ],
)
def test_what_may_stand_in_a_room(name: str) -> None:
    assert not is_headset(name)
