"""Reports as JSON, CSV, text and HTML: whole, escaped, and mergeable."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.compare.evidence import FrameRow
from desktop.compare.plan import Conversation, Plan, PlannedTurn, Shard
from desktop.compare.reports import document
from desktop.compare.reports.document import ReportError
from desktop.compare.reports.junit import to_junit
from desktop.compare.reports.page import to_html
from desktop.compare.reports.table import COLUMNS, to_csv, to_text
from desktop.compare.results import Amount, Check, RunResult, Sound, SourceInfo, ToolUse, TurnResult
from desktop.compare.store import RUNS, Store, StoreError
from desktop.compare.targets import Target
from tests.compare.outcomes import outcome_of, turn

WAITS = {0: [700.0, 710.0, 690.0], 1: [300.0, 310.0, 305.0]}
EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>" onload="x\' \x1b[31m \u202e'


class Sounding:
    """Evidence with a tone in every answer."""

    def sound(self, run: RunResult, turn: TurnResult) -> bytes:
        return b"\1\2" * 240

    def frames(self, run: RunResult) -> list[FrameRow]:
        return [FrameRow(1.5, "out", EVIL, 3, 960), FrameRow(2.5, "in", "response.started", 1, 40)]


def evil_outcome() -> Any:
    outcome = outcome_of(WAITS)
    outcome.notes = [EVIL]
    outcome.sources = [SourceInfo(EVIL, 1.0, 24_000, {"24000": "ab"})]
    outcome.targets[0].name = EVIL
    outcome.runs[0].turns = [
        turn(
            1,
            700.0,
            understood=EVIL,
            answer=EVIL,
            asked=EVIL,
            tools=[ToolUse(EVIL, {"a": EVIL})],
            problems=[EVIL],
            error=EVIL,
            cost=[Amount("0.0123", "USD", True)],
            sound=Sound(0, 480, 24_000),
            checks=[Check(EVIL, False, EVIL)],
        )
    ]
    outcome.runs[1] = RunResult(target=0, repeat=2, job=2, error=EVIL)
    return outcome


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs


def test_the_json_has_the_fields_that_were_promised():
    found = json.loads(document.to_json(outcome_of(WAITS)))
    assert (found["format"], found["version"]) == ("presstalk-compare", 1)
    (first, second) = found["targets"]
    assert first["model"] == "maker/model-0"
    answer = first["runs"][0]["turns"][0]
    promised = {"understood", "answer", "key_up_to_audible_ms", "leading_silence_ms", "parts_ms", "stalls"}
    assert promised | {"cost", "error"} <= answer.keys()
    assert answer["cost"] is answer["error"] is None
    assert sum(answer["parts_ms"].values()) == pytest.approx(answer["key_up_to_audible_ms"])
    assert first["summary"]["key_up_to_audible_ms"]["median"] == 700
    assert second["difference"]["verdict"] == "first"
    assert "slower by" in first["difference"]["words"]


def test_a_report_can_be_read_again(tmp_path: Path):
    outcome = evil_outcome()
    path = tmp_path / "r.json"
    path.write_bytes(document.to_json(outcome))
    again = document.read(path)
    assert again.runs[0].turns[0].answer.startswith("<script>")
    assert document.to_document(again)["targets"][1] == document.to_document(outcome)["targets"][1]


def test_parts_are_merged_and_strangers_are_not(tmp_path: Path):
    whole = outcome_of(WAITS, fingerprint="f", jobs=6)
    for job, run in enumerate(whole.runs, 1):
        run.job = job
    one = msgspec.structs.replace(whole, runs=whole.runs[::2], shards=["1/2"], complete=True)
    other = msgspec.structs.replace(whole, runs=whole.runs[1::2], shards=["2/2"], complete=True)
    merged = document.merged([("a", one), ("b", other)])
    assert merged.complete
    assert [run.job for run in merged.runs] == list(range(1, 7))
    assert document.to_document(merged)["targets"] == document.to_document(whole)["targets"]
    assert not document.merged([("a", one)]).complete
    with pytest.raises(ReportError, match="both have run 1"):
        document.merged([("a", one), ("b", one)])
    with pytest.raises(ReportError, match="another comparison"):
        document.merged([("a", one), ("b", msgspec.structs.replace(other, fingerprint="g"))])
    with pytest.raises(ReportError, match="nothing to merge"):
        document.merged([])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format":"presstalk-compare"}',
        '{"format":"presstalk-compare","version":1,"targets":7}',
        '{"format":"presstalk-compare","version":1,"targets":[{"name":1}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_report_is_said(tmp_path: Path, text: str):
    path = tmp_path / "r.json"
    path.write_text(text)
    with pytest.raises(ReportError, match=r"no report|later version"):
        document.read(path)
    with pytest.raises(ReportError, match="can't be read"):
        document.read(tmp_path / "none.json")


def test_a_row_for_each_turn_and_no_formula():
    outcome = evil_outcome()
    outcome.runs[2].turns[0].answer = "=HYPERLINK(1)"
    rows = list(csv.DictReader(io.StringIO(to_csv(outcome).decode())))
    assert len(rows) == 6
    assert tuple(rows[0]) == COLUMNS
    assert rows[2]["answer"] == "'=HYPERLINK(1)"
    assert (rows[0]["cost"], rows[0]["currency"]) == ("0.0123", "USD")
    assert rows[1]["error"].startswith("<script>")
    assert all("\x1b" not in cell for row in rows for cell in row.values())


def test_the_text_has_a_row_for_each_target():
    text = to_text(outcome_of(WAITS))
    assert "maker/model-0  3     700" in text
    assert "maker/model-1: the fastest" in text


def test_the_page_is_one_file_with_a_strict_policy_and_no_foreign_markup():
    page = to_html(evil_outcome(), Sounding()).decode()
    elements = Elements()
    elements.feed(page)
    assert not {"script", "img", "iframe", "object", "link", "form", "base"} & set(elements.names)
    assert not [name for name, _ in elements.attributes if name.startswith("on") or name == "style"]
    sources = [value for name, value in elements.attributes if name in ("src", "href")]
    assert sources
    assert all((value or "").startswith("data:audio/wav;base64,") for value in sources)
    assert "default-src 'none'" in page
    assert "\x1b" not in page
    assert elements.names.count("svg") == 2
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_no_report_has_a_key(tmp_path: Path):
    key = "sk-proj-0123456789abcdefghijklmnopqrstuvwxyz"
    outcome = outcome_of(WAITS)
    said = turn(1, 1.0, answer=f"It is {key}.", understood=key, error=key, checks=[Check(key, False, key)])
    said.tools = [ToolUse("t", {"key": key})]
    outcome.runs[0].turns = [said]
    outcome.notes = [key]
    store = Store(tmp_path / "f", Plan((Target(model="a/b"),), ()))
    store.add(outcome.runs[0])
    reports = [document.to_json(outcome), to_csv(outcome), to_html(outcome), to_junit(outcome)]
    assert [
        report for report in [*reports, (tmp_path / "f" / RUNS).read_bytes()] if key.encode() in report
    ] == []


def test_an_empty_outcome_is_a_page_too():
    assert b"never audible" not in to_html(outcome_of({0: []}))
    assert "maker/model-0" in to_text(outcome_of({0: []}))


def test_the_store_goes_on_where_it_stopped(tmp_path: Path):
    plan = Plan((Target(model="a/b"),), (Conversation("", (PlannedTurn("t", text="hi"),)),), repeats=3)
    folder = tmp_path / "f"
    store = Store(folder, plan)
    run = RunResult(target=0, repeat=1, job=1, turns=[turn(1, 300.0, sound=Sound(0, 2, 24_000))])
    store.add(run)
    (folder / RUNS).write_bytes((folder / RUNS).read_bytes() + b'{"target":0,"rep')  # a kill
    again = Store(folder, plan, goes_on=True)
    assert again.load() == [run]
    again.add(RunResult(target=0, repeat=2, job=2))
    assert [one.job for one in again.load()] == [1, 2]
    assert (folder / RUNS).stat().st_mode & 0o077 == 0
    with pytest.raises(StoreError, match="isn't empty"):
        Store(folder, plan)
    with pytest.raises(StoreError, match="is another one"):
        Store(folder, other(plan), goes_on=True)
    with pytest.raises(StoreError, match="no comparison in"):
        Store(tmp_path / "nowhere", plan, goes_on=True)
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError):
        Store(tmp_path / "file", plan)


def other(plan: Plan) -> Plan:
    return Plan(plan.targets, plan.conversations, repeats=4, shard=Shard(1, 2))
