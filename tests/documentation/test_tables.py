"""The tables of the documents say what the code says."""

from __future__ import annotations

import importlib
import re

import pytest

from desktop.protocol import codes, commands, endings, events, failures
from desktop.protocol.catalog import MODELS
from desktop.protocol.commands import Config
from desktop.realtime.messages import STATUS_MESSAGES
from tests.documentation import markdown, models_table
from tests.documentation.markdown import ROOT

README = ROOT / "README.md"
PROTOCOL = ROOT / "docs" / "protocol.md"


def tags(base: type) -> set[str]:
    return {str(one.__struct_config__.tag) for one in base.__subclasses__()} - {""}


def named(heading: str, column: int = 0) -> set[str]:
    """What is set as code in a column of the first table under a heading."""
    return {
        name for row in markdown.table(PROTOCOL, heading) for name in re.findall(r"`([^`]+)`", row[column])
    }


def test_the_models_are_the_catalogues() -> None:
    _, _, below = markdown.text(README).partition("\n## Models\n")
    documented = [line for line in below.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    assert documented == models_table.rows()


def test_the_statuses_are_those_that_have_a_sentence() -> None:
    assert {row[0] for row in markdown.table(README, "### The service refuses")} == {
        str(status) for status in STATUS_MESSAGES
    }
    documented = {row[0] for row in markdown.table(PROTOCOL, "### The upgrade is refused")}
    assert documented == {*(str(status) for status in STATUS_MESSAGES), "5xx"}


def test_every_message_that_is_sent_is_documented() -> None:
    assert named("## What is sent") == tags(commands.Command)


def test_every_message_that_comes_is_documented() -> None:
    # `response.done` and `session.ended` are other names of the ones before them.
    assert named("## What is received") == tags(events.Event) | {"response.done", "session.ended"}


def test_every_field_of_the_config_is_documented() -> None:
    # Never set: the service chooses the model that writes down.
    assert named("### `config`") == set(Config.__struct_fields__) - {"input_transcription_model"}


def test_every_error_with_a_meaning_is_documented() -> None:
    assert named("## Errors") == set(codes.CODES)
    words = {row[1] for row in markdown.table(PROTOCOL, "## Errors") if row[1]}
    assert words == {text for text, _ in codes.TEXTS}


def test_every_end_is_documented_with_what_follows() -> None:
    rows = markdown.table(PROTOCOL, "### Ends")
    assert named("### Ends") == set(endings.CODES)
    for documented, words, follows, offered in rows:
        ends = [endings.CODES[code] for code in re.findall(r"`([^`]+)`", documented)]
        assert len(set(ends)) == 1, documented
        known = {word for end, group in endings.WORDS if end == ends[0] for word in group}
        assert {word for word in words.split(", ") if word} == known, documented
        begins = {"stop": "stop", "rest": "rests", "again": "a new session"}[ends[0].follows]
        assert follows.startswith(begins), documented
        assert bool(offered) == bool(ends[0].action), documented


def test_every_failure_is_documented_with_what_is_offered() -> None:
    heading = "### Answers that aren't complete"
    rows = markdown.table(PROTOCOL, heading)
    assert named(heading) == set(failures.CODES)
    assert {word for row in rows for word in row[1].split(", ") if word} == {
        text for text, _ in failures.TEXTS
    }
    for documented, words, _, offered in rows:
        found = [failures.CODES[code] for code in re.findall(r"`([^`]+)`", documented)]
        assert len(set(found)) == 1, documented
        assert {known for text, known in failures.TEXTS if text in words.split(", ")} <= set(found)
        assert bool(offered) == bool(found[0].action), documented


def test_every_provider_is_documented() -> None:
    documented = named("## Turns")
    assert documented == {model.provider for model in MODELS}


@pytest.mark.parametrize(
    ("seconds", "constant"), [row[1:] for row in markdown.table(PROTOCOL, "## Waits")], ids=lambda text: text
)
def test_the_waits_are_the_codes(seconds: str, constant: str) -> None:
    module, _, name = constant.strip("`").rpartition(".")
    value = getattr(importlib.import_module(f"desktop.{module}"), name)
    assert float(seconds) == pytest.approx(value / 1_000 if name.endswith("_MS") else value)
