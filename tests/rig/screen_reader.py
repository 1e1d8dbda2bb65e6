"""A screen reader that walks the whole tree of a program, asks everything, and notes what is announced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from tests.rig.accessibility import AccessibilityBus
from tests.rig.process import RigError
from tests.rig.questions import EVERYTHING, ON_SCREEN, PREFIX, PROPERTIES, Question

ANSWER_SECONDS = 20.0
"""From a question to its answer, on a busy machine."""
ROOT = "/org/a11y/atspi/accessible/root"
PARENT = Question(PROPERTIES, "Get", "ss", (f"{PREFIX}Accessible", "Parent"))
SHOWING = 25
"""The number of that state."""
SUBJECTS = {question.subject for question in EVERYTHING}
FIRST = (Question("Accessible", "GetInterfaces"), Question("Accessible", "GetRole"), PARENT)
ALIKE = 5
"""So many objects of the same role in the same one are asked everything."""
REGISTRY = DBusAddress("/org/a11y/atspi/registry", f"{PREFIX}Registry", f"{PREFIX}Registry")
BATCH = 128
"""Questions that are asked before the first answer is read."""

Node = tuple[str, str]
"""The address of a program on the bus, and the path of an object in it."""


@dataclass(frozen=True)
class Found:
    """An object of a program, as a screen reader knows it."""

    node: Node
    role: str
    name: str
    description: str
    depth: int


class ScreenReader:
    """Asks like a screen reader. A question without an answer is a RigError: the program hangs, or died."""

    def __init__(self, bus: AccessibilityBus) -> None:
        self._line = open_dbus_connection(bus=bus.address)
        self.refused: Counter[str] = Counter()
        """How often each error was the answer."""
        self.asked = 0
        self.shown: Node | None = None
        """The object that was last shown; a menu is in no list of children."""
        self._said: list[str] = []
        self._roles: set[Any] = set()

    def __enter__(self) -> ScreenReader:
        self._line.send_and_get_reply(
            message_bus.AddMatch(MatchRule(type="signal", interface=f"{PREFIX}Event.Object"))
        )
        for event in ("object:", "window:", "focus:", "object:announcement"):
            self._line.send_and_get_reply(new_method_call(REGISTRY, "RegisterEvent", "s", (event,)))
        return self

    def __exit__(self, *_: Any) -> None:
        self._line.close()

    def programs(self) -> list[Node]:
        """The programs on the bus."""
        return self.children((REGISTRY.bus_name or "", ROOT))

    def children(self, node: Node) -> list[Node]:
        """The objects in an object; none if it is gone."""
        (answer,) = self.ask(node, [Question("Accessible", "GetChildren")])
        return list(answer) if isinstance(answer, list) else []

    def walk(self, node: Node) -> Iterator[Node]:
        """An object and all in it, depth first."""
        yield node
        for child in self.children(node):
            yield from self.walk(child)

    def tree(self, node: Node, depth: int = 0) -> Iterator[Found]:
        """The same with what a user hears of each."""
        asked = (
            Question("Accessible", "GetRoleName"),
            *(Question(PROPERTIES, "Get", "ss", (f"{PREFIX}Accessible", x)) for x in ("Name", "Description")),
        )
        role, name, description = (str(answer or "") for answer in self.ask(node, asked))
        yield Found(node, role, name, description, depth)
        for child in self.children(node):
            yield from self.tree(child, depth + 1)

    def value(self, node: Node) -> tuple[float, float, float]:
        """The least, the current and the greatest value of a slider or a meter."""
        names = ("MinimumValue", "CurrentValue", "MaximumValue")
        least, now, most = self.ask(
            node, [Question(PROPERTIES, "Get", "ss", (f"{PREFIX}Value", name)) for name in names]
        )
        return least, now, most

    def ask_everything(self, node: Node) -> int:
        """Ask every object in this one all about its interfaces: the number of objects.

        The first object of each role is also asked about interfaces it doesn't have. Not about tables: then
        Qt (6.11) itself uses one that isn't there. libatspi, and with it Orca, asks for none either.
        Long lists are of one kind: only their first entries are asked everything.
        """
        count = 0
        alike: Counter[Any] = Counter()
        for found in self.walk(node):
            interfaces, role, parent = self.ask(found, FIRST)
            alike[role, parent] += 1
            if alike[role, parent] > ALIKE:
                continue
            own = {str(name).removeprefix(PREFIX) for name in interfaces or ()} | {"Accessible"}
            foreign = SUBJECTS - {"Table"} if role not in self._roles else set()
            self._roles.add(role)
            self.ask(found, [one for one in EVERYTHING if one.subject in own | foreign])
            count += 1
        return count

    def is_showing(self, node: Node) -> bool:
        """Whether an object can be seen."""
        (bits,) = self.ask(node, [Question("Accessible", "GetState")])
        return bool(bits and bits[0] >> SHOWING & 1)

    def is_hidden(self, node: Node) -> bool:
        """Whether an object can't be seen, or is gone."""
        return not self.is_showing(node)

    def middle(self, node: Node) -> tuple[int, int]:
        """Where on the screen the middle of an object is, in pixels."""
        (box,) = self.ask(node, [Question("Component", "GetExtents", "u", (ON_SCREEN,))])
        left, top, width, height = box
        return left + width // 2, top + height // 2

    def ask(self, node: Node, questions: Sequence[Question]) -> list[Any]:
        """The answers in the order of the questions; None where the program refuses."""
        answers: list[Any] = []
        for first in range(0, len(questions), BATCH):
            answers += self._ask(node, questions[first : first + BATCH])
        return answers

    def role(self, node: Node) -> str:
        """An object's role; empty if it is gone."""
        (role,) = self.ask(node, [Question("Accessible", "GetRoleName")])
        return str(role or "")

    def name(self, node: Node) -> str:
        """An object's name; empty if it is gone."""
        (name,) = self.ask(node, [Question(PROPERTIES, "Get", "ss", (f"{PREFIX}Accessible", "Name"))])
        return str(name or "")

    def forget(self) -> None:
        """Let `listen` begin from here."""
        self.listen()
        self._said.clear()
        self.shown = None

    def listen(self) -> list[str]:
        """Take note of what has happened; what the programs have had announced so far."""
        with suppress(TimeoutError):
            while True:
                self._note(self._line.receive(timeout=0.05))
        return list(self._said)

    def _ask(self, node: Node, questions: Sequence[Question]) -> list[Any]:
        program, path = node
        serials: list[int] = []
        for question in questions:
            interface = question.interface if "." in question.interface else PREFIX + question.interface
            address = DBusAddress(path, program, interface)
            call = new_method_call(address, question.method, question.signature or None, question.arguments)
            serials.append(next(self._line.outgoing_serial))
            self._line.send(call, serial=serials[-1])
        self.asked += len(serials)
        waiting = dict(zip(serials, questions, strict=True))
        answers: dict[int, Any] = {}
        while waiting:
            try:
                message = self._line.receive(timeout=ANSWER_SECONDS)
            except TimeoutError:
                left = next(iter(waiting.values()))
                raise RigError(f"No answer from {path} within {ANSWER_SECONDS:g} s to {left}") from None
            serial = message.header.fields.get(HeaderFields.reply_serial, -1)
            if serial in waiting:
                answers[serial] = self._answer(message, path, waiting.pop(serial))
            else:
                self._note(message)
        return [answers[serial] for serial in serials]

    def _answer(self, message: Message, path: str, question: Question) -> Any:
        if message.header.message_type is MessageType.error:
            error = str(message.header.fields.get(HeaderFields.error_name, ""))
            if error.endswith(("NoReply", "ServiceUnknown", "Disconnected", "NameHasNoOwner")):
                raise RigError(f"The program is gone: asked {path} for {question}")
            self.refused[error] += 1
            return None
        body = message.body[0] if message.body else None
        # A property comes with its type.
        return body[1] if question.interface == PROPERTIES and body is not None else body

    def _note(self, message: Message) -> None:
        fields = message.header.fields
        event = fields.get(HeaderFields.member)
        if event == "Announcement":
            self._said.append(str(message.body[3][1]))
        elif event == "StateChanged" and message.body[:2] == ("showing", 1):
            self.shown = (fields[HeaderFields.sender], fields[HeaderFields.path])
