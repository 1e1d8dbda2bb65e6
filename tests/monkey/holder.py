"""Holds the talk key or button of the real window, and takes the keyboard away in all ways that X11 has.

However a hold is disturbed, its take must not outlive it by more than a second.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.rig.close_window import close_window
from tests.rig.other_client import OtherClient
from tests.rig.process import Program, RigError, until
from tests.rig.screen import VirtualScreen
from tests.rig.screen_settings import ScreenSettings
from tests.rig.work_area import set_work_area

OUTLIVES_S = 1.0
"""How long a take may outlive its hold."""
OPENS_S = 5.0
FINGER_S = 0.03
"""No finger strikes a key again sooner: a key-up and a key-down in one millisecond are a repeat for Qt."""
NOBODY = 0
"""X's word for no window."""

Act = Callable[[], None]


class Takes:
    """What the window says of its takes."""

    def __init__(self, program: Program) -> None:
        self._file = program.log.open(encoding="utf-8", errors="replace")
        self._open = False
        self._begun = 0

    @property
    def open(self) -> bool:
        """Whether one is open now."""
        while line := self._file.readline():
            if found := re.match(r"take (open|closed) ", line):
                self._open = found.group(1) == "open"
                self._begun += self._open
        return self._open

    def count(self) -> int:
        """How many there were."""
        _ = self.open
        return self._begun

    def close(self) -> None:
        """Read no more."""
        self._file.close()


