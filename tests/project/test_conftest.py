"""The strictness itself: a warning nobody expected must turn a test red."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.base import paths

pytest_plugins = ["pytester"]


@pytest.fixture
def strict(pytester: pytest.Pytester, request: pytest.FixtureRequest) -> Callable[[str], pytest.RunResult]:
    """Runs the body of one test under this project's conftest and settings, in a folder of its own."""
    root = request.config.rootpath
    pytester.makeconftest((root / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyprojecttoml((root / "pyproject.toml").read_text(encoding="utf-8"))

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


def test_an_expected_warning_passes(expect_log: Callable[[str], None]) -> None:
    expect_log(r"lost \d frames")
    logging.getLogger("desktop.audio").warning("lost %d frames", 3)


def test_no_key_and_no_settings_of_the_user_are_in_reach(own_home: os.PathLike[str]) -> None:
    assert [name for name in os.environ if name.startswith("OPPER_")] == ["OPPER_HOME"]
    assert Path(os.environ["OPPER_HOME"]).is_relative_to(own_home)
    assert paths.config().is_relative_to(own_home)
