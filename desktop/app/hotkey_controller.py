"""What the keys that work in all programs do: the same as the window's, by the same way into the turn."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop.base.hotkey import HotkeyAction, Way
from desktop.base.message import Message
from desktop.conversation import settings_values
from desktop.conversation.session_controller import SessionController
from desktop.devices.audio_controller import AudioController
from desktop.settings.store import SettingsStore
from desktop.system.hotkeys.global_hotkeys import GlobalHotkeys
from desktop.ui.talk.talk_latch import TalkLatch

KEY = "hotkey"
"""What the latch knows the talk key by."""


class HotkeyController(QObject):
    """Hands the strokes on, and says which key can't be had. `close` it at the end."""

    way_changed = Signal(str, str, str, object)
    """A `Way`, the talk key's name, what the desktop itself calls it if it does, and a `Message` that says
    why it can't be had, or None."""
    told = Signal(str, object)
    """A setting, and a `Message`: why its key can't be had; None: it can."""

    def __init__(
        self,
        store: SettingsStore,
        hotkeys: GlobalHotkeys,
        latch: TalkLatch,
        session: SessionController,
        audio: AudioController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._hotkeys = hotkeys
        self._latch = latch
        self._session = session
        self._audio = audio
        self._held = False
        self._doubts = False
        self._unmutes = False
        self._problems: dict[HotkeyAction, Message | None] = {}
        self._way: Way = ""
        self._named = ""
        hotkeys.struck.connect(self._on_struck)
        hotkeys.lost.connect(self._on_lost)
        hotkeys.escaped.connect(session.cancel)
        hotkeys.answered.connect(self._on_answered)
        hotkeys.told.connect(self._on_told)
        hotkeys.named.connect(self._on_named)
        hotkeys.way_changed.connect(self._on_way_changed)
        session.state_changed.connect(lambda _: self._follow_take())
        session.stalled.connect(self._doubt)
        latch.lock_changed.connect(lambda _: self._follow_take())

    @property
    def problems(self) -> dict[str, Message | None]:
        """What is wrong with each key, by setting."""
        return {settings_values.HOTKEYS[action]: problem for action, problem in self._problems.items()}

    def start(self) -> None:
        """Hear the keys that are chosen, from now on."""
        self.on_setting_changed("talk_key")

    def on_setting_changed(self, name: str) -> None:
        """A setting was changed: it may be one of the keys."""
        if name in settings_values.HOTKEYS.values():
            names = settings_values.hotkeys(self._store.current)
            self._problems = {action: self._problems.get(action) for action, key in names.items() if key}
            self._named = ""
            self._hotkeys.use(names)
            if HotkeyAction.TALK not in self._problems:
                self._latch.lose_reach()
            self.tell_way()

    def show_locked(self, locked: bool) -> None:
        """The screen is locked: nobody is there to talk."""
        self._hotkeys.pause("lock", locked)

    def show_recording(self, recording: bool) -> None:
        """A key is being chosen, which may be one of them."""
        if recording:
            self._latch.lose_reach()
        self._hotkeys.pause("choice", recording)

    def refresh(self) -> None:
        """The computer woke."""
        self._hotkeys.refresh()

    def close(self) -> None:
        """Give the keys back."""
        self._hotkeys.close()

    def _on_struck(self, action: HotkeyAction, down: bool, at: float, alone: bool) -> None:
        match action:
            case HotkeyAction.TALK if down:
                self._held = True
                self._latch.press(at, KEY, anywhere=True)
            case HotkeyAction.TALK:
                self._held = False
                self._latch.release(at, KEY, alone=alone)
            case HotkeyAction.MUTE if down:
                self._audio.mute(not self._audio.muted)
            case HotkeyAction.PUSH_TO_MUTE:
                self._push_to_mute(down)
            case HotkeyAction.DISCARD if down:
                self._session.cancel()
            case _:
                pass
        self._follow_take()

    def _on_lost(self, action: HotkeyAction, at: float) -> None:
        if action is HotkeyAction.TALK:
            self._held = False
            self._latch.lose(at, KEY)
        elif action is HotkeyAction.PUSH_TO_MUTE:
            self._push_to_mute(False)
        self._follow_take()

    def _push_to_mute(self, down: bool) -> None:
        if down:
            self._unmutes = not self._audio.muted
            self._audio.mute(True)
        elif self._unmutes:
            self._unmutes = False
            self._audio.mute(False)

    def _follow_take(self) -> None:
        """While a take is open by the key, Escape belongs to it, whatever has the focus."""
        listens = self._session.listens and not self._session.policy.hands_free
        self._hotkeys.hear_escape(listens and self._latch.reachable)

    def _doubt(self, since: float) -> None:
        """After a stall the key may have gone up, and that is not read yet."""
        if self._held and not self._doubts:
            self._doubts = True
            self._session.hold_sound(since)
            if not self._hotkeys.ask():
                self._on_answered()

    def _on_answered(self) -> None:
        if self._doubts:
            self._doubts = False
            self._session.release_sound()

    def _on_named(self, action: HotkeyAction, words: str) -> None:
        if action is HotkeyAction.TALK:
            self._named = words
            self.tell_way()

    def _on_told(self, action: HotkeyAction, problem: Message | None) -> None:
        self._problems[action] = problem
        if action is HotkeyAction.TALK and problem:
            self._latch.lose_reach()
        self.told.emit(settings_values.HOTKEYS[action], problem)
        self.tell_way()

    def _on_way_changed(self, way: Way, problem: Message | None) -> None:
        self._way = way
        if not way:
            self._latch.lose_reach()
        if problem and not way:
            self._problems |= {action: self._problems.get(action) or problem for action in self._problems}
        self.tell_way()

    def tell_way(self) -> None:
        """Emit `way_changed` for what is the case now."""
        key = self._store.current.talk_key
        problem = self._problems.get(HotkeyAction.TALK) if key else None
        self.way_changed.emit(self._way, key, self._named, problem)
