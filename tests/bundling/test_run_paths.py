"""No library of a bundle looks for others in the folders of the computer that built it."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from bundling import run_paths, slim

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ELF is Linux's format")


@pytest.fixture
def made(tmp_path: Path):
    """Makes a library with these folders."""

    def make(folders: str, tag: str = "--enable-new-dtags") -> Path:
        code = ".globl answer\n.type answer, %object\n.section .rodata\nanswer: .long 42\n.size answer, 4\n"
        subprocess.run(["as", "-o", "a.o", "-"], cwd=tmp_path, input=code, text=True, check=True)
        path = tmp_path / "liba.so"
        subprocess.run(
            ["ld", "-shared", tag, "-rpath", folders, "-o", path.name, "a.o"], cwd=tmp_path, check=True
        )
        return path

    return make


@pytest.mark.parametrize("tag", ["--enable-new-dtags", "--disable-new-dtags"])
@pytest.mark.parametrize(
    ("folders", "left"),
    [
        ("/home/builder/lib", []),
        ("/home/builder/lib:/opt/x", []),
        ("/home/builder/lib:$ORIGIN/../lib", ["$ORIGIN/../lib"]),
        ("$ORIGIN", ["$ORIGIN"]),
        ("lib:.", []),
    ],
)
def test_only_the_librarys_own_folder_stays(made, tmp_path: Path, tag: str, folders: str, left: list[str]):
    library = made(folders, tag)
    assert run_paths.run_paths(library.read_bytes()) == folders.split(":")
    cleaned = Path(run_paths.clean(str(library), tmp_path / "copy.so"))
    assert run_paths.run_paths(cleaned.read_bytes()) == left
    assert b"builder" not in cleaned.read_bytes()
    assert ctypes.c_int.in_dll(ctypes.CDLL(str(cleaned)), "answer").value == 42
    told = subprocess.run(["readelf", "-d", str(cleaned)], capture_output=True, text=True, check=True)
    assert "/home" not in told.stdout
    assert "Warning" not in told.stderr


def test_pythons_own_modules_are_rid_of_theirs_and_still_load(tmp_path: Path):
    sources = sorted(Path(sysconfig.get_path("platstdlib"), "lib-dynload").glob("_bi*.so"))
    entries = slim.slimmed([(source.name, str(source), "EXTENSION") for source in sources], tmp_path / "slim")
    for _, path, _ in entries:
        assert not [
            each for each in run_paths.run_paths(Path(path).read_bytes()) if run_paths.is_foreign(each)
        ]
        ctypes.PyDLL(path)


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"a script", b"\x7fELF\x01\x01" + bytes(60)])
def test_other_files_have_none(content: bytes):
    assert run_paths.run_paths(content) == []
