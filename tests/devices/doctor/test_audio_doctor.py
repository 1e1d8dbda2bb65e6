"""The doctor has the devices for itself, or says why it can't begin."""

from __future__ import annotations

import pytest

from desktop.audio.interfaces import DEVICE_NOT_THERE, DeviceOpenError
from desktop.devices.doctor.audio_doctor import DISCONNECT_FIRST
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import CARD, Bench, idle, sitting
from tests.realtime.service import serving


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


def listen(bench: Bench) -> tuple[list, list]:
    """What it says: phases, and problems."""
    phases: list[str] = []
    problems: list = []
    doctor = bench.controller.audio.doctor
    doctor.phase_changed.connect(phases.append)
    doctor.failed.connect(problems.append)
    return phases, problems


async def test_it_does_not_begin_beside_a_session():
    async with serving(idle) as service, sitting(service) as bench:
        phases, problems = listen(bench)
        await bench.controller.audio.examine()
        assert problems == [DISCONNECT_FIRST()]
        assert phases == []


async def test_a_session_that_begins_ends_it_and_gets_its_devices():
    async with serving(idle) as service:
        bench = Bench(service.url)
        phases, _ = listen(bench)
        await bench.controller.audio.examine()
        await bench.until(lambda: "quiet" in phases or "opening" in phases)
        examined = bench.audio.microphone_now
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.READY)
        assert phases[-1] == ""
        assert examined.closed
        assert not bench.audio.microphone_now.closed
        await bench.controller.close()


async def test_a_test_of_the_microphone_waits_for_the_doctor():
    bench = Bench("http://127.0.0.1:1")
    tests: list[str] = []
    bench.controller.audio.test_changed.connect(tests.append)
    await bench.controller.audio.examine()
    bench.controller.audio.start_test()
    bench.controller.audio.silence()
    await bench.until(lambda: not bench.controller.audio.doctor.running)
    assert tests == []
    await bench.controller.close()


async def test_a_device_that_cannot_be_opened_is_told_of():
    bench = Bench("http://127.0.0.1:1")
    bench.audio.refusing[CARD.key] = DeviceOpenError(DEVICE_NOT_THERE(device="Headset"))
    phases, problems = listen(bench)
    await bench.controller.audio.examine()
    await bench.until(lambda: problems)
    assert [str(problem) for problem in problems] == [
        "Headset is no longer connected. Plug it in or choose another device."
    ]
    await bench.until(lambda: phases[-1] == "")
    await bench.controller.close()
