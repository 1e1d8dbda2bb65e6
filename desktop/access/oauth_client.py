"""What whoever distributes the program decides."""

from __future__ import annotations

import os

CLIENT_ID = ""
"""The program's registration on Opper's platform, for signing in with the browser. None is built in: it
belongs to the distributor, who registers and sets his own here."""
CLIENT_ID_VARIABLE = "PRESSTALK_CLIENT_ID"
"""Goes before what is built in."""


def client_id() -> str:
    """The registration; empty: one can't sign in with the browser."""
    return os.environ.get(CLIENT_ID_VARIABLE, "").strip() or CLIENT_ID
