"""What the keys for all programs do: the window's talk key, Escape and mute, the same way into the turn."""

from __future__ import annotations

from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal

from desktop.app.hotkey_controller import HotkeyController
from desktop.base.hotkey import HotkeyAction
from desktop.settings.store import SettingsStore
from desktop.system.hotkeys.fakes import FakeHotkeys
from desktop.system.hotkeys.global_hotkeys import GlobalHotkeys
from desktop.system.hotkeys.interface import CLASH, NO_SUCH_KEY
from desktop.turn.effects import DisplayState
from desktop.turn.inputs import Policy
from desktop.ui.talk.talk_latch import TalkLatch

TALK, MUTE = HotkeyAction.TALK, HotkeyAction.MUTE
PUSH, DISCARD = HotkeyAction.PUSH_TO_MUTE, HotkeyAction.DISCARD
KEYS = {"talk_key": "F9", "mute_key": "F8", "push_to_mute_key": "F7", "discard_key": "F6"}


class Session(QObject):
    """The part of a session's controller that keys need."""

    state_changed = Signal(DisplayState)
    stalled = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.listens = False
        self.policy = Policy()
        self.did: list[Any] = []

    def press(self, made_at: float) -> None:
        self.did.append(("press", made_at))
        self._listen(True)

    def release(self, made_at: float) -> None:
        self.did.append(("release", made_at))
        self._listen(False)

    def cancel(self) -> None:
        self.did.append("cancel")
        self._listen(False)

    def hold_sound(self, since: float) -> None:
        self.did.append(("hold", since))

    def release_sound(self) -> None:
        self.did.append("flow")

    def _listen(self, listens: bool) -> None:
        self.listens = listens
        self.state_changed.emit(DisplayState.LISTENING if listens else DisplayState.READY)


class Audio:
    muted = False

    def mute(self, muted: bool) -> None:
        self.muted = muted


class Rig:
    """The controller between a played system and a played session."""

    def __init__(self) -> None:
        self.session, self.audio = Session(), Audio()
        self.now = 100.0
        self.latch = TalkLatch(True, clock=lambda: self.now)
        self.latch.pressed.connect(lambda: self.session.press(self.latch.struck_at))
        self.latch.released.connect(lambda _: self.session.release(self.latch.struck_at))
        self.latch.lost.connect(lambda: self.session.release(self.latch.struck_at))
        self.session.state_changed.connect(self.latch.show_state)
        self.store = SettingsStore.load(None)
        self.hotkeys = GlobalHotkeys(self._make)
        self.controller = HotkeyController(
            self.store, self.hotkeys, self.latch, cast(Any, self.session), cast(Any, self.audio)
        )
        self.store.changed.connect(self.controller.on_setting_changed)
        self.ways: list[tuple[Any, ...]] = []
        self.controller.way_changed.connect(lambda *told: self.ways.append(told))
        self.store.override(**KEYS)
        self.controller.start()

    def _make(self, tell: Any) -> FakeHotkeys:
        self.system = FakeHotkeys(tell)
        return self.system

    def strike(self, action: HotkeyAction, down: bool, after_s: float = 1.0) -> None:
        self.now += after_s
        self.system.strike(action, down, self.now)

    def lock(self) -> None:
        for down in (True, False, True, False):
            self.strike(TALK, down, 0.1)


@pytest.fixture
def rig(qapp) -> Rig:
    return Rig()


def test_a_hold_opens_and_ends_a_take_when_the_key_was_struck(rig) -> None:
    rig.strike(TALK, True)
    rig.strike(TALK, False)
    assert rig.session.did == [("press", 101.0), ("release", 102.0)]


def test_a_key_that_is_lost_ends_the_take(rig) -> None:
    rig.strike(TALK, True)
    rig.system.lose(TALK)
    assert not rig.session.listens


def test_a_lock_holds_whatever_has_the_focus_and_the_next_tap_ends_it(rig) -> None:
    rig.lock()
    assert rig.latch.locked
    rig.latch.attend(False)
    assert rig.session.listens
    rig.strike(TALK, True)
    assert not rig.session.listens


def test_a_lock_of_the_windows_own_key_still_ends_with_the_focus(rig) -> None:
    rig.latch.toggle()
    assert rig.latch.locked
    rig.latch.attend(False)
    assert not rig.session.listens


