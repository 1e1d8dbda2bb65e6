"""The protocol of the running program's socket: a line of plain text asks, a line of plain text answers.

    ptt down at=8123.42 sent=8123.45        →  ok
    show model=openai/gpt-realtime-2        →  error Presstalk was busy and did nothing. Try again.

What is to be done comes first, then fields, whose values are written as in addresses (%20 for a space). It is
in docs/remote-control.md. This module imports nothing: `presstalk ptt` has no time for it.
"""

LONGEST = 65_536
"""Bytes of a line. A command line is shorter."""
DONE = "ok"
FAILED = "error"
WORDS = ("do", "how")
"""The fields of the words without a name."""
NUMBERS = ("at", "sent")
"""The fields that are seconds."""


def encode(request: dict[str, object]) -> bytes:
    """A request's line. `do` names what is asked; fields without a value are left out."""
    words = [_quote(str(request[name])) for name in WORDS if request.get(name)]
    fields = [
        f"{name}={_quote(str(value))}" for name, value in request.items() if name not in WORDS and value
    ]
    return (" ".join([*words, *fields]) + "\n").encode()


def decode(line: bytes) -> dict[str, object]:
    """The request of a line. Raises ValueError if it is none.

    A number that is none stays text: it is nonsense, and not the same as nothing.
    """
    found: dict[str, object] = {}
    for index, word in enumerate(line.decode().split()):
        name, equals, value = word.partition("=")
        if not equals:
            if index >= len(WORDS):
                raise ValueError(word)
            name, value = WORDS[index], word
        found[name] = _number(_unquote(value)) if name in NUMBERS else _unquote(value)
    if "do" not in found:
        raise ValueError(line)
    return found


def encode_answer(problem: str) -> bytes:
    """The line that answers: what went wrong, an empty string if nothing did."""
    return (f"{FAILED} {' '.join(problem.split())}\n" if problem else f"{DONE}\n").encode()


def decode_answer(line: bytes) -> str:
    """What went wrong, an empty string if nothing did. Raises ValueError if it is no whole answer."""
    word, _, problem = line.decode(errors="replace").rstrip("\n").partition(" ")
    if not line.endswith(b"\n") or word not in (DONE, FAILED):
        raise ValueError(line)
    return problem or FAILED if word == FAILED else ""


def _number(text: str) -> float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if abs(number) < 1e15 else text


def _quote(text: str) -> str:
    if text.isascii() and all(mark.isalnum() or mark in "-._/:" for mark in text):
        return text
    from urllib.parse import quote

    return quote(text, safe="-._/:", errors="surrogateescape")


def _unquote(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)
