"""The bundle without speech, as it is handed on: it runs where nothing else is, and says so when it can't."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from bundling import contents

from tests.audio.sound_files import encoded
from tests.rig import smoke
from tests.rig.desktop import RigError

pytestmark = [pytest.mark.rig, pytest.mark.bundle]


def test_it_runs_where_nothing_else_is(lite_bundle: Path) -> None:
    smoke.run(lite_bundle, speech=False)


@pytest.mark.parametrize("library", ["libQt6Svg.so.6", "libportaudio.so.2"])
def test_without_one_of_its_libraries_it_is_not_good(library: str, lite_bundle: Path, tmp_path: Path) -> None:
    whole = lite_bundle.parent
    broken = tmp_path / "presstalk"
    shutil.copytree(whole, broken, symlinks=True)
    removed = [path for path in broken.rglob(library) if not path.is_symlink()]
    assert len(removed) == 1
    removed[0].unlink()
    with pytest.raises(RigError, match=r"printed|ended before|outside its folder|in vain"):
        smoke.run(broken / lite_bundle.name, speech=False, within=10)


def test_it_reads_sound_files(lite_bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "question.flac"
    path.write_bytes(encoded("FLAC", "PCM_16"))
    command = [str(lite_bundle), "talk", "--model", "offline/demo", str(path)]
    env = {"HOME": str(tmp_path), "PATH": "", "LANG": "C.UTF-8"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "assistant: I can't hear on this computer" in done.stdout


def test_it_is_as_small_as_was_promised(lite_bundle: Path) -> None:
    files = [path for path in lite_bundle.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < 150 * 2**20
    assert not [path for path in files if path.suffix in (".onnx", ".ort")]
    assert {path.name for path in files if path.suffix == ".qm"} == {"presstalk_de.qm", "qtbase_de.qm"}


def test_it_leaves_to_the_system_only_what_the_debian_package_asks_for(lite_bundle: Path) -> None:
    files = [path for path in lite_bundle.parent.rglob("*") if path.is_file()]
    needed = {name for path in files if not path.is_symlink() for name in contents.elf_needs(str(path))}
    left = {name.partition(".so")[0] for name in needed - {path.name for path in files}}
    libc = {"ld-linux-x86-64", "ld-linux-aarch64", "libc", "libdl", "libm", "libmvec", "libpthread", "librt"}
    graphics = {"libEGL", "libGL", "libX11", "libX11-xcb", "libxcb", "libwayland-client", "libwayland-cursor"}
    others = {"libasound", "libdbus-1", "libfontconfig", "libfreetype", "libglib-2.0", "libgthread-2.0"}
    assert left <= {*libc, *graphics, *others, "libgcc_s", "libstdc++"}
