"""YAML with the lines where things stand, bounded: a script may come from anybody.

Only the safe loader's plain values are taken. There are no anchors and aliases, with which a few lines can
stand for billions, and no tags.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from desktop.base.terminal import one_line

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's is ten times as fast; not every build of the library has it."""
LARGEST = 2_000_000
"""Bytes of a script: some ten thousand turns."""
MOST_NODES = 200_000
DEEPEST = 12
LONGEST_TEXT = 20_000
LONGEST_NUMBER = 40
_PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")}
_DATES = "tag:yaml.org,2002:timestamp"

AT = "{}, line {}: {}"
NOT_READ = "{} can't be read ({}). Choose another file."
TOO_LARGE = "{} is too large for a script. It can have {} MB at most."
NO_TEXT = "{} is no text in UTF-8. Save it as such."
NO_YAML = "This is no YAML ({})."
ALIAS = "Anchors and aliases (& and *) can't be used in a script. Write it out."
TAGGED = "Tags can't be used in a script. Leave out what begins with !."
TOO_DEEP = "This is nested too deeply."
TOO_MUCH = "The script has too many entries. Cut it into several."
EMPTY = "The script is empty."
TWICE = '"{}" is there twice.'
UNKNOWN = 'There is no "{}" here. There are: {}.'
MISSING = '"{}" is missing.'
NOT_A = "{} has to be {}."


class ScriptError(ValueError):
    """A script that can't be run; the message names the line and says what is wrong."""


class Node:
    """A value of a script, and where it stands. `name` is what it is called in messages."""

    def __init__(self, file: str, raw: yaml.Node, name: str) -> None:
        self._file, self._raw, self.name = file, raw, name

    @property
    def line(self) -> int:
        """From 1."""
        return int(self._raw.start_mark.line) + 1

    def error(self, words: str) -> ScriptError:
        """An error that names the line."""
        return ScriptError(AT.format(self._file, self.line, words))

    @property
    def is_map(self) -> bool:
        """Whether it has fields."""
        return isinstance(self._raw, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether it has items."""
        return isinstance(self._raw, yaml.SequenceNode)

    def fields(self, *known: str) -> Fields:
        """Its fields, of which only these may be there; any, if none are named. Raises ScriptError."""
        if not isinstance(self._raw, yaml.MappingNode):
            raise self.error(NOT_A.format(self.name, "fields, each with its name and a colon"))
        found: dict[str, Node] = {}
        for key, value in self._raw.value:
            name = one_line(str(key.value), 60) if isinstance(key, yaml.ScalarNode) else "?"
            at = Node(self._file, key, name)
            if known and name not in known:
                raise at.error(UNKNOWN.format(name, ", ".join(known)))
            if name in found:
                raise at.error(TWICE.format(name))
            found[name] = Node(self._file, value, f'"{name}"')
        return Fields(self, found)

    def items(self) -> list[Node]:
        """Its items. Raises ScriptError: it is no list."""
        if not isinstance(self._raw, yaml.SequenceNode):
            raise self.error(NOT_A.format(self.name, "a list"))
        return [Node(self._file, item, f"an item of {self.name}") for item in self._raw.value]

    def text(self) -> str:
        """It as a text; a number is one too. Raises ScriptError."""
        if not isinstance(self._raw, yaml.ScalarNode) or self._raw.tag.endswith(":null"):
            raise self.error(NOT_A.format(self.name, "a text"))
        if not (text := self._raw.value.strip()):
            raise self.error(NOT_A.format(self.name, "a text that isn't empty"))
        return str(text)[:LONGEST_TEXT]

    def texts(self) -> list[str]:
        """Its items as texts; a text by itself is one item."""
        return [item.text() for item in self.items()] if self.is_list else [self.text()]

    def number(self, least: float, most: float, wanted: str) -> float:
        """It as a number within bounds. Raises ScriptError, with what is `wanted`."""
        value = self._scalar()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(NOT_A.format(self.name, wanted))
        if not math.isfinite(value) or not least <= value <= most:
            raise self.error(NOT_A.format(self.name, wanted))
        return float(value)

    def whole(self, least: int, most: int, wanted: str) -> int:
        """It as a whole number."""
        value = self.number(least, most, wanted)
        if value != int(value):
            raise self.error(NOT_A.format(self.name, wanted))
        return int(value)

    def truth(self) -> bool:
        """It as yes or no."""
        value = self._scalar()
        if not isinstance(value, bool):
            raise self.error(NOT_A.format(self.name, "true or false"))
        return value

    def value(self) -> Any:
        """It as plain values of JSON."""
        if isinstance(self._raw, yaml.MappingNode):
            return {name: node.value() for name, node in self.fields().each()}
        if isinstance(self._raw, yaml.SequenceNode):
            return [item.value() for item in self.items()]
        return self._scalar()

    def _scalar(self) -> Any:
        raw = self._raw
        if not isinstance(raw, yaml.ScalarNode):
            raise self.error(NOT_A.format(self.name, "one value"))
        if raw.tag.endswith((":int", ":float")) and len(raw.value) > LONGEST_NUMBER:
            raise self.error(NOT_A.format(self.name, "a shorter number"))
        if raw.tag == _DATES:
            return raw.value
        try:
            return yaml.SafeLoader("").construct_object(raw)
        except (yaml.YAMLError, ValueError, OverflowError):
            raise self.error(NOT_A.format(self.name, "a plain value")) from None


class Fields:
    """The fields of a node."""

    def __init__(self, node: Node, found: Mapping[str, Node]) -> None:
        self.node, self._found = node, found

    def get(self, name: str) -> Node | None:
        """A field, if it is there."""
        return self._found.get(name)

    def need(self, name: str) -> Node:
        """A field. Raises ScriptError: it isn't there."""
        found = self._found.get(name)
        if found is None:
            raise self.node.error(MISSING.format(name))
        return found

    def each(self) -> Iterator[tuple[str, Node]]:
        """All of them."""
        return iter(self._found.items())

    def __contains__(self, name: object) -> bool:
        return name in self._found


def read(path: Path) -> Node:
    """The script of a file. Raises ScriptError."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as exc:
        raise ScriptError(NOT_READ.format(path, exc.strerror or exc)) from exc
    if len(raw) > LARGEST:
        raise ScriptError(TOO_LARGE.format(path, LARGEST // 1_000_000))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScriptError(NO_TEXT.format(path)) from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Node:
    """The script of a text. Raises ScriptError."""
    try:
        _check(text, file)
        root = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as exc:
        raise ScriptError(_worded(exc, file, len(text.splitlines()))) from None
    if root is None:
        raise ScriptError(AT.format(file, 1, EMPTY))
    return Node(file, root, "the script")


def _check(text: str, file: str) -> None:
    """Look through the events before anything is built of them."""
    depth = count = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = int(event.start_mark.line) + 1
        count += 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ScriptError(AT.format(file, line, ALIAS))
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _PLAIN:
            raise ScriptError(AT.format(file, line, TAGGED))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise ScriptError(AT.format(file, line, TOO_DEEP))
        if count > MOST_NODES:
            raise ScriptError(AT.format(file, line, TOO_MUCH))


def _worded(exc: yaml.YAMLError, file: str, lines: int) -> str:
    mark = getattr(exc, "problem_mark", None)
    problem = one_line(
        str(getattr(exc, "problem", None) or getattr(exc, "reason", None) or "it is broken"), 120
    )
    return AT.format(file, min(int(mark.line) + 1, max(1, lines)) if mark else 1, NO_YAML.format(problem))
