"""Does a bundle run where there is nothing else? python -m tests.rig.smoke PROGRAM [--lite]

The program is started on a virtual desktop with an empty home and an empty PATH, from a folder with a space
and an umlaut in its name. It has to say that its window is there, to answer a spoken question, to load what
it needs from its own folder, to say nothing that only its makers understand, and to end well.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from desktop.app.main import READY
from desktop.offline.speech_engines import SpeechUnavailable
from tests.rig import demo
from tests.rig.desktop import Desktop, Program, RigError

START_SECONDS = 60.0
"""The first start reads the whole bundle from the disk."""

FAULTS = re.compile(
    r"Traceback \(most recent call last\)|No module named|ModuleNotFoundError|ImportError"
    r"|error while loading shared libraries|cannot open shared object file|Failed to execute script"
    r"|A library the window needs is missing"
)
OWN = re.compile(r"/(libQt6|libpython3|libportaudio\.|libshiboken6|\w+\.(abi3|cpython))")
"""Libraries that a bundle brings along: none may come from elsewhere, though it would be found here."""


def run(program: Path, *, speech: bool = True, within: float = START_SECONDS) -> None:
    """Try a bundle's executable. RigError says what is wrong.

    Args:
        program: the executable, in the bundle's folder.
        speech: whether it has the offline demo's speech. Without it a server of this checkout answers.
        within: how many seconds the window may take to appear, and the session to open.
    """
    voice = demo.spoken(demo.QUESTION)
    with ExitStack() as cleanup:
        desktop = cleanup.enter_context(Desktop(1040, 700))
        own = cleanup.enter_context(moved(program))
        heard = cleanup.enter_context(desktop.sound.record())
        bare = environment(desktop)
        if not speech:
            bare["OPPER_BASE_URL"] = offline_server(desktop)
        saved = desktop.home / "saved"
        command = [str(own), "--verbose", "--model", "offline/demo", "--save", str(saved)]
        running = cleanup.enter_context(Program(command, env=bare, log=desktop.home / "window.log"))
        try:
            running.until(lambda: READY in running.output, within=within, what=f"the line {READY!r}")
            window = desktop.screen.window("Presstalk", within=within, program=running)
            running.until(lambda: demo.started(running), within=within, what="a session")
            foreign = foreign_libraries(running.pid, own.parent)
            desktop.screen.focus(window)
            begun = demo.ask(desktop, running, voice)
            demo.listen(running, heard, since=begun)
        except RigError as exc:
            raise RigError(f"{exc}\nIts last words:\n{running.output[-3000:]}") from exc
        desktop.screen.close_window(window)
        judge(running.wait(within=20), running.output, foreign)
        if "what time is it" not in (saved / "transcript.md").read_text(encoding="utf-8").lower():
            raise RigError("What was said is not in the transcript")
        typed_turn(own, environment(desktop), desktop.home / "say.log", speech=speech)


def starts(program: Path, count: int) -> list[float]:
    """The seconds from each start to the window's first paint, warm: one start before them isn't counted."""
    taken = []
    with Desktop(1040, 700) as desktop:
        for number in range(count + 1):
            log = desktop.home / f"start-{number}.log"
            begun = time.monotonic()
            with Program([str(program)], env=environment(desktop), log=log) as running:
                running.until(lambda: READY in running.output, within=START_SECONDS, what="the window")
                taken.append(time.monotonic() - begun)
    return taken[1:]


def typed_turn(program: Path, bare: dict[str, str], log: Path, *, speech: bool) -> None:
    """One typed turn with the server that is in the bundle; a lite one has to say that it has no voice."""
    command = [str(program), "say", "--model", "offline/demo", demo.QUESTION]
    with Program(command, env=bare, log=log) as running:
        judge(running.wait(within=START_SECONDS), running.output)
        if not re.search(r"^assistant: It's \d", running.output, re.MULTILINE):
            raise RigError(f"The bundle's own server did not answer:\n{running.output[-2000:]}")
        if speech == ("This small build doesn't include the demo's voice" in running.output):
            raise RigError(f"The bundle misreports what speech it has:\n{running.output[-2000:]}")


def judge(code: int, output: str, foreign: Sequence[str] = ()) -> None:
    """RigError unless an ended program succeeded, printed nothing odd, and used only its own libraries."""
    fault = FAULTS.search(output)
    if fault:
        raise RigError(f"It printed {fault[0]!r}:\n{output[-3000:]}")
    if code:
        raise RigError(f"It ended with code {code}:\n{output[-3000:]}")
    if foreign:
        raise RigError(f"It uses libraries from outside its folder: {', '.join(foreign)}")


def foreign_libraries(pid: int, folder: Path) -> list[str]:
    """The libraries of `OWN` that a process and its children have from somewhere else than a folder."""
    pids = [pid, *(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    lines = [line for each in pids for line in Path(f"/proc/{each}/maps").read_text().splitlines()]
    mapped = {line.split(maxsplit=5)[5] for line in lines if len(line.split(maxsplit=5)) == 6}
    return sorted(path for path in mapped if OWN.search(path) and not Path(path).is_relative_to(folder))


@contextmanager
def moved(program: Path) -> Iterator[Path]:
    """The executable in a copy of its folder elsewhere, under a name that is hard to handle."""
    bundle = program.parent
    with TemporaryDirectory(prefix="Prüf stand ", dir=bundle.parent) as folder:
        copy = Path(folder) / bundle.name
        shutil.copytree(bundle, copy, symlinks=True, copy_function=_link)
        yield copy / program.name


def environment(desktop: Desktop) -> dict[str, str]:
    """The environment on a machine without Python: a home, a screen, a sound server, no PATH."""
    return {
        **{name: value for name, value in desktop.screen.env.items() if name == "DISPLAY"},
        **desktop.sound.env,
        "HOME": str(desktop.home / "another home"),
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "LANG": "C.UTF-8",
        "PATH": "",
    }


def offline_server(desktop: Desktop) -> str:
    """The address of an offline provider that runs from this checkout until the desktop ends."""
    server = desktop.start([sys.executable, "-m", "desktop", "serve"])

    def address() -> str:
        found = re.search(r"^http://\S+$", server.output, re.MULTILINE)
        return found[0] if found else ""

    return server.until(address, within=START_SECONDS, what="the offline server")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def main(words: Sequence[str]) -> int:
    """The command line: the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.rig.smoke")
    parser.add_argument("program", type=Path, help="the executable in a bundle's folder")
    parser.add_argument("--lite", action="store_true", help="the bundle has no speech of its own")
    parser.add_argument("--starts", type=int, metavar="N", help="measure N starts to the first paint instead")
    options = parser.parse_args(words)
    if options.starts:
        taken = starts(options.program.resolve(), options.starts)
        print(f"First paint after {statistics.median(taken):.2f} s (median of {options.starts},", end=" ")
        print(f"from {min(taken):.2f} to {max(taken):.2f})")
        return 0
    begun = time.monotonic()
    try:
        run(options.program.resolve(), speech=not options.lite)
    except (RigError, SpeechUnavailable) as exc:
        print(f"The bundle is not good. {exc}", file=sys.stderr)
        return 1
    print(f"The bundle runs: window, spoken turn, end ({time.monotonic() - begun:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
