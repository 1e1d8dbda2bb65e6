"""The instrument on a JACK server: it speaks and listens to the sample, and its end leaves nothing behind."""

import numpy as np
import pytest

from tests.rig.instrument import Instrument
from tests.rig.jack import BLOCK, JackServer

pytestmark = pytest.mark.rig

ROOM = 8
"""Servers that JACK has room for: one that isn't ended in order counts for ever."""


@pytest.mark.long
def test_more_of_them_can_follow_each_other_than_jack_has_room_for() -> None:
    for _ in range(ROOM + 1):
        with JackServer() as server, Instrument(server) as instrument:
            begin = instrument.speak(np.ones(BLOCK, np.float32))
            heard = instrument.heard(begin, begin + BLOCK)
        assert len(heard) == BLOCK
