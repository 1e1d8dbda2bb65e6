"""Does a bundle run, on a system without a virtual desktop? It speaks to itself and opens its window unseen.

python scripts/bundling/plain_smoke.py PROGRAM [--lite]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

READY = "presstalk: window ready"
WITHIN_S = 120.0
QUESTION = "What time is it?"
FAULTS = (
    "Traceback",
    "No module named",
    "ImportError",
    "cannot open shared object",
    "Failed to execute script",
)


class Bad(Exception):
    """What is wrong with the bundle."""


def run(program: Path, home: Path, *, speech: bool) -> None:
    """Try a bundle's executable with an empty home. Raises Bad.

    With speech its own voice asks the question, and its own ears have to understand it.
    """
    said = _said(program, home, "say", QUESTION)
    if "assistant: It's " not in said:
        raise Bad(f"Its offline server did not answer:\n{said}")
    if speech:
        question = home / "question.wav"
        _said(program, home, "say", f"Repeat after me: {QUESTION}", "-o", str(question))
        heard = _said(program, home, "talk", str(question))
        if QUESTION[:-1].lower() not in heard.lower() or "assistant: It's " not in heard:
            raise Bad(f"It did not understand itself:\n{heard}")
    _opens(program, home)


def _said(program: Path, home: Path, *words: str) -> str:
    command = [str(program), *words, "--model", "offline/demo"]
    environment = _environment(home)
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", timeout=WITHIN_S
        )
    except subprocess.TimeoutExpired as exc:
        raise Bad(f"`{words[0]}` took more than {WITHIN_S:g} s") from exc
    output = done.stdout + done.stderr
    if done.returncode or any(fault in output for fault in FAULTS):
        raise Bad(f"`{words[0]}` ended with code {done.returncode}:\n{output[-3000:]}")
    return output


def _opens(program: Path, home: Path) -> None:
    with (home / "window.log").open("w+b") as log:
        process = subprocess.Popen(
            [str(program), "--model", "offline/demo"],
            env={**_environment(home), "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=log,
        )
        assert process.stdout
        try:
            line = process.stdout.readline().decode(errors="replace").strip()
        finally:
            process.terminate()
            process.wait(WITHIN_S)
            process.stdout.close()
        log.seek(0)
        errors = log.read().decode(errors="replace")
    if line != READY or any(fault in errors for fault in FAULTS):
        raise Bad(f"The window said {line!r}:\n{errors[-3000:]}")


def _environment(home: Path) -> dict[str, str]:
    # What Windows needs to start anything, and no more.
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
    keychain = "keyring.backends.null.Keyring"
    return {
        **kept,
        "HOME": str(home),
        "PRESSTALK_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": keychain,
        "PATH": "",
    }


def main(words: list[str]) -> int:
    """The command line: the exit code."""
    with tempfile.TemporaryDirectory(prefix="presstalk smoke ") as home:
        try:
            run(Path(words[0]).resolve(), Path(home), speech="--lite" not in words)
        except (Bad, OSError) as exc:
            print(f"The bundle is not good. {exc}", file=sys.stderr)
            return 1
    print("The bundle runs: typed turn, spoken turn, window")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
