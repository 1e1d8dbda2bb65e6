from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from desktop.base import paths


@pytest.mark.parametrize("folder", [paths.config, paths.data, paths.cache, paths.logs])
def test_each_folder_is_made_under_the_named_home(folder: Callable[[], Path], own_home: Path) -> None:
    assert folder() == own_home / folder.__name__
    assert folder().is_dir()


def test_without_a_named_home_the_platform_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dirs:
        user_config_path = tmp_path / "its own place"

    monkeypatch.delenv(paths.HOME_VARIABLE)
    monkeypatch.setattr(paths, "_dirs", Dirs())
    assert paths.config() == tmp_path / "its own place"
    assert paths.config().is_dir()


def test_the_platform_is_asked_by_the_name_of_the_program() -> None:
    assert paths._dirs.user_config_path == platformdirs.user_config_path("presstalk", appauthor=False)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no folder on Windows")
def test_processes_of_a_user_meet_also_with_another_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/elsewhere")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    named = paths.runtime_folders()
    monkeypatch.setenv("XDG_RUNTIME_DIR", "not/absolute")
    assert set(paths.runtime_folders()) == set(named) - {tmp_path}
    assert paths.runtime_folders()[-1] == Path("/tmp")


def test_the_lock_file_is_not_made(own_home: Path) -> None:
    assert paths.lock_file() == own_home / "config" / "presstalk.lock"
    assert not paths.lock_file().parent.exists()


def test_resources_lie_in_the_checkout(request: pytest.FixtureRequest) -> None:
    assert paths.resources() == request.config.rootpath / "resources"


def test_resources_lie_in_the_frozen_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resources() == tmp_path / "resources"


@pytest.mark.parametrize("chosen", ["~nosuchuser", "~nosuchuser/x", "relative", "./x", "/a\0b", ".."])
def test_a_data_folder_that_cant_be_one_is_as_none(chosen: str):
    assert paths.conversations(chosen) == paths.conversations()
