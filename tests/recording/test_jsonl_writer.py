"""Records reach the disk without blocking anyone, and survive failures."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop.base import redaction
from desktop.recording import jsonl_writer, record_file
from desktop.recording.jsonl_writer import JsonlWriter
from tests.rig.process import until

MARKED = "marked-secret-0815"


def records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def has(path: Path, count: int) -> bool:
    return path.exists() and len(path.read_text(encoding="utf-8").splitlines()) >= count


def test_records_are_lines_in_the_order_they_came(tmp_path):
    out = JsonlWriter(tmp_path / "deep" / "out.jsonl")
    for number in range(2_000):
        out.put({"n": number})
    assert out.close()
    assert [record["n"] for record in records(out.path)] == list(range(2_000))


def test_a_record_is_in_the_file_before_the_next_one_comes(tmp_path):
    out = JsonlWriter(tmp_path / "out.jsonl")
    for number in range(1, 4):
        out.put({"n": number})
        until(lambda number=number: has(out.path, number), within=5, what="the line")
    out.close()


def test_the_file_is_this_users_only_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        out = JsonlWriter(tmp_path / "folder" / "out.jsonl")
        out.put({})
        out.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(out.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(out.path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_there_is_nobody_elses_to_write(tmp_path):
    there = tmp_path / "out.jsonl"
    there.write_text("mine\n")
    out = JsonlWriter(there)
    out.put({})
    assert not out.close()
    assert isinstance(out.error, FileExistsError)
    assert there.read_text() == "mine\n"


def test_secrets_do_not_reach_the_disk(tmp_path):
    redaction.protect(MARKED)
    out = JsonlWriter(tmp_path / "out.jsonl")
    out.put({"a": [f"it is {MARKED}."], f"key {MARKED}": 1, "b": {"ticket": "short"}, "c": "Bearer abc.def"})
    out.close()
    text = out.path.read_text(encoding="utf-8")
    assert MARKED not in text
    assert records(out.path) == [{"a": ["it is …."], "key …": 1, "b": {"ticket": "…"}, "c": "Bearer …"}]


def test_what_is_no_json_stops_nothing(tmp_path):
    out = JsonlWriter(tmp_path / "out.jsonl")
    nest: list = []
    nest.append(nest)
    for odd in (object(), {1: {2}}, "half a pair \ud83d", nest):
        out.put({"odd": odd})
    out.put({"n": 1})
    out.close()
    assert records(out.path)[-1] == {"n": 1}


def test_a_slow_disk_blocks_nothing_and_what_is_too_much_is_counted(tmp_path, monkeypatch):
    entered, gate, write = threading.Event(), threading.Event(), os.write

    def slow_write(*args) -> int:
        entered.set()
        assert gate.wait(10)
        return write(*args)

    monkeypatch.setattr(record_file.os, "write", slow_write)
    monkeypatch.setattr(jsonl_writer, "MOST_RECORDS", 50)
    out = JsonlWriter(tmp_path / "out.jsonl")
    out.put({"n": 0})
    assert entered.wait(5), "the thread writes"
    for number in range(1, 101):
        out.put({"n": number})
    gate.set()
    assert not out.close(10)
    got = records(out.path)
    assert [record["n"] for record in got[:-1]] == list(range(51))
    assert got[-1] == {"type": "lost", "count": 50}


def test_heavy_records_are_bounded_too(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl_writer, "MOST_BYTES", 1_000)
    out = JsonlWriter(tmp_path / "out.jsonl")
    out.put({"text": "x"}, weight=2_000)
    out.put({"n": 1})
    out.close()
    assert records(out.path) == [{"n": 1}, {"type": "lost", "count": 1}]


def test_a_deleted_file_is_reported_once(tmp_path, monkeypatch):
    monkeypatch.setattr(record_file, "SYNC_S", 0.01)
    errors: list[OSError] = []
    out = JsonlWriter(tmp_path / "folder" / "out.jsonl", failed=errors.append)
    out.put({"n": 1})
    until(lambda: has(out.path, 1), within=5, what="the line")
    out.path.unlink()
    out.path.parent.rmdir()
    out.put({"n": 2})
    until(lambda: errors, within=5, what="the complaint")
    out.put({"n": 3})
    assert not out.close()
    assert len(errors) == 1
    assert not out.busy


def test_a_folder_that_comes_back_gets_everything(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl_writer, "RETRY_S", 0.01)
    errors: list[OSError] = []
    recoveries: list[bool] = []
    way = tmp_path / "way"
    way.write_text("a file where the folder should be")
    out = JsonlWriter(
        way / "out.jsonl", failed=errors.append, recovered=lambda: recoveries.append(out.path.exists())
    )
    out.put({"n": 1})
    until(lambda: errors, within=5, what="the complaint")
    out.put({"n": 2})
    way.unlink()
    until(lambda: has(out.path, 2), within=5, what="both lines")
    until(lambda: recoveries == [True], within=5, what="the good news")
    assert out.close()
    assert recoveries == [True], "once"
    assert [record["n"] for record in records(out.path)] == [1, 2]
    assert len(errors) == 1


FULL = """
import resource, signal, sys, time
from pathlib import Path
from desktop.recording import jsonl_writer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_010, resource.RLIM_INFINITY))
jsonl_writer.RETRY_S = 0.01
errors = []
out = jsonl_writer.JsonlWriter(Path(sys.argv[1]), failed=errors.append)
for n in range(200):
    out.put({"n": n, "text": "x" * 80})
while not errors:
    time.sleep(0.001)
print(len(errors), errors[0].strerror, out.path.stat().st_size, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
out.put({"n": 200})
while b'"n":200' not in out.path.read_bytes():
    time.sleep(0.001)
print(len(errors), out.close())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no limit of a file's size")
def test_a_disk_that_was_full_gets_every_line_whole_in_the_end(tmp_path):
    path = tmp_path / "out.jsonl"
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.splitlines() == ["1 File too large 10010", "1 True"], run.stdout + run.stderr
    assert [record["n"] for record in records(path)] == list(range(201))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither")
def test_a_device_or_a_pipe_has_nothing_to_sync(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    errors: list[OSError] = []
    for path in (Path(os.devnull), tmp_path / "pipe"):
        out = JsonlWriter(path, failed=errors.append, replace=True)
        out.put({"n": 1})
        assert out.close()
    assert errors == []
    assert os.read(reader, 100) == b'{"n":1}\n'
    os.close(reader)


def test_a_file_has_a_bound_and_its_end_all_the_same(tmp_path):
    """No service can fill the disk."""
    failed: list[OSError] = []
    out = JsonlWriter(tmp_path / "out.jsonl", failed=failed.append, most_bytes=10_000)
    for number in range(5_000):
        out.put({"n": number, "text": "x" * 100})
    out.put({"type": "ended"})
    assert not out.close()
    assert out.path.stat().st_size < 12_000
    assert [exc.errno for exc in failed] == [errno.EFBIG]
    last = records(out.path)
    assert {"type": "ended"} in last
    assert any(record.get("type") == "lost" for record in last)
