"""The scripts of `compare`: from YAML to conversations, checked, each mistake with its line.

`docs/compare.md` describes the schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.audio.sound_file import SoundFile
from desktop.audio.sound_file_errors import SoundFileError
from desktop.compare.plan import MOST_REPEATS, Conversation, PlannedTurn
from desktop.compare.scripts.expectations import LIMITS, LONGEST_PATTERN, Expectations, ToolExpected
from desktop.compare.scripts.nodes import Fields, Node, ScriptError, read
from desktop.compare.scripts.spoken import VoiceError
from desktop.compare.scripts.words import LANGUAGES
from desktop.compare.sound_store import SoundStore
from desktop.compare.take import Take, TakeError, take_of
from desktop.compare.targets import KEYS, ModelOf, Target, TargetError, targets_from, targets_of

VERSION = 1
MOST_TURNS = 10_000
MOST_PAUSE_S = 600
MOST_MS = 3_600_000
ENDINGS = (".yaml", ".yml")

TOP = ("version", "name", "targets", "repeats", "instructions", "turns", "conversations")
TURN = ("sound", "say", "spoken", "name", "pause_before", "interrupt_after", "expect")
EXPECT = (
    *("words", "not_words", "matches", "heard_words", "heard", "wer"),
    *("tool", "tools", "no_tools", "language", "max_ms"),
)

ONE_OF_BOTH = 'A script has either "turns" or "conversations".'
SAY_OR_SOUND = 'A turn has either "sound" (a file) or "say" (a text).'
NO_TURNS = "There are no turns."
TOO_MANY_TURNS = f"A script can have {MOST_TURNS:,} turns at most. Cut it into several."
OTHER_VERSION = f"This program reads version {VERSION} of scripts."
OUTSIDE = "{} isn't in the script's folder. Put the sounds beside the script, or below."
NO_PATTERN = "This is no regular expression ({})."
LONG_PATTERN = f"A pattern can have {LONGEST_PATTERN} characters at most."
WER_OF_WHAT = '"wer" needs "heard": what is said in the take.'
SPOKEN_WHAT = '"spoken" needs "say": what is to be spoken.'
LAST_INTERRUPTED = "The last turn can't be interrupted: no other one begins after it."
NAMED_TWICE = 'There are two conversations named "{}".'
SECONDS = f"a number of seconds from 0 to {MOST_PAUSE_S}"
MS = "a number of ms"

Voice = Callable[[str], Take]


@dataclass(frozen=True, slots=True)
class Script:
    """A script. `targets`, `repeats` and `instructions` are what it says itself, if anything."""

    name: str
    conversations: tuple[Conversation, ...]
    targets: tuple[Target, ...] = ()
    repeats: int | None = None
    instructions: str = ""
    notes: tuple[str, ...] = ()


def is_script(path: Path) -> bool:
    """Whether a file is a script, by its name."""
    return path.suffix.lower() in ENDINGS


def read_script(path: Path, model_of: ModelOf, voice: Voice) -> Script:
    """A script, with its sounds. It blocks.

    Args:
        path: of the file.
        model_of: gives the model of an id.
        voice: speaks a text.

    Raises:
        ScriptError: it can't be run; the message has the line.
    """
    return script_of(read(path), path.resolve().parent, model_of, voice)


def script_of(root: Node, folder: Path, model_of: ModelOf, voice: Voice) -> Script:
    """A script of a node; its sounds are in `folder`. Raises ScriptError."""
    return _Reading(folder, model_of, voice).script(root)


class _Reading:
    def __init__(self, folder: Path, model_of: ModelOf, voice: Voice) -> None:
        self._folder, self._model_of, self._voice = folder, model_of, voice
        self._takes: dict[Path, Take] = {}
        self._store = SoundStore()
        self._notes: list[str] = []
        self._count = 0

    def script(self, root: Node) -> Script:
        top = root.fields(*TOP)
        version = top.need("version")
        if version.whole(1, 1_000_000, "a whole number") != VERSION:
            raise version.error(OTHER_VERSION)
        if ("turns" in top) == ("conversations" in top):
            raise root.error(ONE_OF_BOTH)
        if turns := top.get("turns"):
            conversations = [Conversation("", self._turns(turns))]
        else:
            conversations = self._conversations(top.need("conversations"))
        repeats, name, instructions = top.get("repeats"), top.get("name"), top.get("instructions")
        targets = top.get("targets")
        return Script(
            name=name.text() if name else "",
            conversations=tuple(conversations),
            targets=tuple(one for item in targets.items() for one in self._target(item)) if targets else (),
            repeats=repeats.whole(1, MOST_REPEATS, f"a number from 1 to {MOST_REPEATS}") if repeats else None,
            instructions=instructions.text() if instructions else "",
            notes=tuple(self._notes),
        )

    def _target(self, node: Node) -> tuple[Target, ...]:
        try:
            if not node.is_map:
                return targets_of(node.text(), self._model_of)
            found = node.fields("model", *KEYS)
            fields = {}
            for name, value in found.each():
                if name != "model":
                    # YAML takes on and off for true and false.
                    text = "/".join(value.texts())
                    fields[name] = {"true": "on", "false": "off"}.get(text.lower(), text)
            model = found.need("model").text()
            return targets_from(model, fields, self._model_of, model)
        except TargetError as exc:
            raise node.error(str(exc)) from None

    def _conversations(self, node: Node) -> list[Conversation]:
        found: dict[str, Conversation] = {}
        for number, item in enumerate(node.items(), 1):
            fields = item.fields("name", "turns")
            named = fields.get("name")
            name = named.text() if named else f"conversation {number}"
            if name in found:
                raise item.error(NAMED_TWICE.format(name))
            found[name] = Conversation(name, self._turns(fields.need("turns")))
        if not found:
            raise node.error(NO_TURNS)
        return list(found.values())

    def _turns(self, node: Node) -> tuple[PlannedTurn, ...]:
        items = node.items()
        if not items:
            raise node.error(NO_TURNS)
        self._count += len(items)
        if self._count > MOST_TURNS:
            raise node.error(TOO_MANY_TURNS)
        turns = tuple(self._turn(item) for item in items)
        if turns[-1].interrupt_after_s is not None:
            raise items[-1].error(LAST_INTERRUPTED)
        return turns

    def _turn(self, node: Node) -> PlannedTurn:
        fields = node.fields(*TURN)
        sound, say, spoken = fields.get("sound"), fields.get("say"), fields.get("spoken")
        if (sound is None) == (say is None):
            raise node.error(SAY_OR_SOUND)
        if spoken is not None and say is None:
            raise spoken.error(SPOKEN_WHAT)
        take, text, name = None, "", ""
        if sound is not None:
            take = self._take(sound)
            name = sound.text()
        elif say is not None:
            text = name = say.text()
            if spoken is not None and spoken.truth():
                take = self._spoken(say)
        pause, interrupt, named = (fields.get(one) for one in ("pause_before", "interrupt_after", "name"))
        expectations = self._expectations(fields.get("expect"))
        return PlannedTurn(
            name=named.text() if named else name,
            take=take,
            text=text,
            pause_s=pause.number(0, MOST_PAUSE_S, SECONDS) if pause else 0.0,
            interrupt_after_s=interrupt.number(0, MOST_PAUSE_S, SECONDS) if interrupt else None,
            check=expectations,
            expects=repr(expectations),
        )

    def _take(self, node: Node) -> Take:
        path = (self._folder / node.text()).resolve()
        if not path.is_relative_to(self._folder):
            raise node.error(OUTSIDE.format(node.text()))
        if path not in self._takes:
            try:
                sound = SoundFile(path, node.text())
                try:
                    self._takes[path], notes = take_of(sound, self._store)
                finally:
                    sound.close()
            except (SoundFileError, TakeError) as exc:
                raise node.error(str(exc)) from None
            self._notes += notes
        return self._takes[path]

    def _spoken(self, node: Node) -> Take:
        try:
            return self._voice(node.text())
        except (VoiceError, TakeError) as exc:
            raise node.error(str(exc)) from None

    def _expectations(self, node: Node | None) -> Expectations:
        if node is None:
            return Expectations()
        fields = node.fields(*EXPECT)
        heard, wer, no_tools = fields.get("heard"), fields.get("wer"), fields.get("no_tools")
        if wer and not heard:
            raise wer.error(WER_OF_WHAT)
        found = Expectations(
            words=_texts(fields, "words"),
            not_words=_texts(fields, "not_words"),
            matches=tuple(self._patterns(fields.get("matches"))),
            heard_words=_texts(fields, "heard_words"),
            heard=heard.text() if heard else "",
            tools=tuple(self._tools(fields)),
            no_tools=no_tools.truth() if no_tools else False,
            language=self._language(fields.get("language")),
            max_ms=self._limits(fields.get("max_ms")),
        )
        return replace(found, wer=wer.number(0, 10, "a share, as 0.1")) if wer else found

    def _patterns(self, node: Node | None) -> list[str]:
        found = node.texts() if node else []
        for pattern in found:
            assert node is not None, "it has patterns"
            if len(pattern) > LONGEST_PATTERN:
                raise node.error(LONG_PATTERN)
            try:
                re.compile(pattern)
            except (re.error, OverflowError, RecursionError) as exc:
                raise node.error(NO_PATTERN.format(exc)) from None
        return found

    def _tools(self, fields: Fields) -> list[ToolExpected]:
        nodes = [one] if (one := fields.get("tool")) else []
        if many := fields.get("tools"):
            nodes += many.items()
        return [self._tool(node) for node in nodes]

    def _tool(self, node: Node) -> ToolExpected:
        if not node.is_map:
            return ToolExpected(node.text())
        fields = node.fields("name", "arguments")
        arguments = fields.get("arguments")
        if arguments is None:
            return ToolExpected(fields.need("name").text())
        arguments.fields()
        return ToolExpected(fields.need("name").text(), arguments.value())

    def _language(self, node: Node | None) -> str:
        if node is None:
            return ""
        language = node.text()
        # YAML takes no for false.
        language = {"false": "no"}.get(language.lower(), language)
        if language not in LANGUAGES:
            raise node.error(f'"language" has to be one of {", ".join(LANGUAGES)}.')
        return language

    def _limits(self, node: Node | None) -> dict[str, float]:
        if node is None:
            return {}
        if not node.is_map:
            return {"key_up_to_audible": node.number(0, MOST_MS, MS)}
        return {name: value.number(0, MOST_MS, MS) for name, value in node.fields(*LIMITS).each()}


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    node = fields.get(name)
    return tuple(node.texts()) if node else ()


__all__ = ["Script", "ScriptError", "is_script", "read_script", "script_of"]
