"""The main job on a machine without a screen or a sound card: python -m tests.rig.demo [OPTIONS]

The real window opens on a virtual desktop, Space is held down, a question is spoken into the microphone, and
the results are left in a folder: screenshot.png, answer.wav, transcript.md and events.jsonl.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop.cli import parser as command_line
from desktop.offline import hibari
from desktop.offline.speech_engines import SYNTHESIZER_RATE, SpeechUnavailable
from tests.rig.desktop import Desktop, Program, Recording, RigError

QUESTION = "What time is it?"
FOLDER = Path("build") / "demo"
SERVICE = ("OPPER_API_KEY", "OPPER_BASE_URL")
"""What of the user's environment the demo uses, as the window would."""

START_SECONDS = 60.0
"""The first start on a slow machine reads 100 MB of speech models."""
ANSWER_SECONDS = 60.0


def run(folder: Path, question: str = QUESTION, options: Sequence[str] = ()) -> Path:
    """Ask the question and leave the answer in the folder: the transcript's path. Raises RigError.

    The options are the program's own. Without a key and a model it is the offline demo that answers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    voice = spoken(question)
    with Desktop(1040, 700) as desktop, desktop.sound.record() as heard:
        command = [sys.executable, "-m", "desktop", "--verbose", *options]
        service = {name: os.environ[name] for name in SERVICE if name in os.environ}
        with desktop.start([*command, "--save", str(folder.resolve())], **service) as program:
            window = desktop.screen.window("Presstalk", within=START_SECONDS, program=program)
            program.until(lambda: started(program), within=START_SECONDS, what="a session")
            desktop.screen.focus(window)
            begun = ask(desktop, program, voice)
            listen(program, heard, since=begun)
            desktop.screen.screenshot(folder / "screenshot.png")
            heard.save(folder / "answer.wav", since=begun)
            if program.stop():
                raise RigError(f"The window did not close well:\n{program.output[-2000:]}")
    return folder / "transcript.md"


def started(program: Program) -> bool:
    """Whether a session is open. RigError with the program's reason if none can be had."""
    last = states(program)[-1:]
    if last == ["Error"]:
        raise RigError("No session could be opened. `.venv/bin/presstalk check` says why.")
    return last == ["Ready"]


def spoken(text: str) -> NDArray[np.float32]:
    """A text as speech of the offline voice: mono samples of `SYNTHESIZER_RATE`."""
    return np.frombuffer(hibari.load().synthesize(text), "<i2").astype(np.float32) / np.float32(32_768)


def ask(desktop: Desktop, program: Program, voice: NDArray[np.float32]) -> float:
    """Hold Space, speak, let go: the moment of letting go, of `time.monotonic()`."""
    desktop.screen.key_down("space")
    program.until(lambda: "Listening" in states(program), within=10, what="the open microphone")
    desktop.sound.speak(voice, SYNTHESIZER_RATE).wait()
    desktop.screen.key_up("space")
    return time.monotonic()


def listen(program: Program, heard: Recording, *, since: float) -> None:
    """Wait until the answer has been spoken to its end."""
    heard.wait_for_sound(after=since, within=ANSWER_SECONDS)
    program.until(lambda: states(program)[-1:] == ["Ready"], within=ANSWER_SECONDS, what="the answer's end")
    heard.wait_for_silence(lasting=0.3, within=10)


def states(program: Program) -> list[str]:
    """The states of the conversation so far, from the program's log."""
    return re.findall(r"turn: \w+ -> (\w+)", program.output)


def shown_states(program: Program) -> list[str]:
    """The states that the window has shown so far, in their order, from the program's log."""
    return re.findall(r"shown: .+ -> (.+)$", program.output, re.MULTILINE)


def main(words: list[str]) -> int:
    """The command line, with the program's own options: the exit code."""
    folder = command_line.parser().parse_args(words).save or FOLDER
    try:
        transcript = run(folder, options=words)
    except (RigError, SpeechUnavailable) as exc:
        print(exc, file=sys.stderr)
        return 1
    print(transcript.read_text(encoding="utf-8").strip())
    names = ", ".join(sorted(path.name for path in folder.iterdir()))
    print(f"\nLeft in {folder}: {names}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
