"""Why no safe connection came about, in plain words: what the certificate lacks, and who can mend it.

Source of the numbers: OpenSSL's `X509_V_ERR_…` (x509_vfy.h), which Python hands on as `verify_code`.
"""

from __future__ import annotations

import ssl
from datetime import datetime

NOT_YET_VALID, EXPIRED, REVOKED = 9, 10, 23
SELF_SIGNED = frozenset({18, 19})
UNKNOWN_ISSUER = frozenset({2, 20, 21, 27})
WRONG_NAME = frozenset({62, 64})

NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})
"""What a port that speaks no TLS is taken for."""


def sentence(exc: ssl.SSLError, host: str, now: datetime | None = None) -> str:
    """What is wrong with the connection to this host, and the next step. `now` is this computer's time."""
    today = f"{now or datetime.now():%Y-%m-%d}"
    if not isinstance(exc, ssl.SSLCertVerificationError):
        return _without_certificate(exc, host)
    unsafe = f"The connection to {host} is not safe: "
    code = exc.verify_code
    if code == NOT_YET_VALID:
        return (
            f"{unsafe}its certificate is not valid yet. This computer's clock is probably wrong, it says "
            f"{today}: set it, then connect again."
        )
    if code == EXPIRED:
        return (
            f"{unsafe}its certificate has expired. This computer's clock says {today}: set it if that is "
            f"wrong, else only whoever runs {host} can renew the certificate."
        )
    if code == REVOKED:
        return f"{unsafe}its certificate was withdrawn. Ask whoever runs {host}."
    if code in WRONG_NAME:
        return (
            f"{unsafe}what answers has a certificate for another name. Check the address; a network's "
            "sign-in page can be in between too: open a browser and look."
        )
    if code in SELF_SIGNED:
        return (
            f"{unsafe}its certificate is self-signed, nobody vouches for it. If your organisation made it, "
            "add its root certificate to this system, then connect again."
        )
    if code in UNKNOWN_ISSUER:
        return (
            f"{unsafe}its certificate is from an issuer this computer does not know, as a company's proxy or "
            "a virus scanner has one. Add that issuer's root certificate to this system, then connect again."
        )
    return f"{unsafe}its certificate can't be verified. Check the computer's clock and the network."


def _without_certificate(exc: ssl.SSLError, host: str) -> str:
    if exc.reason in NO_TLS:
        return f"What answers at {host} speaks no TLS. Check the address and its port."
    if isinstance(exc, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return f"{host} broke off while the safe connection was made. Check the network and try again."
    return f"No safe connection to {host} could be agreed on. Check the network, and for a proxy in between."
