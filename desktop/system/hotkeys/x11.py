"""X11: keys by grabs, lone modifiers and buttons of the mouse by XInput 2's raw events.

A grabbed key is this program's alone, whoever has the focus. A raw event is heard by everybody, also while
somebody else has grabbed the keyboard. The thread sleeps until the server, or the program, has something for
it; while a key is held it asks every 250 ms whether it is still down, and while one is refused it asks for it
again every 3 s.
"""

from __future__ import annotations

import logging
import math
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable

from desktop.base.hotkey import HotkeyAction
from desktop.base.message import Message
from desktop.system.hotkeys.interface import (
    CLASH,
    NO_SUCH_KEY,
    Active,
    Answered,
    Escaped,
    Keys,
    Lost,
    Struck,
    Tell,
    Told,
    first_problem,
)
from desktop.system.hotkeys.x11_grabs import Grabs
from desktop.system.hotkeys.xcb import (
    KEY_PRESS,
    KEY_RELEASE,
    MAPPING_NOTIFY,
    RAW_BUTTON_PRESS,
    RAW_BUTTON_RELEASE,
    RAW_KEY_PRESS,
    Xcb,
    XEvent,
)

log = logging.getLogger(__name__)

ASK_S = 0.25
"""How often the server is asked whether a held key is still down: its key-up may be lost."""
AGAIN_S = 3.0
"""How often a key is asked for that somebody else has."""
END_S = 0.5
"""How long the end waits for the thread; it takes a millisecond."""
OLDEST_S = 3_600.0
"""An event that seems older has a time of another clock, as that of an X server elsewhere."""
WRAP_MS = 1 << 32


