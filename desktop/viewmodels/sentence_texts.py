"""The sentences that are made where there is no Qt, with numbers in the places of what varies.

A part of a sentence that is ours too stands here by itself. tests/project/test_texts.py looks for each
sentence of the sources in here.
"""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

_SESSION = (
    QT_TRANSLATE_NOOP("Sentences", "Connected to {0}."),
    QT_TRANSLATE_NOOP("Sentences", "Connected to {0}. {1}"),
    QT_TRANSLATE_NOOP("Sentences", "Reconnected to {0}."),
    QT_TRANSLATE_NOOP("Sentences", "Reconnected to {0}. {1}"),
    QT_TRANSLATE_NOOP("Sentences", "Offline demo"),
    QT_TRANSLATE_NOOP("Sentences", "Offline demo, 16 kHz microphone"),
    QT_TRANSLATE_NOOP("Sentences", "You are muted. Press Ctrl+M to be heard again."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The session was renewed before its time was up. The conversation goes on.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "It answers by simple rules on this computer and is no AI model: ask for the time, dice, sums, a "
        "timer or a story. With OPPER_API_KEY set you can choose a real one.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Speak: you hear it in {0}. Hold the talk key while you speak; nothing is answered, and no tools "
        "run.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The service didn't take the change. It can be had with a new session."),
    QT_TRANSLATE_NOOP("Sentences", "The timer is up."),
    QT_TRANSLATE_NOOP("Sentences", "Timer: {0}"),
    QT_TRANSLATE_NOOP("Sentences", "The sound of that answer is not kept any more."),
    QT_TRANSLATE_NOOP("Sentences", "Not connected. Connect first; your text stays in the line."),
    QT_TRANSLATE_NOOP("Sentences", "Not connected. Connect first, then show the picture again."),
    QT_TRANSLATE_NOOP("Sentences", "Not connected. Connect first, then hold to talk."),
    QT_TRANSLATE_NOOP("Sentences", "Not connected. Your text stays in the line until it can be sent."),
    QT_TRANSLATE_NOOP("Sentences", "Still connecting. Hold to talk once it is ready."),
    QT_TRANSLATE_NOOP("Sentences", "{0} sees no pictures. Nothing was sent."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Something went wrong in Presstalk. Connect again; the log has the details.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The screen was locked, so the microphone was muted. The talk key opens it again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The computer went to sleep, so the microphone was muted. The talk key opens it again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The window lost the focus, so what you said was sent."),
    QT_TRANSLATE_NOOP("Sentences", "The screen was locked, so what you said was sent."),
    QT_TRANSLATE_NOOP("Sentences", "The computer went to sleep, so what you said was sent."),
    QT_TRANSLATE_NOOP("Sentences", "That was {0} seconds of speech: it was sent. Press again to go on."),
    QT_TRANSLATE_NOOP("Sentences", "Still listening: this take is sent in {0} seconds."),
    QT_TRANSLATE_NOOP("Sentences", "Nothing came from the microphone: check that it is on."),
    QT_TRANSLATE_NOOP("Sentences", "Hold to talk."),
    QT_TRANSLATE_NOOP("Sentences", "No answer came. Press and say it again, or reconnect."),
    QT_TRANSLATE_NOOP("Sentences", "The answer stopped coming. Press and ask again, or reconnect."),
    QT_TRANSLATE_NOOP("Sentences", "The connection dropped before the answer was over. Press and ask again."),
    QT_TRANSLATE_NOOP("Sentences", "The service reported an error without a word about it."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Nobody spoke for a while, so the service closed the session. Press to talk again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The session reached its longest duration. Connect again to go on."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project has too many sessions open. Close one, wait a little, then try again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The key is not accepted any more. Choose another one in the settings."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "This key may not use this model. Use a key that may, or choose another model.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The service does not have this model. Choose another one."),
    QT_TRANSLATE_NOOP("Sentences", "The service ended the session."),
    QT_TRANSLATE_NOOP("Sentences", "{0} Connect again to go on."),
    QT_TRANSLATE_NOOP("Sentences", "Another session could not be had."),
    QT_TRANSLATE_NOOP("Sentences", "Picture sent ({0}\u00d7{1}, {2} kB)."),
)
"""Connecting, talking, and how a session ends."""

_CONNECTING = (
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The service did not accept the request. Check the model and the settings.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The key was refused. Check that it is a project's runtime key and has not been revoked.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project's balance is used up. Top it up on the platform, then connect again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "This key may not use this model. Choose another model, or use a key that may.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "There is no realtime service at this address. Check the base URL."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project has too many sessions open. Close one, wait a little, then connect again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The ticket was refused: it was used before, or is too old. Connect again for a new one.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "This ticket may not use this model. Choose another model, or ask whoever hands out the tickets.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The service refused the connection. Check the base URL."),
    QT_TRANSLATE_NOOP("Sentences", "The service has a problem of its own. Try again in a minute."),
    QT_TRANSLATE_NOOP("Sentences", "{0} It said: {1}"),
    QT_TRANSLATE_NOOP("Sentences", "{0} It asks for a wait of {1}."),
    QT_TRANSLATE_NOOP("Sentences", "{0} minutes"),
    QT_TRANSLATE_NOOP("Sentences", "{0} hours"),
    QT_TRANSLATE_NOOP("Sentences", "base URL"),
    QT_TRANSLATE_NOOP("Sentences", "ticket address"),
    QT_TRANSLATE_NOOP("Sentences", "sign-in page's address"),
    QT_TRANSLATE_NOOP("Sentences", "The {0} is not one. It looks like https://api.opper.ai."),
    QT_TRANSLATE_NOOP("Sentences", "The {0} must begin with https://, so that nobody can listen in."),
    QT_TRANSLATE_NOOP("Sentences", "The {0} has a name or a password in it. Leave them out."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The base URL must begin with https://, so that the key travels encrypted.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{0} was not found. Check the network and the {1}."),
    QT_TRANSLATE_NOOP("Sentences", "Nothing answers at {0}. Check the {1} and that the service runs."),
    QT_TRANSLATE_NOOP("Sentences", "{0} did not answer in time. Check the network and try again."),
    QT_TRANSLATE_NOOP("Sentences", "What answers at {0} is not the realtime service. Check the {1}."),
    QT_TRANSLATE_NOOP("Sentences", "What answers at {0} is not what was asked for. Check the {1}."),
    QT_TRANSLATE_NOOP("Sentences", "{0} can't be reached. Check the network and try again."),
    QT_TRANSLATE_NOOP("Sentences", "{0} sends requests in a circle. Check the {1}."),
    QT_TRANSLATE_NOOP("Sentences", "{0} sends requests on to this computer. Check the {1}."),
    QT_TRANSLATE_NOOP("Sentences", "{0} sends an answer that is too large to be one."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The network's proxy does not let {0} through. Check the proxy's settings.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The network's SOCKS proxy can't be used. Set an HTTP proxy, or none (NO_PROXY).",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The connection dropped. Check the network; what you said is kept."),
    QT_TRANSLATE_NOOP("Sentences", "The service closed the session{0}. Connect again."),
    QT_TRANSLATE_NOOP("Sentences", "The service broke the session off{0}. Connect again."),
    QT_TRANSLATE_NOOP("Sentences", "The service ended the session by its rules{0}. Connect again to go on."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The service sent a frame that is too large to be one. Connect again to go on.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The service speaks the audio format {0}, and this program only pcm16. Choose another model.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The service took the connection but opened no session. Try again."),
    QT_TRANSLATE_NOOP("Sentences", "The connection was closed before the session was open."),
    QT_TRANSLATE_NOOP("Sentences", "The service refused the session."),
    QT_TRANSLATE_NOOP("Sentences", "{0} It opened no session."),
    QT_TRANSLATE_NOOP("Sentences", "The offline demo did not start. `presstalk serve` says why."),
    QT_TRANSLATE_NOOP("Sentences", "The offline demo can't be started ({0})."),
    QT_TRANSLATE_NOOP("Sentences", "The offline demo did not start in time. Try again."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Speech recognition is not in this small build: type to the demo, or get the full build.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The demo's voice is not in this small build: answers come as text only."),
)
"""Why no session came about, or one broke off."""

_SECURITY = (
    QT_TRANSLATE_NOOP("Sentences", "The connection to {0} is not safe: "),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0}its certificate can't be verified. Check the computer's clock and the network.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0}its certificate is not valid yet. This computer's clock is probably wrong, it says {1}: set "
        "it, then connect again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0}its certificate has expired. This computer's clock says {1}: set it if that is wrong, else "
        "only whoever runs {2} can renew the certificate.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{0}its certificate was withdrawn. Ask whoever runs {1}."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0}what answers has a certificate for another name. Check the address; a network's sign-in page "
        "can be in between too: open a browser and look.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0}its certificate is self-signed, nobody vouches for it. If your organisation made it, add its "
        "root certificate to this system, then connect again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0}its certificate is from an issuer this computer does not know, as a company's proxy or a virus "
        "scanner has one. Add that issuer's root certificate to this system, then connect again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "What answers at {0} speaks no TLS. Check the address and its port."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0} broke off while the safe connection was made. Check the network and try again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "No safe connection to {0} could be agreed on. Check the network, and for a proxy in between.",
    ),
)
"""Why a connection is not safe."""

