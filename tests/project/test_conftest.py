"""The strictness itself: a warning nobody expected must turn a test red."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.base import paths

pytest_plugins = ["pytester"]


@pytest.fixture
def copied(pytester: pytest.Pytester, request: pytest.FixtureRequest) -> None:
    """This project's conftest and settings, in a folder of its own."""
    root = request.config.rootpath
    pytester.makeconftest((root / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyprojecttoml((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture
def strict(pytester: pytest.Pytester, copied: None) -> Callable[[str], pytest.RunResult]:
    """Runs the body of one test under the copied conftest and settings."""

    def run(source: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess(pytester.makepyfile(source), "-p", "no:cacheprovider")

    return run


def test_an_unexpected_log_warning_fails(strict: Callable[[str], pytest.RunResult]) -> None:
    result = strict("import logging\ndef test(): logging.getLogger('desktop.x').warning('lost a frame')")
    result.stdout.fnmatch_lines(["unexpected WARNING from desktop.x: lost a frame"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_an_expectation_that_is_not_met_fails(strict: Callable[[str], pytest.RunResult]) -> None:
    result = strict("def test(expect_log): expect_log('lost')")
    result.stdout.fnmatch_lines(["expected in the log, but missing: 'lost'"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_qt_warning_fails(strict: Callable[[str], pytest.RunResult]) -> None:
    result = strict("from PySide6.QtCore import qWarning\ndef test(): qWarning('no such signal')")
    result.assert_outcomes(failed=1)


def test_a_python_warning_fails(strict: Callable[[str], pytest.RunResult]) -> None:
    result = strict("import warnings\ndef test(): warnings.warn('old')")
    result.assert_outcomes(failed=1)


@pytest.mark.skipif(sys.platform != "linux", reason="The rig exists on Linux only")
@pytest.mark.parametrize(("mark", "others"), [("rig", 0), ("rig", 6), ('xdist_group("speech")', 0)])
def test_what_belongs_together_runs_in_one_process_and_last(
    mark: str, others: int, pytester: pytest.Pytester, copied: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
        import os, pathlib, pytest
        {mark}
        @pytest.mark.parametrize("number", range(4))
        def test(number):
            with pathlib.Path(os.environ["PYTEST_XDIST_WORKER"]).open("a") as done:
                print(__name__, file=done)
    """
    plain = {f"test_a_{number}": source.format(mark="") for number in range(others)}
    together = {f"test_b_{number}": source.format(mark=f"@pytest.mark.{mark}") for number in range(4)}
    pytester.makepyfile(**plain, **together)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    result = pytester.runpytest_subprocess(pytester.path, "-p", "no:cacheprovider", "-n", "2")
    result.assert_outcomes(passed=4 * (others + 4))
    done = [path.read_text("utf-8").split() for path in pytester.path.glob("gw*")]
    (names,) = [names for names in done if any("_b_" in name for name in names)]
    assert all("_b_" in name for name in names[-16:])


def test_an_expected_warning_passes(expect_log: Callable[[str], None]) -> None:
    expect_log(r"lost \d frames")
    logging.getLogger("desktop.audio").warning("lost %d frames", 3)


def test_no_key_and_no_settings_of_the_user_are_in_reach(own_home: os.PathLike[str]) -> None:
    assert [name for name in os.environ if name.startswith("OPPER_")] == ["OPPER_HOME"]
    assert Path(os.environ["OPPER_HOME"]).is_relative_to(own_home)
    assert paths.config().is_relative_to(own_home)
