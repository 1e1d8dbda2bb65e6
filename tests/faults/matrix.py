"""Each fault, and what the user sees, what is sent and what is kept: the table that `test_matrix` checks.

The user connects, waits until they have seen `first`, and speaks one take of 600 ms if they can. Then they
have seen `sees` and got `notes`, each connection was sent `sent`, and `kept` takes wait for the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from desktop.offline.faults.endings import CLOSE_CODES
from desktop.offline.faults.frames import LARGE_AUDIO
from desktop.offline.faults.upgrades import PASSING

TURN = "start audio commit create"
TURN_BEGUN = "start audio commit( create)?"
WELL = "Ready Listening Thinking Speaking Ready"
AGAIN = "Ready Reconnecting Ready"
OPENING = "desktop.realtime.handshake"
CONNECTION = "desktop.realtime.connection"
KEEP_ALIVE = "desktop.realtime.keep_alive"
RESPONSE = "desktop.turn.response"


@dataclass(frozen=True)
class Row:
    """One fault. `sees` and `first` are patterns of states, `notes` of sentences with their codes.

    `connects`: whether there is a session at all. `answered`: whether the take is answered, in the end by
    the next session the user opens. `heard_ms`: how much sound has come to the speaker, if it matters.
    `heard`: the user's words, and `says` the assistant's; `cut_off`: whether their line says that it is.
    `patches`: the client's own waits, where the scenario has one run out.
    """

    scenario: str
    sees: str = WELL
    notes: tuple[str, ...] = ()
    sent: tuple[str, ...] = (TURN,)
    kept: int = 0
    first: str = "Ready"
    connects: bool = True
    answered: bool = True
    heard_ms: float | None = None
    says: tuple[str, ...] | None = None
    heard: str | None = None
    cut_off: bool = False
    patches: dict[str, float] = field(default_factory=dict)


def _refusal(scenario: str, notes: str, *, sent: tuple[str, ...] = (), **patches: float) -> Row:
    named = {name.replace("__", "."): value for name, value in patches.items()}
    return Row(scenario, "Error", (notes,), sent, first="Error", connects=False, patches=named)


def _upgrades() -> Iterator[Row]:
    notes = {
        400: "did not accept the request. Check the model and the settings",
        401: "key was refused. Check that it is a project's runtime key",
        402: "balance is used up. Top it up",
        403: "isn't allowed to use this model. Choose another model",
        404: "no realtime service at this address. Check the service address",
        408: "is having problems. Try again in a minute",
        409: "refused the connection. Check the service address",
        421: "is having problems. Try again in a minute",
        425: "is having problems. Try again in a minute",
        429: "too many sessions open. Close one, wait a moment",
        500: "is having problems. Try again in a minute",
        502: "is having problems. Try again in a minute",
        503: "is having problems. Try again in a minute",
        511: "This network wants you to sign in first. Open a browser",
    }
    for status, words in notes.items():
        yield _refusal(f"status-{status}", rf"{words}.* \[{status}\]")
    yield _refusal("status-429-retry-after", r"too many sessions open.* \[429\]")
    yield _refusal(
        "refuse", r"Nothing answers at 127.* Check the service address .* \[ConnectionRefusedError\]"
    )
    no_service = r"is not the realtime service. Check the service address. \[InvalidMessage\]"
    yield _refusal("drop-in-upgrade", no_service)
    yield _refusal("no-http", no_service)
    yield Row("slow-upgrade")
    late = {f"{CONNECTION}.OPEN_TIMEOUT_S": 0.3}
    yield Row(
        "no-upgrade",
        "Error",
        (r"did not answer in time. Check the network .* \[TimeoutError\]",),
        (),
        first="Error",
        connects=False,
        patches=late,
    )
    broken = "Ready Listening (Thinking )?Reconnecting Thinking Speaking Ready"
    for scenario in ("restart", "busy-after-drop"):
        yield Row(scenario, broken, sent=("start audio", TURN))
    yield Row("redirect")
    yield _refusal("redirect-away", r"redirects to portal.example, and no key is sent there.* \[redirect\]")
    yield _refusal("sign-in-page", r"web page. If this network has a sign-in page, .* \[200\]")
    yield _refusal("block-page", r"something in between blocks it.* Ask whoever runs the network.* \[403\]")
    passing = ("redirect-away", "sign-in-page", "block-page", *(f"status-{status}" for status in PASSING))
    for scenario in passing:
        yield Row(f"{scenario}-after-drop", broken, sent=("start audio", TURN))


def _starts() -> Iterator[Row]:
    yield Row(
        "never-started",
        "Error",
        (r"opened no session. Try again. \[start_timeout\]",),
        ("start",),
        first="Error",
        connects=False,
        patches={f"{OPENING}.START_TIMEOUT_S": 0.2},
    )
    yield Row(
        "start-refused",
        "Error",
        (r"There is no such model\..* \[model_not_found\]",),
        ("start",),
        first="Error",
        connects=False,
        patches={f"{OPENING}.REFUSED_S": 0.1},
    )
    yield _refusal("start-terminated", r"Too many sessions.* \[concurrency_limit\]", sent=("start",))
    yield _refusal("format-opus", r"format opus.* Choose another model. \[audio_format\]", sent=("start",))
    for scenario in ("started-twice", "started-after-error", "started-bare", "started-older"):
        yield Row(scenario)
    for scenario in (
        "format-number",
        *(f"rates-{it}" for it in ("0", "negative", "1", "7", "huge", "fraction", "list")),
    ):
        yield Row(scenario)
    yield Row("rates-text")
    yield Row("rates-words")


def _terminations() -> Iterator[Row]:
    soon = {"desktop.realtime._receiving.TERMINATING_S": 0.1}
    broken = "Ready Listening (Thinking )?Reconnecting Thinking Speaking Ready"
    final = {
        "balance": r"balance is used up. Top it up .* \[402\]",
        "concurrency": r"too many sessions open. Close one, .* \[concurrency_limit\]",
    }
    for name, notes in final.items():
        yield Row(f"terminating-{name}", "Ready Error", (notes,), ("start",), first="Ready Error")
        yield Row(
            f"terminating-{name}-open", "Ready Listening Thinking Error", (notes,), kept=1, patches=soon
        )
    idle = r"Nobody spoke for a while, .* Press to talk again. \[idle_timeout\]"
    rested = "Ready Resting Listening (Reconnecting )?Thinking Speaking Ready"
    yield Row("terminating-idle", rested, (idle,), ("start", TURN), first="Ready Resting")
    yield Row("terminating-idle-open", broken, (idle,), (TURN, TURN), patches=soon)
    yield Row("terminating-duration", f"{AGAIN} {WELL[6:]}", first=AGAIN, sent=("start", TURN))
    yield Row("terminating-duration-open", broken, sent=(TURN, TURN), patches=soon)
    yield Row("terminating-in-take", broken, sent=("start audio( commit create)?", TURN))
    ended = (r"The session has ended. Connect again to continue. \[\]",)
    yield Row("session-ended", "Ready Error", ended, ("start",), first="Ready Error")


def _endings() -> Iterator[Row]:
    final = {
        1008: r"under its rules \(closed on purpose\). Connect again to continue. \[1008\]",
        3000: r"key is no longer accepted. Choose another one .* \[3000\]",
        4429: r"too many sessions open. Close one, wait a moment, .* \[4429\]",
    }
    for code in CLOSE_CODES:
        if code in final:
            yield Row(f"close-{code}", "Ready Error", (final[code],), ("start",), first="Ready Error")
        else:
            yield Row(f"close-{code}", f"{AGAIN} {WELL[6:]}", first=AGAIN, sent=("start", TURN))
    meant = {
        "quota": r"quota at the provider is used up.* \[1011\]",
        "location": r"doesn't offer this model at your location. Choose another model. \[1007\]",
        "argument": r"didn't accept what was sent. Check the model .* \[1007\]",
    }
    for name, notes in meant.items():
        yield Row(f"close-{name}", "Ready Listening Thinking Error", (notes,), (TURN_BEGUN,), kept=1)
    yield Row(
        "close-each-turn",
        "Ready Listening Thinking Reconnecting (Thinking )?Error",
        (r"\(internal error\). It did so twice after the same words. They are kept.* \[1011\]",),
        (TURN_BEGUN,) * 2,
        kept=1,
    )
    yield Row("drop-idle", f"{AGAIN} {WELL[6:]}", first=AGAIN, sent=("start", TURN))
    broken = "Ready Listening (Thinking )?Reconnecting Thinking Speaking Ready"
    yield Row("drop-in-take", broken, sent=("start audio", TURN))
    soon = {f"{KEEP_ALIVE}.CLOSE_TIMEOUT_S": 0.1, f"{KEEP_ALIVE}.PING_S": 3_600}
    yield Row("close-frame-only", broken, sent=("start audio commit( create)?", TURN), patches=soon)
    yield Row("drop-after-commit", broken, sent=("start audio commit( create)?", TURN))
    yield Row(
        "drop-in-answer",
        "Ready Listening Thinking Speaking (Thinking )?Reconnecting Ready",
        (r"dropped before the answer was complete. Press and ask again. \[1006\]",),
        (TURN, "start"),
        answered=False,
        heard_ms=200,
        says=("This answer breaks ",),
    )
    yield Row(
        "drop-in-tool",
        "Ready Listening Thinking Tool (Thinking )?Reconnecting Ready",
        (r"dropped before the answer was complete. Press and ask again. \[1006\]",),
        (f"{TURN}( result)?", "start"),
    )
    yield from _terminations()
    soon = {f"{KEEP_ALIVE}.{name}": 0.1 for name in ("PING_S", "PONG_S", "CLOSE_TIMEOUT_S")}
    lost = "Ready Listening Thinking Reconnecting Thinking Speaking Ready"
    yield Row("half-open", lost, sent=("start", TURN), patches=soon)
    yield Row(  # as with the real waits: an answer is given up before the connection is
        "half-open",
        "Ready Listening Thinking Ready Reconnecting Thinking Speaking Ready",
        (r"No answer came.* \[no_response\]",),
        ("start", TURN),
        patches={**soon, f"{RESPONSE}.ASKED_MS": 100, f"{KEEP_ALIVE}.PING_S": 0.2},
    )
    yield Row("deaf", lost, sent=("start audio", TURN), patches=soon)
    yield Row("slow-reader")


def _frames() -> Iterator[Row]:
    silent = "Ready Listening Thinking Ready"
    for scenario, words in (
        ("garbage", "\ufffdAll the same.\ufffd"),
        ("truncated-json", "All the same."),
        ("binary", "Binary All the same.Binary "),
        ("unknown-types", "All the same."),
    ):
        yield Row(scenario, silent, answered=False, says=(words,))
    yield Row(
        "missing-fields",
        "Ready Listening Thinking (Speaking|Tool).* Ready",
        (r"reported an error without a message",) * 2,
        (f"{TURN} result",),
        answered=False,
    )
    yield Row("unknown-fields", answered=False, says=("With more fields.",))
    yield Row("frame-16-mib", answered=False, heard_ms=LARGE_AUDIO / 48)
    yield Row("frame-unknown-16-mib")
    yield Row(
        "frame-too-large",
        "Ready (Listening |Thinking )*Error",
        (r"too large.* Connect again.* \[1009\]",),
        ("start",),
        first="Ready Error",
    )
    stumbled = r"The service stumbled\. \[stumbled\]"
    yield Row("error-message", notes=(stumbled,))
    yield Row("error-object", notes=(stumbled,))
    yield Row("error-text", notes=(r"The service stumbled\. \[\]",))
    yield Row("error-list", notes=(r"^The service stumbled\. \[\]",))
    yield Row("error-empty", notes=("reported an error without a message",))
    yield Row("error-late-tool")


def _sounds() -> Iterator[Row]:
    yield Row("odd-length", answered=False, heard_ms=300)
    yield Row("not-base64", answered=False, heard_ms=200)
    yield Row("burst", answered=False, heard_ms=600_000)
    yield Row("jitter", answered=False, heard_ms=10_000)
    yield Row("stalls", answered=False, heard_ms=10_000)


def _answers() -> Iterator[Row]:
    tool = "Ready Listening Thinking (Ready )?Tool Thinking Speaking Ready"
    usual = "I heard you. Go on."
    yield Row("tool-twice", tool, sent=(f"{TURN} result",), says=(usual,))
    yield Row("tool-late", tool, sent=(f"{TURN} result",), says=("One moment. ", usual))
    yield Row("tool-unknown", tool, sent=(f"{TURN} result result result",))
    yield Row("tool-nameless", tool, sent=(f"{TURN} result",))
    yield Row(
        "no-answer",
        "Ready Listening Thinking Ready",
        (r"No answer came. Press and say it again, or reconnect. \[no_response\]",),
        answered=False,
        patches={f"{RESPONSE}.ASKED_MS": 200},
    )
    yield Row(
        "unfinished",
        "Ready Listening Thinking Ready",
        (r"The answer stalled. Press and ask again, or reconnect. \[response_stalled\]",),
        (f"{TURN} cancel",),
        answered=False,
        says=("And then ",),
        patches={f"{RESPONSE}.STALLED_MS": 200, f"{RESPONSE}.CANCELLED_MS": 50},
    )
    yield Row("response-started-twice", answered=False, heard_ms=200, says=("First. ", "Second. "))
    yield Row("response-completed-twice", "Ready Listening Thinking Ready", answered=False, says=("Over.",))
    yield Row("response-unannounced", answered=False, heard_ms=100, says=("Without a beginning.",))
    yield Row("words-early", says=(usual,))
    yield Row("words-late", "Ready Listening Thinking Ready", answered=False, says=("The answer.",))


def _failures() -> Iterator[Row]:
    silent, spoken = "Ready Listening Thinking Ready", "Ready Listening Thinking Speaking Ready"
    half = ("Half a sentence, then ",)
    for scenario, notes, said in (
        ("answer-quota", r"balance is used up. Top it up .* then ask again\. \[insufficient_quota\]", half),
        ("answer-rate-limit", r"too many requests .* Wait a moment, .* \[rate_limit_exceeded\]", ()),
        ("answer-server-error", r"failed. The server had an error .* Ask again\. \[server_error\]", half),
        ("answer-error-only", r"failed. The server had an error .* Ask again\. \[server_error\]", half),
        ("answer-error-text", r"The answer failed. No luck. Ask again. \[\]", half),
        ("answer-failed-bare", r"failed, and the service didn't say why. Ask again. \[\]", ()),
        ("answer-failed-event", r"failed, and the service didn't say why. Ask again. \[\]", ()),
        ("answer-filtered", r"content filter stopped .* Ask in another way. \[content_filter\]", half),
        ("answer-too-long", r"length limit. Ask it to go on. \[max_output_tokens\]", half),
        ("answer-too-long-details", r"length limit. Ask it to go on. \[max_output_tokens\]", half),
        ("answer-cancelled", r"The service stopped the answer. Ask again. \[\]", half),
        ("answer-hostile", r"failed. Wait.�\[2J really [^\x00-\x1f\u202e]{400,600}$", ()),
        ("answer-failed-at-once", r"failed. The server had an error .* \[server_error\]", ()),
        ("answer-error-after", r"balance is used up. .* \[insufficient_quota\]", ()),
    ):
        sees = spoken if said else silent
        yield Row(scenario, sees, (notes,), answered=False, says=said, cut_off=bool(said))
    yield Row(
        "answer-error-first",
        silent,
        (r"You exceeded your current quota.* \[insufficient_quota\]",),
        answered=False,
        says=(),
    )
    yield Row(
        "answer-empty",
        silent,
        (r"The answer was empty. .* \[empty_response\]",),
        answered=False,
        says=(),
        patches={f"{RESPONSE}.EMPTY_MS": 50},
    )
    tool = "Ready Listening Thinking Tool Thinking Speaking Ready"
    yield Row("tool-after-empty", tool, sent=(f"{TURN} result",), says=("I heard you. Go on.",))
    yield Row("words-in-pieces", silent, answered=False, says=("Hello there.",), heard="Hello there.")
    yield Row("text-after-end", spoken, answered=False, says=("The answer. And its last words.",))
    yield Row("absurd-usage", silent, answered=False, says=("All the same.",))


ROWS: tuple[Row, ...] = (
    Row("well", heard_ms=300, says=("I heard you. Go on.",)),
    *_upgrades(),
    *_starts(),
    *_endings(),
    *_frames(),
    *_sounds(),
    *_answers(),
    *_failures(),
)
