"""Every text of the program can be translated, and has a German translation in the loaded file."""

from __future__ import annotations

import ast
import filecmp
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
import translations

from desktop.protocol.catalog import LANGUAGES
from desktop.viewmodels.languages import NAMES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "desktop"
GERMAN = translations.FOLDER / "presstalk_de.ts"

TRANSLATING = frozenset({"tr", "translate", "QT_TRANSLATE_NOOP", "Text"})
OF_TABLES = frozenset({"viewmodels/wording.py", "ui/fields/instructions.py"})
"""Where a text is a variable, because a table has it as a literal."""

NOT_SHOWN = (
    # the command line, and what one process tells another
    *(
        "cli/",
        "app/main.py",
        "app/mcp_control.py",
        "app/pending_request.py",
        "app/single_instance.py",
        "app/remote_control.py",
        "app/display_check.py",
    ),
    *("audio/files.py", "base/bundle.py"),
    # for developers
    *(
        "audio/fake_streams.py",
        "audio/fakes.py",
        "app/crash_reporter.py",
        "app/diagnostics.py",
        "base/log.py",
        "base/message.py",
        "base/redaction.py",
    ),
    # in English, for an issue at the provider's
    "recording/share/report.py",
    # told to the model, or known by it
    *("conversation/context_prompt.py", "conversation/session_config.py", "settings/prompt_presets.py"),
    "turn/late_results.py",
    # turns without a window: what goes wrong is written into reports, which programs read
    *(f"conversation/turn_{name}.py" for name in ("collector", "recording", "series")),
    *(f"compare/{name}" for name in ("reports/", "scripts/", "store.py", "measures.py", "statistics.py")),
    "tools/",
    # a service like others; what the window says of it is in the two below
    "offline/",
)
"""Where sentences are made that no window shows."""
SHOWN = ("offline/process.py", "offline/speech_engines.py")
WORDING = frozenset({"base/message.py", "viewmodels/wording.py", "protocol/catalog.py"})
"""Modules that may look at a text's English. All others identify a message by its text."""
NO_SENTENCES = (
    "The tool {0} was run again and gave: {1}",  # told to the model
    "Too many calls are already running. Wait for their results, then call again.",  # likewise
    "{0}({1} bytes of audio)",  # in a frame that is kept
)

KEY = re.compile(r"\b(?:Ctrl|Cmd|Alt|Shift|Space|Esc|Escape|Enter|Return)\b|\bF\d{1,2}\b")

PLACE = re.compile(r"\{\w*\}")
SENTENCE = re.compile(r"[A-Z{].* .*[.?!:]\s*", re.DOTALL)
IN_PARTS = re.compile(r"[A-Z{][^;]*[a-z] [a-z][^;]*", re.DOTALL)
"""An f-string may end with a part, and be the part of another."""


@cache
def trees() -> dict[str, ast.Module]:
    files = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in files}


def called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", ""))