_ACCESS = (
    QT_TRANSLATE_NOOP("Sentences", "key"),
    QT_TRANSLATE_NOOP("Sentences", "header"),
    QT_TRANSLATE_NOOP("Sentences", "There is no key. Set OPPER_API_KEY, or use the model offline/demo."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "This is a management key (opmak-…). Sessions need a project's runtime key: make one on the "
        "platform.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "This is a management key (opmak-…). Sessions need a project's runtime key: make one on "
        "platform.opper.ai.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The key has characters that no key has. Copy it again, without line breaks.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The key has characters that no key has. Copy it again."),
    QT_TRANSLATE_NOOP("Sentences", "There is no key to keep. Paste one first."),
    QT_TRANSLATE_NOOP("Sentences", "This is too long for a key. Copy only the key."),
    QT_TRANSLATE_NOOP("Sentences", 'This is no header. It looks like "Authorization: Bearer abc".'),
    QT_TRANSLATE_NOOP("Sentences", "The key works, and is kept."),
    QT_TRANSLATE_NOOP("Sentences", "The key is kept, unchecked."),
    QT_TRANSLATE_NOOP("Sentences", "The key is removed from the keychain."),
    QT_TRANSLATE_NOOP("Sentences", "The {0} can't be kept"),
    QT_TRANSLATE_NOOP("Sentences", "The {0} can't be removed"),
    QT_TRANSLATE_NOOP("Sentences", "{0}: this system has no keychain. {1}"),
    QT_TRANSLATE_NOOP("Sentences", "{0}: the keychain is locked. Unlock it and try again."),
    QT_TRANSLATE_NOOP("Sentences", "{0}: the keychain did not answer as it should. {1}"),
    QT_TRANSLATE_NOOP("Sentences", "This system's keychain did not keep the {0}. {1}"),
    QT_TRANSLATE_NOOP("Sentences", "Set {0} instead and start again: that always works."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The ticket has characters that no ticket has. Tell whoever runs the ticket address.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0} answers with a web page instead of a ticket: perhaps one has to sign in there first. Check "
        "the {1}, or ask whoever runs it.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{0} sent no ticket. Check the {1}, or ask whoever runs it."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0} hands out no tickets. Check the ticket address, or ask whoever runs it.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{0} did not accept the request for a ticket. Ask whoever runs it."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{0} did not let you in. Check the ticket address and its header in the settings.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The balance behind {0} is used up. Ask whoever runs it to top it up."),
    QT_TRANSLATE_NOOP("Sentences", "{0} gives you no ticket. Ask whoever runs it for access."),
    QT_TRANSLATE_NOOP("Sentences", "There are no tickets at this address of {0}. Check the ticket address."),
    QT_TRANSLATE_NOOP("Sentences", "{0} hands out no tickets when asked by POST. Check the ticket address."),
    QT_TRANSLATE_NOOP("Sentences", "{0} gives no more tickets for now. Wait a little, then connect again."),
    QT_TRANSLATE_NOOP("Sentences", "{0} has a problem of its own. Try again in a minute."),
    QT_TRANSLATE_NOOP("Sentences", "{0} sends this program to this computer itself. Tell whoever runs it."),
    QT_TRANSLATE_NOOP("Sentences", "{0} names an address that is not encrypted. Tell whoever runs it."),
    QT_TRANSLATE_NOOP("Sentences", "The service does not let this program sign in. Paste a key instead."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The service does not know this program's registration. Paste a key instead.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "One can't sign in at this address. Check the base URL, or paste a key instead.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Too many have tried to sign in. Wait a little, then try again."),
    QT_TRANSLATE_NOOP("Sentences", "{0} sent no code to sign in with. Paste a key instead."),
    QT_TRANSLATE_NOOP("Sentences", "{0} sent a code that is none. Paste a key instead."),
    QT_TRANSLATE_NOOP("Sentences", "The sign-in was declined in the browser. Nothing was changed."),
    QT_TRANSLATE_NOOP("Sentences", "The code has expired. Sign in again for a new one."),
    QT_TRANSLATE_NOOP("Sentences", "The list of models stays as it was. {0}"),
    QT_TRANSLATE_NOOP("Sentences", "This key may not see the list of models. The built-in list is used."),
    QT_TRANSLATE_NOOP("Sentences", "There is no list of models at this address. Check the base URL."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The service was asked too often. Wait a little, then refresh the list again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{0} sent no list of models. Check the base URL."),
)
"""Keys, tickets, the sign-in, the list of models."""

_THINGS = (
    QT_TRANSLATE_NOOP("Sentences", "microphone"),
    QT_TRANSLATE_NOOP("Sentences", "speaker"),
    QT_TRANSLATE_NOOP("Sentences", "type instead"),
    QT_TRANSLATE_NOOP("Sentences", "read the replies instead"),
    QT_TRANSLATE_NOOP("Sentences", "There is no {0}. Plug one in, or {1}."),
    QT_TRANSLATE_NOOP("Sentences", "There is no microphone. Plug one in, or type."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "There is no {0} called {1}. Choose one of those that `presstalk devices` lists.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{0} is not there any more. Plug it in or choose another device."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The {0} {1} can't be opened ({2}). Close the program that uses it, or choose another device.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The sound devices can't be listed: {0}"),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The sound devices can't be listed. Check the sound server and try again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The sound system doesn't start ({0}). Restart it and try again."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The microphone can't be opened: the sound system hangs. Restart it, then connect again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The speaker can't be opened: the sound system hangs. Restart it, then connect again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Sound needs the {0} library, and it is not installed. Install it (on Debian and Ubuntu the "
        "package {1}) and start again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "There is no picture in the clipboard. Copy one, then try again."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "This desktop lets no program look at the screen. Take a screenshot, then paste it here.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "This file is too large for a picture. Choose one under {0} MB."),
    QT_TRANSLATE_NOOP("Sentences", "This file is no picture that can be read. JPEG, PNG and WebP can."),
    QT_TRANSLATE_NOOP("Sentences", "There is no picture."),
    QT_TRANSLATE_NOOP("Sentences", "The picture can't be written as JPEG."),
    QT_TRANSLATE_NOOP("Sentences", "The file can't be read ({0})."),
    QT_TRANSLATE_NOOP("Sentences", "{0} can't be written ({1}). Choose another place."),
    QT_TRANSLATE_NOOP("Sentences", "Saved as {0}."),
    QT_TRANSLATE_NOOP("Sentences", "Imported from {0}. The key was not touched."),
    QT_TRANSLATE_NOOP("Sentences", "Exported to {0}, without the key."),
    QT_TRANSLATE_NOOP("Sentences", "This file holds no settings of Presstalk. Nothing was changed."),
    QT_TRANSLATE_NOOP("Sentences", "This file is too large for settings. Choose one that was exported here."),
    QT_TRANSLATE_NOOP("Sentences", "This is no settings file. Choose one that was exported here."),
    QT_TRANSLATE_NOOP("Sentences", "The settings can't be written ({0}). They hold until you quit."),
    QT_TRANSLATE_NOOP("Sentences", "Open {0} in the browser?\n{1}"),
    QT_TRANSLATE_NOOP("Sentences", "The arguments are not a JSON object: {0}"),
    QT_TRANSLATE_NOOP("Sentences", "There is no tool named {0}."),
)
"""Sound devices, pictures, files, tools."""

TEMPLATES = tuple(map(str, (*_SESSION, *_CONNECTING, *_SECURITY, *_ACCESS, *_THINGS)))
