"""Which speakers are known to be at somebody's ears, by what systems and makers call them."""

from __future__ import annotations

import re

_WORDS = re.compile(
    r"head-?(set|phone)|ear-?(phone|bud|piece)|airpods|\b(galaxy|pixel) buds|\bhands-?free\b"
    r"|kopfh(ö|oe)rer|casque|(é|e)couteurs|auricular|cuffie|auriculares",
    re.IGNORECASE,
)
"""English, and what Windows and macOS call them in German, French, Spanish and Italian."""
_NOT = re.compile(r"speaker|lautsprecher|haut-parleur|altavoz|altoparlant", re.IGNORECASE)
"""A name that has both, as "Speakers/Headphones (Realtek)" of a laptop's one output, tells nothing."""


def is_headset(name: str) -> bool:
    """Whether a device, port or form factor of this name is a headset or a pair of headphones."""
    return bool(_WORDS.search(name)) and not _NOT.search(name)
