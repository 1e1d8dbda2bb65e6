from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from bundling import archives, install, texts


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like a bundle, whose program prints a word, and icons as if they had been drawn."""
    folder = tmp_path / "made" / "presstalk"
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "library.so").write_text("1", encoding="utf-8")
    (folder / "_internal" / "link.so").symlink_to("library.so")
    program = folder / "presstalk"
    program.write_text("#!/bin/sh\necho started\n", encoding="utf-8")
    program.chmod(0o755)
    pictures = tmp_path / "icons"
    pictures.mkdir()
    for size in (16, 256):
        (pictures / f"{size}.png").write_bytes(b"png")
    monkeypatch.setattr(install, "ICONS", pictures)
    return folder


pytestmark = pytest.mark.skipif(os.name != "posix", reason="Only Linux installs into a prefix")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_what_is_installed_starts_from_the_menu_and_goes_again(bundle: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "Jörgs home" / ".local"
    (prefix / "share" / "applications").mkdir(parents=True)
    (prefix / "share" / "applications" / "other.desktop").touch()
    for _ in range(2):  # the second time over the first
        install.install(bundle, prefix)
    started = subprocess.run([str(prefix / "bin" / "presstalk")], capture_output=True, text=True)
    assert started.stdout == "started\n"
    entry = (prefix / "share" / "applications" / "presstalk.desktop").read_text(encoding="utf-8")
    assert f'Exec="{prefix}/bin/presstalk"' in entry
    assert files(prefix / "share") == [
        "applications/other.desktop",
        "applications/presstalk.desktop",
        "icons/hicolor/16x16/apps/presstalk.png",
        "icons/hicolor/256x256/apps/presstalk.png",
        "icons/hicolor/scalable/apps/presstalk.svg",
        f"metainfo/{texts.BUNDLE_ID}.metainfo.xml",
    ]
    install.uninstall(prefix)
    assert files(prefix) == ["share/applications/other.desktop"]
    install.uninstall(prefix)


def test_without_a_bundle_the_way_to_one_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "ROOT", tmp_path)
    assert install.main(["install", str(tmp_path / "prefix")]) == 1
    assert "`make bundle` makes it" in capsys.readouterr().err


def test_the_archive_unpacks_to_the_same_and_belongs_to_root(bundle: Path, tmp_path: Path) -> None:
    archive = archives.tar(bundle, tmp_path / "presstalk-1-linux-x86_64")
    with tarfile.open(archive) as packed:
        assert {(member.uid, member.gid, member.uname) for member in packed} == {(0, 0, "")}
        packed.extractall(tmp_path / "unpacked", filter="tar")
    assert files(tmp_path / "unpacked") == [f"presstalk/{name}" for name in files(bundle)]
    assert os.access(tmp_path / "unpacked" / "presstalk" / "presstalk", os.X_OK)
    archives.checksum(archive)
    checked = subprocess.run(["sha256sum", "-c", f"{archive.name}.sha256"], cwd=tmp_path, capture_output=True)
    assert checked.returncode == 0


def test_a_debian_package_holds_what_is_installed(bundle: Path, tmp_path: Path) -> None:
    try:
        archive = archives.deb(bundle, tmp_path, speech=True)
    except FileNotFoundError:
        pytest.skip("dpkg-deb is on Debian and its like only")
    listed = subprocess.run(
        ["dpkg-deb", "--contents", str(archive)], capture_output=True, text=True, check=True
    )
    assert "root/root" in listed.stdout
    for name in ("./usr/bin/presstalk -> ../lib/presstalk/presstalk", "./usr/share/doc/presstalk/copyright"):
        assert name in listed.stdout
    field = subprocess.run(["dpkg-deb", "-f", str(archive), "Package"], capture_output=True, text=True)
    assert field.stdout == "presstalk\n"
