"""What keys, tokens and passwords look like, in texts that anybody may have written.

No pattern has a repetition within a repetition that could match the same text in two ways: the time grows
with the length of the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAMES = (
    r"api[_-]?keys?|access[_-]?keys?|private[_-]?keys?|secret(?:[_-]?keys?)?|token|password|passwd|passphrase|pwd"
    r"|ticket|credentials?|signature"
)
_SIGN = r"\\*[\"']?\s{0,4}(?:=>|[:=])\s{0,4}\\*"
# The part in the first group stays.
_PATTERNS = [
    re.compile(rf"((?:proxy-)?authorization{_SIGN}[\"']?)[^\"'\\\r\n]+", re.I),
    re.compile(rf"((?:set-)?cookie{_SIGN}[\"']?)[^\"'\\\r\n]+", re.I),
    re.compile(rf"((?:{_NAMES}){_SIGN}[\"'])[^\"'\\\r\n]+", re.I),
    re.compile(rf"((?:{_NAMES}){_SIGN})(?![\"'])[^\s\"'\\,;&<>\]}})]{{4,}}", re.I),
    re.compile(r"([?&](?:key|auth|sig|code|session|jwt|otp)=)[^&\s\"'#]+", re.I),
    re.compile(r"(\bbasic\s{1,4})[A-Za-z0-9+/]{8,}={0,2}", re.I),
    re.compile(r"(://)[^\s/@:\"'\\]{1,256}:[^\s/@\"'\\]{1,256}(?=@)"),
    re.compile(r"(://)[^\s/@:\"'\\]{8,256}(?=@)"),
    re.compile(
        r"()-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----END ))*(?:-----END [A-Z ]{0,40}-----)?"
    ),
    re.compile(r"()(?<![A-Za-z0-9])eyJ[\w-]{6,2000}\.[\w-]{6,}(?:\.[\w-]*)?"),
    re.compile(r"()(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,}"),
    re.compile(r"()(?<![A-Za-z0-9])AIza[\w-]{20,}"),
    re.compile(r"()(?<![A-Za-z0-9])ya29\.[\w-]{10,}"),
    re.compile(r"()(?<![A-Za-z0-9])(?:gh[pousr]|github_pat|glpat|xox[a-z])[-_][\w-]{8,}"),
    re.compile(
        r"()(?<![A-Za-z0-9])(?:sk|pk|rk|ek|op|opmak|xai|gsk|hf|npm|pypi|whsec|shpat|dop_v1|rt|pat|tok|ticket|key)"
        r"[-_](?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9_-]{8,}"
    ),
]
_HINTS = re.compile(
    r"authori|cookie|key|secret|token|pass|pwd|ticket|credential|signature|[?&]|basic|://|-----|eyJ|AKIA|ASIA|AIza"
    r"|ya29|gh[pousr]_|github_pat|glpat|xox|(?:sk|pk|rk|ek|op|opmak|xai|gsk|hf|npm|pypi|shpat|v1|rt|pat|tok)[-_]",
    re.I,
)
"""Every match of a pattern contains one of these."""
_RANDOM = re.compile(r"(?<![A-Za-z0-9_+-])[A-Za-z0-9_+-]{32,}")
_HEX = re.compile(r"\A[0-9a-fA-F]+\Z")
_ID = re.compile(r"(?:event|evt|item|resp|response|sess|session|call|conv|msg|req|rs|fc|run|chatcmpl)[_-]")
_WORDS = 3
"""Of dashes in a word: more are a slug's, or those of a UUID."""
_SECRET_NAME = re.compile(
    r"(?:apikeys?|accesskeys?|privatekeys?|secretkeys?|secret|token|password|passwd|passphrase|pwd|authorization"
    r"|cookie|ticket|credentials?|signature|bearer)\Z"
)
_NO_LETTER = re.compile(r"[^a-z0-9]")


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret: `api_key`, `accessToken`, `X-Auth-Token`."""
    return bool(name) and bool(_SECRET_NAME.search(_NO_LETTER.sub("", name[-64:].lower())))


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where something looks like a secret, by what it begins with or what stands before it."""
    if _HINTS.search(text):
        for pattern in _PATTERNS:
            for found in pattern.finditer(text):
                yield found.end(1), found.end()


def random_words(text: str) -> Iterator[tuple[int, int]]:
    """Where a word is so long and mixed that nobody has made it up, and that isn't an id by its beginning."""
    if len(text) < 32:
        return
    for found in _RANDOM.finditer(text):
        word = found[0]
        if _ID.match(word) or not any(c.isdigit() for c in word) or not any(c.isalpha() for c in word):
            continue
        mixed = any(c.isupper() for c in word) and any(c.islower() for c in word)
        if mixed or _HEX.match(word) or word.count("-") + word.count("_") < _WORDS:
            yield found.span()
