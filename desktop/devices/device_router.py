"""Plugs the right devices into the session, and others when they come and go.

    the user chooses ─┐
    a look at the devices (in a thread, now and then) ─┼─> Choice.due? ──> Session.exchange
    the session has lost one ─┘

An exchange of one device leaves the other alone. A device that PortAudio doesn't know yet is different: its
list is of the time when it was initialised, and initialising it again closes every stream. That waits until
nobody speaks, unless nothing would be heard anyway.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from desktop.audio.cues import Cue
from desktop.audio.devices import Device
from desktop.audio.interfaces import AudioError, Microphone, Speaker
from desktop.audio.watch import DeviceWatch
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message
from desktop.devices.backend import AudioBackend
from desktop.devices.device_poller import DevicePoller
from desktop.devices.device_selection import DeviceSelection, SelectionBefore, with_used
from desktop.realtime.audio_io import Side
from desktop.realtime.session import Session

log = logging.getLogger(__name__)

KNOWN_S = 3.0
"""How long the list of devices is waited for: it takes a second at most, if the sound system answers."""

SIDES: tuple[Side, Side] = ("microphone", "speaker")

DeviceNewsKind = Literal["absent", "gone", "none", "back", "default", "again", "refused", "works"]


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """What happened to a side's device: it `was` used, `now` another is; `problem` says why."""

    kind: DeviceNewsKind
    side: Side
    was: str = ""
    now: str = ""
    problem: Message | None = None
    by_choice: bool = False
    """What is used now was chosen by name, and isn't the system's default."""


