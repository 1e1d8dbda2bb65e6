"""The program's registration as an OAuth client, for signing in with the browser."""

from __future__ import annotations

import os

CLIENT_ID = ""
"""The registration on Opper's platform. None is built in: it belongs to the distributor, who registers the
program and sets their own id here."""
CLIENT_ID_VARIABLE = "PRESSTALK_CLIENT_ID"
"""The variable of the environment that goes before what is built in."""


def client_id() -> str:
    """The registration; empty: signing in with the browser is not possible."""
    return os.environ.get(CLIENT_ID_VARIABLE, "").strip() or CLIENT_ID
