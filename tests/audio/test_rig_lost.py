"""A device that dies under the program."""

import pytest

from tests.audio.rig import RemoteApp
from tests.rig.jack import JackServer
from tests.rig.process import until

pytestmark = pytest.mark.rig


def test_a_device_that_dies_is_noticed_and_holds_nothing_up() -> None:
    """libjack never returns from closing a client whose server has gone."""
    with JackServer() as server, RemoteApp(server.env) as app:
        assert "error" not in app("start", session_rate=24_000)
        app("play", response=1, frequency=440, seconds=10)
        server.stop()
        until(
            lambda: (status := app("status"))["speaker_lost"] and status["microphone_lost"],
            within=10,
            what="the loss of both devices",
        )
        assert app("flush")["heard"].keys() == {"1"}
        app("close")
        assert app.end(within=10) == 0
