"""The bundle as files to hand on, each with its SHA-256 beside it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from bundling import install, texts


def pack(bundle: Path, into: Path, speech: bool) -> list[Path]:
    """Write the archives of this system; on Linux a .tar.gz, and a .deb where `dpkg-deb` is.

    Every archive holds one folder. The paths of the archives; beside each lies `<name>.sha256`.
    """
    name = into / texts.archive(speech)
    if sys.platform == "linux":
        made = [tar(bundle, name)]
        if shutil.which("dpkg-deb"):
            made.append(deb(bundle, into, speech))
    elif sys.platform == "darwin":
        archive = name.with_name(name.name + ".zip")
        # zipfile drops links and rights, and with them the signature.
        subprocess.run(["ditto", "-c", "-k", "--keepParent", str(bundle), str(archive)], check=True)
        made = [archive]
    else:
        made = [Path(shutil.make_archive(str(name), "zip", bundle.parent, bundle.name))]
    for path in made:
        checksum(path)
    return made


def tar(bundle: Path, name: Path) -> Path:
    """Pack a folder as .tar.gz; everything in it belongs to root."""

    def without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        return member

    archive = name.with_name(name.name + ".tar.gz")
    with tarfile.open(archive, "w:gz", compresslevel=6) as file:
        file.add(bundle, arcname=bundle.name, filter=without_owner)
    return archive


def deb(bundle: Path, into: Path, speech: bool) -> Path:
    """Pack a folder as a Debian package: the program in /usr/lib/presstalk, with its texts and icons."""
    told = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    machine = told.stdout.strip()
    archive = into / f"{texts.folder(speech)}_{texts.VERSION}_{machine}.deb"
    with tempfile.TemporaryDirectory(dir=into) as folder:
        tree = Path(folder) / "presstalk"
        install.install(bundle, tree / "usr", command="presstalk")
        for path in (tree, *tree.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        copyright_ = tree / "usr" / "share" / "doc" / "presstalk" / "copyright"
        copyright_.parent.mkdir(parents=True)
        shutil.copyfile(texts.ROOT / "LICENSE", copyright_)
        files = [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
        size = sum(path.stat().st_size for path in files) // 1024
        control = tree / "DEBIAN" / "control"
        control.parent.mkdir()
        control.write_text(texts.control(size, machine), encoding="utf-8")
        command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z10", "--build", str(tree), str(archive)]
        subprocess.run(command, check=True, capture_output=True)
    return archive


def checksum(path: Path) -> Path:
    """Write `<name>.sha256` beside a file, in the format that `sha256sum -c` reads."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    beside = path.with_name(path.name + ".sha256")
    beside.write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    return beside
