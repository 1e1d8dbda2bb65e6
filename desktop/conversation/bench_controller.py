"""The bench at the window: takes what was edited, and tells what holds."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop.base import json_depth
from desktop.base.message import Message, Text
from desktop.tools.bench import BENDS, MOST_DELAY_S, Bench, BenchRule
from desktop.viewmodels.bench_setting import BenchSetting

NO_JSON = Text(
    "bench-no-json", 'The answer is not JSON. Write a text in quotes: "like this", or an object: {{"n": 1}}.'
)


class BenchController(QObject):
    """Owns the bench. Its rules last as long as the program: nothing of it is kept."""

    refused = Signal(Message)
    """Why a setting can't be used."""
    changed = Signal(object)
    """The settings that hold, by tool: a dict of `BenchSetting`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bench = Bench()
        self._texts: dict[str, str] = {}
        self._told: frozenset[str] = frozenset()

    def bend(self, name: str, setting: BenchSetting) -> None:
        """Bend this tool's calls from now on."""
        answer = None
        if setting.bend == "fixed":
            try:
                answer = json_depth.decode(setting.answer.encode())
            except (msgspec.MsgspecError, ValueError, RecursionError):
                self.refused.emit(NO_JSON())
                return
        bend = next((bend for bend in BENDS if bend == setting.bend), BENDS[0])
        delay_s = min(max(setting.delay_s, 0.0), MOST_DELAY_S)
        self._texts[name] = setting.answer
        self.bench.bend(name, BenchRule(delay_s, bend, answer, setting.chance, setting.seed, setting.once))
        self._tell()

    def straighten(self, name: str) -> None:
        """Leave this tool's calls as they are."""
        self.bench.straighten(name)
        self._tell()

    def look(self) -> None:
        """A call has ended: a rule for one call may be used up."""
        if self._told != frozenset(self.bench.rules):
            self._tell()

    def _tell(self) -> None:
        rules = self.bench.rules
        self._told = frozenset(rules)
        self.changed.emit(
            {
                name: BenchSetting(
                    rule.delay_s, rule.bend, self._texts.get(name, ""), rule.chance, rule.seed, rule.once
                )
                for name, rule in rules.items()
            }
        )