class Holder:
    """Holds, and disturbs. `done` lists what was done in this hold."""

    def __init__(
        self,
        screen: VirtualScreen,
        program: Program,
        desktop: tuple[OtherClient, ScreenSettings],
        chance: random.Random,
    ) -> None:
        self._screen = screen
        self._client, self._settings = desktop
        self._chance = chance
        self._window = screen.window("Presstalk", program=program)
        self._places = _places(program.output)
        self._down = {"key": False, "button": False}
        self._key_up_at = 0.0
        self._until_release = ExitStack()
        self.takes = Takes(program)
        self.done: list[str] = []

    def acts(self) -> dict[Act, int]:
        """The disturbances, with their weights."""
        return {
            self.menu: 3,
            self.picker: 3,
            self.context_menu: 3,
            self.dialog: 2,
            self.drag: 2,
            self.other_window: 3,
            self.nobody: 2,
            self.back: 3,
            self.short_grab: 2,
            self.grab: 3,
            self.stopped_server: 1,
            self.unmap: 2,
            self.click: 3,
            self.keys: 3,
            self.resize: 1,
            self.scale: 1,
            self.panel: 1,
            self.repeat: 1,
            self.other_button: 1,
            self.other_key: 2,
        }

    def hold(self, how: str) -> bool:
        """Press the `key`, the `button` or `both`; whether a take is open."""
        self.done = [how]
        self.press(how)
        try:
            until(lambda: self.takes.open, within=OPENS_S, what="an open take")
        except RigError:
            return False
        return True

    def type_space(self) -> None:
        """Hold Space in a text line."""
        self._click_at("line")
        self._key(True)

    def leave_line(self) -> None:
        """Click the conversation, which gets the focus."""
        x, y = self._places["conversation"][0][:2]
        self._client.move(x, y)
        self._client.button(1, True)
        self._client.button(1, False)

    def press(self, how: str) -> None:
        """Press the `key`, the `button` or `both`."""
        self._client.move(*self._places["talk"][0][:2])
        if how != "button":
            self._key(True)
        if how != "key":
            self._button(True)

    def tap(self) -> float:
        """Tap the key, so quickly that it is up before anybody can ask; the moment."""
        self._key(True)
        return self.let_go()

    def let_go_key(self) -> None:
        """Release the key, whatever else is held."""
        self._key(False)

    def let_go(self) -> float:
        """Release everything; the moment. Grabs last a little longer."""
        self._button(False)
        self._key(False)
        return time.monotonic()

    def ends(self, released: float) -> bool:
        """Whether the take ends in time, and none begins again."""
        while self.takes.open:
            if time.monotonic() > released + OUTLIVES_S:
                return False
            time.sleep(0.005)
        return True

    def goes_on(self, seconds: float) -> bool:
        """Whether the take stays open for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.takes.open:
                return False
            time.sleep(0.005)
        return True

    def reset(self) -> None:
        """Everything is as in the beginning. RigError if no take can be opened by the button."""
        self.let_go()
        self._until_release.close()
        self._client.button(3, False)
        for key in ("Shift_L", "Control_L"):
            self._client.key(key, False)
        self._client.map(self._window)
        if self._settings.percent != 100:
            self.scale(100)
        if "panel" in self.done:
            self._free(self._screen.size[1])
        self._client.move(*self._places["talk"][0][:2])
        until(self._opens, within=OPENS_S, what="a window that takes the talk button")

    def _opens(self) -> bool:
        """Close what lies over the window, and click the talk button: it has the focus then."""
        self._client.focus(self._window)
        for _ in range(2):
            self._tap("Escape")
        self._close_others()  # each time: a dialog that is made for the first time comes late
        before = self.takes.count()
        self._button(True)
        try:
            until(lambda: self.takes.count() > before, within=0.3, what="an open take")
        except RigError:
            return False
        finally:
            self._button(False)
        until(lambda: not self.takes.open, within=OPENS_S, what="the end of the click's take")
        return True

    def sequence(self) -> str:
        """One hold with one to three disturbances; what is wrong, or nothing."""
        how = self._chance.choice(("key", "key", "key", "button", "both"))
        if not self.hold(how):
            self.reset()  # X gave the focus to nobody, when a window closed late
            if not self.hold(how):
                return "no take was opened, twice"
        acts = self.acts()
        self._wait(0.0, 0.1)
        for act in self._chance.choices(list(acts), list(acts.values()), k=self._chance.randrange(1, 4)):
            self.done.append(getattr(act, "__name__", "?"))
            act()
            self._wait(0.0, 0.08)
        ended = self.ends(self.let_go())
        self._until_release.close()
        if not ended:
            return "the take outlives its key"
        self.reset()
        return "a take was opened by nobody" if self.takes.open else ""

    # Popups, dialogs and drags of the program's own

    def menu(self) -> None:
        """Open a menu with the mouse."""
        self._click_at("menu")

    def picker(self) -> None:
        """Open a picker with the mouse."""
        self._click_at("list")

    def context_menu(self) -> None:
        """Open the menu of a text line."""
        self._client.move(*self._chance.choice(self._places["line"])[:2])
        self._client.button(3, True)
        self._client.button(3, False)

    def dialog(self) -> None:
        """Open a dialog by its key, under the key that is held."""
        key = self._chance.choice(("F1", "F1", "ctrl+comma", "ctrl+h", "ctrl+e"))
        if key.startswith("ctrl+"):
            self._client.key("Control_L", True)
        self._tap(key.removeprefix("ctrl+"))
        self._client.key("Control_L", False)
        self._wait(0.0, 0.3)

    def keys_dialog(self) -> None:
        """Open the list of the keys, which gets the focus."""
        self.done.append("dialog")
        self._tap("F1")

    def point_at_menus_first(self) -> None:
        """Point at the first line of the menu that is open."""
        x, y, _ = self._places["menu"][0]
        self._client.move(x - 20, y + 35)

    def dialogs(self) -> list[int]:
        """The other windows of the program."""
        own = (self._window, self._client.window)
        return [one for one in self._screen.windows() if one not in own]

    def drag(self) -> None:
        """Drag something out of the window, and back."""
        if self._down["button"]:
            return
        x, y, _ = self._places["drag"][0]
        self._client.move(x, y)
        self._client.button(1, True)
        for step in range(8):
            self._client.move(x + 6 * step, y + 12 * step)
            time.sleep(0.005)
        self._until_release.callback(self._client.button, 1, False)

    # Other programs

    def other_window(self) -> None:
        """Another window takes the focus."""
        self._client.focus(self._client.window)

    def nobody(self) -> None:
        """No window has the focus."""
        self._client.focus(NOBODY)

    def back(self) -> None:
        """The window has the focus again."""
        self._client.focus(self._window)

    def short_grab(self, least: float = 0.0, most: float = 0.3) -> None:
        """A window manager has the keyboard for a moment, as while it moves a window."""
        with self._client.keyboard(must=False):
            self._wait(least, most)

    def grab(self) -> None:
        """It has the keyboard until the key is up."""
        self._until_release.enter_context(self._client.keyboard(must=False))

    def stopped_server(self) -> None:
        """It stops the X server for a moment, perhaps while the key goes up."""
        with self._client.server():
            self._wait(0.0, 0.1)
            if self._chance.random() < 0.3:
                self._key(False)
            self._wait(0.0, 0.1)

    def unmap_for_good(self) -> None:
        """The window goes to another workspace, and stays there."""
        self._client.unmap(self._window)

    def unmap(self) -> None:
        """The window goes to another workspace."""
        self._client.unmap(self._window)
        if self._chance.random() < 0.5:
            self._wait(0.0, 0.2)
            self._client.map(self._window)

    # Anything else

    def click(self) -> None:
        """Click anywhere but at the talk button and the menu, which can end the program."""
        if self._down["button"]:
            return
        x, y = self._chance.randrange(5, 700), self._chance.randrange(5, 560)
        self._client.move(x, y)
        self._client.button(1, True)
        self._client.button(1, False)

    def keys(self) -> None:
        """Press other keys."""
        for key in self._chance.choices(("Tab", "Down", "Up", "a", "Escape", "Menu", "Shift_L"), k=3):
            self._tap(key)

    def resize(self) -> None:
        """Move and resize the window."""
        self._client.place(self._window, self._chance.randrange(40), self._chance.randrange(40))
        self._client.place(self._window, 0, 0)

    def scale(self, percent: int = 0) -> None:
        """The desktop is scaled anew, by the user in its settings."""
        self._settings.scale(percent or self._chance.choice((100, 125, 150, 200)))

    def panel(self) -> None:
        """A panel appears."""
        self._free(self._chance.choice((560, 740)))

    def _free(self, height: int) -> None:
        set_work_area(self._screen.env["DISPLAY"], 0, 0, self._screen.size[0], height)

    def repeat(self) -> None:
        """Hold until the key repeats."""
        time.sleep(0.75)

    def other_button(self) -> None:
        """Press the right mouse button too."""
        self._client.button(3, True)

    def other_key(self) -> None:
        """Hold another key too, for longer than the talk key."""
        self._client.key("a", True)
        self._until_release.callback(self._client.key, "a", False)

    def _click_at(self, kind: str) -> None:
        if self._down["button"]:
            return
        self._client.move(*self._chance.choice(self._places[kind])[:2])
        self._client.button(1, True)
        self._client.button(1, False)

    def _key(self, down: bool) -> None:
        if self._down["key"] is not down:
            self._down["key"] = down
            if down:
                time.sleep(max(0.0, self._key_up_at + FINGER_S - time.monotonic()))
            self._client.key("space", down)
            self._key_up_at = time.monotonic()

    def _button(self, down: bool) -> None:
        if self._down["button"] is not down:
            self._down["button"] = down
            self._client.button(1, down)

    def _tap(self, key: str) -> None:
        self._client.key(key, True)
        self._client.key(key, False)

    def _wait(self, least: float, most: float) -> None:
        time.sleep(self._chance.uniform(least, most))

    def _close_others(self) -> None:
        def closed() -> bool:
            found = self.dialogs()
            for other in found:
                close_window(self._screen.env["DISPLAY"], other)
            return not found

        # Whatever was done: a click into a menu opens one too, perhaps only after the hold in which it came.
        until(closed, within=OPENS_S, what="the end of the dialogs")


def _places(output: str) -> dict[str, list[tuple[int, int, int]]]:
    """Of each kind of control the places: x, y, width."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for kind, x, y, width in re.findall(
        r"^(list|menu|line|talk|drag|conversation) (\d+) (\d+) (\d+)$", output, re.M
    ):
        found.setdefault(kind, []).append((int(x), int(y), int(width)))
    return found
