"""Where a model is reached, and what opens it: a key, a ticket minted with it, or an organisation's."""

from __future__ import annotations

import msgspec
from msgspec import structs

from desktop.access import credentials, key_hosts, keychain, ticket_header
from desktop.access.credentials import Credential
from desktop.access.key_hosts import Ask
from desktop.base.addresses import host_of, is_loopback_url
from desktop.base.daemon_thread import in_daemon
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog
from desktop.protocol.commands import Config
from desktop.realtime import tickets
from desktop.realtime.endpoint import DEFAULT_BASE_URL, Endpoint

LOCAL_KEY = "offline"
"""The key for a server on this machine when there is none: the offline provider accepts any."""


class AccessOptions(msgspec.Struct, frozen=True):
    """How the service is reached, as the user has chosen it. Empty strings are the defaults."""

    base_url: str = ""
    ticket_url: str = ""
    """Where an organisation hands out tickets: then no key is looked for."""
    mint: bool = False
    """Trade the key for a ticket before each connection."""
    agent: str = ""
    """An agent that is defined at the service and decides what the client doesn't."""


async def endpoint_for(
    model: catalog.Model,
    access: AccessOptions,
    offline: OfflineServer,
    config: Config,
    ask: Ask | None = None,
) -> Endpoint:
    """The endpoint of a model for one connection. The offline provider is started if it is to answer.

    The chosen agent is asked for wherever the service answers.

    `ask` is asked before a secret goes to another host than it was given for; None says no.

    Raises:
        OfflineError: it did not start.
        RealtimeError: no ticket was given, or the user said no (`HostRefusedError`).
    """
    if uses_offline_server(model, access):
        endpoint = Endpoint(await offline.start(), LOCAL_KEY)
        return await tickets.mint(endpoint, config) if access.mint else endpoint
    endpoint = await _endpoint_of_service(access, config, ask)
    return endpoint if model.offline else structs.replace(endpoint, agent=access.agent)


async def _endpoint_of_service(access: AccessOptions, config: Config, ask: Ask | None) -> Endpoint:
    if access.ticket_url:
        return await _endpoint_of_organisation(access, config, ask)
    endpoint = await endpoint_with_key(access, ask)
    if not access.mint:
        return endpoint
    minted = await tickets.mint(endpoint, config)
    if minted.socket_url:
        await key_hosts.require_for_session(endpoint.key, endpoint.base_url, minted.socket_url, ask)
    return minted


async def _endpoint_of_organisation(access: AccessOptions, config: Config, ask: Ask | None) -> Endpoint:
    url, header = access.ticket_url, await in_daemon(ticket_header.find)
    if header:
        await key_hosts.require_for_secret(header[1], keychain.HEADER(), "", url, ask)
    # Where its ticket is to be used is the organisation's to say: no key of the user's goes there.
    return await tickets.fetch(url, header, config, access.base_url or DEFAULT_BASE_URL)


async def endpoint_with_key(access: AccessOptions, ask: Ask | None = None) -> Endpoint:
    """The endpoint of the service, with the key that is found. Raises HostRefusedError."""
    # The keychain may ask the user to unlock it.
    found = await in_daemon(credentials.find)
    url = _url(access, found)
    if found.key:
        await key_hosts.require_for_secret(found.key, keychain.KEY(), _home(found), url, ask)
    return Endpoint(url, found.key or (LOCAL_KEY if is_loopback_url(url) else ""))


async def endpoint_for_list(access: AccessOptions) -> Endpoint:
    """The endpoint that lists the models, which needs no key: the one there is goes along where it may.

    Nobody is asked whether it may.
    """
    if access.ticket_url:
        return Endpoint(access.base_url or DEFAULT_BASE_URL)
    return await in_daemon(lambda: _endpoint_of_list(access, credentials.find()))


def _endpoint_of_list(access: AccessOptions, found: Credential) -> Endpoint:
    url = _url(access, found)
    agreed = bool(found.key) and key_hosts.is_agreed(found.key, _home(found), url)
    return Endpoint(url, found.key if agreed else "")


def _url(access: AccessOptions, found: Credential) -> str:
    return access.base_url or found.base_url or DEFAULT_BASE_URL


def _home(found: Credential) -> str:
    return found.base_url or DEFAULT_BASE_URL


def uses_offline_server(model: catalog.Model, access: AccessOptions) -> bool:
    """Whether this program's own server answers."""
    return model.offline and not access.base_url


def credential_in_words(model: catalog.Model, access: AccessOptions, *, named: bool = True) -> str:
    """What opens the session, in a few words, without a secret. Asks the keychain: not on the GUI thread.

    With `named` it includes the ticket address's host and the key's last characters: not for a report that
    goes to others.
    """
    if uses_offline_server(model, access):
        return "no key is needed"
    if access.ticket_url:
        return f"a ticket from {host_of(access.ticket_url) if named else 'an organisation'}"
    found = credentials.find()
    if not found.key and is_loopback_url(access.base_url):
        return "no key is needed"
    source = credentials.SOURCE_WORDS[found.source]
    ending = f", ending in {found.ending}" if found.ending and named else ""
    return f"a ticket made with {source}{ending}" if access.mint else f"{source}{ending}"


def default_model(ticket_url: str = "") -> str:
    """The model when none was chosen: the first provider if something opens it, else the demo. May block."""
    return catalog.KEYED_MODEL if ticket_url or credentials.find().key else catalog.OFFLINE_MODEL
