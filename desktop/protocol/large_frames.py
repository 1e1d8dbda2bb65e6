"""Reads the known fields of a frame that is too large to be read whole.

16 MiB of empty lists take over a second and a gigabyte to read. The fields of a struct are found without
reading the rest, and what is long in them is cut.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desktop.base.json_depth import pruned
from desktop.protocol import limits

DEEPEST = 4
"""Objects within one another in which known fields are looked for: `response.status_details.error`, say."""
SHORT = 16 * 1024
"""Bytes of a field that is read whole."""
_NOTHING = msgspec.Raw()


class _Fields(msgspec.Struct, gc=False):
    """Each field that an event, an error or the end of a response is read from, as it stands there."""

    type: msgspec.Raw = _NOTHING
    status: msgspec.Raw = _NOTHING
    code: msgspec.Raw = _NOTHING
    message: msgspec.Raw = _NOTHING
    detail: msgspec.Raw = _NOTHING
    reason: msgspec.Raw = _NOTHING
    error: msgspec.Raw = _NOTHING
    response: msgspec.Raw = _NOTHING
    status_details: msgspec.Raw = _NOTHING
    incomplete_details: msgspec.Raw = _NOTHING
    finish_reason: msgspec.Raw = _NOTHING
    stop_reason: msgspec.Raw = _NOTHING
    usage: msgspec.Raw = _NOTHING
    session_id: msgspec.Raw = _NOTHING
    input_sample_rate: msgspec.Raw = _NOTHING
    output_sample_rate: msgspec.Raw = _NOTHING
    sample_rate: msgspec.Raw = _NOTHING
    audio_format: msgspec.Raw = _NOTHING


_decoder = msgspec.json.Decoder(_Fields)


def read(frame: bytes, deepest: int = DEEPEST) -> dict[str, Any]:
    """The known fields of an object, each as far as it is read.

    Raises:
        ValueError: it is no JSON object (also as msgspec's errors).
        RecursionError: it is nested too deeply.
    """
    found = _decoder.decode(frame)
    fields = {name: getattr(found, name) for name in found.__struct_fields__}
    return {name: _read(bytes(raw), deepest - 1) for name, raw in fields.items() if raw != _NOTHING}


def _read(raw: bytes, deepest: int) -> Any:
    if len(raw) <= SHORT:
        return pruned(msgspec.json.decode(raw))
    if raw[:1] == b"{":
        return read(raw, deepest) if deepest > 0 else None
    if raw[:1] == b'"':
        return beginning(raw, SHORT)
    return None


def beginning(raw: bytes, size: int) -> str:
    """What the first `size` bytes of a longer JSON text say, with a mark at the end."""
    for end in range(size, size - 12, -1):  # it may be cut within a character, or a pair of escapes
        try:
            return str(msgspec.json.decode(raw[:end] + b'"')) + limits.MARK
        except (msgspec.MsgspecError, UnicodeError):
            continue
    return limits.MARK
