"""One run of the program: bursts, the checks after each, and the end."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.monkey.person import Person
from tests.monkey.readers import Reader
from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program, RigError

START_S = 60.0
OPEN_S = 6.0
"""How long a take may stay open that nobody holds: a tap's wait and the tail, on a busy machine."""
ANSWER_S = 40.0
CLOSED_S = 5.0
"""From the window's closing to the program's end, on a machine that isn't loaded."""
KILLED_S = 30.0

UNWANTED = re.compile(
    r"Traceback|Cannot enter into task|never retrieved|never awaited|QObject::|QThread|Segmentation fault"
    r"|an error of the program's own|^.{23} (?:ERROR|CRITICAL).*",
    re.MULTILINE,
)


class Sitting:
    """The program on a desktop of its own. `problems` grows; what belongs to each is left in `folder`."""

    def __init__(self, chance: random.Random, fault: str, folder: Path, reader: str = "") -> None:
        self._chance = chance
        self._fault = fault
        self._folder = folder
        self._reader = reader
        self._read = 0
        self.problems: list[str] = []
        self.bursts = 0

    def run(self, until: float, *, wild: bool, rough: bool) -> None:
        """Start it, play bursts until that moment of `time.monotonic()` at the latest, and close it."""
        with Desktop() as desktop, Reader(desktop, self._reader) as reader:
            variables = self._service(desktop) | reader.env
            program = desktop.start([sys.executable, "-m", "desktop", "--verbose"], **variables)
            window = desktop.screen.window("Presstalk", within=START_S, program=program)
            if not self._fault:
                program.until(lambda: states(program)[-1:] == ["Ready"], within=START_S, what="a session")
            desktop.screen.focus(window)
            person = Person(desktop, program, window, self._chance)
            acts = person.acts(wild=wild, rough=rough)
            for _ in range(self._chance.randrange(4, 10)):
                self.bursts += 1
                person.tapped = False
                person.done.append(f"-- burst {self.bursts}")
                try:
                    person.burst(acts, self._chance.randrange(3, 12))
                except (RigError, subprocess.TimeoutExpired) as exc:
                    self._found(f"the desktop doesn't answer: {exc}"[:200], person)
                    break
                if not psutil.pid_exists(program.pid) or time.monotonic() > until:
                    break
                self._at_rest(person, program)
                self._log(person, program)
                if not (self._fault or wild):
                    self._answers(person, program)
            if problem := reader.check():
                self._found(problem, person)
            reader.leave()
            self._closed(person, program)

    def _service(self, desktop: Desktop) -> dict[str, str]:
        if not self._fault:
            return {}
        server = desktop.start([sys.executable, "-m", "desktop", "serve", "--fault", self._fault])
        found = server.until(
            lambda: re.search(r"http://\S+", server.output), within=START_S, what="the service"
        )
        return {"OPPER_BASE_URL": found.group(0), "OPPER_API_KEY": "a-key-of-nobody"}

    def _found(self, problem: str, person: Person) -> None:
        self.problems.append(problem)
        path = self._folder / f"{self.bursts}-{len(self.problems)}"
        print(f"{problem}: see {path}.*", flush=True)
        person.look(path)

    def _at_rest(self, person: Person, program: Program) -> None:
        """No take is open that nobody holds, but one that was locked by tapping."""
        end = time.monotonic() + OPEN_S
        while states(program)[-1:] == ["Listening"] and time.monotonic() < end:
            time.sleep(0.05)
        if states(program)[-1:] != ["Listening"]:
            return
        locked = re.findall(r"talk key: \w+ -> (\w+)", program.output)[-1:] == ["locked"]
        if not (locked and person.tapped):
            self._found("it listens, and nobody holds the key", person)
        person.close_dialogs()
        person.come_back()
        person.escape()
        time.sleep(1.0)
        if states(program)[-1:] == ["Listening"]:
            self._found("Escape doesn't end the take", person)

    def _log(self, person: Person, program: Program) -> None:
        text = program.output
        found = sorted({match.group(0) for match in UNWANTED.finditer(text, self._read)})
        self._read = len(text)
        if found:
            self._found(f"in the log: {found[:3]}", person)

    def _answers(self, person: Person, program: Program) -> None:
        """A question is answered; it may have to be connected and unmuted before."""
        person.close_dialogs()
        for help_it in (None, person.connect, person.mute_or_not):
            if help_it:
                help_it()
            person.come_back()
            if states(program)[-1:] in (["Offline"], ["Error"], []):
                person.run("connect")
            if self._spoke(person, program):
                return
        self._found("it answers no more", person)

    @staticmethod
    def _spoke(person: Person, program: Program) -> bool:
        try:
            program.until(
                lambda: states(program)[-1:] in (["Ready"], ["Muted"]), within=ANSWER_S, what="a session"
            )
            before = len(states(program))
            person.ask()
            program.until(lambda: "Speaking" in states(program)[before:], within=ANSWER_S, what="an answer")
        except RigError:
            return False
        person.escape()
        return True

    def _closed(self, person: Person, program: Program) -> None:
        family: Sequence[psutil.Process] = ()
        begun = time.monotonic()
        if psutil.pid_exists(program.pid):
            family = psutil.Process(program.pid).children(recursive=True)
            person.leave()
        try:
            code = program.wait(within=KILLED_S)
        except RigError:
            self._found(f"it doesn't end within {KILLED_S:g} s", person)
            return
        took = time.monotonic() - begun
        if code:
            self._found(f"it ended with code {code}", person)
        if took > CLOSED_S:
            self._found(f"its end took {took:.1f} s", person)
        _, left = psutil.wait_procs(family, timeout=2)
        if left:
            self._found(f"it left {[one.pid for one in left]} behind", person)
        self._log(person, program)
