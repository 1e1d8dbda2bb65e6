"""The folder of a comparison: its recordings, and a line for each run that is over, so that it can go on."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from desktop.base import atomic_file
from desktop.base.redaction import redact_all
from desktop.compare.plan import Plan
from desktop.compare.results import VERSION, RunResult

PLAN, RUNS = "plan.json", "runs.jsonl"
LONGEST_LINE = 10_000_000
LONGEST_PLAN = 10_000

NOT_EMPTY = "{} isn't empty. Give a folder that is new or empty, or go on in it with --go-on."
NOTHING_THERE = "There is no comparison in {} that could go on. Leave out --go-on to begin one there."
OTHER_PLAN = (
    "The comparison in {} is another one: other targets, turns, repeats or seed. Choose another folder."
)
NOT_USED = "{} can't be used ({}). Choose another folder."

_runs = msgspec.json.Decoder(RunResult)


class StoreError(ValueError):
    """The folder can't be used; the message says why and what to do."""


class _Plan(msgspec.Struct):
    version: int = 0
    fingerprint: str = ""


class Store:
    """One comparison's folder.

    Args:
        folder: is made, if need be.
        plan: what is run in it.
        goes_on: a comparison is there already, and goes on.

    Raises:
        StoreError: it can't be used.
    """

    def __init__(self, folder: Path, plan: Plan, *, goes_on: bool = False) -> None:
        self.folder = folder
        try:
            if goes_on:
                self._check(plan)
            elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise StoreError(NOT_EMPTY.format(folder))
            else:
                atomic_file.make_folder(folder)
                head = msgspec.json.encode(_Plan(VERSION, plan.fingerprint))
                atomic_file.write(folder / PLAN, head + b"\n")
        except OSError as exc:
            raise StoreError(NOT_USED.format(folder, exc.strerror or exc)) from exc

    def load(self) -> list[RunResult]:
        """The runs that are over, each job once. A line that was cut by a kill is left out."""
        found: dict[int, RunResult] = {}
        with contextlib.suppress(OSError), (self.folder / RUNS).open("rb") as file:
            while line := file.readline(LONGEST_LINE):
                with contextlib.suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
                    run = _runs.decode(line)
                    found[run.job] = run
        return list(found.values())

    def add(self, run: RunResult) -> None:
        """A run is over. Raises OSError: it can't be written."""
        line = msgspec.json.encode(redact_all(msgspec.to_builtins(run)), enc_hook=str) + b"\n"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.folder / RUNS, flags, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            if file.tell() and not self._ends_whole():
                line = b"\n" + line
            file.write(line)

    def _ends_whole(self) -> bool:
        with (self.folder / RUNS).open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _check(self, plan: Plan) -> None:
        try:
            with (self.folder / PLAN).open("rb") as file:
                found = msgspec.json.decode(file.read(LONGEST_PLAN), type=_Plan)
        except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError, UnicodeError):
            raise StoreError(NOTHING_THERE.format(self.folder)) from None
        if found.fingerprint != plan.fingerprint or found.version != VERSION:
            raise StoreError(OTHER_PLAN.format(self.folder))
