"""The rig itself: what goes in at one end of the virtual desktop comes out at the other."""

from __future__ import annotations

import json
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.rig.desktop import Desktop, RigError, VirtualSound

pytestmark = pytest.mark.rig

RECORD = """
import json, sounddevice
stream = sounddevice.rec(48_000, samplerate=48_000, channels=1, dtype="float32", blocking=False)
print("recording", flush=True)
sounddevice.wait()
print(json.dumps(stream[:, 0].tolist()), flush=True)
"""

PLAY = """
import numpy, sounddevice
tone = 0.5 * numpy.sin(2 * numpy.pi * 1000 * numpy.arange(24_000) / 48_000)
tail = numpy.zeros(24_000)  # closing a stream may drop what is still on its way
sounddevice.play(numpy.append(tone, tail).astype("float32"), 48_000, blocking=True)
"""

WINDOW = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

class Probe(QWidget):
    def keyPressEvent(self, event):
        print("press", event.key(), event.isAutoRepeat(), flush=True)
    def keyReleaseEvent(self, event):
        print("release", event.key(), event.isAutoRepeat(), flush=True)
    def mousePressEvent(self, event):
        print("mouse", int(event.position().x()), int(event.position().y()), flush=True)

app = QApplication(sys.argv)
probe = Probe()
probe.setWindowTitle("Probe of the rig")
probe.setStyleSheet("background: #5240D6")
probe.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
probe.setGeometry(40, 30, 300, 200)
probe.show()
app.exec()
"""


def tone(hertz: float, seconds: float, rate: int) -> NDArray[np.float32]:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def loudest_hertz(samples: NDArray[np.float32], rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * rate / len(samples)


def test_what_is_spoken_is_recorded_by_a_program(desktop: Desktop) -> None:
    with desktop.start([sys.executable, "-c", RECORD]) as program:
        program.until(lambda: "recording" in program.output, within=20, what="its recording")
        desktop.sound.speak(tone(440, 2, 16_000), 16_000)
        assert program.wait(within=20) == 0, program.output
    samples = np.array(json.loads(program.output.splitlines()[-1]), np.float32)
    audible = samples[np.abs(samples) > 0.1]
    assert audible.max() == pytest.approx(0.5, abs=0.02)
    assert loudest_hertz(samples, 48_000) == pytest.approx(440, abs=2)


def test_what_a_program_plays_is_heard(desktop: Desktop) -> None:
    with desktop.sound.record() as heard, desktop.start([sys.executable, "-c", PLAY]) as program:
        begun = heard.wait_for_sound(within=20)
        assert program.wait(within=20) == 0, program.output
        ended = heard.wait_for_silence(lasting=0.2, within=20)
    played = heard.since(begun - 0.01)
    assert np.count_nonzero(played) == pytest.approx(24_000, abs=50)
    assert np.abs(played).max() == pytest.approx(0.5, abs=0.02)
    assert loudest_hertz(played[:9_600], heard.rate) == pytest.approx(1000, abs=10)
    assert not heard.since(ended + 0.02).any()
    assert heard.time_of(len(heard.samples) - 1) >= ended + 0.2


def test_a_window_gets_keys_and_clicks_and_its_colour_is_seen(desktop: Desktop, tmp_path: Path) -> None:
    screen = desktop.screen
    with desktop.start([sys.executable, "-c", WINDOW]) as program:
        window = screen.window("^Probe", within=20, program=program)
        screen.focus(window)
        screen.key_down("space")
        program.until(lambda: "press 32 True" in program.output, within=10, what="an auto-repeated key")
        screen.key_up("space")
        program.until(lambda: "release 32 False" in program.output, within=10, what="the key's release")
        screen.move(40 + 100, 30 + 50)
        screen.mouse_down()
        screen.mouse_up()
        program.until(lambda: "mouse 100 50" in program.output, within=10, what="the click")
        assert program.output.splitlines()[0] == "press 32 False"
        assert "qt." not in program.output
        screen.screenshot(tmp_path / "screen.png")
    assert screen.pixels().shape == (800, 1280, 3)
    assert decode(tmp_path / "screen.png")[30 + 150, 40 + 200].tolist() == [0x52, 0x40, 0xD6]


def test_speech_says_when_it_is_spoken() -> None:
    with VirtualSound() as sound:
        before = time.monotonic()
        speech = sound.speak(tone(440, 0.1, 24_000), 24_000)
        assert before < time.monotonic() < speech.begins
        assert speech.ends - speech.begins == pytest.approx(0.1)
        speech.wait()
        assert time.monotonic() >= speech.ends


def test_two_desktops_do_not_hear_each_other(desktop: Desktop) -> None:
    with (
        VirtualSound() as other,
        other.record() as heard_there,
        desktop.sound.record() as heard_here,
    ):
        program = desktop.start([sys.executable, "-c", PLAY])
        heard_here.wait_for_sound(within=20)
        assert program.wait(within=20) == 0, program.output
    assert heard_there.samples.size
    assert not heard_there.samples.any()


def test_a_sound_card_that_dies_is_reported() -> None:
    with VirtualSound() as sound, sound.record() as heard:
        sound.unplug()
        with pytest.raises(RigError, match="has stopped"):
            heard.wait_for_sound(within=20)


def test_a_program_that_ends_early_is_reported_with_its_words(desktop: Desktop) -> None:
    program = desktop.start([sys.executable, "-c", "raise SystemExit('no such window')"])
    with pytest.raises(RigError, match="no such window"):
        desktop.screen.window("Presstalk", program=program)


def test_a_program_that_is_not_installed_is_one_plain_sentence(tmp_path: Path) -> None:
    desktop = Desktop(320, 240)
    with desktop, pytest.raises(RigError, match=r"^no-such-program is not installed"):
        desktop.start(["no-such-program"])
    assert not desktop.home.exists()


def decode(path: Path) -> NDArray[np.uint8]:
    """The pixels of a PNG as the screen writes it: one IDAT chunk, no filter."""
    content = path.read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    (length,) = struct.unpack(">I", content[33:37])
    rows = np.frombuffer(zlib.decompress(content[41 : 41 + length]), np.uint8).reshape(height, 1 + width * 3)
    return rows[:, 1:].reshape(height, width, 3)
