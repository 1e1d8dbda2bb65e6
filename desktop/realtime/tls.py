"""Why a secure connection failed, in plain words: what is wrong with the certificate, and who can fix it.

Source of the numbers: OpenSSL's `X509_V_ERR_…` (x509_vfy.h), which Python exposes as `verify_code`.
"""

from __future__ import annotations

import ssl
from datetime import datetime

from desktop.base.message import Message, Text

NOT_YET_VALID, EXPIRED, REVOKED = 9, 10, 23
SELF_SIGNED = frozenset({18, 19})
UNKNOWN_ISSUER = frozenset({2, 20, 21, 27})
WRONG_NAME = frozenset({62, 64})

NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})
"""OpenSSL's errors for a port that doesn't speak TLS."""


CERTIFICATE_TOO_NEW = Text(
    "certificate-too-new",
    "The connection to {host} is not secure: its certificate is not valid yet. This computer's "
    "clock is probably wrong; it says {date}. Correct it, then connect again.",
)
CERTIFICATE_EXPIRED = Text(
    "certificate-expired",
    "The connection to {host} is not secure: its certificate has expired. This computer's clock "
    "says {date}: correct it if that is wrong; otherwise only whoever runs {host} can renew the "
    "certificate.",
)
CERTIFICATE_WITHDRAWN = Text(
    "certificate-withdrawn",
    "The connection to {host} is not secure: its certificate was revoked. Ask whoever runs {host}.",
)
CERTIFICATE_OF_ANOTHER = Text(
    "certificate-of-another",
    "The connection to {host} is not secure: its certificate is for another name. Check the "
    "address; a network's sign-in page can also be in between: open a browser and look.",
)
CERTIFICATE_SELF_SIGNED = Text(
    "certificate-self-signed",
    "The connection to {host} is not secure: its certificate is self-signed, so nobody vouches "
    "for it. If your organisation made it, add its root certificate to this system, then connect "
    "again.",
)
CERTIFICATE_ISSUER_UNKNOWN = Text(
    "certificate-issuer-unknown",
    "The connection to {host} is not secure: its certificate is from an issuer this computer "
    "does not know, such as a company's proxy or a virus scanner. Add that issuer's root "
    "certificate to this system, then connect again.",
)
CERTIFICATE_UNVERIFIED = Text(
    "certificate-unverified",
    "The connection to {host} is not secure: its certificate can't be verified. Check the "
    "computer's clock and the network.",
)
SPEAKS_NO_TLS = Text("speaks-no-tls", "{host} answers, but not with TLS. Check the address and its port.")
TLS_BROKEN_OFF = Text(
    "tls-broken-off",
    "{host} broke off while setting up the secure connection. Check the network and try again.",
)
TLS_NOT_AGREED = Text(
    "tls-not-agreed",
    "No secure connection to {host} could be agreed on. Check the network, and whether a proxy "
    "is in between.",
)


def message(exc: ssl.SSLError, host: str, now: datetime | None = None) -> Message:
    """What is wrong with the connection to this host, and the next step. `now` is this computer's time."""
    if not isinstance(exc, ssl.SSLCertVerificationError):
        return _without_certificate(exc)(host=host)
    code = exc.verify_code
    today = f"{now or datetime.now():%Y-%m-%d}"
    if code == NOT_YET_VALID:
        return CERTIFICATE_TOO_NEW(host=host, date=today)
    if code == EXPIRED:
        return CERTIFICATE_EXPIRED(host=host, date=today)
    if code == REVOKED:
        return CERTIFICATE_WITHDRAWN(host=host)
    if code in WRONG_NAME:
        return CERTIFICATE_OF_ANOTHER(host=host)
    if code in SELF_SIGNED:
        return CERTIFICATE_SELF_SIGNED(host=host)
    if code in UNKNOWN_ISSUER:
        return CERTIFICATE_ISSUER_UNKNOWN(host=host)
    return CERTIFICATE_UNVERIFIED(host=host)


def _without_certificate(exc: ssl.SSLError) -> Text:
    if exc.reason in NO_TLS:
        return SPEAKS_NO_TLS
    if isinstance(exc, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return TLS_BROKEN_OFF
    return TLS_NOT_AGREED
