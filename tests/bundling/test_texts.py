"""The texts of the three systems, and what their own tools say of them."""

from __future__ import annotations

import ast
import plistlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bundling import texts

from desktop import __version__

RESOURCES = texts.ROOT / "resources"


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: `make test` installs it on Debian")
    return found


def test_the_version_is_the_programs() -> None:
    assert texts.VERSION == __version__


def test_macos_is_told_why_the_microphone_is_wanted() -> None:
    read = plistlib.loads(plistlib.dumps(texts.plist()))
    assert "hold the talk key" in read["NSMicrophoneUsageDescription"]
    assert read["CFBundleShortVersionString"] == __version__
    assert re.fullmatch(r"\w+(\.\w+)+", texts.BUNDLE_ID)


def test_macos_is_asked_for_the_microphone() -> None:
    rights = plistlib.loads((RESOURCES / "macos" / "entitlements.plist").read_bytes())
    assert rights["com.apple.security.device.audio-input"] is True


def test_windows_shows_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "VERSION", "1.2.0rc1")
    text = texts.version_info()
    tree = ast.parse(text, mode="eval")
    names = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}  # type: ignore[attr-defined]
    assert names == {
        *("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct"),
        *("VarFileInfo", "VarStruct"),
    }
    assert "filevers=(1, 2, 0, 0)" in text
    assert "StringStruct('ProductVersion', '1.2.0rc1')" in text


@pytest.mark.parametrize("command", ["presstalk", '/home/Jörg "J" 100%/$bin\\presstalk'])
def test_the_menu_entry_is_valid_and_starts_the_command(command: str, tmp_path: Path) -> None:
    entry = tmp_path / "presstalk.desktop"
    entry.write_text(texts.desktop_entry(command), encoding="utf-8")
    checked = subprocess.run([tool("desktop-file-validate"), str(entry)], capture_output=True, text=True)
    assert checked.stdout + checked.stderr == ""
    line = re.search(r"^Exec=(.*)$", entry.read_text(encoding="utf-8"), re.MULTILINE)
    assert line
    # Read as the rules say: the file's own escapes first, then those between the quotes.
    argument = line[1].replace("\\\\", "\\").removeprefix('"').removesuffix('"')
    assert re.sub(r'\\([\\"`$])', r"\1", argument).replace("%%", "%") == command


def test_a_software_centre_can_show_it(tmp_path: Path) -> None:
    file = tmp_path / f"{texts.BUNDLE_ID}.metainfo.xml"
    file.write_text(texts.metainfo(), encoding="utf-8")
    assert "@" not in texts.metainfo()
    command = [tool("appstreamcli"), "validate", "--no-net", str(file)]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_a_debian_package_says_what_it_needs() -> None:
    fields = dict(
        line.split(": ", 1) for line in texts.control(1_000, "amd64").splitlines() if line[0] != " "
    )
    assert fields["Version"] == __version__
    assert fields["Installed-Size"] == "1000"
    assert "libasound2" in fields["Depends"]
    assert "portaudio" not in fields["Depends"]


def test_the_workflow_names_what_is_there() -> None:
    text = (texts.ROOT / ".github" / "workflows" / "bundles.yml").read_text(encoding="utf-8")
    for system in ("ubuntu", "macos", "windows"):
        assert system in text
    for script in ("scripts/setup.py", "scripts/bundle.py", ".ci/run"):
        assert script in text.replace("\\", "/")
        assert (texts.ROOT / script).is_file()
    makefile = (texts.ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake (\w+)", text):
        assert f"\n{target}:" in makefile
