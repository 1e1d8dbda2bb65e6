"""What was measured is kept, whatever fails later; a spoiled trial is run again."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as command_line
from tests.benchmarks import comparison
from tests.benchmarks.figures import Figure, figure
from tests.benchmarks.run import run
from tests.benchmarks.trials import SpoiledTrialError, repeat_spoiled


def spoiled(times: int) -> Callable[[], float]:
    """A trial that measures 7 ms after so many spoiled attempts."""
    outcomes = iter([False] * times + [True])

    def trial() -> float:
        if not next(outcomes):
            raise SpoiledTrialError("of 12 clicks, 11 arrived")
        return 7.0

    return trial


def measure(trial: Callable[[], float]) -> Iterator[Figure]:
    """A group of two figures, of which the second needs the trial."""
    yield figure("before", [1.0], "ms")
    yield figure("of a trial", [repeat_spoiled(trial, attempts=3)], "ms")


def reported(path: Path) -> list[str]:
    return [json.loads(line)["name"] for line in path.read_text("utf-8").splitlines()]


def test_a_trial_that_is_spoiled_twice_is_run_again_and_that_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "build" / "bench.jsonl"
    assert run({"some": partial(measure, spoiled(times=2))}, report) == 0
    assert reported(report) == ["before", "of a trial"]
    errors = capsys.readouterr().err
    assert errors.splitlines() == [
        "Attempt 1 of 3 was spoiled: of 12 clicks, 11 arrived",
        "Attempt 2 of 3 was spoiled: of 12 clicks, 11 arrived",
    ]


def test_a_goal_that_is_missed_is_told_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def measured() -> Iterator[Figure]:
        yield figure("quick", [4.0], "ms", 5.0, 5.0)
        yield figure("slow at times", [4.0] * 50 + [9.0] * 50, "ms", None, 5.0)

    assert run({"some": measured}, tmp_path / "bench.jsonl") == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("MISSED")]
    assert told == ["MISSED: slow at times: p50 6.5, p99 9 ms; the goal is none and 5"]


def test_a_trial_that_never_works_costs_only_its_own_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "build" / "bench.jsonl"
    groups = {"bad": partial(measure, spoiled(times=3)), "good": partial(measure, spoiled(times=0))}
    assert run(groups, report) == 1
    assert reported(report) == ["before", "before", "of a trial"]
    output, errors = capsys.readouterr()
    lines = output.splitlines()
    assert [json.loads(line)["name"] for line in lines[:3]] == reported(report)
    assert [line.split("  ")[0] for line in lines[4:]] == ["before", "before", "of a trial"], "the table"
    assert "MISSING: figures of bad" in errors
    assert "3 attempts in a row were spoiled; the last: of 12 clicks, 11 arrived" in errors


def test_what_was_measured_before_an_interruption_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> Iterator[Figure]:
        yield figure("before", [1.0], "ms")
        raise KeyboardInterrupt

    report = tmp_path / "build" / "bench.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run({"some": interrupted}, report)
    assert reported(report) == ["before"]
    assert capsys.readouterr().out.splitlines()[-1].startswith("before")


def test_what_became_worse_is_told_in_floors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "bench.jsonl"

    def measured(p50: float, floor: float, lonely: float) -> Callable[[], Iterator[Figure]]:
        def measure() -> Iterator[Figure]:
            yield figure("start", [p50], "ms", floor=floor)
            yield figure("lonely", [lonely], "ms")

        return measure

    run({"one": measured(100, 50, 10)}, report)
    capsys.readouterr()
    run({"one": measured(200, 100, 11)}, report)  # a machine that is half as fast, and the noise
    assert "WORSE" not in capsys.readouterr().out
    run({"one": measured(150, 50, 14)}, report)
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "WORSE than in the last run: start: 150 ms (3.00 floors), was 200 ms (2.00 floors)",
        "WORSE than in the last run: lonely: 14 ms, was 11 ms",
    ]
    run({"one": measured(100, 50, 10)}, report)
    assert "WORSE" not in capsys.readouterr().out, "better is no news"


def test_a_release_is_compared_with_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = tmp_path / "baseline.jsonl"
    comparison.save([figure("glitches", [0], "")], baseline)
    run({"one": lambda: iter([figure("glitches", [1], "")])}, tmp_path / "bench.jsonl", baseline)
    assert capsys.readouterr().out.splitlines()[-1] == "WORSE than the baseline: glitches: 1, was 0"


@pytest.mark.parametrize("old", [b"", b"{}\n", b"no json", b"\xff", b'{"name": "a", "p50": "x"}\n'])
def test_a_report_that_cannot_be_read_is_none(tmp_path: Path, old: bytes) -> None:
    (tmp_path / "bench.jsonl").write_bytes(old)
    assert comparison.load(tmp_path / "bench.jsonl") == {}
    assert comparison.load(tmp_path / "no.jsonl") == {}


def test_figures_of_other_groups_stay_in_the_report(tmp_path: Path) -> None:
    report = tmp_path / "bench.jsonl"
    run({"one": lambda: iter([figure("a", [1], "ms"), figure("b", [1], "ms")])}, report)
    run({"two": lambda: iter([figure("b", [2], "ms")])}, report)
    assert {name: one.p50 for name, one in comparison.load(report).items()} == {"a": 1, "b": 2}


def test_another_failure_is_not_repeated() -> None:
    attempts = []

    def trial() -> float:
        attempts.append(True)
        raise ValueError("the program's own")

    with pytest.raises(ValueError, match="the program's own"):
        repeat_spoiled(trial)
    assert len(attempts) == 1


@pytest.mark.parametrize("group", sorted({*command_line.GROUPS, *command_line.QUICK}))
def test_each_group_can_be_loaded(group: str) -> None:
    assert callable(importlib.import_module(f"tests.benchmarks.{group}").measure)


def test_an_unknown_group_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command_line.main(["audoi"])
    assert "no group is named audoi; there are floors, window" in capsys.readouterr().err
