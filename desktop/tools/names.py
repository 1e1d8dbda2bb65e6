"""Names for tools from elsewhere that every provider takes: `server__tool`, with collisions resolved."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

LONGEST = 64
"""Characters. OpenAI: `^[a-zA-Z0-9_-]{1,64}$`; Gemini: at most 64, and begins with a letter or an underscore
(FunctionDeclaration.name)."""
JOINED_BY = "__"

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_MARK = 6
"""Hex digits of what tells two names apart that would be one."""


def fitted(sources: Iterable[tuple[str, str]], taken: Iterable[str] = ()) -> dict[tuple[str, str], str]:
    """The model's name for each (source, tool). The same sources give the same names, whatever their order.

    Args:
        taken: names that are not to be used.
    """
    wanted = {source: _joined(*source) for source in sources}
    counted = Counter(wanted.values())
    used = set(taken)
    names: dict[tuple[str, str], str] = {}
    for source, name in sorted(wanted.items()):
        fits = len(name) <= LONGEST and counted[name] == 1 and name not in used
        names[source] = name if fits else _marked(source, name)
        used.add(names[source])
    return names


def _joined(source: str, tool: str) -> str:
    name = JOINED_BY.join(part for part in (_fit(source), _fit(tool)) if part)
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"


def _fit(text: str) -> str:
    return _UNFIT.sub("_", text)


def _marked(source: tuple[str, str], name: str) -> str:
    mark = hashlib.sha256("\0".join(source).encode("utf-8", "replace")).hexdigest()[:_MARK]
    return f"{name[: LONGEST - _MARK - 1]}_{mark}"
