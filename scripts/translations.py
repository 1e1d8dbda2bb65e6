"""Bring the texts for translators (.ts) up to date with the sources, and make what is loaded of them (.qm).

python scripts/translations.py   (as `make translations`; by Qt's own tools, which come with PySide6)
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "i18n"


def update(ts: Path) -> None:
    """Put the texts of the sources into a .ts file; what is translated there stays, what is gone goes.

    Without places, so that a change elsewhere in a file changes nothing here.
    """
    sources = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "desktop").rglob("*.py"))
    # A text of a message (`desktop.base.message.Text`) has its id for the context.
    messages = ["-tr-function-alias", "QT_TRANSLATE_NOOP+=Text"]
    options = [*messages, "-locations", "none", "-no-obsolete", "-sort-messages", "-silent"]
    _run("lupdate", *options, *sources, "-ts", str(ts))


def release(ts: Path, qm: Path) -> None:
    """Make the file that is loaded."""
    _run("lrelease", "-silent", str(ts), "-qm", str(qm))


def unfinished(ts: Path) -> list[str]:
    """The texts that have no translation yet."""
    messages = ElementTree.parse(ts).getroot().iter("message")
    return [message.findtext("source", "") for message in messages if not _is_finished(message)]


def _is_finished(message: ElementTree.Element) -> bool:
    translation = message.find("translation")
    return translation is not None and translation.get("type") is None and bool(translation.text)


def _run(tool: str, *words: str) -> None:
    # Beside the interpreter, as all commands of installed packages are.
    command = [str(Path(sys.executable).parent / f"pyside6-{tool}"), *words]
    subprocess.run(command, cwd=ROOT, check=True)


def main(files: Iterable[Path]) -> int:
    """Update each file, and say what is left to translate; the exit code."""
    code = 0
    for ts in files:
        update(ts)
        release(ts, ts.with_suffix(".qm"))
        for text in unfinished(ts):
            print(f"{ts.name} lacks: {text}", file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sorted(FOLDER.glob("*.ts"))))
