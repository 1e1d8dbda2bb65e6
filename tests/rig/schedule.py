"""Which tests run side by side under pytest-xdist: whole files, and last, in one process, those on the rig.

These measure sound to the sample: another process must not take their CPU core.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ON_THE_RIG = re.compile(r"\bmark\.rig\b")
GROUP = re.compile(r"\bmark\.xdist_group\(\"(\w+)\"\)")
"""pytest-xdist's own groups don't work with pytest 9.2: it hands them on in an attribute that is gone."""


class Schedule(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out whole files in their order; files that name a group, and those on the rig, to one process."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False  # the rig comes last
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        return group_of(self.config.rootpath / file) or file


@cache
def group_of(file: Path) -> str:
    """The group of this file's tests; empty for none."""
    text = file.read_text(encoding="utf-8")
    if ON_THE_RIG.search(text):
        return "rig"
    group = GROUP.search(text)
    return group[1] if group else ""
