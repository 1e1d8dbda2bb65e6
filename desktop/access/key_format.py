"""What a runtime key looks like, and what people paste instead of one. Pure."""

from __future__ import annotations

import unicodedata
from typing import Literal

from desktop.realtime.endpoint import LONGEST_SECRET

MANAGEMENT_PREFIX = "opmak-"
"""Keys that manage projects. The service refuses them for sessions."""

PLATFORM_URL = "https://platform.opper.ai"
"""Where a project's runtime keys are made."""

LONGEST = LONGEST_SECRET
"""Characters. Keys have about 40, signed tokens some 2,000: what is longer is something else."""

KeyProblem = Literal["", "empty", "management", "characters", "long"]

_QUOTES = "\"'`"


def clean(text: str) -> str:
    """The key in what was pasted: without spaces, line breaks, invisible characters and quotes around it."""
    visible = (char for char in text if unicodedata.category(char)[0] not in "CZ")
    return "".join(visible).strip(_QUOTES)


def problem(key: str) -> KeyProblem:
    """Why a cleaned key can't open a session; empty where only the service can tell."""
    if not key:
        return "empty"
    if key.startswith(MANAGEMENT_PREFIX):
        return "management"
    if len(key) > LONGEST:
        return "long"
    if not key.isascii() or not key.isprintable():
        return "characters"
    return ""
