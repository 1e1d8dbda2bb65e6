"""Make the bundle in dist/, tell its size, try it, and pack it. PRESSTALK_LITE=1 leaves the speech out.

python scripts/bundle.py     (after `scripts/setup.py bundle`, with the Python of .venv)
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bundling import archives, contents, texts

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
MADE = ROOT / "build" / "bundle"

GOALS = {True: 330, False: 130}
"""How many MiB the bundle should take on the disk at most: with speech, without."""

PLAIN = str(Path(__file__).parent / "bundling" / "plain_smoke.py")
SMOKE = [sys.executable, *(["-m", "tests.rig.smoke"] if sys.platform == "linux" else [PLAIN])]
"""What tries a bundle; the virtual desktop exists on Linux only."""


class BundleError(Exception):
    """Why there is no bundle, in plain words."""


def build(dist: Path, work: Path, environment: Mapping[str, str]) -> Path:
    """Make the bundle under `dist`: its folder, or the .app on macOS. Raises BundleError."""
    prepare(MADE, environment)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(dist), "--workpath", str(work), str(ROOT / "build.spec")]
    done = subprocess.run(command, cwd=ROOT, env=dict(environment), capture_output=True, text=True)
    work.mkdir(parents=True, exist_ok=True)
    (work / "pyinstaller.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode:
        raise BundleError(f"PyInstaller could not make it. It said:\n{(done.stdout + done.stderr)[-4000:]}")
    speech = contents.speech_wanted(environment)
    return dist / ("Presstalk.app" if sys.platform == "darwin" else texts.folder(speech))


def prepare(folder: Path, environment: Mapping[str, str]) -> None:
    """Write the icons and texts that build.spec takes from there. Raises BundleError."""
    script = Path(__file__).parent / "bundling" / "icons.py"
    quiet = {**environment, "QT_QPA_PLATFORM": "offscreen"}
    drawn = subprocess.run(
        [sys.executable, str(script), str(folder)], env=quiet, capture_output=True, text=True
    )
    if drawn.returncode:
        raise BundleError(f"The icons could not be drawn:\n{drawn.stderr[-4000:]}")
    (folder / "version.txt").write_text(texts.version_info(), encoding="utf-8")


def told_size(folder: Path, goal: int) -> str:
    """What the files of a folder take, and whether that is more than a goal in MiB."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files) / 2**20
    return f"{size:.0f} MiB in {len(files)} files (goal: {goal} MiB{', missed' if size > goal else ''})"


def program(bundle: Path) -> Path:
    """The executable in a bundle."""
    if bundle.suffix == ".app":
        return bundle / "Contents" / "MacOS" / "presstalk"
    return bundle / ("presstalk-console.exe" if sys.platform == "win32" else "presstalk")


def main() -> int:
    """The command line: the exit code."""
    speech = contents.speech_wanted(os.environ)
    begun = time.monotonic()
    print(f"Making the bundle {'with' if speech else 'without'} the offline demo's speech", flush=True)
    try:
        bundle = build(DIST, ROOT / "build" / texts.folder(speech), os.environ)
    except BundleError as exc:
        print(exc, file=sys.stderr)
        return 1
    took = time.monotonic() - begun
    print(f"{bundle.relative_to(ROOT)}: {told_size(bundle, GOALS[speech])}, made in {took:.0f} s", flush=True)
    if subprocess.run([*SMOKE, str(program(bundle)), *([] if speech else ["--lite"])], cwd=ROOT).returncode:
        return 1
    for path in archives.pack(bundle, DIST, speech):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 2**20:.0f} MiB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
