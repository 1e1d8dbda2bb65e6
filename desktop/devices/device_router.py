"""Routes the right devices into the session, and others when they come and go.

    the user chooses ─┐
    a look at the devices (in a thread, now and then) ─┼─> DeviceSelection.due? ──> Session.exchange
    the session has lost one ─┘

An exchange of one device leaves the other alone. A device that PortAudio doesn't know yet is different: its
list is of the time when it was initialised, and initialising it again closes every stream. That waits until
nobody speaks, unless nothing would be heard anyway.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from desktop.audio.cues import Cue
from desktop.audio.devices import Device
from desktop.audio.interfaces import AudioError, Microphone, Speaker
from desktop.devices.backend import AudioBackend
from desktop.devices.device_list import DeviceList, keys
from desktop.devices.device_news import DeviceNews, DeviceNewsKind, kind_of_exchange
from desktop.devices.device_poller import DevicePoller
from desktop.devices.device_selection import DeviceSelection, SelectionBefore
from desktop.realtime.audio_io import Side
from desktop.realtime.session import Session

log = logging.getLogger(__name__)

SIDES: tuple[Side, Side] = ("microphone", "speaker")


class DeviceRouter:
    """Looks after the devices of both sides; on the event loop's thread. `close` it at the end.

    Args:
        audio: where devices are looked for and opened.
        chosen: what the user has chosen for each side.
        on_devices: called with the devices that are there, after each look.
        on_news: called with what the user should know.
        on_used: called when another device is used, or none any more.
        volume: of a speaker that is about to be used, 0 to 1.
        gain_db: of a microphone that is about to be used.
    """

    def __init__(
        self,
        audio: AudioBackend,
        chosen: dict[Side, str],
        on_devices: Callable[[Sequence[Device]], None],
        on_news: Callable[[DeviceNews], None],
        on_used: Callable[[], None],
        volume: Callable[[], float],
        gain_db: Callable[[], float],
    ) -> None:
        self._selections: dict[Side, DeviceSelection] = {
            "microphone": DeviceSelection("input", chosen["microphone"]),
            "speaker": DeviceSelection("output", chosen["speaker"]),
        }
        self._audio = audio
        self._on_devices = on_devices
        self._on_news = on_news
        self._on_used = on_used
        self._volume = volume
        self._gain_db = gain_db
        self._list = DeviceList(audio)
        self._session: Session | None = None
        self._stuck = False
        """PortAudio can't be initialised again: a stream whose server has died doesn't close."""
        self._all_gone: DeviceNewsKind | None = None
        """What was told of both sides, while there is neither."""
        self._poller = DevicePoller(self._look, self._arrange)

    async def open(self) -> tuple[Microphone, Speaker]:
        """The devices of a session that begins, not open yet. No stream may be open."""
        for selection in self._selections.values():
            selection.reset()
        await self._list.load()
        self._on_devices(self._list.present)
        for side, selection in self._selections.items():
            selection.used = selection.target(self._list.present)
            if self._list.present and selection.absent:
                self._on_news(DeviceNews("absent", side, was=selection.label))
        return self._microphone(), self._speaker()

    def lacks(self, side: Side) -> bool:
        """Whether the session has no device on this side, and none is about to be opened."""
        return self._session is not None and self._selections[side].missing

    def used(self, side: Side) -> Device | None:
        """The session's device on this side; None where it has none."""
        return self._selections[side].used

    def ring(self) -> None:
        """Ring a bell on the speaker. Blocks, in any thread. Raises AudioError."""
        self._audio.ring(self._speaker_device())

    def cue(self, name: Cue) -> None:
        """Sound a cue on the speaker, on a stream of its own. Blocks, in any thread. Raises AudioError."""
        self._audio.cue(name, self._speaker_device())

    def attach(self, session: Session) -> None:
        """This session has what `open` gave."""
        self._session = session

    def detach(self) -> None:
        """The session is over."""
        self._session = None

    def choose(self, side: Side, device: str) -> None:
        """The user has chosen another device, by key or name."""
        self._selections[side].choose(device)
        self._poller.poll()

    def lose(self, side: Side, problem: AudioError | None) -> None:
        """The session has lost a device, or could not open it."""
        selection = self._selections[side]
        if problem:
            selection.lost = True
            selection.refuse(problem)
        else:
            selection.lose()
        self._miss(selection)
        self._poller.poll(look=not problem)

    def recheck(self) -> None:
        """Something has changed that an exchange may have waited for."""
        self._poller.poll()

    def look(self) -> None:
        """See soon what is plugged in."""
        self._poller.poll(look=True)

    def watch(self, attended: Callable[[], bool]) -> None:
        """See what is plugged in now and again and again, more often while the window is `attended`."""
        self._poller.pause_s = lambda: self._list.pause_s(attended(), stopped=self._all_gone == "all gone")
        self._poller.poll(look=True)

    def rely_on_reports(self, reported: bool) -> None:
        """Whether the system tells of changes, by `hear_of_change`."""
        self._list.rely_on_reports(reported)

    def hear_of_change(self) -> None:
        """The system has told that a device may have come or gone."""
        self._list.expect()
        self._poller.poll(look=True)

    async def close(self) -> None:
        """Look no more. The session is over by now."""
        await self._poller.close()
        self._list.close()

    def _microphone(self) -> Microphone:
        microphone = self._audio.microphone(self._selections["microphone"].used)
        microphone.gain_db = self._gain_db()
        return microphone

    def _speaker(self) -> Speaker:
        speaker = self._audio.speaker(self._selections["speaker"].used)
        speaker.volume = self._volume()
        speaker.headset = self._headset
        return speaker

    @property
    def _headset(self) -> bool:
        """Whether a headset is used, by the last look: one can be plugged into the same device."""
        used = self._selections["speaker"].used
        present = (device.headset for device in self._list.present if used and device.key == used.key)
        return next(present, used is not None and used.headset)

    def _speaker_device(self) -> Device | None:
        selection = self._selections["speaker"]
        return selection.used or selection.target(self._list.present or self._audio.known())

    async def _look(self) -> None:
        selections = list(self._selections.values())
        changed = await self._list.look(selections)
        if changed is None:
            return
        for selection in selections:
            selection.update(self._list.present, changed)
        self._on_devices(self._list.present)
        if self._session:
            self._session.set_headset(self._headset)

    # Exchanging

    async def _arrange(self, looked: bool) -> None:
        """Exchange what is due, until nothing is, or what is must wait.

        Before it was `looked` at what is there, that is only a lost one for another: a look takes 0.3 s.
        """
        while session := self._session:
            present = self._list.present
            due = [side for side in SIDES if self._selections[side].due(present)]
            if not looked:
                lost = [side for side in due if self._selections[side].lost]
                due = [side for side in lost if self._selections[side].target(present)]
            if not session.quiet:
                due = [side for side in due if self._selections[side].urgent]
            if not due or not await self._exchange(session, due):
                break
        for selection in self._selections.values():
            selection.picked = selection.picked and selection.due(self._list.present)

    async def _exchange(self, session: Session, due: list[Side], stale: bool = False) -> bool:
        """Route what should be used into these sides; False if that has to wait.

        Args:
            session: whose devices they are.
            due: the sides.
            stale: PortAudio's list is known to be of no use, and may be renewed.
        """
        targets = {side: self._selections[side].target(self._list.present) for side in due}
        try:
            known = keys(await self._list.known())
        except AudioError:
            known = set()
        except TimeoutError:
            # The sound system hangs: whatever is asked of it now would wait with the streams closed.
            self._report_hanging(due)
            return False
        if not stale and any(target and target.key not in known for target in targets.values()):
            stale = True
            if not self._may_refresh(session):
                return False
        # What happens from here on happens to the new devices.
        before = {side: self._selections[side].exchange(target) for side, target in targets.items()}
        both = set(SIDES) if stale else set(due)
        problems = await session.exchange(
            self._microphone() if "microphone" in both else None,
            self._speaker() if "speaker" in both else None,
            self._refresh if stale else None,
        )
        again = [side for side in due if side in problems and targets[side]]
        if again and not stale and self._may_refresh(session):
            # The name may be the same, and the device have been plugged out and in.
            for side in again:
                self._selections[side].restore(before[side])
            self._settle([side for side in due if side not in again], before, problems)
            return await self._exchange(session, again, stale=True)
        self._settle([side for side in SIDES if side in both], before, problems)
        return True

    def _may_refresh(self, session: Session) -> bool:
        """Whether all streams can be closed for a moment without cutting anybody short."""
        return session.quiet or (self._selections["speaker"].lost and not session.listens)

    def _refresh(self) -> None:
        self._stuck = not self._audio.refresh()

    def _settle(
        self, sides: list[Side], before: dict[Side, SelectionBefore], problems: dict[Side, AudioError]
    ) -> None:
        was_gone = self._all_gone
        for side in sides:
            selection = self._selections[side]
            if side in problems:
                was = before[side].used if side in before else None
                self._fail(side, was, problems[side])
            elif side in before:
                self._succeed(side, before[side])
            used = selection.used.key if selection.used and not selection.lost else "none"
            log.info("%s: %s", side, used)
        if was_gone and not self._all_gone:  # what was said of both may be half true now
            for side in SIDES:
                if self._selections[side].target(self._list.present) is None:
                    self._on_news(DeviceNews("still none", side))
        self._on_used()

    def _succeed(self, side: Side, before: SelectionBefore) -> None:
        selection = self._selections[side]
        problem, selection.problem = selection.problem, None
        selection.missing, self._all_gone = False, None
        now = selection.used
        if now is None:
            return
        chosen = selection.is_chosen(now)
        kind = kind_of_exchange(before, now, chosen=chosen, present=self._list.present)
        if problem:
            kind = "refused"
        if kind:
            was = before.used.name if before.used else ""
            message, code = (problem.message, problem.code) if problem else (None, "")
            self._on_news(DeviceNews(kind, side, was, now.name, message, code, chosen))

    def _fail(self, side: Side, was: Device | None, problem: AudioError) -> None:
        selection = self._selections[side]
        if selection.used is None:
            # Nothing is left to try. The user is told once; what is plugged in next is used.
            selection.lost = False
            self._tell_of_none(side, selection.problem or problem, was.name if was else "")
            return
        selection.lost = True
        selection.refuse(problem)
        self._miss(selection)

    def _miss(self, selection: DeviceSelection) -> None:
        # Only a stream that runs ends it: while one is tried the state would flicker.
        if selection.target(self._list.present) is None:
            selection.missing = True
        self._on_used()

    def _report_hanging(self, due: list[Side]) -> None:
        for side in due:
            selection = self._selections[side]
            if selection.problem:
                self._tell_of_none(side, selection.problem)

    def _tell_of_none(self, side: Side, problem: AudioError, was: str = "") -> None:
        selection = self._selections[side]
        other = self._selections["speaker" if side == "microphone" else "microphone"]
        selection.problem, selection.missing = None, True
        self._on_used()
        if selection.worked and other.worked and other.used is None:
            # The sound system has stopped: that is one piece of news, however many devices it had.
            kind: DeviceNewsKind = "stuck" if self._stuck or self._audio.stuck else "all gone"
            if self._all_gone not in (kind, "stuck"):
                self._all_gone = kind
                self._on_news(DeviceNews(kind, "microphone", code=problem.code))
            return
        self._on_news(DeviceNews("none", side, was, problem=problem.message, code=problem.code))
