"""Devices come, go, fail and are chosen while a session lasts: a real service, devices driven by hand."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from desktop.audio.devices import Device
from desktop.audio.fakes import FakeAudioBackend, FakeMicrophone
from desktop.audio.interfaces import NO_MICROPHONE, NO_SPEAKER, AudioError, DeviceOpenError
from desktop.base.message import verbatim
from desktop.devices import device_list
from desktop.devices.audio_options import AudioOptions
from desktop.devices.device_messages import ALL_GONE, SOUND_STUCK
from desktop.realtime import audio_io
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import CARD, Bench, idle
from tests.realtime.service import Line, serving

HEADSET = Device("USB headset", "ALSA", 1, 2, 48_000)
WEBCAM = Device("Webcam", "ALSA", 1, 0, 32_000)
MONITOR = Device("Monitor", "ALSA", 0, 2, 48_000)


@asynccontextmanager
async def at_desk(
    *devices: Device, script: Any = idle, begins: DisplayState = DisplayState.READY, **settings: Any
) -> AsyncIterator[Bench]:
    """In a session, with these devices plugged in."""
    async with serving(script) as service:
        bench = Bench(service.url, **settings)
        bench.audio.plugged = list(devices)
        bench.audio.listed = list(devices)
        bench.controller.toggle_session()
        await bench.until_state(begins)
        try:
            yield bench
        finally:
            await bench.controller.close()


def plug_in(bench: Bench, device: Device) -> None:
    bench.audio.plugged.append(device)
    bench.controller.audio.look()


def unplug(bench: Bench, device: Device) -> None:
    """Unplug a device: it is gone from the list, and its streams die."""
    bench.audio.plugged.remove(device)
    for (key, _), made in zip(bench.audio.used, bench.audio.made, strict=True):
        made.lost = made.lost or key == device.key


def in_use(bench: Bench) -> tuple[str, str]:
    """The devices that are open: microphone, speaker."""
    keys = {"microphone": "", "speaker": ""}
    for (key, kind), made in zip(bench.audio.used, bench.audio.made, strict=True):
        if made.session_rate and not made.closed and not made.lost:
            assert not keys[kind], "two are open"
            keys[kind] = key
    return keys["microphone"], keys["speaker"]


async def until_said(bench: Bench, words: str) -> None:
    await bench.until(lambda: any(str(note.message) == words for note in bench.notes))


async def test_a_sound_system_that_hangs_is_reported_once_and_taken_when_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audio_io, "OPEN_S", 0.05)
    monkeypatch.setattr(device_list, "KNOWN_S", 0.05)
    hangs, answers = threading.Event(), threading.Event()
    start, known = FakeMicrophone.start, FakeAudioBackend.known

    def hang(microphone: FakeMicrophone, rate: int) -> None:
        hangs.set()
        answers.wait(30)
        start(microphone, rate)

    def ask(audio: FakeAudioBackend) -> list[Device]:
        if hangs.is_set():
            answers.wait(30)
        return known(audio)

    monkeypatch.setattr(FakeMicrophone, "start", hang)
    monkeypatch.setattr(FakeAudioBackend, "known", ask)
    before = set(threading.enumerate())
    try:
        async with at_desk(CARD, begins=DisplayState.NO_MICROPHONE) as bench:
            microphone = audio_io.HANGS["microphone"]
            await until_said(bench, str(microphone))
            for _ in range(3):
                looks = bench.audio.looks
                bench.controller.audio.look()
                await bench.until(lambda looks=looks: bench.audio.looks > looks)
            waiting = [one for one in set(threading.enumerate()) - before if one.name == "background"]
            assert len(waiting) <= 3, "one opens, one asks, one may look"
            assert [note.message for note in bench.notes].count(microphone) == 1
            answers.set()
            bench.controller.audio.look()
            await bench.until(lambda: in_use(bench)[0] == CARD.key)
    finally:
        answers.set()


async def test_a_headset_that_goes_and_comes_back() -> None:
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.socket.wait_closed()

    chosen = {"input_device": HEADSET.key, "output_device": HEADSET.key}
    async with at_desk(CARD, HEADSET, script=script, **chosen) as bench:
        assert in_use(bench) == (HEADSET.key, HEADSET.key)
        bench.controller.press()
        bench.audio.microphones[0].push_ms(500)
        await bench.until(lambda: bench.controller.audio.levels()[0].peak_db > -60)
        unplug(bench, HEADSET)
        await bench.until_state(DisplayState.THINKING)
        assert any(line.speaker == "user" for line in bench.controller.presenter.transcript.lines)
        await until_said(bench, "USB headset was disconnected: now using the system default.")
        await bench.until(lambda: in_use(bench) == (CARD.key, CARD.key))
        assert bench.controller.audio.inputs.chosen == HEADSET.key
        await bench.until(lambda: not bench.controller.audio.inputs.chosen_is_connected)
        plug_in(bench, HEADSET)
        await until_said(bench, "USB headset is back and in use again.")
        await bench.until(lambda: in_use(bench) == (HEADSET.key, HEADSET.key))
        assert bench.controller.audio.options.input_device == HEADSET.key
    assert in_use(bench) == ("", "")
    assert not [note for note in bench.notes if note.kind == "error"]


async def test_a_press_after_the_loss_is_heard_by_the_other_microphone() -> None:
    async with at_desk(CARD, HEADSET, input_device=HEADSET.key) as bench:
        unplug(bench, HEADSET)
        await bench.until(lambda: in_use(bench)[0] == CARD.key)
        bench.controller.press()
        bench.audio.microphone_now.push_ms(300)
        await bench.until(lambda: bench.controller.audio.levels()[0].peak_db > -60)
        assert bench.controller.state is DisplayState.LISTENING
        assert bench.audio.speakers == [bench.audio.speaker_now], "the speaker was left alone"


async def test_a_device_that_was_chosen_and_is_not_there_is_used_when_it_comes() -> None:
    async with at_desk(CARD, input_device=HEADSET.key) as bench:
        assert [str(note.message) for note in bench.notes] == [
            "USB headset was not found: using the system default."
        ]
        plug_in(bench, HEADSET)
        await until_said(bench, "USB headset is back and in use again.")
        assert in_use(bench) == (HEADSET.key, CARD.key)
        assert bench.audio.refreshes == 1, "it was not known before"


async def test_another_device_is_chosen_while_one_speaks() -> None:
    async with at_desk(CARD, WEBCAM, MONITOR) as bench:
        bench.controller.press()
        chosen: list[AudioOptions] = []
        bench.controller.audio.options_changed.connect(lambda options, _: chosen.append(options))
        bench.controller.audio.choose_input(WEBCAM.key)
        bench.controller.audio.choose_output("Monitor")
        await bench.until(lambda: in_use(bench) == (WEBCAM.key, MONITOR.key))
        assert bench.controller.state is DisplayState.LISTENING
        assert bench.notes == []
        assert chosen == [AudioOptions(WEBCAM.key), AudioOptions(WEBCAM.key, "Monitor")]
        bench.controller.audio.choose_input("")
        await bench.until(lambda: in_use(bench) == (CARD.key, MONITOR.key))


async def test_a_new_device_interrupts_nobody() -> None:
    async with at_desk(CARD) as bench:
        bench.controller.press()
        plug_in(bench, WEBCAM)
        inputs = bench.controller.audio.inputs
        await bench.until(lambda: inputs.rowCount() == 3)
        bench.controller.audio.choose_input(WEBCAM.key)
        bench.controller.audio.look()
        await bench.until(lambda: bench.audio.looks == 2)
        assert in_use(bench) == (CARD.key, CARD.key), "both would have to be closed"
        bench.audio.microphone_now.push_ms(500)
        bench.controller.cancel()
        await bench.until(lambda: in_use(bench) == (WEBCAM.key, CARD.key))
        assert (bench.audio.refreshes, bench.notes) == (1, [])


async def test_the_systems_default_moves() -> None:
    async with at_desk(CARD, WEBCAM) as bench:
        bench.audio.plugged[:] = [
            replace(CARD, is_default_input=False),
            replace(WEBCAM, is_default_input=True),
        ]
        bench.audio.listed[:] = bench.audio.plugged
        bench.controller.audio.look()
        await until_said(bench, "The system's default microphone is now Webcam.")
        assert in_use(bench) == (WEBCAM.key, CARD.key)


async def test_a_device_that_cant_be_opened_is_not_tried_again_and_again() -> None:
    async with at_desk(CARD, WEBCAM) as bench:
        busy = DeviceOpenError(
            verbatim("The microphone Webcam can't be opened. Close the program that uses it.")
        )
        bench.audio.refusing[WEBCAM.key] = busy
        bench.controller.audio.choose_input(WEBCAM.key)
        await until_said(bench, f"{busy} Until then, Card is used.")
        assert in_use(bench) == (CARD.key, CARD.key)
        tried = len(bench.audio.made)
        bench.controller.audio.look()
        await bench.until(lambda: bench.audio.looks == 1)
        bench.controller.press()
        bench.controller.cancel()
        bench.controller.audio.look()
        await bench.until(lambda: bench.audio.looks == 2)
        assert len(bench.audio.made) == tried
        bench.audio.refusing.clear()
        bench.controller.audio.choose_input(WEBCAM.key)
        await bench.until(lambda: in_use(bench) == (WEBCAM.key, CARD.key))


async def test_a_device_of_the_same_name_is_opened_by_a_fresh_list() -> None:
    async with at_desk(CARD, HEADSET, input_device=HEADSET.key) as bench:
        unplug(bench, HEADSET)
        await bench.until(lambda: not bench.controller.audio.inputs.chosen_is_connected)
        assert in_use(bench) == (CARD.key, CARD.key)
        bench.audio.refusing[HEADSET.key] = AudioError(verbatim("The handle is of another time."))
        refresh = bench.audio.refresh
        bench.audio.refresh = lambda: (bench.audio.refusing.clear(), refresh())[1]
        plug_in(bench, HEADSET)
        await until_said(bench, "USB headset is back and in use again.")
        assert in_use(bench) == (HEADSET.key, CARD.key)
        assert bench.audio.refreshes == 1


async def test_a_sound_system_that_cannot_be_used_again_is_said_at_once() -> None:
    async with at_desk(CARD) as bench:
        bench.controller.audio.look()
        await bench.until(lambda: bench.audio.looks == 1)
        bench.audio.stuck = True
        unplug(bench, CARD)
        await until_said(bench, str(SOUND_STUCK()))
        assert len(bench.notes) == 1, "one piece of news"


async def test_the_last_device_goes() -> None:
    async with at_desk(CARD) as bench:
        bench.controller.audio.look()
        await bench.until(lambda: bench.audio.looks == 1)
        unplug(bench, CARD)
        await until_said(bench, str(ALL_GONE()))
        await bench.until_state(DisplayState.NO_MICROPHONE)
        assert [note.kind for note in bench.notes] == ["error"], "one piece of news"
        bench.controller.press()
        assert "no microphone" in str(bench.notes[-1].message)
        assert bench.controller.state is DisplayState.NO_MICROPHONE
        plug_in(bench, replace(HEADSET, is_default_input=True, is_default_output=True))
        await until_said(bench, "Microphone connected: USB headset.")
        assert in_use(bench) == (HEADSET.key, HEADSET.key)
        assert bench.states[-3:] == [DisplayState.READY, DisplayState.NO_MICROPHONE, DisplayState.READY]


async def test_without_any_device_one_is_taken_when_it_comes() -> None:
    async with at_desk(begins=DisplayState.NO_MICROPHONE) as bench:
        await bench.until(lambda: len(bench.notes) == 2)
        assert DisplayState.READY not in bench.states, "never ready without a microphone"
        assert {str(note.message) for note in bench.notes} == {
            str(NO_MICROPHONE()),
            str(NO_SPEAKER()),
        }
        plug_in(bench, CARD)
        await bench.until(lambda: in_use(bench) == (CARD.key, CARD.key))


async def test_a_sound_server_that_dies_and_comes_back() -> None:
    async with at_desk(CARD) as bench:
        bench.controller.audio.look()
        await bench.until(lambda: bench.audio.looks == 1)
        unplug(bench, CARD)
        bench.audio.problem = AudioError(verbatim("The sound devices can't be listed."))
        await bench.until(lambda: [note.kind for note in bench.notes] == ["error"])
        bench.audio.problem = None
        plug_in(bench, CARD)
        await bench.until(lambda: in_use(bench) == (CARD.key, CARD.key))


async def test_the_only_device_that_has_stopped_is_opened_again() -> None:
    async with at_desk(CARD) as bench:
        bench.audio.microphone_now.lost = True
        await until_said(bench, "Card had stopped and was reopened.")
        assert in_use(bench) == (CARD.key, CARD.key)


async def test_one_that_stops_again_and_again_is_left_until_it_is_chosen() -> None:
    async with at_desk(CARD, WEBCAM, input_device=WEBCAM.key) as bench:
        bench.audio.microphone_now.lost = True
        await until_said(bench, "Webcam was disconnected: now using the system default.")
        await until_said(bench, "Webcam is back and in use again.")
        bench.audio.microphone_now.lost = True
        await bench.until(lambda: in_use(bench) == (CARD.key, CARD.key))
        looks = bench.audio.looks
        bench.controller.audio.look()
        await bench.until(lambda: bench.audio.looks > looks)
        assert in_use(bench) == (CARD.key, CARD.key)
        bench.controller.audio.choose_input(WEBCAM.key)
        await bench.until(lambda: in_use(bench) == (WEBCAM.key, CARD.key))


async def test_a_device_that_only_we_can_open_is_not_taken_for_gone() -> None:
    exclusive = replace(HEADSET, name="USB headset: Audio (hw:1,0)")
    async with at_desk(CARD, exclusive, input_device=exclusive.key) as bench:
        bench.audio.plugged.remove(exclusive)  # PortAudio can't open it a second time, and doesn't list it
        bench.controller.audio.look()
        await bench.until(lambda: bench.audio.looks == 1)
        await asyncio.sleep(0)
        assert bench.controller.audio.inputs.chosen_is_connected
        assert in_use(bench) == (exclusive.key, CARD.key)
        assert bench.notes == []


async def test_an_answer_continues_on_the_other_speaker() -> None:
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send_audio(bytes(48_000))
        await line.send("text.delta", delta="It is noon.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with at_desk(CARD, HEADSET, script=script, output_device=HEADSET.key) as bench:
        bench.controller.say("hi")
        await bench.until(lambda: bench.audio.speaker_now.completed)
        bench.audio.speaker_now.play(400)
        unplug(bench, HEADSET)
        await bench.until(lambda: in_use(bench)[1] == CARD.key and bench.audio.speaker_now.writes)
        assert bench.controller.state is DisplayState.SPEAKING
        rest = sum(len(pcm) for _, pcm in bench.audio.speaker_now.writes) / 48
        assert rest == pytest.approx(600)
        bench.audio.speaker_now.play(600)
        await bench.until_state(DisplayState.READY)
        said = bench.controller.presenter.transcript.lines[-1]
        assert (said.text, said.heard) == ("It is noon.", None)


async def test_what_is_kept_for_the_next_session_is_said_on_the_devices_of_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from desktop.realtime import retry

    monkeypatch.setattr(retry, "TRIES", 0)

    async def first(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        line.cut()

    async with serving(first, idle) as service:
        bench = Bench(service.url)
        bench.audio.plugged.append(WEBCAM)
        bench.audio.listed.append(WEBCAM)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.READY)
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        await bench.until_state(DisplayState.ERROR)
        bench.controller.audio.choose_input(WEBCAM.key)
        bench.controller.toggle_session()
        await bench.until(lambda: in_use(bench) == (WEBCAM.key, CARD.key))
        await bench.controller.close()


async def test_volume_is_heard_at_once_and_remembered() -> None:
    async with at_desk(CARD, HEADSET, volume=0.5) as bench:
        assert bench.audio.speaker_now.volume == 0.5
        chosen: list[AudioOptions] = []
        bench.controller.audio.options_changed.connect(lambda options, _: chosen.append(options))
        bench.controller.audio.set_volume(0.25)
        assert bench.audio.speaker_now.volume == chosen[-1].volume == 0.25
        bench.controller.audio.choose_output(HEADSET.key)
        await bench.until(lambda: in_use(bench)[1] == HEADSET.key)
        assert bench.audio.speaker_now.volume == 0.25


async def test_muted_sends_silence_on_the_other_microphone_too() -> None:
    appended = bytearray()

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        appended.extend(line.appended)
        await line.socket.wait_closed()

    async with at_desk(CARD, WEBCAM, script=script) as bench:
        bench.controller.press()
        bench.controller.audio.mute(True)
        assert bench.controller.state is DisplayState.MUTED
        assert bench.controller.listens, "the key's release still ends the take"
        bench.controller.audio.choose_input(WEBCAM.key)
        await bench.until(lambda: in_use(bench)[0] == WEBCAM.key)
        bench.audio.microphone_now.push_ms(500)
        await bench.until(lambda: bench.controller.audio.levels()[0].peak_db > -60)
        bench.controller.release()
        bench.audio.microphone_now.push_ms(300)
        await bench.until(lambda: len(appended) > 48 * 500)
        assert not any(appended)


async def test_what_is_chosen_elsewhere_holds_at_once_and_is_not_announced() -> None:
    async with at_desk(CARD, WEBCAM, MONITOR) as bench:
        chosen: list[AudioOptions] = []
        bench.controller.audio.options_changed.connect(lambda options, _: chosen.append(options))
        bench.controller.audio.use_options(AudioOptions(WEBCAM.key, MONITOR.key, 0.5))
        await bench.until(lambda: in_use(bench) == (WEBCAM.key, MONITOR.key))
        assert bench.controller.audio.inputs.chosen == WEBCAM.key
        assert bench.audio.speaker_now.volume == 0.5
        assert chosen == []


async def test_devices_are_watched_until_the_end() -> None:
    bench = Bench("http://127.0.0.1:9")
    sound = bench.controller.audio
    sound.watch()
    await bench.until(lambda: sound.inputs.rowCount() == 2)
    seen: list[Any] = []
    sound.seen.connect(lambda inputs, outputs: seen.append((inputs, outputs)))
    plug_in(bench, WEBCAM)
    await bench.until(lambda: sound.inputs.rowCount() == 3)
    assert seen[-1] == ([(CARD.key, "Card"), (WEBCAM.key, "Webcam")], [(CARD.key, "Card")])
    await bench.controller.close()
    sound.look()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "sound devices"]


def test_fakes_open_what_is_plugged_in_only() -> None:
    audio = FakeAudioBackend(CARD)
    audio.plugged.append(WEBCAM)
    with pytest.raises(AudioError):
        audio.microphone(WEBCAM).start(24_000)
    audio.refresh()
    audio.microphone(WEBCAM).start(24_000)
    with pytest.raises(AssertionError):
        audio.refresh()
