"""Examines the devices that are chosen, on request: one examination at a time, and none beside a session."""

from __future__ import annotations

import asyncio
import time

from PySide6.QtCore import QObject, Signal

from desktop.audio.devices import Device
from desktop.audio.interfaces import AudioError
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.devices.device_router import DeviceRouter
from desktop.devices.doctor import verdicts
from desktop.devices.doctor.examination import Examination
from desktop.devices.doctor.findings import DeviceFacts
from desktop.devices.doctor.verdicts import Row
from desktop.viewmodels.doctor_line import DoctorLine
from desktop.viewmodels.wording import worded

DISCONNECT_FIRST = Text(
    "doctor-disconnect-first", "A session is using the devices. Disconnect, then start again."
)


class AudioDoctor(QObject):
    """On the event loop's thread. `end` it before anybody else opens the devices."""

    phase_changed = Signal(str)
    """An `examination.Phase` begins; empty: it is over."""
    found = Signal(list)
    """The `DoctorLine`s."""
    failed = Signal(Message)

    def __init__(self, router: DeviceRouter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._router = router
        self._tasks = TaskSet()
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether it has the devices."""
        return self._task is not None

    def start(self) -> None:
        """Examine the devices that are chosen; they are free."""
        if self._task is None and (task := self._tasks.spawn(self._run(), name="audio doctor")):
            self._task = task
            # Not at the end of `_run`: one that is cancelled before it begins doesn't come there.
            task.add_done_callback(lambda _: self._finish())

    def cancel(self) -> None:
        """Stop soon, without findings."""
        if self._task and not self._task.cancelling():
            self._task.cancel()

    async def end(self) -> None:
        """Stop; both devices are closed then."""
        if task := self._task:
            self.cancel()
            await asyncio.wait({task})
            self._finish()

    async def _run(self) -> None:
        try:
            microphone, speaker = await self._router.open()
            facts = (_facts(self._router.used("microphone")), _facts(self._router.used("speaker")))
            examination = Examination(microphone, speaker, facts, self.phase_changed.emit, time.monotonic)
            findings = await examination.run()
        except AudioError as exc:
            self.failed.emit(exc.message)
        else:
            self.found.emit([line_of(row) for row in verdicts.rows(findings)])

    def _finish(self) -> None:
        if self._task:
            self._task = None
            self.phase_changed.emit("")


def line_of(row: Row) -> DoctorLine:
    """The row in the user's words."""
    return DoctorLine(worded(row.name), worded(row.value), row.verdict, worded(row.cure) if row.cure else "")


def _facts(device: Device | None) -> DeviceFacts:
    return DeviceFacts(device.name, device.rate) if device else DeviceFacts("", 0)
