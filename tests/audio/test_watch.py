"""What came and went, and how soon the next look is due."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, BrokenBarrierError

import pytest

from desktop.audio import watch
from desktop.audio.devices import Device
from desktop.audio.interfaces import AudioError
from desktop.audio.watch import Changes, DeviceWatch, changes
from desktop.base.message import verbatim

CARD = Device("Card", "ALSA", 2, 2, 48_000, is_default_input=True, is_default_output=True)
HEADSET = Device("Headset", "ALSA", 1, 2, 48_000)
SCREEN = Device("HDMI 0", "ALSA", 0, 8, 48_000)


def test_nothing_changed() -> None:
    found = changes([CARD, HEADSET], [HEADSET, CARD])
    assert found == Changes()
    assert not found


def test_one_came_and_one_went() -> None:
    found = changes([CARD, SCREEN], [CARD, HEADSET])
    assert found == Changes(came=(HEADSET,), gone=(SCREEN,))
    assert found


def test_the_same_name_at_another_host_api_is_another_device() -> None:
    other = replace(HEADSET, host_api="JACK Audio Connection Kit")
    assert changes([HEADSET], [other]) == Changes(came=(other,), gone=(HEADSET,))


def test_a_rate_that_changed_is_no_other_device() -> None:
    assert not changes([HEADSET], [replace(HEADSET, rate=16_000)])


def test_the_default_moved() -> None:
    without = replace(CARD, is_default_input=False)
    found = changes([CARD, HEADSET], [without, replace(HEADSET, is_default_input=True)])
    assert found == Changes(default_input_moved=True)
    assert changes([CARD], [replace(CARD, is_default_output=False)]) == Changes(default_output_moved=True)


class Looks:
    """Gives one answer after the other; repeats the last one."""

    def __init__(self, *answers: Sequence[Device] | AudioError) -> None:
        self.answers = list(answers)

    def __call__(self) -> Sequence[Device]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, AudioError):
            raise answer
        return answer


def test_the_first_look_changes_nothing_and_tells_what_is_there() -> None:
    seen = DeviceWatch(Looks([CARD, HEADSET]))
    assert seen.devices == ()
    assert not seen.look()
    assert seen.devices == (CARD, HEADSET)


def test_looks_are_compared_one_with_the_next() -> None:
    seen = DeviceWatch(Looks([CARD], [CARD, HEADSET], [CARD]))
    found = [seen.look() for _ in range(4)]
    assert found == [Changes(), Changes(came=(HEADSET,)), Changes(gone=(HEADSET,)), Changes()]


def test_all_gone_is_a_change_too() -> None:
    seen = DeviceWatch(Looks([HEADSET], [], [HEADSET]))
    assert [bool(seen.look()) for _ in range(3)] == [False, True, True]


def test_a_look_that_fails_leaves_the_devices_as_they_were() -> None:
    seen = DeviceWatch(
        Looks([CARD], AudioError(verbatim("The sound devices can't be listed.")), [CARD, HEADSET])
    )
    seen.look()
    with pytest.raises(AudioError, match="can't be listed"):
        seen.look()
    assert seen.devices == (CARD,)
    assert seen.look() == Changes(came=(HEADSET,))


def test_it_looks_seldom_unless_someone_sees_it() -> None:
    seen = DeviceWatch(Looks([CARD]))
    seen.look()
    assert seen.pause_s(attended=True) == watch.ATTENDED_S
    assert seen.pause_s(attended=False) == watch.UNATTENDED_S


def test_it_looks_again_soon_after_a_change_and_then_settles() -> None:
    seen = DeviceWatch(Looks([CARD], [CARD, HEADSET]))
    seen.look()
    pauses = []
    for _ in range(watch.SETTLING_LOOKS + 1):
        seen.look()
        pauses.append(seen.pause_s(attended=False))
    assert pauses == [watch.SETTLING_S] * watch.SETTLING_LOOKS + [watch.UNATTENDED_S]


def test_where_the_system_tells_of_changes_it_hardly_looks_in_between() -> None:
    seen = DeviceWatch(Looks([CARD]))
    seen.look()
    seen.reported = True
    assert seen.pause_s(attended=True) == watch.REPORTED_S
    assert seen.pause_s(attended=True, stopped=True) == watch.ATTENDED_S, "its start may not be told of"


def test_after_it_was_told_of_a_change_it_looks_until_that_has_settled() -> None:
    seen = DeviceWatch(Looks([CARD]))
    seen.look()
    seen.reported = True
    seen.expect()
    pauses = [seen.pause_s(attended=True)]
    for _ in range(watch.SETTLING_LOOKS):
        seen.look()
        pauses.append(seen.pause_s(attended=True))
    assert pauses == [watch.SETTLING_S] * watch.SETTLING_LOOKS + [watch.REPORTED_S]


def test_it_asks_a_sound_server_that_is_down_ever_less_often() -> None:
    seen = DeviceWatch(Looks(AudioError(verbatim("down"))))
    pauses = []
    for _ in range(8):
        with pytest.raises(AudioError):
            seen.look()
        pauses.append(seen.pause_s(attended=True))
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (watch.ATTENDED_S, watch.LONGEST_S)


def test_after_a_failure_it_looks_as_usual_again() -> None:
    seen = DeviceWatch(Looks(AudioError(verbatim("down")), [CARD]))
    with pytest.raises(AudioError):
        seen.look()
    seen.look()
    assert seen.pause_s(attended=False) == watch.UNATTENDED_S


def test_two_looks_at_once_come_one_after_the_other() -> None:
    together = Barrier(2, timeout=0.3)
    met = []

    def probe() -> Sequence[Device]:
        try:
            together.wait()
            met.append(True)
        except BrokenBarrierError:
            met.append(False)
        return [CARD]

    seen = DeviceWatch(probe)
    with ThreadPoolExecutor(2) as pool:
        looks = [pool.submit(seen.look), pool.submit(seen.look)]
        assert [look.result(10) for look in looks] == [Changes(), Changes()]
    assert met == [False, False]
