"""The sample rates that an entry of the service's list says, in any of the shapes that are seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from desktop.protocol.service_figures import sample_rate

_RATE = re.compile(r"(?<!\d)(\d{4,6})(?!\d)")
"""In a format's name: `pcm16_24000`, `audio/pcm;rate=16000`."""
LONGEST = 100
"""Characters of a format's name."""


def rates(
    realtime: Mapping[str, Any], params: Mapping[str, Any], usual_input: int, usual_output: int
) -> tuple[int, int]:
    """The microphone's and the speaker's rate in Hz, as the entry says, else the usual one.

    One `sample_rate` is said for both ways. Where the usual rates differ it can only be the speaker's: the
    providers' tables name that one. What is open, `session.started` tells.
    """
    both = sample_rate(realtime.get("sample_rate")) or sample_rate(params.get("sample_rate"))
    heard, played = (
        _of(realtime.get(f"{way}_audio_format"))
        or sample_rate(realtime.get(f"{way}_sample_rate"))
        or sample_rate(params.get(f"{way}_sample_rate"))
        for way in ("input", "output")
    )
    alike = usual_input == usual_output
    return heard or (both if alike else 0) or usual_input, played or both or usual_output


def _of(audio_format: object) -> int:
    if isinstance(audio_format, Mapping):
        return sample_rate(audio_format.get("rate") or audio_format.get("sample_rate"))
    if isinstance(audio_format, str) and (found := _RATE.search(audio_format[:LONGEST])):
        return sample_rate(int(found[1]))
    return 0
