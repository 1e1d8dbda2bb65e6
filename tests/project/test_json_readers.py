"""One limit of depth wherever JSON is read: all of it is read by `base/json_depth.py`, or named here."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "desktop"
OTHERS = {
    "base/json_depth.py": "it is the limit",
    "protocol/json_repair.py": "the codec looks at the depth of what it gives",
    "protocol/large_frames.py": "each field is cut at that depth",
    "recording/share/redacted_frames.py": "it looks at the brackets first, and sees equal names",
    "settings/files.py": "what is mended there is read again, with the limit",
    "viewmodels/event_record.py": "it has written that JSON itself",
}


def untyped(source: str) -> list[int]:
    """The lines in which any JSON is read: without a type, which would bound its depth."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = ast.unparse(node.func)
            typed = any(keyword.arg == "type" for keyword in node.keywords)
            if name in ("json.loads", "json.load") or (name == "msgspec.json.decode" and not typed):
                found.append(node.lineno)
    return found


def test_json_is_read_by_the_one_reader() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted(ROOT.rglob("*.py"))
        if (lines := untyped(path.read_text(encoding="utf-8")))
    }
    assert {name: lines for name, lines in found.items() if name not in OTHERS} == {}
    assert found.keys() == OTHERS.keys()


def test_a_reader_of_one_s_own_is_found() -> None:
    assert untyped("import json\njson.load(f)\nmsgspec.json.decode(b)\nmsgspec.json.decode(b, type=int)") == [
        2,
        3,
    ]
