"""A journal with times and numbers that nobody expects is listed, shown and exported like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.recording import conversation_store, export, history_controller, journal
from desktop.recording.history_controller import to_entry
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.viewmodels.history_model import HistoryModel, HistoryRole
from tests.ui.opened import use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support", "propagateSizeHints")

TIMES = [
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+14:00",
    "2999-12-31T23:59:59-12:00",
    "3001-01-01T00:00:00Z",
    "2026-05-01T12:00:00",
    "9999-12-31T23:59:59",
    "0001-01-01T00:00:00",
    "2026-05-01T12:00:00+23:59",
]
NUMBERS = [
    "-1",
    "1e308",
    "-1e308",
    "0.0",
    "1e-320",
    "9223372036854775807",
    "-0.0",
    "1e999",
    "NaN",
    "-Infinity",
]


def stored(folder: Path, number: int, at: str, amount: str, zone_free: str = "2026-05-01T12:00:01") -> Path:
    path = folder / f"20260501-12{number:04}-0123abcd.jsonl"
    whole = amount if amount.lstrip("-").isdigit() else "3"
    path.write_text(
        f"""{{"type":"began","at":"{at}","version":{whole},"model":"m"}}
{{"type":"line","id":1,"at":"{at}","speaker":"user","text":"a question","ended_at":"{zone_free}"}}
{{"type":"line","id":2,"at":"2026-05-01T12:00:02Z","speaker":"assistant","text":"an answer","heard":{whole}}}
{{"type":"line","id":3,"at":"{zone_free}","speaker":"assistant","text":"more","sounded_at":"{at}"}}
{{"type":"line","id":4,"at":"{at}","speaker":"tool","text":"t","call_id":"c","state":"done"}}
{{"type":"line","id":5,"at":"{at}","speaker":"tool","text":"t","call_id":"d","duration_ms":{amount}}}
{{"type":"call","call_id":"c","at":"{at}","name":"t","arguments":{{"n":5}}}}
{{"type":"call","call_id":"c","at":"{at}","name":"t","state":"done","duration_ms":{amount}}}
{{"type":"response","at":"{at}","response":{whole},"outcome":"complete","usage":{{"tokens":{whole}}}}}
{{"type":"state","at":"{at}","state":"Ready"}}
{{"type":"lost","count":{whole}}}
{{"type":"ended","at":"{at}"}}
""",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cases = [(at, amount) for at in TIMES for amount in ("3", *NUMBERS)]
    for number, (at, amount) in enumerate(cases):
        stored(tmp_path, number, at, amount)
    # Without a first line it is the name that says when it began.
    (tmp_path / "99999999-999999-0123abcd.jsonl").write_text(
        '{"type":"line","id":1,"at":"9999-12-31T00:00:00","speaker":"user","text":"one"}\n', encoding="utf-8"
    )
    return tmp_path


def test_all_are_in_the_list(qtbot, folder: Path):
    entries = [to_entry(found) for found in conversation_store.summaries(folder)]
    assert len(entries) == len(list(folder.iterdir()))
    model = HistoryModel()
    model.show(entries)
    for row in range(model.rowCount()):
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, *HistoryRole):
            assert model.index(row).data(role) is not None
    use_light_theme()
    dialog = HistoryDialog(HistoryModel(), export.FORMATS)
    qtbot.addWidget(dialog)
    dialog.show_entries(entries)
    dialog.show()
    assert not dialog.grab().isNull()


@pytest.mark.parametrize("ending", export.FORMATS)
def test_all_are_exported(qapp, folder: Path, ending: str):
    for path in folder.iterdir():
        lines, background = history_controller.document(journal.read(path))
        text = export.FORMATS[ending](lines, background)
        assert "question" in text or "one" in text
        if ending == ".json":
            json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        if ending == ".srt":
            assert "-->" in text
            assert "--> -" not in text
            assert "\n-" not in text


def test_a_time_within_the_bounds_stays_as_it_was(tmp_path: Path):
    path = stored(tmp_path, 1, "2026-05-01T14:00:00+02:00", "1500")
    read = journal.read(path)
    assert read.began is not None
    assert read.began.at.isoformat() == "2026-05-01T14:00:00+02:00"
    assert read.calls[0].duration_ms == 1500
    assert read.damaged == 0


@pytest.mark.parametrize("ending", list(export.FORMATS))
@pytest.mark.parametrize("place", ["usage", "arguments", "result", "message"])
def test_a_value_of_any_depth_is_exported(qapp, tmp_path: Path, place: str, ending: str):
    """Of 300 to 1,000 levels: so many are read, and were too many to be written again."""
    for depth in (129, 300, 600, 990):
        deep = '{"a":' * depth + "1" + "}" * depth
        of_call = deep if place in ("arguments", "result") else "null"
        of_line = deep if place == "message" else "null"
        of_response = deep if place == "usage" else "null"
        path = tmp_path / "20260501-120000-0123abcd.jsonl"
        path.write_text(
            f"""{{"type":"line","id":1,"at":"2026-05-01T12:00:01Z","speaker":"user","text":"a question"}}
{{"type":"line","id":2,"at":"2026-05-01T12:00:02Z","speaker":"system","text":"x","message":{of_line}}}
{{"type":"line","id":5,"at":"2026-05-01T12:00:03Z","speaker":"tool","text":"t","call_id":"c"}}
{{"type":"call","call_id":"c","at":"2026-05-01T12:00:04Z","name":"t","{place}":{of_call}}}
{{"type":"response","at":"2026-05-01T12:00:05Z","response":1,"usage":{of_response}}}
"""
        )
        lines, background = history_controller.document(journal.read(path))
        text = export.FORMATS[ending](lines, background.redacted())
        assert "a question" in text
        assert conversation_store.search(tmp_path, "question") == {path}
