"""A frame of megabytes is decoded in steps, to the same event as at once."""

from __future__ import annotations

import base64
import json
import tracemalloc

import pytest

from desktop.protocol import codec, events, limits, stepwise

SOUND = bytes(range(256)) * 6_000
BASE64 = base64.b64encode(SOUND + b"x").decode()
WORDS = "word " * 300_000


def frame(kind: str, **fields: object) -> bytes:
    return json.dumps({"type": kind, **fields}).encode()


def stepped(whole: bytes) -> tuple[events.Event, int]:
    """The event, and in how many steps it was found."""
    steps, count = stepwise.decode(whole), 1
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value, count
        count += 1


def sound(text: str) -> bytes:
    return b'{"type":"audio.delta","audio":"' + text.encode() + b'"}'


FRAMES = {
    "sound": sound(BASE64),
    "sound without its padding": sound(BASE64.rstrip("=")),
    "sound in lines": sound("\\n".join(BASE64[at : at + 76] for at in range(0, len(BASE64), 76))),
    "sound with slashes escaped": sound(BASE64[:1_600_000].replace("/", "\\/")),
    "sound with letters escaped": sound(
        "".join(char if n % 23 else f"\\u{ord(char):04x}" for n, char in enumerate(BASE64))
    ),
    "sound in words": sound(" ".join(BASE64[at : at + 999] for at in range(0, len(BASE64), 999))),
    "sound with a field after it": frame("audio.delta", audio=BASE64, item="x"),
    "sound before its type": json.dumps({"audio": BASE64, "type": "audio.delta"}).encode(),
    "sound that ends in its middle": sound(BASE64[:1_100_000] + "=" + BASE64[1_100_000:]),
    "sound with padding in its middle": sound(BASE64[:1_048_576] + "====" + BASE64[1_048_576:]),
    "one character too many": sound(BASE64[:-4] + "A"),
    "no sound": sound("!" * 1_500_000),
    "sound of letters": sound("ä" * 1_000_000),
    "a number for sound": frame("audio.delta", audio=7, x=WORDS),
    "no field for sound": frame("audio.delta", x=WORDS),
    "words": frame("text.delta", delta=WORDS),
    "an unknown type": frame("new.event", words=WORDS),
    "an error": frame("error", message=WORDS),
    "an end": frame("response.done", x=WORDS, usage={"total_tokens": 7}),
    "a call": frame("tool.call", tool_call_id="c", tool_name="t", tool_arguments={"x": WORDS}),
    "no JSON": b"x" * 1_500_000,
    "no UTF-8": b"\xff" * 1_500_000,
    "an open end": sound(BASE64)[:-2],
    "dense": b'{"type":"x","a":[' + b"[]," * 500_000 + b"0]}",
    "dense at its end": b'{"type":"x","b":"' + b"x" * 1_200_000 + b'","a":[' + b"[]," * 70_000 + b"0]}",
}


@pytest.mark.parametrize("name", FRAMES)
def test_it_is_the_same_event(name: str):
    whole = FRAMES[name]
    assert len(whole) > limits.LARGE
    event, steps = stepped(whole)
    assert event == codec.decode(whole)
    assert steps > 4 or name.startswith("dense")


def test_some_are_sound_and_some_are_not():
    assert all(
        isinstance(stepped(FRAMES[name])[0], events.AudioDelta)
        for name in list(FRAMES)[: list(FRAMES).index("sound that ends in its middle")]
    )
    assert stepped(FRAMES["no sound"])[0] == codec.NO_SOUND


def test_a_short_frame_is_decoded_at_once():
    assert stepped(frame("text.delta", delta="Hello")) == (events.TextDelta("Hello"), 1)


def test_sound_is_handed_on_in_parts():
    long = bytes(range(250)) * 4_001
    parts = list(stepwise.parts(events.AudioDelta(long)))
    assert b"".join(part.audio for part in parts if isinstance(part, events.AudioDelta)) == long
    assert len(parts) == 3
    assert list(stepwise.parts(events.TextDelta("Hello"))) == [events.TextDelta("Hello")]


def test_no_step_holds_more_than_the_frame_and_its_sound():
    whole = sound(base64.b64encode(bytes(12_000_000)).decode())
    tracemalloc.start()
    try:
        stepped(whole)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(whole)
    finally:
        tracemalloc.stop()