class DeviceRouter:
    """Looks after the devices of both sides; on the event loop's thread. `close` it at the end.

    Args:
        audio: where devices are looked for and opened.
        wanted: what was chosen for each side.
        shown: told the devices that are there, whenever that was looked at.
        told: told what the user should know.
        volume: of a speaker that is about to be used.
    """

    def __init__(
        self,
        audio: AudioBackend,
        wanted: dict[Side, str],
        shown: Callable[[Sequence[Device]], None],
        told: Callable[[DeviceNews], None],
        volume: Callable[[], float],
    ) -> None:
        self.choices: dict[Side, DeviceSelection] = {
            "microphone": DeviceSelection("input", wanted["microphone"]),
            "speaker": DeviceSelection("output", wanted["speaker"]),
        }
        self._audio = audio
        self._shown = shown
        self._told = told
        self._volume = volume
        self._watch = DeviceWatch(audio.probe)
        self._devices: tuple[Device, ...] = ()
        self._session: Session | None = None
        self._rounds = DevicePoller(self._look, self._arrange)
        self._asked: asyncio.Future[Sequence[Device]] | None = None

    # What happens

    async def open(self) -> tuple[Microphone, Speaker]:
        """The devices of a session that begins, not open yet. No stream may be open."""
        for choice in self.choices.values():
            choice.used, choice.lost, choice.picked = None, False, False
            choice.forgive()
        await self._learn()
        for side in SIDES:
            choice = self.choices[side]
            choice.used = choice.target(self._devices)
            if choice.wanted and self._devices and not (choice.used and choice.is_wanted(choice.used)):
                self._told(DeviceNews("absent", side, was=choice.label))
        return self.microphone(), self.speaker()

    def microphone(self) -> Microphone:
        """The microphone to use, not open yet."""
        return self._audio.microphone(self.choices["microphone"].used)

    def speaker(self) -> Speaker:
        """The speaker to use, not open yet, at its volume."""
        speaker = self._audio.speaker(self.choices["speaker"].used)
        speaker.volume = self._volume()
        return speaker

    def ring(self) -> None:
        """Ring a bell on the speaker. Blocks, in any thread. Raises AudioError."""
        self._audio.ring(self._speaker_of_now())

    def cue(self, name: Cue) -> None:
        """Sound a cue on the speaker, on a stream of its own; likewise."""
        self._audio.cue(name, self._speaker_of_now())

    def _speaker_of_now(self) -> Device | None:
        choice = self.choices["speaker"]
        return choice.used or choice.target(self._devices or self._audio.known())

    def attach(self, session: Session) -> None:
        """This session has what `open` gave."""
        self._session = session

    def detach(self) -> None:
        """The session is over."""
        self._session = None

    def pick(self, side: Side, wanted: str) -> None:
        """The user has chosen another device."""
        self.choices[side].pick(wanted)
        self._rounds.hurry()

    def lose(self, side: Side, problem: Message | None) -> None:
        """The session has lost a device, or could not open it."""
        choice = self.choices[side]
        if problem:
            choice.lost = True
            self._refuse(side, problem)
        else:
            choice.lose()
        self._rounds.hurry(look=not problem)

    def stir(self) -> None:
        """Something has changed that an exchange may have waited for."""
        self._rounds.hurry()

    def look(self) -> None:
        """See soon what is plugged in."""
        self._rounds.hurry(look=True)

    def watch(self, attended: Callable[[], bool]) -> None:
        """See what is plugged in now and again and again, more often while the window is `attended`."""
        self._rounds.pause_s = lambda: self._watch.pause_s(attended())
        self._rounds.hurry(look=True)

    async def close(self) -> None:
        """Look no more. The session is over by now."""
        await self._rounds.close()
        if self._asked:
            self._asked.cancel()

    # Looking

    async def _look(self) -> None:
        blind = self._watch.blind
        try:
            changed = await in_daemon(self._watch.look)
        except AudioError as exc:
            log.info("%s", exc)
            return
        self._devices = tuple(with_used(self._watch.devices, list(self.choices.values())))
        for choice in self.choices.values():
            choice.see(self._devices, bool(changed) or blind)
        self._shown(self._devices)

    async def _learn(self) -> None:
        """What can be opened; PortAudio is initialised anew if the last look saw something else."""
        seen = self._watch.devices
        try:
            known = await self._known()
            if seen and _keys(seen) != _keys(known) and await in_daemon(self._audio.refresh):
                known = await self._known()
        except (AudioError, TimeoutError) as exc:
            log.info("%s", exc)  # said when the stream is opened
            known = ()
        self._devices = tuple(seen or known)
        self._shown(self._devices)

    async def _known(self) -> Sequence[Device]:
        """The devices that can be opened. Raises AudioError, and TimeoutError while the sound system hangs.

        One thread waits for it then, however often it is asked.
        """
        if self._asked is None or self._asked.done():
            self._asked = asyncio.ensure_future(in_daemon(self._audio.known))
            self._asked.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
        async with asyncio.timeout(KNOWN_S):
            return await asyncio.shield(self._asked)

    # Exchanging

    async def _arrange(self, looked: bool) -> None:
        """Exchange what is due, until nothing is, or what is must wait.

        Before it was `looked` at what is there, that is only a lost one for another: a look takes 0.3 s.
        """
        while session := self._session:
            due = [side for side in SIDES if self.choices[side].due(self._devices)]
            if not looked:
                lost = [side for side in due if self.choices[side].lost]
                due = [side for side in lost if self.choices[side].target(self._devices)]
            if not session.quiet:
                due = [side for side in due if self.choices[side].urgent]
            if not due or not await self._exchange(session, due):
                break
        for choice in self.choices.values():
            choice.picked = choice.picked and choice.due(self._devices)

    async def _exchange(self, session: Session, due: list[Side], stale: bool = False) -> bool:
        """Plug what should be into these sides; False if that has to wait.

        Args:
            session: whose devices they are.
            due: the sides.
            stale: PortAudio's list is known to be of no use, and may be renewed.
        """
        targets = {side: self.choices[side].target(self._devices) for side in due}
        try:
            known = _keys(await self._known())
        except AudioError:
            known = set()
        except TimeoutError:
            # The sound system hangs: whatever is asked of it now would wait with the streams closed.
            self._tell_hanging(due)
            return False
        if not stale and any(target and target.key not in known for target in targets.values()):
            stale = True
            if not self._may_refresh(session):
                return False
        # What happens from here on happens to the new devices.
        before = {side: self.choices[side].exchange(target) for side, target in targets.items()}
        both = set(SIDES) if stale else set(due)
        problems = await session.exchange(
            self.microphone() if "microphone" in both else None,
            self.speaker() if "speaker" in both else None,
            self._refresh if stale else None,
        )
        again = [side for side in due if side in problems and targets[side]]
        if again and not stale and self._may_refresh(session):
            # The name may be the same, and the device have been plugged out and in.
            for side in again:
                self.choices[side].restore(before[side])
            self._settle([side for side in due if side not in again], before, problems)
            return await self._exchange(session, again, stale=True)
        self._settle([side for side in SIDES if side in both], before, problems)
        return True

    def _may_refresh(self, session: Session) -> bool:
        """Whether nobody is cut short when all streams are closed for a moment."""
        return session.quiet or (self.choices["speaker"].lost and not session.listens)

    def _refresh(self) -> None:
        self._audio.refresh()

    def _settle(
        self, sides: list[Side], before: dict[Side, SelectionBefore], problems: dict[Side, AudioError]
    ) -> None:
        for side in sides:
            choice = self.choices[side]
            if side in problems:
                was = before[side].used if side in before else None
                self._fail(side, was, problems[side].message)
            elif side in before:
                self._succeed(side, before[side])
            log.info("%s: %s", side, choice.used.key if choice.used and not choice.lost else "none")

    def _succeed(self, side: Side, before: SelectionBefore) -> None:
        choice = self.choices[side]
        was, lost, picked = before.used, before.lost, before.picked
        problem, choice.problem = choice.problem, None
        now = choice.used
        if now is None:
            return
        wanted = choice.is_wanted(now)
        gone = was is not None and all(device.key != was.key for device in self._devices)
        kind: DeviceNewsKind
        if problem:
            kind = "refused"
        elif picked:
            return
        elif was is None:
            kind = "back" if wanted else "works"
        elif lost and was.key == now.key:
            kind = "again"
        elif lost or gone:
            kind = "gone"
        else:
            kind = "back" if wanted else "default"
        self._told(DeviceNews(kind, side, was.name if was else "", now.name, problem, wanted))

    def _fail(self, side: Side, was: Device | None, problem: Message) -> None:
        choice = self.choices[side]
        if choice.used is None:
            # Nothing is left that could be tried. It is told once, and what is plugged in is taken.
            choice.lost = False
            self._told(DeviceNews("none", side, was.name if was else "", problem=choice.problem or problem))
            choice.problem = None
            return
        choice.lost = True
        self._refuse(side, problem)

    def _tell_hanging(self, due: list[Side]) -> None:
        for side in due:
            choice = self.choices[side]
            if choice.problem:
                self._told(DeviceNews("none", side, problem=choice.problem))
                choice.problem = None

    def _refuse(self, side: Side, problem: Message) -> None:
        choice = self.choices[side]
        if choice.used:
            choice.refused.add(choice.used.key)
        choice.used = None
        choice.problem = choice.problem or problem


def _keys(devices: Sequence[Device]) -> set[str]:
    return {device.key for device in devices}
