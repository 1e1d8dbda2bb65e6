from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.base import log, redaction

logger = logging.getLogger("desktop.tests")


@pytest.fixture(autouse=True)
def clean_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(redaction, "_secrets", set())
    yield
    log.stop()


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("> Authorization: Bearer abc.DEF-123", "> Authorization: Bearer …"),
        (
            "Sec-WebSocket-Protocol: opper-ticket.ek_9f8e7d, json",
            "Sec-WebSocket-Protocol: opper-ticket.…, json",
        ),
        ("wss://host/v3/realtime?ticket=a%2Fb&x=1", "wss://host/v3/realtime?ticket=…&x=1"),
        ('{"client_secret": "ek_9f8e7d", "n": 1}', '{"client_secret": "…", "n": 1}'),
        ("the key op-0123456789abcdef is refused", "the key op-… is refused"),
        ("the key opmak-0123456789abcdef is refused", "the key opmak-… is refused"),
        ("bearer of good news", "bearer … good news"),
        ("stop-watch and co-op-er", "stop-watch and co-op-er"),
        ("Ein Ko-op-Partnerschaftsvertrag", "Ein Ko-op-Partnerschaftsvertrag"),
        ('"keys:\\nsk-0123456789abcdef\\tBearer abc"', '"keys:\\nsk-…\\tBearer …"'),
    ],
)
def test_what_looks_like_a_key_is_redacted(line: str, kept: str) -> None:
    assert redaction.redact(line) == kept


def test_a_protected_secret_is_redacted_even_inside_a_longer_one() -> None:
    redaction.protect("hunter2hunter2")
    redaction.protect("hunter2")
    assert redaction.redact("hunter2hunter2 and hunter2") == "… and …"


def test_a_secret_too_short_to_blot_out_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 6"):
        redaction.protect("abc")


def test_the_file_holds_messages_and_tracebacks_without_secrets(tmp_path: Path) -> None:
    redaction.protect("correct horse battery")
    log.start(tmp_path)
    try:
        raise RuntimeError("refused: correct horse battery")
    except RuntimeError:
        logger.info("connecting with Bearer %s", "abcdef", exc_info=True)
    log.stop()
    text = (tmp_path / "presstalk.log").read_text(encoding="utf-8")
    assert "connecting with Bearer …" in text
    assert "RuntimeError: refused: …" in text
    assert "abcdef" not in text


def test_stderr_is_silent_unless_verbose(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.start(tmp_path)
    logger.info("quiet")
    log.start(tmp_path, verbose=True)
    logger.debug("in detail")
    err = capsys.readouterr().err
    assert "quiet" not in err
    assert "in detail" in err
    log.stop()
    assert (tmp_path / "presstalk.log").read_text(encoding="utf-8").count("quiet") == 1


def test_the_file_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 1_000)
    log.start(tmp_path, name="offline")
    for _ in range(200):
        logger.info("a line of some length, so that the file fills up")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["offline.log", "offline.log.1", "offline.log.2", "offline.log.3"]


def test_a_folder_that_cannot_be_made_is_one_plain_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    log.start(blocked / "logs")
    logger.info("ongoing")
    err = capsys.readouterr().err
    assert err.startswith("No log file: ")
    assert err.count("\n") == 1


@given(
    st.text(),
    st.sampled_from(["BEARER x.y", "?ticket=a", '"api_key" : "b"', "sk-12345678", "opper-ticket.z"]),
)
def test_no_pattern_is_passed_over(around: str, secret: str) -> None:
    text = f"{around} {secret} {around}"
    for pattern in redaction._PATTERNS:
        text = pattern.sub(r"\1…", text)
    assert redaction.redact(f"{around} {secret} {around}") == text


def test_whole_values_are_redacted() -> None:
    redaction.protect("a-secret-of-mine")
    value = {
        "x": ["a-secret-of-mine", 1, None, ("Bearer abc",)],
        "ticket": "t",
        "Api_Key": "",
        "deep": {"y": 2.5},
    }
    assert redaction.redact_all(value) == {
        "x": ["…", 1, None, ["Bearer …"]],
        "ticket": "…",
        "Api_Key": "",
        "deep": {"y": 2.5},
    }


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Only Linux has a file that is always full")
def test_a_full_disk_is_reported_once_and_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "presstalk.log").symlink_to("/dev/full")
    log.start(tmp_path)
    for _ in range(3):
        logging.getLogger("desktop.test").info("a line")
    log.stop()
    assert capsys.readouterr().err == "The log can't be written: No space left on device.\n"


def test_a_record_that_fails_tells_no_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    """Logging's own complaint would print them as they are."""
    handler = log.LogStream(sys.stderr)
    for _ in range(2):
        handler.handle(logging.LogRecord("x", logging.INFO, "", 1, "%d", ("correct horse battery",), None))
    assert capsys.readouterr().err == "The log can't be written: TypeError.\n"
