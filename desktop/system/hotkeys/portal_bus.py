"""The portal's names on the bus, and what is to be heard from there."""

from __future__ import annotations

import secrets

from jeepney import DBusAddress, MatchRule

APP_ID = "presstalk"
"""The name of the installed `.desktop` file, by which portals from 1.21 on know a program."""
PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = DBusAddress(PATH, PORTAL, "org.freedesktop.portal.GlobalShortcuts")
REGISTRY = DBusAddress(PATH, PORTAL, "org.freedesktop.host.portal.Registry")
PEER = DBusAddress(PATH, PORTAL, "org.freedesktop.DBus.Peer")
REQUEST, SESSION = "org.freedesktop.portal.Request", "org.freedesktop.portal.Session"


def token() -> str:
    """A name for a request or a session that nobody else takes."""
    return f"presstalk_{secrets.token_hex(8)}"


def rules() -> list[MatchRule]:
    """What is to be heard: the portal's signals, and its end."""
    gone = MatchRule(type="signal", sender="org.freedesktop.DBus", member="NameOwnerChanged")
    gone.add_arg_condition(0, PORTAL)
    return [
        gone,
        *(
            MatchRule(type="signal", sender=PORTAL, interface=interface)
            for interface in (SHORTCUTS.interface, REQUEST, SESSION)
        ),
    ]
