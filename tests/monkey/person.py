"""A restless person at the window: real keys and mouse, at random, but seeded."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from desktop.offline.speech_engines import SYNTHESIZER_RATE
from tests.rig.demo import spoken
from tests.rig.desktop import Desktop, Program

SIZES = ((720, 480), (860, 600), (1040, 700), (1270, 790))
TEXTS = ("hello", "what time is it", "tell me a story", "roll two dice", "set a timer for 3 seconds")
QUESTION = "What time is it?"
COMMAND_S = 40.0
"""How long a command of the program's own may take on a busy machine."""

Act = Callable[[], None]


class Person:
    """Does one thing after the other. `done` lists them, line by line; `tapped`: the key may be locked."""

    def __init__(self, desktop: Desktop, program: Program, window: int, chance: random.Random) -> None:
        self._desktop = desktop
        self._screen = desktop.screen
        self._program = program
        self._window = window
        self._chance = chance
        self._size = (1040, 700)
        self._voice = spoken(QUESTION)
        self.done: list[str] = []
        self.tapped = False

    def acts(self, *, wild: bool, rough: bool) -> dict[Act, int]:
        """The actions, with their weights. `wild`: clicks and keys anywhere. `rough`: servers that hang."""
        usual = {
            self.hold: 6,
            self.tap: 2,
            self.tap_twice: 2,
            self.hold_button: 4,
            self.click_button_twice: 2,
            self.escape: 3,
            self.write: 2,
            self.connect: 2,
            self.mute: 1,
            self.resize: 2,
            self.open_dialog: 2,
            self.close_dialog: 2,
            self.lose_focus: 2,
            self.ptt: 2,
            self.choose: 1,
            self.kill_server: 1,
            self.ask: 3,
            self.hold_and_more: 2,
        }
        more: dict[Act, int] = {self.click: 6, self.keys: 3} if wild else {}
        worse: dict[Act, int] = {self.hang_sound: 2, self.hang_server: 1} if rough else {}
        return usual | more | worse

    def burst(self, acts: dict[Act, int], length: int) -> None:
        """This many actions in a row; nothing is held at the end."""
        for act in self._chance.choices(list(acts), list(acts.values()), k=length):
            self.done.append(f"{time.strftime('%H:%M:%S')} {getattr(act, '__name__', '?')}")
            act()
            self._wait(0.0, 0.4)
        for key in ("space", "ctrl", "shift"):
            self._do("keyup", key)
        self._screen.mouse_up()

    # Talking

    def hold(self) -> None:
        """Speak by the key, long enough to be no tap."""
        self._screen.key_down("space")
        self._wait(0.4, 2.5)
        self._screen.key_up("space")

    def tap(self) -> None:
        """Tap the key."""
        self.tapped = True
        self._screen.press("space")

    def tap_twice(self) -> None:
        """Lock the microphone open, or send."""
        self.tapped = True
        self._screen.tap_twice("space")

    def hold_button(self) -> None:
        """Speak by the round button."""
        self._point()
        self._screen.mouse_down()
        self._wait(0.4, 1.5)
        self._screen.mouse_up()

    def click_button_twice(self) -> None:
        """Lock by the button."""
        self.tapped = True
        self._point()
        self._do("click", "--repeat", "2", "--delay", "90", "1")

    def ask(self) -> None:
        """Say something that has an answer."""
        speech = self._desktop.sound.speak(self._voice, SYNTHESIZER_RATE)
        self._screen.key_down("space")
        speech.wait()
        self._screen.key_up("space")

    def hold_and_more(self) -> None:
        """Do something else while the key is held."""
        self._screen.key_down("space")
        self._wait(0.3, 0.9)
        others = (self.connect, self.mute, self.resize, self.open_dialog, self.hold_button, self.escape)
        act = self._chance.choice(others)
        self.done.append(f"  {act.__name__}")
        act()
        self._wait(0.1, 0.9)
        self._screen.key_up("space")

    def escape(self) -> None:
        """Discard, silence, or close a dialog."""
        self._screen.press("Escape")

    def lose_focus(self) -> None:
        """The window loses the keyboard while the key is held."""
        self._screen.key_down("space")
        self._wait(0.3, 0.8)
        self._do("windowfocus", "0")  # X's own word for nobody
        self._wait(0.1, 0.4)
        for act in self._chance.sample([lambda: self._screen.key_up("space"), self.come_back], 2):
            act()

    def ptt(self) -> None:
        """A window manager's key, and the window's own beside it."""
        self.run("ptt", "down")
        if self._chance.random() < 0.5:
            self.hold()
        self.run("ptt", "up")

    # Everything else

    def come_back(self) -> None:
        """The window has the keyboard, and the talk button the focus."""
        self._do("windowfocus", str(self._window))
        self._point()
        self._screen.mouse_down()
        time.sleep(0.4)  # no tap
        self._screen.press("Escape")
        self._screen.mouse_up()

    def write(self) -> None:
        """Type instead of speaking."""
        self._do("mousemove", str(self._size[0] // 4), str(self._size[1] - 193), "click", "1")
        self._screen.type(self._chance.choice(TEXTS))
        self._screen.press("Return")
        self.come_back()

    def connect(self) -> None:
        """Connect, or disconnect."""
        self._screen.press("ctrl+k")

    def mute(self) -> None:
        """Mute for a moment."""
        self._screen.press("ctrl+m")
        self._wait(0.0, 0.5)
        self._screen.press("ctrl+m")

    def mute_or_not(self) -> None:
        """The other one of the two."""
        self._screen.press("ctrl+m")

    def resize(self) -> None:
        """Another size of the window."""
        self._size = self._chance.choice(SIZES)
        self._do("windowsize", str(self._window), *map(str, self._size))

    def open_dialog(self) -> None:
        """A dialog, which may get the keyboard."""
        self._screen.press(self._chance.choice(("F1", "ctrl+comma", "ctrl+h")))
        self._wait(0.2, 0.8)
        self._do("windowfocus", str(self._chance.choice(self.windows() or [self._window])))

    def close_dialog(self) -> None:
        """Close a dialog, perhaps while one talks in it."""
        for other in [one for one in self.windows() if one != self._window][:1]:
            self._do("windowfocus", "--sync", str(other))
            held = self._chance.random() < 0.5
            if held:
                self._screen.key_down("space")
                self._wait(0.3, 0.8)
            self._screen.close_window(other)
            self._wait(0.1, 0.3)
            if held:
                self._screen.key_up("space")
        self.come_back()

    def choose(self) -> None:
        """Another model and voice, by a second start, perhaps in mid-take."""
        held = self._chance.random() < 0.5
        if held:
            self._screen.key_down("space")
        model, voice = self._chance.choice(("demo", "demo-16k")), self._chance.choice(("heart", "ryan"))
        self.run("--model", f"offline/{model}", "--voice", voice)
        if held:
            self._screen.key_up("space")
        self.come_back()

    def click(self) -> None:
        """Click anywhere, but at the menu, which can end the program."""
        width, height = self._size
        x, y = self._chance.randrange(5, width - 90), self._chance.randrange(5, height - 5)
        self._do("mousemove", str(x), str(y), "click", "1")

    def keys(self) -> None:
        """Press what comes under the fingers."""
        names = ("Tab", "shift+Tab", "Down", "Up", "Return", "ctrl+f", "a")
        for key in self._chance.choices(names, k=self._chance.randrange(1, 6)):
            self._do("key", key)

    # The machine's part

    def kill_server(self) -> None:
        """The offline demo dies."""
        for server in self._servers():
            self.done.append(f"  killed {server}")
            with suppress(ProcessLookupError):
                os.kill(server, signal.SIGKILL)

    def hang_server(self) -> None:
        """The offline demo hangs for a while."""
        self._hang(self._servers())

    def hang_sound(self) -> None:
        """The sound server hangs for a while."""
        servers = psutil.Process().children()
        self._hang([one.pid for one in servers if "pulseaudio" in one.name()])

    def _hang(self, pids: list[int]) -> None:
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            acts = self.acts(wild=False, rough=False)
            acts.pop(self.ask)  # there is nobody to speak to
            self.burst(acts, self._chance.randrange(1, 4))
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _servers(self) -> list[int]:
        children = psutil.Process(self._program.pid).children()
        found: list[int] = []
        for child in children:
            with suppress(psutil.Error):
                if "serve" in child.cmdline():
                    found.append(child.pid)
        return found

    def run(self, *words: str) -> None:
        """A command of the program's own."""
        command = [sys.executable, "-m", "desktop", *words]
        subprocess.run(command, env=self._desktop.env, capture_output=True, timeout=COMMAND_S, check=False)

    def windows(self) -> list[int]:
        """All visible windows."""
        return [int(one) for one in self._do("search", "--onlyvisible", "--name", ".").split()]

    def close_dialogs(self) -> None:
        """Only the window is left."""
        for other in self.windows():
            if other != self._window:
                self._screen.close_window(other)

    def leave(self) -> None:
        """Close the window."""
        self._screen.close_window(self._window)

    def look(self, path: Path) -> None:
        """Save the actions and a screenshot, in files that begin with `path`."""
        path.with_suffix(".acts").write_text("\n".join(self.done), encoding="utf-8")
        path.with_suffix(".log").write_text(self._program.output, encoding="utf-8")
        self._screen.screenshot(path.with_suffix(".png"))

    def _point(self) -> None:
        self._do("mousemove", str(self._size[0] // 2), str(self._size[1] - 75))

    def _wait(self, least: float, most: float) -> None:
        time.sleep(self._chance.uniform(least, most))

    def _do(self, *words: str) -> str:
        environment = {**os.environ, **self._screen.env}
        done = subprocess.run(
            ["xdotool", *words], env=environment, capture_output=True, text=True, timeout=10, check=False
        )
        return done.stdout