def translated(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in TRANSLATING:
            owner = getattr(getattr(node.func, "value", None), "id", "")
            # A painter and a string translate too.
            if called(node) != "translate" or owner in ("", "QCoreApplication"):
                yield node


def passed_over(tree: ast.Module) -> set[int]:
    """Docstrings, what is translated or logged, and the parts of f-strings."""
    skipped: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.Expr(ast.Constant() as text):
                skipped.append(text)
            case ast.Call(ast.Attribute(ast.Name("log"))):
                skipped += node.args
            case ast.Call() if called(node) in TRANSLATING:
                skipped += node.args
            case ast.JoinedStr(values):
                skipped += values
            case _:
                pass
    return {id(node) for node in skipped}


def literal(node: ast.AST) -> str:
    """The text of a literal, with numbered places for what varies; empty for what is none."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(values):
            places = iter(range(100))
            return "".join(
                part.value if isinstance(part, ast.Constant) else f"{{{next(places)}}}" for part in values
            )
        case _:
            return ""


def made_sentences() -> Iterator[tuple[str, str]]:
    for name, tree in trees().items():
        if name.startswith(NOT_SHOWN) and name not in SHOWN:
            continue
        skipped = passed_over(tree)
        for node in ast.walk(tree):
            text = "" if id(node) in skipped else literal(node)
            in_parts = isinstance(node, ast.JoinedStr) and IN_PARTS.fullmatch(text)
            if text and (SENTENCE.fullmatch(text) or in_parts) and text not in NO_SENTENCES:
                yield f"{name}:{node.lineno}", text


class Definition(NamedTuple):
    """A text of messages: `name` is the constant's."""

    at: str
    name: str
    id: str
    english: str


def definitions() -> list[Definition]:
    """Each is a constant of its module, or stands in a table that is one."""
    found = []
    for module, tree in trees().items():
        for node in tree.body:
            match node:
                case ast.Assign([ast.Name(name)], ast.Call(ast.Name("Text")) as text):
                    texts = [text]
                case ast.Assign([ast.Name(name)], ast.Dict(values=values)):
                    texts = [value for value in values if called(value) == "Text"]
                case _:
                    continue
            found += [Definition(f"{module}:{text.lineno}", name, *map(literal, text.args)) for text in texts]
    return found


def messages() -> Iterator[tuple[str, str, ElementTree.Element]]:
    for context in ElementTree.parse(GERMAN).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            yield context.findtext("name", ""), message.findtext("source", ""), translation


def test_texts_are_translated_as_literals() -> None:
    variables = [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        for node in translated(tree)
        if name not in OF_TABLES
        and not all(
            isinstance(text, ast.Constant) and isinstance(text.value, str)
            for text in node.args[: 1 if called(node) == "tr" else 2]
        )
    ]
    assert variables == [], "Qt's tools find no text in a variable"


def test_no_text_is_translated_within_an_f_string() -> None:
    within = [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        for string in ast.walk(tree)
        if isinstance(string, ast.JoinedStr)
        for node in translated(string)
    ]
    assert within == [], "Qt's tools don't look into f-strings"


def test_no_sentence_is_made_without_a_text() -> None:
    assert dict(made_sentences()) == {}, "a message has a text: desktop/base/message.py"


def test_a_bare_sentence_would_be_found(monkeypatch) -> None:
    source = "def f(name):\n    raise AudioError(f'There is no {name}. Plug one in.')\n"
    monkeypatch.setattr(f"{__name__}.trees", lambda: {"audio/new.py": ast.parse(source)})
    assert dict(made_sentences()) == {"audio/new.py:2": "There is no {0}. Plug one in."}


def test_a_key_in_a_text_is_an_argument() -> None:
    named = [
        f"{module}:{node.lineno}"
        for module, tree in trees().items()
        for node in translated(tree)
        if any(KEY.search(literal(text)) for text in node.args)
    ]
    assert named == [], "the platform names it: desktop/viewmodels/wording.py"


def test_each_text_is_a_constant_with_an_id_of_its_own() -> None:
    found = definitions()
    assert len(found) > 150, "the walk has lost its way"
    calls = sum(called(node) == "Text" for tree in trees().values() for node in ast.walk(tree))
    assert calls == len(found), "a text is a constant of its module, or in a table that is one"
    ids = Counter(one.id for one in found)
    assert [one for one in found if ids[one.id] > 1] == []
    assert [one for one in found if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.id)] == []


def test_each_text_is_said_somewhere() -> None:
    used = Counter(
        node.id if isinstance(node, ast.Name) else node.attr
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
    )
    assert [one for one in definitions() if not used[one.name]] == []


def test_each_message_has_an_argument_for_each_place() -> None:
    places = {
        frozenset({one.name, *PLACE.findall(one.english)}): one for one in definitions()
    }  # two texts may share a constant's name, in different modules
    names = {one.name for one in places.values()}
    wrong = [
        f"{module}:{node.lineno}"
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) in names
        and frozenset({called(node), *(f"{{{word.arg}}}" for word in node.keywords)}) not in places
    ]
    assert wrong == []


def test_nobody_knows_a_message_by_its_english() -> None:
    readers = {
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "english"
    }
    assert readers <= WORDING


def test_each_language_has_a_name_to_translate() -> None:
    assert set(NAMES) == set(LANGUAGES)


def test_every_text_has_a_german_translation_with_the_same_places() -> None:
    wrong = []
    for context, source, translation in messages():
        text = translation.text or ""
        finished = translation.get("type") is None and text
        if not finished or sorted(PLACE.findall(source)) != sorted(PLACE.findall(text)):
            wrong.append((context, source, text))
        elif (source[:1].isspace(), source[-1:].isspace()) != (text[:1].isspace(), text[-1:].isspace()):
            wrong.append((context, source, text))
    assert wrong == []


def test_the_german_of_each_message_is_under_its_id() -> None:
    translated = {(context, source) for context, source, _ in messages()}
    assert {(one.id, one.english) for one in definitions()} <= translated


@pytest.fixture
def anew(tmp_path: Path) -> Path:
    """The German texts, brought up to date in another place."""
    copy = tmp_path / GERMAN.name
    shutil.copy(GERMAN, copy)
    translations.update(copy)
    return copy


def test_the_texts_for_translators_are_those_of_the_sources(anew: Path) -> None:
    assert anew.read_text("utf-8") == GERMAN.read_text("utf-8"), "`make translations` brings them up to date"


def test_what_is_loaded_was_made_of_the_texts(tmp_path: Path) -> None:
    made = tmp_path / "made.qm"
    translations.release(GERMAN, made)
    assert filecmp.cmp(made, GERMAN.with_suffix(".qm"), shallow=False), "`make translations` makes it"
