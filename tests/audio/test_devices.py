"""Choosing a device, and the error when there is none."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest

from desktop.audio import devices, portaudio
from desktop.audio.devices import JACK, Device, choose, mark_defaults, probe_devices
from desktop.audio.interfaces import AudioError, AudioLibraryError, NoDeviceError

HEADSET = Device("USB Headset: Audio (hw:1,0)", "ALSA", 1, 2, 48_000)
CARD = Device("HDA Intel PCH: ALC257 (hw:0,0)", "ALSA", 2, 2, 48_000)
DEFAULT = Device("default", "ALSA", 32, 32, 44_100, is_default_input=True, is_default_output=True)
SCREEN = Device("HDMI 0", "ALSA", 0, 8, 48_000)
BRIDGE = Device("jack", "ALSA", 2, 2, 48_000)
SYSTEM = Device("system", JACK, 1, 1, 48_000)
ALL = [CARD, HEADSET, DEFAULT, SCREEN]


def test_the_key_is_host_api_and_name() -> None:
    assert HEADSET.key == "ALSA: USB Headset: Audio (hw:1,0)"


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        (None, DEFAULT),
        ("default", DEFAULT),
        (HEADSET.key, HEADSET),
        (HEADSET.name, HEADSET),
        ("usb headset", HEADSET),
        ("alsa: hda", CARD),
    ],
)
def test_finds_by_key_by_name_and_by_a_part_of_it(wanted: str | None, meant: Device) -> None:
    assert choose(ALL, wanted, "input") is meant


def test_an_exact_name_goes_before_a_part_of_another() -> None:
    longer = Device("default plus", "ALSA", 2, 2, 48_000)
    assert choose([longer, DEFAULT], "default", "input") is DEFAULT


def test_a_speaker_is_no_microphone() -> None:
    assert choose(ALL, "hdmi", "output") is SCREEN
    with pytest.raises(NoDeviceError, match="no microphone called hdmi"):
        choose(ALL, "hdmi", "input")


def test_none_at_all_is_said_with_what_to_do_instead() -> None:
    with pytest.raises(NoDeviceError, match=r"There is no microphone\. Plug one in"):
        choose([SCREEN], None, "input")
    with pytest.raises(NoDeviceError, match=r"There is no speaker\. Plug one in"):
        choose([], None, "output")


def test_without_a_default_the_first_that_fits_is_taken() -> None:
    assert choose([SCREEN, CARD], None, "input") is CARD


def defaults(found: list[Device]) -> tuple[list[str], list[str]]:
    inputs = [device.key for device in found if device.is_default_input]
    return inputs, [device.key for device in found if device.is_default_output]


def test_the_default_is_of_the_first_host_api_that_has_one() -> None:
    assert defaults(mark_defaults([SYSTEM], [(-1, -1), (0, 0)])) == ([SYSTEM.key], [SYSTEM.key])


def test_a_default_each_way() -> None:
    found = mark_defaults([HEADSET, SCREEN], [(0, 1)])
    assert defaults(found) == ([HEADSET.key], [SCREEN.key])


def test_no_device_no_default() -> None:
    assert mark_defaults([], [(-1, -1)]) == []


def test_jack_itself_goes_before_its_bridge() -> None:
    assert defaults(mark_defaults([BRIDGE, SYSTEM], [(0, 0), (1, 1)])) == ([SYSTEM.key], [SYSTEM.key])
    assert defaults(mark_defaults([BRIDGE], [(0, 0)])) == ([BRIDGE.key], [BRIDGE.key])


def test_on_windows_wasapi_goes_before_mme() -> None:
    found = [Device("Mic", api, 1, 0, 48_000) for api in ("MME", "Windows DirectSound", "Windows WASAPI")]
    assert defaults(mark_defaults(found, [(0, -1), (1, -1), (2, -1)]))[0] == ["Windows WASAPI: Mic"]


@pytest.fixture
def sounddevice(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    records = [
        {"name": "HDMI", "hostapi": 0, "max_input_channels": 0, "max_output_channels": 8},
        {"name": "Mic", "hostapi": 0, "max_input_channels": 1, "max_output_channels": 0},
    ]
    records = [{**record, "default_samplerate": 47_999.9999} for record in records]
    apis = ({"name": "ALSA", "default_input_device": 1, "default_output_device": 0},)
    module = SimpleNamespace(query_hostapis=lambda: apis, query_devices=lambda: records)
    monkeypatch.setattr(portaudio, "load", lambda: module)
    return module


def test_lists_what_portaudio_knows(sounddevice: SimpleNamespace) -> None:
    mic = Device("Mic", "ALSA", 1, 0, 48_000, is_default_input=True)
    assert devices.list_devices() == [Device("HDMI", "ALSA", 0, 8, 48_000, is_default_output=True), mic]
    assert devices.find_input() == mic
    assert devices.find_output("hdmi").name == "HDMI"
    assert devices.index_of(mic, "input") == 1


def test_what_a_device_says_of_itself_is_bounded(sounddevice: SimpleNamespace) -> None:
    [record, _] = sounddevice.query_devices()
    record.update(name="x" * 100_000, max_input_channels=-1, max_output_channels=2**31 - 1)
    record.update(default_samplerate=float("nan"))
    [found, _] = devices.list_devices()
    assert (len(found.name), found.inputs, found.outputs, found.rate) == (200, 0, 256, 48_000)
    assert devices.index_of(found, "output") == 0


def test_a_device_of_no_host_api_is_left_out(sounddevice: SimpleNamespace) -> None:
    sounddevice.query_devices()[0].update(hostapi=7)
    assert [device.name for device in devices.list_devices()] == ["Mic"]
    assert devices.index_of(devices.find_input(), "input") == 1


@pytest.mark.parametrize("query", ["query_hostapis", "query_devices"])
def test_a_list_that_portaudio_refuses_is_an_audio_error(sounddevice: SimpleNamespace, query: str) -> None:
    mic = devices.find_input()
    sounddevice.PortAudioError = type("PortAudioError", (Exception,), {})

    def refuse() -> None:
        raise sounddevice.PortAudioError("Internal PortAudio error")

    setattr(sounddevice, query, refuse)
    for ask in (devices.list_devices, devices.find_output, lambda: devices.index_of(mic, "input")):
        with pytest.raises(AudioError, match="can't be listed") as raised:
            ask()
        assert raised.value.code == "Internal PortAudio error"


def test_a_list_without_an_end_is_cut(sounddevice: SimpleNamespace) -> None:
    records = sounddevice.query_devices()
    records += [dict(records[1]) for _ in range(1000)]
    assert len(devices.list_devices()) == 256


def test_a_device_that_went_away_is_said(sounddevice: SimpleNamespace) -> None:
    with pytest.raises(NoDeviceError, match="Old Mic is no longer connected"):
        devices.index_of(Device("Old Mic", "ALSA", 1, 0, 48_000), "input")
    with pytest.raises(NoDeviceError):
        devices.index_of(replace(HEADSET, name="HDMI"), "input")  # it plays, but doesn't record


def child(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_child_process_lists_what_is_there_now() -> None:
    record = '[{"name": "Mic", "host_api": "ALSA", "inputs": 1, "outputs": 0, "rate": 48000}]'
    assert probe_devices(child(f"print({record!r})")) == [Device("Mic", "ALSA", 1, 0, 48_000)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit('No PortAudio here.')", "No PortAudio here."),
        ("import sys; sys.exit(3)", "no reason given"),
        ("print('Segmentation fault')", ""),
        ("""print('[{"nonsense": 1}]')""", ""),
        (f"print({json.dumps([{**asdict(CARD), 'rate': 'fast'}])!r})", ""),
    ],
)
def test_a_child_that_fails_is_reported(code: str, reason: str) -> None:
    with pytest.raises(AudioError, match="can't be listed") as raised:
        probe_devices(child(code))
    assert raised.value.code == reason


def test_what_a_child_prints_is_bounded() -> None:
    huge = {**asdict(CARD), "name": "x" * 100_000, "inputs": 10**9, "outputs": -1, "rate": 0}
    [found] = probe_devices(child(f"import json; print(json.dumps([{huge!r}]))"))
    assert (len(found.name), found.inputs, found.outputs, found.rate) == (200, 256, 0, 48_000)


def test_a_child_that_hangs_is_left() -> None:
    with pytest.raises(AudioError, match="can't be listed"):
        probe_devices(child("import sys; sys.stdin.read()"), timeout_s=0.01)


def test_the_list_is_printed_as_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desktop.audio.devices"], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), list)
    assert done.stderr == ""


@pytest.mark.parametrize("failure", [OSError("PortAudio library not found"), ImportError("no module")])
def test_a_missing_library_names_the_package(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise failure

    monkeypatch.setattr("importlib.import_module", fail)
    with pytest.raises(AudioLibraryError, match="libportaudio2"):
        portaudio.load()


def test_a_sound_system_that_does_not_start_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("Error initializing PortAudio")

    monkeypatch.setattr("importlib.import_module", fail)
    with pytest.raises(AudioLibraryError, match="won't start"):
        portaudio.load()


def test_no_jack_server_is_started_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.import_module", lambda _: SimpleNamespace(_initialized=1))
    monkeypatch.setenv("JACK_NO_START_SERVER", "0")
    portaudio.load()
    assert os.environ["JACK_NO_START_SERVER"] == "0"
    monkeypatch.delenv("JACK_NO_START_SERVER")
    portaudio.load()
    assert os.environ["JACK_NO_START_SERVER"] == "1"


def test_quiet_silences_standard_error_and_gives_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        with portaudio.quiet():
            os.write(2, b"ALSA lib pcm.c: Unknown PCM\n")
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_importing_the_package_loads_neither_portaudio_nor_libsndfile() -> None:
    code = (
        "import sys, desktop.audio.capture, desktop.audio.playback, desktop.audio.sound_file;"
        "late = ('sounddevice', 'rtmixer', '_rtmixer', 'soundfile', '_soundfile');"
        "sys.exit([name for name in late if name in sys.modules] or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


def test_our_own_streams_are_no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    def record(name: str) -> dict[str, object]:
        channels = {"max_input_channels": 1, "max_output_channels": 1}
        return {"name": name, "hostapi": 0, "default_samplerate": 48_000.0, **channels}

    apis = [{"name": JACK, "default_input_device": 1, "default_output_device": 1}]
    records = [record("PortAudio-01"), record("system")]
    library = SimpleNamespace(_initialized=1, query_hostapis=lambda: apis, query_devices=lambda: records)
    monkeypatch.setattr(portaudio, "load", lambda: library)
    found = devices.list_devices()
    assert [(device.name, device.is_default_input) for device in found] == [("system", True)]


def test_a_stored_message_about_a_device_is_known_without_the_streams() -> None:
    stored = {
        "id": "device-not-opened",
        "arguments": {"kind": "microphone", "device": "Mic"},
    }
    code = (
        "import sys, desktop.audio.interfaces; from desktop.base.message import from_builtins;"
        f"print(from_builtins({stored!r}), 'desktop.audio.streams' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("The microphone Mic can't be opened.")
    assert done.stdout.endswith(" False\n")