def test_a_dialog_ends_no_hold_of_a_key_that_is_heard_everywhere(rig) -> None:
    rig.strike(TALK, True)
    rig.latch.lose_all()
    assert rig.session.listens


def test_escape_is_ours_only_while_its_take_is_open(rig) -> None:
    assert not rig.system.escape
    rig.strike(TALK, True)
    assert rig.system.escape
    rig.system.press_escape()
    assert rig.session.did[-1] == "cancel"
    assert not rig.system.escape
    rig.strike(TALK, False)
    rig.lock()
    assert rig.system.escape
    rig.strike(TALK, True)
    assert not rig.system.escape


def test_escape_is_not_taken_for_a_take_of_the_windows_key(rig) -> None:
    rig.latch.press(key="space")
    assert rig.session.listens
    assert not rig.system.escape


def test_keys_mute_and_discard(rig) -> None:
    for muted in (True, False):
        rig.strike(MUTE, True)
        rig.strike(MUTE, False)
        assert rig.audio.muted is muted
    rig.strike(DISCARD, True)
    rig.strike(DISCARD, False)
    assert rig.session.did == ["cancel"]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("ends", ["up", "lost"])
def test_what_is_muted_while_held_is_then_as_before(rig, before: bool, ends: str) -> None:
    rig.audio.muted = before
    rig.strike(PUSH, True)
    assert rig.audio.muted
    rig.strike(PUSH, False) if ends == "up" else rig.system.lose(PUSH)
    assert rig.audio.muted is before


def test_after_a_stall_no_sound_moves_until_it_is_known_whether_the_key_is_up(rig) -> None:
    rig.session.stalled.emit(1.0)
    assert rig.session.did == []
    rig.strike(TALK, True)
    rig.system.answers = False
    rig.session.stalled.emit(102.0)
    assert rig.session.did[-1] == ("hold", 102.0)
    rig.strike(TALK, False)
    rig.hotkeys.answered.emit()
    assert rig.session.did[-2:] == [("release", 102.0), "flow"]


def test_a_locked_screen_and_a_key_that_is_being_chosen_silence_all(rig) -> None:
    for pause in (rig.controller.show_locked, rig.controller.show_recording):
        pause(True)
        assert rig.system.keys == {}
        pause(False)
        assert len(rig.system.keys) == 4


def test_what_is_held_ends_with_the_session_that_is_switched_away_from(rig) -> None:
    rig.system.strike(TALK, True, 100.0)
    rig.controller.show_locked(True)
    assert rig.system.keys == {}
    rig.system.lose(TALK)  # as a system does whose keys are given back
    assert not rig.session.listens
    rig.controller.show_locked(False)
    rig.now = 110.0
    rig.system.strike(TALK, True, 110.0)
    assert rig.session.listens


def test_another_choice_is_asked_for_at_once(rig) -> None:
    rig.store.change("talk_key", "Ctrl+F9")
    assert str(rig.system.keys[TALK]) == "Ctrl+F9"
    rig.store.change("talk_key", "")
    assert TALK not in rig.system.keys
    assert rig.ways[-1] == ("x11", "", "", None)


def test_a_clash_is_told_and_settled(rig) -> None:
    told = []
    rig.controller.told.connect(lambda *one: told.append(one))
    clash = CLASH(keys="F9")
    rig.system.refused = {TALK: clash}
    rig.controller.refresh()
    assert ("talk_key", clash) in told
    assert rig.ways[-1] == ("x11", "F9", "", clash)
    assert rig.controller.problems["talk_key"] == clash
    rig.system.refused = {}
    rig.controller.refresh()
    assert rig.ways[-1] == ("x11", "F9", "", None)


def test_a_problem_goes_with_the_key_that_has_it(rig) -> None:
    rig.system.refused = {TALK: NO_SUCH_KEY(keys="F9")}
    rig.controller.refresh()
    rig.system.refused = {}
    rig.store.change("talk_key", "")
    assert "talk_key" not in rig.controller.problems


def test_what_the_desktop_calls_the_key_is_shown(rig) -> None:
    rig.hotkeys.named.emit(TALK, "Press Super+V")
    assert rig.ways[-1][2] == "Press Super+V"
