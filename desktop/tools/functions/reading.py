"""Finds the functions in a user's file that are tools, and what is wrong with those that look like some."""

from __future__ import annotations

import errno
import inspect
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from desktop.base.plain_file import read_plain
from desktop.base.terminal import one_line
from desktop.tools.functions.messages import Fault, FunctionInfo, Loaded
from desktop.tools.registry import schema

LARGEST = 1_000_000
"""Bytes of a file."""
MOST_FUNCTIONS = 100
LONGEST_DESCRIPTION = 4_000
LONGEST_WORDS = 400
LEAST_S, MOST_S = 1.0, 600.0
MODULE = "presstalk_functions"
"""What a file's module is called. Its own name could be that of a module that it imports."""


class UnfitError(Exception):
    """A function can't be a tool."""


class Functions:
    """The functions of one file, by name, with the structs of their arguments."""

    def __init__(self) -> None:
        self.by_name: dict[str, tuple[Callable[..., Any], type[msgspec.Struct]]] = {}
        self._path = ""

    def load(self, path: Path) -> Loaded:
        """Run the file, and tell what is in it. Never raises for what the file does."""
        self._path = str(path)
        try:
            source = read_plain(path, LARGEST)
        except OSError as exc:
            large = exc.errno == errno.EFBIG
            words = "The file is too large." if large else f"It can't be read: {exc.strerror}."
            return Loaded(faults=(Fault(0, words),))
        module = types.ModuleType(MODULE)
        module.__file__ = self._path
        sys.modules[MODULE] = module
        sys.path.append(str(path.parent))  # helpers beside it
        try:
            exec(compile(source, self._path, "exec"), module.__dict__)
        except SystemExit:
            return Loaded(faults=(Fault(0, "The file ends the program when it is run."),))
        except BaseException as exc:
            return Loaded(faults=(self.fault(exc),))
        return self._found(module)

    def fault(self, exc: BaseException) -> Fault:
        """What went wrong, and in which line of the file."""
        words = one_line(f"{type(exc).__name__}: {exc}".rstrip(": "), LONGEST_WORDS)
        if isinstance(exc, SyntaxError) and exc.filename == self._path:
            return Fault(exc.lineno or 0, one_line(f"SyntaxError: {exc.msg}", LONGEST_WORDS))
        lines = [one.lineno for one in traceback.extract_tb(exc.__traceback__) if one.filename == self._path]
        return Fault(lines[-1] or 0 if lines else 0, words)

    def _found(self, module: types.ModuleType) -> Loaded:
        functions: list[FunctionInfo] = []
        faults: list[Fault] = []
        for name, value in list(vars(module).items()):
            if not inspect.isfunction(value) or value.__module__ != MODULE or name.startswith("_"):
                continue
            description = inspect.getdoc(value)
            if not description or len(functions) >= MOST_FUNCTIONS:
                continue  # without a docstring it is a helper
            line = value.__code__.co_firstlineno
            try:
                arguments = _arguments(name, value)
                made = schema(arguments)
            except UnfitError as exc:
                faults.append(Fault(line, f"{name}: {exc}"))
            except Exception as exc:  # msgspec and the file's own annotations raise what they like
                faults.append(Fault(line, one_line(f"{name}: {exc}", LONGEST_WORDS)))
            else:
                self.by_name[name] = value, arguments
                words = description[:LONGEST_DESCRIPTION]
                functions.append(FunctionInfo(name=name, description=words, schema=made, line=line))
        seconds = getattr(module, "TIMEOUT_S", 0)
        known = isinstance(seconds, int | float) and seconds > 0
        timeout_s = min(max(float(seconds), LEAST_S), MOST_S) if known else 0.0
        return Loaded(functions=tuple(functions), faults=tuple(faults), timeout_s=timeout_s)


def _arguments(name: str, function: Callable[..., Any]) -> type[msgspec.Struct]:
    """The struct of a function's arguments.

    Raises:
        UnfitError: a parameter has no type, or can't be given by name.
    """
    hints = get_type_hints(function, include_extras=True)
    fields: list[Any] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise UnfitError(f"the parameter {parameter} can't be given by its name.")
        if parameter.name not in hints:
            raise UnfitError(f"the parameter {parameter.name} has no type.")
        kind = _described(hints[parameter.name])
        if parameter.default is parameter.empty:
            fields.append((parameter.name, kind))
        else:
            fields.append((parameter.name, kind, msgspec.field(default_factory=_giving(parameter.default))))
    return msgspec.defstruct(name, fields, kw_only=True)


def _giving(value: Any) -> Callable[[], Any]:
    return lambda: value


def _described(hint: Any) -> Any:
    """The type; a text in `Annotated` is its description."""
    if get_origin(hint) is not Annotated:
        return hint
    kind, *notes = get_args(hint)
    metas = [msgspec.Meta(description=note) if isinstance(note, str) else note for note in notes]
    for meta in metas:
        if isinstance(meta, msgspec.Meta):
            kind = Annotated[kind, meta]
    return kind
