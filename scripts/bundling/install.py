"""Where the parts of an installed program lie on Linux, below a prefix like ~/.local or /usr.

python scripts/bundling/install.py install|uninstall [PREFIX]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bundling import texts

ROOT = texts.ROOT
ICONS = ROOT / "build" / "bundle"


def places(prefix: Path) -> list[Path]:
    """Every file and folder that is the program's below a prefix, the program itself first."""
    share = prefix / "share"
    return [
        prefix / "lib" / "presstalk",
        prefix / "bin" / "presstalk",
        share / "applications" / "presstalk.desktop",
        share / "metainfo" / f"{texts.BUNDLE_ID}.metainfo.xml",
        share / "icons" / "hicolor" / "scalable" / "apps" / "presstalk.svg",
        *(_icon(share, int(path.stem)) for path in sorted(ICONS.glob("[0-9]*.png"))),
    ]


def install(bundle: Path, prefix: Path, *, command: str = "") -> None:
    """Put a bundle and its texts and icons below a prefix, in the place of an earlier one.

    Args:
        bundle: the folder that holds the program.
        prefix: the folder that gets bin/, lib/ and share/.
        command: what the desktop starts; the path of the program below the prefix if it isn't said.
    """
    uninstall(prefix)
    share = prefix / "share"
    library, link, entry, metainfo, drawing, *_ = places(prefix)
    for path in (library, link, entry, metainfo, drawing):
        path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(bundle, library, symlinks=True)
    link.symlink_to(os.path.relpath(library / "presstalk", link.parent))
    entry.write_text(texts.desktop_entry(command or str(link)), encoding="utf-8")
    metainfo.write_text(texts.metainfo(), encoding="utf-8")
    shutil.copyfile(ROOT / "resources" / "app" / "presstalk.svg", drawing)
    for picture in ICONS.glob("[0-9]*.png"):
        place = _icon(share, int(picture.stem))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, place)


def uninstall(prefix: Path) -> None:
    """Take away what `install` put there; settings and conversations stay."""
    for path in places(prefix):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _icon(share: Path, size: int) -> Path:
    return share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "presstalk.png"


def _tell_the_desktop(share: Path) -> None:
    """Menus and icons are looked up in caches where there are some."""
    for command in (
        ["update-desktop-database", "-q", str(share / "applications")],
        ["gtk-update-icon-cache", "-q", "-f", "-t", str(share / "icons" / "hicolor")],
    ):
        if shutil.which(command[0]):
            subprocess.run(command, capture_output=True)


def main(words: list[str]) -> int:
    """The command line: the exit code."""
    if sys.platform != "linux":
        print(
            "On macOS drag Presstalk.app into Applications; on Windows unpack the archive.", file=sys.stderr
        )
        return 1
    prefix = Path(words[1] if len(words) > 1 else "~/.local").expanduser().absolute()
    share = prefix / "share"
    if words[0] == "uninstall":
        uninstall(prefix)
        _tell_the_desktop(share)
        print(f"Presstalk is gone from {prefix}. Settings and conversations are still there.")
        return 0
    made = [path.parent for path in (ROOT / "dist").glob("presstalk*/presstalk")]
    if not made:
        print("There is no bundle yet: `make bundle` makes it.", file=sys.stderr)
        return 1
    try:
        install(max(made, key=lambda bundle: (bundle / "presstalk").stat().st_mtime), prefix)
    except OSError as exc:
        print(f"It can't be installed in {prefix} ({exc.strerror}).", file=sys.stderr)
        return 1
    _tell_the_desktop(share)
    print(f"Presstalk is in {prefix}: start it from the menu, or as {prefix / 'bin' / 'presstalk'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
