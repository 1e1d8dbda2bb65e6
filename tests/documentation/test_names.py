"""Names in the documents exist: files, links, make targets, modules, options, keys, variables."""

from __future__ import annotations

import argparse
import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence

from desktop.cli import parser as command_line
from desktop.ui.dialogs.keys_dialog import KeysDialog
from tests.documentation import markdown
from tests.documentation.commands import COMMANDS
from tests.documentation.markdown import DOCUMENTS, ROOT

TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
README = ROOT / "README.md"
FOLDERS = (
    "desktop",
    "tests",
    "scripts",
    "resources",
    "docs",
    ".github",
)
BARE = ("architecture.md", "packaging.md")
"""Documents that name modules without their folder."""

named = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@named
def test_links_lead_somewhere(document: Path) -> None:
    for link in markdown.links(document):
        if link.startswith("https://"):
            continue
        place, _, anchor = link.partition("#")
        target = (document.parent / place) if place else document
        assert target.exists(), link
        assert not anchor or anchor in markdown.anchors(target), link


@named
def test_make_targets_exist(document: Path) -> None:
    lines = [*markdown.commands(document), *markdown.code(document)]
    for target in re.findall(r"\bmake ([a-z]+)", "\n".join(lines)):
        assert target in TARGETS, target


@named
def test_files_exist(document: Path) -> None:
    words = " ".join([*markdown.commands(document), *markdown.code(document)])
    for path in re.findall(rf"(?<![\w./~-])((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./*-]*)", words):
        assert list(ROOT.glob(path.rstrip("/."))), path
    if document.name in BARE:
        for name in re.findall(r"(?<![\w./*])([a-z_]+\.py)\b", words):
            assert list((ROOT / "desktop").rglob(name)) or list((ROOT / "scripts").rglob(name)), name


@named
def test_modules_exist(document: Path) -> None:
    for module in re.findall(r"python -m ([\w.]+)", "\n".join(markdown.commands(document))):
        assert importlib.util.find_spec(module), module


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, the whole program's under an empty name."""
    root = command_line.parser()
    (commands,) = [one for one in root._actions if isinstance(one, argparse._SubParsersAction)]
    return {"": root, **commands.choices}


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {word for action in parser._actions for word in action.option_strings}


def called() -> Iterator[list[str]]:
    """The program's command lines in all documents."""
    for command in COMMANDS:
        first, *rest = shlex.split(command)
        if first.endswith("presstalk"):
            yield rest
    for document in DOCUMENTS:
        for code in markdown.code(document):
            first, *rest = code.split() or [""]
            if first == "presstalk":
                yield rest


def test_commands_and_options_exist() -> None:
    known = parsers()
    for words in called():
        command = words[0] if words and not words[0].startswith("-") else ""
        assert command in known, words
        for word in words:
            assert not word.startswith("-") or word in options(known[command]), words


def test_options_in_the_text_exist() -> None:
    everywhere = set().union(*(options(parser) for parser in parsers().values()))
    others = {"--episode", "--minutes", "--strict", "--release", "--no-repeat", "--no-startup-id"}
    for code in markdown.code(README):
        for word in re.findall(r"(?<!\S)--[a-z-]+", code):
            assert word in everywhere | others, word


def test_every_command_is_in_the_readme() -> None:
    text = markdown.text(README)
    for command in parsers():
        assert f"presstalk {command}".strip() in text


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_the_keys_of_the_readme_are_the_windows(qtbot) -> None:
    dialog = KeysDialog(True)
    qtbot.addWidget(dialog)
    rows = [*dialog._talking(True), *dialog._window()]
    found = {key for keys, _ in rows for key in keys}
    cells = [cell for cell, _ in markdown.table(README, "## Keys")]
    documented = {QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in codes(cells)}
    assert documented == found


def codes(cells: list[str]) -> Iterator[str]:
    for cell in cells:
        yield from re.findall(r"`([^`]+)`", cell)


def test_variables_of_the_environment_are_read_somewhere() -> None:
    sources = [*(ROOT / "desktop").rglob("*.py"), *(ROOT / "scripts").rglob("*.py"), ROOT / "build.spec"]
    code = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    for document in DOCUMENTS:
        for name in re.findall(r"\b(?:OPPER|PRESSTALK)_[A-Z_]+\b", markdown.text(document)):
            assert name in code, name


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "resources" / "docs").iterdir())
    found = {Path(link).name for link in markdown.links(README) if link.endswith(".png")}
    assert {picture.name for picture in pictures} == found
    assert all(picture.stat().st_size <= 80_000 for picture in pictures)


def test_nothing_is_said_of_any_one_machine() -> None:
    for document in DOCUMENTS:
        assert not re.search(r"(?<![\w~.])/(root|tmp|work|home/\w)", markdown.text(document)), document.name