class X11Hotkeys:
    """Hears keys on a thread of its own, by a connection of its own.

    Args:
        tell: gets what is heard, on the thread.
        connect: makes the connection.

    Raises:
        OSError, AttributeError: there is no X server, or no libxcb.
    """

    def __init__(self, tell: Tell, connect: Callable[[], Xcb] = Xcb) -> None:
        self._tell = tell
        self._xcb = connect()
        self._grabs = Grabs(self._xcb)
        self._repeats_plainly = self._xcb.use_detectable_repeat()
        self._keys: Keys = {}
        # Whether it is a button, and its code.
        self._held: dict[HotkeyAction, tuple[bool, int]] = {}
        self._escape_held = False
        self._refused: set[HotkeyAction] = set()
        self._due = math.inf
        # When to ask the server again, whatever comes meanwhile: other keys may never pause.
        self._orders: deque[Callable[[], None] | None] = deque()
        self._woken, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
        self._thread.start()

    asks_user = False

    def use(self, keys: Keys) -> None:
        wanted = dict(keys)
        self._order(lambda: self._use(wanted))

    def hear_escape(self, wanted: bool) -> None:
        self._order(lambda: self._grabs.hear_escape(wanted, self._keys))

    def ask(self) -> bool:
        self._order(self._answer)
        return True

    def refresh(self) -> None:
        self._order(lambda: self._use(self._keys))

    def close(self) -> None:
        self._order(None)
        self._thread.join(END_S)

    def _order(self, order: Callable[[], None] | None) -> None:
        self._orders.append(order)
        try:
            self._wake.send(b"\0")
        except OSError:
            pass  # the thread has ended: the server is gone

    # On the thread

    def _run(self) -> None:
        try:
            while self._serve():
                pass
        except Exception:
            log.exception("keys are no longer heard in other programs")
        self._lose_all()
        self._tell(Active(""))
        self._xcb.close()
        self._wake.close()
        self._woken.close()

    def _serve(self) -> bool:
        """Do what there is to do, then wait; False: it is over."""
        self._read()
        patience_s = ASK_S if self._held else AGAIN_S if self._refused else math.inf
        self._due = min(self._due, time.monotonic() + patience_s) if patience_s < math.inf else math.inf
        due_s = None if self._due == math.inf else max(0.0, self._due - time.monotonic())
        woken = self._woken.fileno()
        ready, _, _ = select.select([self._xcb.fd, woken], [], [], due_s)
        if woken in ready:
            self._woken.recv(4_096)
            while self._orders:
                order = self._orders.popleft()
                if order is None:
                    return False
                order()
        if time.monotonic() >= self._due:
            self._due = math.inf
            if self._held:
                self._look()
            self._try_again()
        return not self._xcb.broken

    def _read(self) -> None:
        events = deque(self._xcb.events())
        while events:
            event = events.popleft()
            if event.raw:
                self._on_raw(event)
            elif event.kind == MAPPING_NOTIFY:
                # Another layout, or a keyboard was plugged in: the keys have other codes. It comes in pairs.
                while events and events[0].kind == MAPPING_NOTIFY:
                    events.popleft()
                if not self._grabs.are_current():
                    self._use(self._keys)
            elif event.kind == KEY_RELEASE and not self._repeats_plainly and self._is_repeat(event, events):
                events.popleft()
            else:
                self._on_key(event)

    def _on_key(self, event: XEvent) -> None:
        down = event.kind == KEY_PRESS
        action = self._grabs.keys.get(event.code)
        if action is None:
            if event.code in self._grabs.escape:
                self._escape(down)
            return
        self._strike(action, down, (False, event.code), event.stamp_ms)

    def _on_raw(self, event: XEvent) -> None:
        button = event.kind in (RAW_BUTTON_PRESS, RAW_BUTTON_RELEASE)
        down = event.kind in (RAW_KEY_PRESS, RAW_BUTTON_PRESS)
        actions = self._grabs.raw_buttons if button else self._grabs.raw_keys
        if (action := actions.get(event.code)) is not None and not event.repeat:
            self._strike(action, down, (button, event.code), event.stamp_ms)
        elif not button and event.code in self._grabs.escape and not event.repeat:
            if self._held or not down:
                self._escape(down)

    def _strike(self, action: HotkeyAction, down: bool, which: tuple[bool, int], stamp_ms: int) -> None:
        if down == (action in self._held):
            return  # a repeat of a held key, or the key-up of one that was lost
        if down:
            self._held[action] = which
        elif self._held[action] == which:
            del self._held[action]
        else:
            return  # of two keys with this name the other one is held
        self._tell(Struck(action, down, made_at(stamp_ms)))

    def _escape(self, down: bool) -> None:
        before, self._escape_held = self._escape_held, down
        if down and not before:
            self._tell(Escaped())

    @staticmethod
    def _is_repeat(event: XEvent, rest: deque[XEvent]) -> bool:
        """Whether this key-up is followed by a key-down of the same moment."""
        after = rest[0] if rest else None
        return bool(after and (after.kind, after.code) == (KEY_PRESS, event.code)) and (
            after.stamp_ms == event.stamp_ms if after else False
        )

    def _look(self) -> None:
        """Give up what is held no longer. What was struck before the answer is read first."""
        answer = self._xcb.held()
        self._read()
        for action, (button, code) in list(self._held.items()):
            # No answer counts as up: somebody may stop the server for as long as they like.
            down = answer is not None and code in (answer.buttons if button else answer.keys)
            if not down:
                del self._held[action]
                self._tell(Lost(action, time.monotonic()))

    def _answer(self) -> None:
        self._look()
        self._tell(Answered())

    def _use(self, keys: Keys) -> None:
        self._keys = keys
        problems = self._grabs.take(keys)
        # A grab that is at work stays so until its key goes up, though it was given back and asked for anew.
        self._lose_all(unless=self._grabs.means)
        refused = {action for action, problem in problems.items() if problem}
        # Time changes nothing about the other reasons.
        self._refused = {action for action in refused if _may_pass(problems[action])}
        for action, problem in problems.items():
            self._tell(Told(action, problem))
        self._tell(Active("x11" if len(refused) < len(keys) else "", first_problem(problems)))

    def _try_again(self) -> None:
        for action in list(self._refused):
            if self._grabs.take_one(action, self._keys[action]) is None:
                self._refused.discard(action)
                self._tell(Told(action, None))
                self._tell(Active("x11"))

    def _lose_all(self, unless: Callable[[HotkeyAction, bool, int], bool] = lambda *_: False) -> None:
        for action, (button, code) in list(self._held.items()):
            if not unless(action, button, code):
                del self._held[action]
                self._tell(Lost(action, time.monotonic()))


def made_at(stamp_ms: int) -> float:
    """When an event with this time of the server's was made, in seconds of `time.monotonic`.

    X servers take the same clock; one that takes another one is known by impossible times.
    """
    now = time.monotonic()
    behind_s = (now * 1_000 - stamp_ms) % WRAP_MS / 1_000
    return now - behind_s if stamp_ms and behind_s <= OLDEST_S else now


def _may_pass(problem: Message | None) -> bool:
    return problem is not None and problem.text in (CLASH, NO_SUCH_KEY)
