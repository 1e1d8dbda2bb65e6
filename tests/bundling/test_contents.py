from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from bundling import contents

NEEDS = {
    "/site/QtGui.so": ["libQt6Gui.so.6", "libX11.so.6"],
    "/site/libQt6Gui.so.6": ["libicu.so.73", "libQt6Gone.so.6"],
    "/site/libqxcb.so": ["libxcb-cursor.so.0"],
    "/site/libqgtk3.so": ["libgtk-3.so.0"],
    "/usr/libportaudio.so.2": ["libjack.so.0"],
    "/site/libsndfile_x86_64.so": ["libmvec.so.1"],
}


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", True),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", True),
        ("PySide6/Qt/plugins/imageformats/libqtiff.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/translations/qtbase_de.qm", True),
        ("resources/i18n/presstalk_de.qm", True),
        ("resources/i18n/presstalk_de.ts", False),
        ("PySide6/Qt/translations/qtbase_fr.qm", False),
        ("PySide6/translations/qt_de.qm", False),
        ("PySide6/QtWidgets.abi3.so", True),
        ("moonshine_voice/assets/tiny-en/encoder_model.ort", True),
        ("moonshine_voice/assets/two_cities.wav", False),
        ("hibari/assets/hibari.onnx", True),
        ("hibari/assets/oov_gb.onnx", False),
        ("resources/icons/microphone.svg", True),
        ("resources/docs/window-light.png", False),
    ],
)
def test_only_what_is_used_is_wanted(place: str, wanted: bool) -> None:
    assert contents.is_wanted(place) is wanted


def test_libraries_leave_with_the_plugins_that_needed_them() -> None:
    entries = [
        ("PySide6/QtGui.so", "/site/QtGui.so", "EXTENSION"),
        ("PySide6/Qt/lib/libQt6Gui.so.6", "/site/libQt6Gui.so.6", "BINARY"),
        ("libQt6Gui.so.6", "PySide6/Qt/lib/libQt6Gui.so.6", "SYMLINK"),
        ("libicu.so.73", "/site/libicu.so.73", "BINARY"),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/site/libqxcb.so", "BINARY"),
        ("libxcb-cursor.so.0", "/usr/libxcb-cursor.so.0", "BINARY"),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "/site/libqgtk3.so", "BINARY"),
        ("libgtk-3.so.0", "/usr/libgtk-3.so.0", "BINARY"),
        ("libX11.so.6", "/usr/libX11.so.6", "BINARY"),
        ("libportaudio.so.2", "/usr/libportaudio.so.2", "BINARY"),
        ("libjack.so.0", "/usr/libjack.so.0", "BINARY"),
        ("_soundfile_data/libsndfile_x86_64.so", "/site/libsndfile_x86_64.so", "BINARY"),
        ("libmvec.so.1", "/usr/libmvec.so.1", "BINARY"),
        ("resources/a.svg", "/here/a.svg", "DATA"),
    ]
    places = [place for place, _, _ in contents.needed(entries, lambda file: NEEDS.get(file, []))]
    assert places == [
        "PySide6/QtGui.so",
        "PySide6/Qt/lib/libQt6Gui.so.6",
        "libQt6Gui.so.6",
        "libicu.so.73",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "libxcb-cursor.so.0",
        "libportaudio.so.2",
        "fallback/libjack.so.0",
        "_soundfile_data/libsndfile_x86_64.so",
        "resources/a.svg",
    ]


def test_the_variable_leaves_the_speech_out() -> None:
    assert contents.speech_wanted({})
    assert contents.speech_wanted({contents.LITE: ""})
    assert not contents.speech_wanted({contents.LITE: "1"})
    assert "hibari" in contents.excluded(speech=False)
    assert "hibari" not in contents.excluded(speech=True)


def test_what_the_program_imports_is_not_left_out(request: pytest.FixtureRequest) -> None:
    modules = set()
    for file in (request.config.rootpath / "desktop").rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        modules |= {f"numpy.{part}" for part in re.findall(r"\bnp\.([a-z]+)\.", source)}
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    unused = set(contents.excluded(speech=False)) - set(contents.SPEECH) - set(contents.MCP)
    left_out = {module for module in modules for name in unused if f"{module}.".startswith(f"{name}.")}
    assert left_out == set()


def test_windows_gets_a_list_of_time_zones() -> None:
    assert "tzdata" in contents.hidden("win32")
    assert "tzdata" not in contents.hidden("linux")


def test_what_sound_is_loaded_by_name_goes_in() -> None:
    source = (Path(__file__).parents[2] / "desktop" / "audio" / "portaudio.py").read_text(encoding="utf-8")
    assert all(f'_load("{name}")' in source for name in ("sounddevice", "rtmixer"))
    assert {"sounddevice", "rtmixer"} <= set(contents.hidden())


def test_an_elf_file_tells_what_it_needs(tmp_path: Path) -> None:
    import _ctypes

    if not Path(_ctypes.__file__).read_bytes().startswith(b"\x7fELF"):
        pytest.skip("Libraries are no ELF files here")
    assert any(name.startswith("libc.so") for name in contents.elf_needs(_ctypes.__file__))
    assert contents.elf_needs(str(tmp_path / "missing")) == []
    assert contents.elf_needs(__file__) == []
