"""The smoke test finds what is wrong with a bundle: tried on programs that are wrong in one way each."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktop.app.main import READY
from tests.rig import smoke
from tests.rig.desktop import Desktop, RigError
from tests.rig.process import Program

TRACEBACK = "Traceback (most recent call last):\n  File ...\nValueError: no"


def fake(folder: Path, script: str) -> Path:
    """A bundle whose program is a shell script."""
    program = folder / "presstalk"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_an_end_without_fault_is_good() -> None:
    smoke.judge(0, f"{READY}\n2026-01-01 INFO all is well\n")


@pytest.mark.parametrize(
    "line",
    [
        TRACEBACK,
        "ModuleNotFoundError: No module named 'soxr'",
        "presstalk: error while loading shared libraries: libpython3.11.so.1.0: cannot open",
        "ImportError: libQt6Svg.so.6: cannot open shared object file: No such file or directory",
        "[PYI-7:ERROR] Failed to execute script '__main__' due to unhandled exception!",
    ],
)
def test_a_fault_in_the_output_is_found(line: str) -> None:
    with pytest.raises(RigError, match="It printed"):
        smoke.judge(0, f"{READY}\n{line}\n")


def test_an_end_with_a_code_is_found() -> None:
    with pytest.raises(RigError, match="code -6"):
        smoke.judge(-6, READY)


def test_a_library_from_elsewhere_is_found() -> None:
    with pytest.raises(RigError, match="outside its folder: /usr/lib/libportaudio"):
        smoke.judge(0, READY, ["/usr/lib/libportaudio.so.2"])


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells what a process has loaded")
def test_what_a_process_has_from_elsewhere_is_listed(tmp_path: Path) -> None:
    code = "import numpy, time; print('loaded', flush=True); time.sleep(60)"
    with Program([sys.executable, "-c", code], env={}, log=tmp_path / "log") as program:
        program.until(lambda: "loaded" in program.output, within=30, what="numpy")
        found = smoke.foreign_libraries(program.pid, tmp_path)
        assert any("_multiarray_umath" in path for path in found)
        assert smoke.foreign_libraries(program.pid, Path("/")) == []


@pytest.mark.rig
@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("exit 0", "ended before the line"),
        (f"echo '{TRACEBACK}' >&2; exit 1", "ValueError: no"),
        ("exec /bin/sleep 60", "in vain for the line 'presstalk: window ready'"),
    ],
)
def test_a_program_without_the_ready_line_fails(
    script: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RigError, match=complaint):
        smoke.run(fake(tmp_path, script), within=1.0)


@pytest.mark.rig
def test_the_program_sees_neither_this_environment_nor_its_programs(tmp_path: Path) -> None:
    with Desktop() as desktop:
        bare = smoke.environment(desktop)
        program = fake(tmp_path, "set; echo done")
        with Program([str(program)], env=bare, log=tmp_path / "log") as started:
            assert started.wait(within=10) == 0
    assert bare["PATH"] == ""
    assert str(Path.home()) != bare["HOME"]
    for word in (sys.prefix, "PYTHONPATH", "VIRTUAL_ENV", "PRESSTALK_HOME"):
        assert word not in started.output
